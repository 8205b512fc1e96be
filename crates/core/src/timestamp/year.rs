//! Stamps that leave their year out, or their date: which cycle (year, or day) they belong to.
//!
//! # Invariants
//! By default the cycle of a stamp depends on the stamp and on the reference instant alone: the
//! latest cycle in which it is not after the reference. No stamp depends on another, so any split
//! of the input reads the same, and a New Year inside a file needs no state: December falls before
//! the reference in the year before, January in the reference's own.
//!
//! That rule folds a file of more than one cycle into the last one. A [`Winding`] sees this: it
//! counts the turns of the year (fourth quarter to first) in the order of the lines. Windings of
//! consecutive chunks join with [`Winding::then`], which is associative, so the sum does not depend
//! on the split either. Where [`Winding::is_folded`] says so, a second pass that begins each
//! chunk at [`Winding::first_cycle`] of the rest of the file ([`super::State::begin_in`]) reads
//! every stamp in its own year.

/// The turns of the year (or of the day, for stamps without a date) in consecutive lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Winding {
    ends: Option<(Turn, Turn)>,
    turns: i64,
}

/// Where in its cycle a stamp stands, and in which cycle the reference rule put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    quarter: u8,
    cycle: i64,
}

/// One more cycle when the last quarter is followed by the first, one fewer the other way.
fn step(from: u8, to: u8) -> i64 {
    match (from, to) {
        (3, 0) => 1,
        (0, 3) => -1,
        _ => 0,
    }
}

impl Winding {
    /// The winding of these lines followed by those of `next`.
    #[must_use]
    pub fn then(self, next: Winding) -> Winding {
        match (self.ends, next.ends) {
            (None, _) => next,
            (_, None) => self,
            (Some((first, middle)), Some((follows, last))) => Winding {
                ends: Some((first, last)),
                turns: self.turns + step(middle.quarter, follows.quarter) + next.turns,
            },
        }
    }

    /// True where the lines go through more cycles than the reference rule gave them.
    pub fn is_folded(&self) -> bool {
        self.ends.is_some_and(|(first, last)| last.cycle - first.cycle != self.turns)
    }

    /// The year of the first stamp (or its day since 1970, for stamps without a date), told from
    /// the last one, which the reference decides, and the turns between.
    pub fn first_cycle(&self) -> Option<i64> {
        self.ends.map(|(_, last)| last.cycle - self.turns)
    }

    fn after(&self, quarter: u8) -> i64 {
        self.turns + self.ends.map_or(0, |(_, last)| step(last.quarter, quarter))
    }
}

/// Chooses cycles for the stamps of one chunk.
pub(crate) struct Cycles {
    reference: i64,
    allowed: i64,
    years: Bound,
    days: Bound,
    /// The cycle of the first stamp, where a first pass has found it.
    begin: Option<i64>,
    pub(crate) winding: Winding,
}

/// What no stamp may be after.
#[derive(Clone, Copy)]
struct Bound {
    instant: i64,
    /// The latest cycle that a local clock may show then.
    latest: i64,
    oldest: i64,
}

const SECOND: i64 = 1_000_000_000;
pub(crate) const DAY: i64 = 86_400;

/// A local clock is at most this far from UTC, in seconds.
const WIDEST_OFFSET: i64 = 26 * 3600;

/// A log may be kept for so many years at least without a 29 February: around 2100.
const LEAP_GAP: i64 = 8;

/// A stamp that lacks its cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partial {
    /// 0 where the whole date is missing.
    pub(crate) month: u8,
    pub(crate) day: u8,
    /// Of the day, may be 86,400 at a leap second.
    pub(crate) second: i64,
}

impl Partial {
    fn quarter(&self) -> u8 {
        match self.month {
            0 => (self.second / (6 * 3600)).min(3) as u8,
            month => (month - 1) / 3,
        }
    }

    /// Local seconds since 1970 in a cycle.
    fn local(&self, cycle: i64) -> Option<i64> {
        let day = match self.month {
            0 => cycle,
            month => super::calendar::checked_days(i32::try_from(cycle).ok()?, month, self.day)?,
        };
        Some(day * DAY + self.second)
    }
}

impl Cycles {
    pub(crate) fn new(reference: i64) -> Cycles {
        let none = Bound { instant: 0, latest: 0, oldest: 0 };
        let winding = Winding::default();
        let mut cycles =
            Cycles { reference, allowed: 0, years: none, days: none, begin: None, winding };
        cycles.set(reference, 0);
        cycles
    }

    pub(crate) fn set_reference(&mut self, reference: i64) {
        self.set(reference, self.allowed);
    }

    pub(crate) fn allow(&mut self, nanoseconds: i64) {
        self.set(self.reference, nanoseconds.max(0));
    }

    fn set(&mut self, reference: i64, allowed: i64) {
        (self.reference, self.allowed) = (reference, allowed);
        let latest = |instant: i64| (instant.div_euclid(SECOND) + WIDEST_OFFSET).div_euclid(DAY);
        let instant = reference.saturating_add(allowed);
        let year = i64::from(super::calendar::civil(latest(instant)).0);
        self.years = Bound { instant, latest: year, oldest: year - LEAP_GAP };
        // a tolerance of a day would leave a stamp without a date no day of its own
        let instant = reference.saturating_add(allowed.min(60 * SECOND));
        let day = latest(instant);
        self.days = Bound { instant, latest: day, oldest: day - 4 };
    }

