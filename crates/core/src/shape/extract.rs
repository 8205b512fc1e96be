//! Takes the wanted groups out of one line, whatever its shape.

use super::blanks::Blanks;
use super::found::{Found, Place};
use super::heading::{Headed, Heading, Lines};
use super::json::{Json, Layouts};
use super::logfmt::Logfmt;
use super::separated::Columns;
use super::Kind;
use crate::pattern::{MatchState, Matcher, Vectors};
use std::ops::Range;

/// What takes groups out of lines: compiled once, shared by all threads. Groups are known by *slots*:
/// their number in a pattern, their place among the wanted ones in any other shape.
#[derive(Debug, Clone)]
pub(crate) enum Extractor {
    /// The only group is the line.
    Lines,
    Pattern(Matcher),
    Json(Json),
    Logfmt(Logfmt),
    Blanks(Blanks),
    /// Columns, and the names of them that a first record may repeat.
    Columns(Columns, Vec<Vec<u8>>),
    Headed(Heading),
}

/// What came of a line.
pub(crate) enum Taken<T> {
    /// Its groups were handed on, with this answer.
    Groups(T),
    /// It has another shape.
    Unfit,
    /// It names columns, and is no record.
    Aside,
}

impl<T> Taken<T> {
    #[inline(always)]
    fn new(fits: bool, groups: impl FnOnce() -> T) -> Taken<T> {
        if fits {
            Taken::Groups(groups())
        } else {
            Taken::Unfit
        }
    }
}

/// The memory of one thread.
#[derive(Debug)]
pub(crate) struct ExtractState {
    matching: Option<MatchState>,
    found: Found,
    layouts: Layouts,
    headed: Headed,
}

/// A line's groups, by slot.
pub(crate) trait Groups {
    /// Where a group stands. In a pattern, one that took no part holds the empty text.
    fn place(&self, slot: usize) -> Place;

    /// Its bytes; none where it is missing.
    fn text<'a>(&'a self, hay: &'a [u8], slot: usize) -> &'a [u8];
}

/// The whole line.
pub(crate) struct Whole(pub(crate) Range<usize>);

/// What a pattern matched in a line. A group that reaches to the end of the first line goes on to the
/// end of a record of several.
pub(crate) struct Matched<'a> {
    state: &'a MatchState,
    at: usize,
    end: usize,
    tail: usize,
}

impl Groups for Whole {
    #[inline(always)]
    fn place(&self, _: usize) -> Place {
        Place::here(Kind::Text, self.0.start, self.0.end)
    }

    #[inline(always)]
    fn text<'a>(&'a self, hay: &'a [u8], _: usize) -> &'a [u8] {
        &hay[self.0.clone()]
    }
}

impl Matched<'_> {
    #[inline(always)]
    fn range(&self, slot: usize) -> Range<usize> {
        let range = self.state.group(slot).unwrap_or(self.at..self.at);
        if range.end == self.end && !range.is_empty() {
            return range.start..self.tail;
        }
        range
    }
}

impl Groups for Matched<'_> {
    #[inline(always)]
    fn place(&self, slot: usize) -> Place {
        let range = self.range(slot);
        Place::here(Kind::Text, range.start, range.end)
    }

    #[inline(always)]
    fn text<'a>(&'a self, hay: &'a [u8], slot: usize) -> &'a [u8] {
        &hay[self.range(slot)]
    }
}

impl Groups for &Found {
    #[inline(always)]
    fn place(&self, slot: usize) -> Place {
        self.places[slot]
    }

    #[inline(always)]
    fn text<'a>(&'a self, hay: &'a [u8], slot: usize) -> &'a [u8] {
        Found::text(self, hay, slot)
    }
}

/// What is done with the groups of a line, whichever way they were found.
pub(crate) trait Then {
    type Answer;

    fn then(self, groups: &impl Groups) -> Self::Answer;
}

impl Extractor {
    pub(crate) fn state(&self) -> ExtractState {
        let matching = match self {
            Extractor::Pattern(matcher) => Some(matcher.state()),
            _ => None,
        };
        ExtractState {
            matching,
            found: Found::default(),
            layouts: Layouts::default(),
            headed: Headed::default(),
        }
    }

    /// Begins a block before which these lines named the columns.
    pub(crate) fn begin(&self, state: &mut ExtractState, lines: &Lines) {
        if let Extractor::Headed(heading) = self {
            heading.begin(&mut state.headed, lines);
        }
    }

    /// Hands the groups of the line `hay[at..end]` on. The record ends at `tail`, which is `end` unless it has several lines.
    #[inline(always)]
    pub(crate) fn take<V: Vectors, T: Then>(
        &self,
        state: &mut ExtractState,
        hay: &[u8],
        (at, end, tail): (usize, usize, usize),
        then: T,
    ) -> Taken<T::Answer> {
        let ExtractState { matching, found, layouts, headed } = state;
        match self {
            Extractor::Lines => Taken::Groups(then.then(&Whole(at..tail))),
            Extractor::Pattern(matcher) => {
                let Some(state) = matching.as_mut() else { return Taken::Unfit };
                let fits = matcher.matches_with::<V>(state, hay, at, end);
                Taken::new(fits, || then.then(&Matched { state, at, end, tail }))
            }
            Extractor::Json(json) => {
                let fits = json.extract::<V>(hay, at, end, layouts, found);
                Taken::new(fits, || then.then(&&*found))
            }
            Extractor::Logfmt(logfmt) => {
                let fits = logfmt.extract::<V>(hay, at, end, found);
                Taken::new(fits, || then.then(&&*found))
            }
            Extractor::Blanks(blanks) => {
                let fits = blanks.extract::<V>(hay, at, end, found);
                Taken::new(fits, || then.then(&&*found))
            }
            Extractor::Columns(columns, names) => {
                if let Some(first) = names.first() {
                    let begins = hay[at..end].starts_with(first) || hay[at..end].starts_with(b"\"");
                    if begins && columns.hold(names, &hay[at..end]) {
                        return Taken::Aside;
                    }
                }
                let fits = columns.extract::<V>(hay, at, end, found);
                Taken::new(fits, || then.then(&&*found))
            }
            Extractor::Headed(heading) => match heading.extract::<V>(headed, hay, at, end, found) {
                Some(fits) => Taken::new(fits, || then.then(&&*found)),
                None => Taken::Aside,
            },
        }
    }
}
