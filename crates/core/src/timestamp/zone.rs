//! Local time to an instant, by the zone database.
//!
//! The database is asked once for each stretch of local time in which one answer holds; a stamp
//! inside a stretch that is known costs two comparisons.

use std::fmt;

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{civil, Timestamp};

use super::calendar;
use super::words::{abbreviation, Abbreviation};

/// Seconds from 1970 that an i64 of nanoseconds can say, rounded towards 1970.
pub(crate) const FURTHEST: i64 = i64::MAX / 1_000_000_000;

/// A time zone, for stamps that name none.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// No zone has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(pub String);

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no time zone is called {:?}", self.0)
    }
}

impl std::error::Error for UnknownZone {}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// The machine's own zone.
    ///
    /// # Errors
    /// Where the machine does not say it in a way that can be read.
    pub fn machine() -> Result<Zone, UnknownZone> {
        match TimeZone::try_system() {
            Ok(zone) if !zone.is_unknown() => Ok(Zone(zone)),
            _ => Err(UnknownZone("the machine's own zone".to_owned())),
        }
    }

    /// By IANA name, from the machine's database or else from the one built in; or by a POSIX rule,
    /// which is what the environment variable TZ may hold.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        let found = TimeZone::get(name).or_else(|_| TimeZone::posix(name));
        found.map(Zone).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// The same offset all year, in seconds east of UTC; nothing beyond about 25 hours.
    pub fn fixed(seconds: i32) -> Option<Zone> {
        Offset::from_seconds(seconds).ok().map(|offset| Zone(TimeZone::fixed(offset)))
    }

    /// Seconds east of UTC at an instant in seconds since 1970.
    pub fn offset_at(&self, instant: i64) -> i32 {
        let instant = instant.clamp(-FURTHEST, FURTHEST);
        Timestamp::from_second(instant).map_or(0, |at| self.0.to_offset(at).seconds())
    }
}

/// A stretch of local time, in seconds since 1970 as a local clock counts them, in which the same
/// offsets hold. `first` and `second` differ only where the hour happens twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    low: i64,
    high: i64,
    pub(crate) first: i32,
    pub(crate) second: i32,
    pub(crate) first_name: Abbreviation,
    pub(crate) second_name: Abbreviation,
}

const NOWHERE: Stretch =
    Stretch { low: 0, high: 0, first: 0, second: 0, first_name: [0; 8], second_name: [0; 8] };

/// A zone with the stretches last needed. A log that is out of order around a change of the
/// clocks needs up to four.
pub(crate) struct Clock {
    zone: Zone,
    latest: Stretch,
    known: [Stretch; 4],
    oldest: usize,
}

impl Clock {
    pub(crate) fn new(zone: &Zone) -> Clock {
        Clock { zone: zone.clone(), latest: NOWHERE, known: [NOWHERE; 4], oldest: 0 }
    }

    /// The stretch that `local` lies in; `local` must be within [`FURTHEST`].
    #[inline]
    pub(crate) fn stretch(&mut self, local: i64) -> &Stretch {
        if local < self.latest.low || local >= self.latest.high {
            self.latest = self.another(local);
        }
        &self.latest
    }

    #[cold]
    fn another(&mut self, local: i64) -> Stretch {
        let known = self.known.iter().find(|s| s.low <= local && local < s.high);
        if let Some(stretch) = known {
            return *stretch;
        }
        let stretch = stretch_around(&self.zone.0, local);
        self.known[self.oldest] = stretch;
        self.oldest = (self.oldest + 1) % self.known.len();
        stretch
    }
}