    pub(crate) fn begin_in(&mut self, cycle: i64) {
        self.begin = Some(cycle);
        self.winding = Winding::default();
    }

    /// The instant of a stamp in its cycle; `instant` tells a local time's instant in nanoseconds.
    pub(crate) fn resolve(
        &mut self,
        partial: Partial,
        mut instant: impl FnMut(i64) -> Option<i64>,
    ) -> Option<i64> {
        let quarter = partial.quarter();
        let turns = self.winding.after(quarter);
        let (cycle, found) = match self.begin {
            Some(begin) => {
                let cycle = begin.checked_add(turns)?;
                (cycle, instant(partial.local(cycle)?)?)
            }
            None => self.latest(partial, &mut instant)?,
        };
        let here = Turn { quarter, cycle };
        let first = self.winding.ends.map_or(here, |(first, _)| first);
        self.winding = Winding { ends: Some((first, here)), turns };
        Some(found)
    }

    fn latest(
        &self,
        partial: Partial,
        instant: &mut impl FnMut(i64) -> Option<i64>,
    ) -> Option<(i64, i64)> {
        let bound = if partial.month == 0 { self.days } else { self.years };
        let bound_second = bound.instant.div_euclid(SECOND);
        for cycle in (bound.oldest..=bound.latest).rev() {
            let Some(local) = partial.local(cycle) else {
                continue;
            };
            // the zone is asked only where it can matter: asking it for a time that is then
            // refused would cost a look-up in the database for every line
            if local - WIDEST_OFFSET > bound_second {
                continue;
            }
            let found = instant(local)?;
            if found <= bound.instant {
                return Some((cycle, found));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::calendar::days;

    fn utc(local: i64) -> Option<i64> {
        local.checked_mul(SECOND)
    }

    fn at(year: i32, month: u8, day: u8) -> i64 {
        days(year, month, day) * DAY * SECOND
    }

    fn date(month: u8, day: u8) -> Partial {
        Partial { month, day, second: 0 }
    }

    #[test]
    fn the_latest_year_that_is_not_in_the_future() {
        let mut cycles = Cycles::new(at(2024, 3, 10));
        assert_eq!(cycles.resolve(date(3, 10), utc), Some(at(2024, 3, 10)));
        assert_eq!(cycles.resolve(date(3, 11), utc), Some(at(2023, 3, 11)));
        assert_eq!(cycles.resolve(date(12, 31), utc), Some(at(2023, 12, 31)));
        assert_eq!(cycles.resolve(date(2, 29), utc), Some(at(2024, 2, 29)));
        cycles.allow(DAY * SECOND);
        assert_eq!(cycles.resolve(date(3, 11), utc), Some(at(2024, 3, 11)));
        assert_eq!(cycles.resolve(date(3, 12), utc), Some(at(2023, 3, 12)));
    }

    #[test]
    fn a_leap_day_goes_back_to_a_leap_year() {
        let mut cycles = Cycles::new(at(2023, 12, 1));
        assert_eq!(cycles.resolve(date(2, 29), utc), Some(at(2020, 2, 29)));
        let mut cycles = Cycles::new(at(2103, 12, 1));
        assert_eq!(cycles.resolve(date(2, 29), utc), Some(at(2096, 2, 29)));
        assert_eq!(cycles.resolve(date(2, 30), utc), None);
    }

    #[test]
    fn a_time_alone_is_of_the_latest_day() {
        let noon = at(2024, 3, 10) + 43_200 * SECOND;
        let mut cycles = Cycles::new(noon);
        let time = |second| Partial { month: 0, day: 0, second };
        assert_eq!(cycles.resolve(time(43_200), utc), Some(noon));
        assert_eq!(cycles.resolve(time(43_201), utc), Some(noon + (1 - DAY) * SECOND));
    }

    /// Three years in one file, cut anywhere: the windings join to the same sum, and the second
    /// pass reads every line in its own year.
    #[test]
    fn several_years_in_one_file_whatever_the_split() {
        let mut truth = Vec::new();
        for year in 2021..=2024 {
            for month in 1..=12 {
                truth.push((year, month, 15));
                // a little disorder, also over New Year
                truth.push((if month == 1 { year - 1 } else { year }, (month + 10) % 12 + 1, 28));
            }
        }
        truth.truncate(3 * 24 + 10);
        let reference = at(2024, 6, 1);
        let wind = |part: &[(i32, u8, u8)]| {
            let mut cycles = Cycles::new(reference);
            for (_, month, day) in part {
                cycles.resolve(date(*month, *day), utc).unwrap();
            }
            cycles.winding
        };
        let whole = wind(&truth);
        assert!(whole.is_folded());
        for cut in 0..=truth.len() {
            let (before, after) = truth.split_at(cut);
            assert_eq!(wind(before).then(wind(after)), whole, "cut at {cut}");
            let Some(first) = wind(after).first_cycle() else {
                continue;
            };
            let mut cycles = Cycles::new(reference);
            cycles.begin_in(first);
            for (year, month, day) in after {
                let found = cycles.resolve(date(*month, *day), utc);
                assert_eq!(found, Some(at(*year, *month, *day)), "cut at {cut}");
            }
        }
        assert!(!wind(&truth[truth.len() - 12..]).is_folded());
    }
}
