//! What a line holds in the groups that are wanted.

/// What kind of thing a group holds. All but text come from JSON, but for what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The line has no such key, or too few columns.
    Missing,
    /// The literal `null`.
    Null,
    /// The literal `true` or `false`.
    Boolean,
    /// A number, as it is written.
    Number,
    /// Text, decoded.
    Text,
    /// An object or an array, as it is written.
    Nested,
}

impl Kind {
    /// Its name, as output shows it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::Text => "text",
            Kind::Nested => "nested",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        let kinds =
            [Kind::Missing, Kind::Null, Kind::Boolean, Kind::Number, Kind::Text, Kind::Nested];
        kinds.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What it holds.
    pub kind: Kind,
    /// It stands in [`Found::decoded`], and not in the line itself.
    pub decoded: bool,
    /// Its first byte,
    pub start: usize,
    /// and one past its last.
    pub end: usize,
}

impl Place {
    /// A group that is not there.
    pub const MISSING: Place = Place { kind: Kind::Missing, decoded: false, start: 0, end: 0 };

    /// A group that stands in the line as it is.
    #[inline(always)]
    pub fn here(kind: Kind, start: usize, end: usize) -> Place {
        Place { kind, decoded: false, start, end }
    }
}

/// What one thread found in the line it looked at last.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// One for each group that is wanted, in the order in which they were asked for.
    pub places: Vec<Place>,
    /// Text that does not stand in the line in the form it means.
    pub decoded: Vec<u8>,
}

impl Found {
    /// Forgets the line before: `groups` places, all of them missing.
    #[inline(always)]
    pub fn reset(&mut self, groups: usize) {
        self.decoded.clear();
        self.places.clear();
        self.places.resize(groups, Place::MISSING);
    }

    /// The bytes of a group; none where it is missing.
    #[inline(always)]
    pub fn text<'a>(&'a self, hay: &'a [u8], group: usize) -> &'a [u8] {
        let place = self.places[group];
        let from = if place.decoded { &self.decoded } else { hay };
        &from[place.start..place.end]
    }
}