/// Asks the database. Where the local hour is left out in spring, the offset before the change is
/// taken, as RFC 5545 has it: the clock that wrote the stamp had not been put forward.
fn stretch_around(zone: &TimeZone, local: i64) -> Stretch {
    let at = |second: i64| Timestamp::from_second(second.clamp(-FURTHEST, FURTHEST)).ok();
    let offset = |second: i64| at(second).map_or(0, |t| zone.to_offset(t).seconds());
    let name = |second: i64| {
        at(second)
            .and_then(|t| abbreviation(zone.to_offset_info(t).abbreviation().as_bytes()))
            .unwrap_or_default()
    };
    let after = |second: i64| {
        let next = at(second).and_then(|t| zone.following(t).next());
        next.map_or(FURTHEST * 2, |change| change.timestamp().as_second())
    };
    let upto = |second: i64| {
        // `preceding` leaves its own instant out
        let last = at(second + 1).and_then(|t| zone.preceding(t).next());
        last.map_or(-FURTHEST * 2, |change| change.timestamp().as_second())
    };
    let Some(datetime) = civil_of(local) else {
        return NOWHERE;
    };
    match zone.to_ambiguous_timestamp(datetime).offset() {
        AmbiguousOffset::Unambiguous { offset: here } => {
            let here = here.seconds();
            let instant = local - i64::from(here);
            let (begin, end) = (upto(instant), after(instant));
            let one = name(instant);
            Stretch {
                low: begin + i64::from(here.max(offset(begin - 1))),
                high: end + i64::from(here.min(offset(end))),
                first: here,
                second: here,
                first_name: one,
                second_name: one,
            }
        }
        AmbiguousOffset::Fold { before, after: later } => {
            let (before, later) = (before.seconds(), later.seconds());
            let change = after(local - i64::from(before));
            Stretch {
                low: change + i64::from(later),
                high: change + i64::from(before),
                first: before,
                second: later,
                first_name: name(change - 1),
                second_name: name(change),
            }
        }
        AmbiguousOffset::Gap { before, after: later } => {
            let (before, later) = (before.seconds(), later.seconds());
            let change = upto(local - i64::from(before));
            Stretch {
                low: change + i64::from(before),
                high: change + i64::from(later),
                first: before,
                second: before,
                first_name: name(change - 1),
                second_name: name(change - 1),
            }
        }
    }
}

fn civil_of(local: i64) -> Option<civil::DateTime> {
    let (year, month, day) = calendar::civil(local.div_euclid(86_400));
    let second = local.rem_euclid(86_400);
    civil::DateTime::new(
        i16::try_from(year).ok()?,
        month as i8,
        day as i8,
        (second / 3600) as i8,
        (second / 60 % 60) as i8,
        (second % 60) as i8,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every stretch says, at its ends and one second beyond them, what the database says.
    #[test]
    fn stretches_agree_with_the_database_at_their_edges() {
        for name in ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"] {
            let zone = Zone::named(name).unwrap();
            let mut clock = Clock::new(&zone);
            let mut local = 0;
            while local < 2_600_000_000 {
                let (low, high) = {
                    let s = clock.stretch(local);
                    assert!(s.low <= local && local < s.high, "{name} {local}");
                    (s.low, s.high)
                };
                for near in [low - 1, low, low + 1, high - 1, high, high + 1] {
                    if near.abs() > FURTHEST {
                        continue;
                    }
                    let (first, second) = {
                        let s = clock.stretch(near);
                        (s.first, s.second)
                    };
                    let told = zone.0.to_ambiguous_timestamp(civil_of(near).unwrap()).offset();
                    let expected = match told {
                        AmbiguousOffset::Unambiguous { offset } => (offset, offset),
                        AmbiguousOffset::Fold { before, after } => (before, after),
                        AmbiguousOffset::Gap { before, .. } => (before, before),
                    };
                    assert_eq!((first, second), (expected.0.seconds(), expected.1.seconds()));
                }
                local = high;
            }
        }
    }

    #[test]
    fn zones_by_name_and_offset() {
        assert_eq!(Zone::named("Europe/Zurich").unwrap().offset_at(0), 3600);
        assert!(Zone::named("Europe/Nowhere").is_err());
        assert_eq!(Zone::fixed(-3600).unwrap().offset_at(0), -3600);
        assert!(Zone::fixed(1_000_000).is_none());
        assert_eq!(Zone::utc().offset_at(i64::MAX), 0);
    }
}
