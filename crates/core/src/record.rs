//! What one line yields: a record, or nothing.

use crate::amount::{self, Billionths};
use crate::error::ScanError;
use crate::filter::Condition;
use crate::pattern::{MatchState, Matcher, Pattern, Vectors};
use crate::tally::Measures;
use crate::timestamp::{Format, State, Zone};
use std::ops::Range;

/// What to take out of each line: compiled once, shared by all threads.
#[derive(Debug, Clone)]
pub struct Scan {
    matcher: Option<Matcher>,
    by: Vec<usize>,
    sum: Option<usize>,
    conditions: Vec<Condition>,
    time: Option<(usize, Time)>,
}

/// How the time of a record is read, and which times are wanted. Instants are nanoseconds since 1970
/// UTC.
#[derive(Clone)]
pub struct Time {
    /// How it is written.
    pub format: Format,
    /// The zone of a stamp that names none.
    pub zone: Zone,
    /// The latest instant that a stamp without a year can mean: when the source was last written to,
    /// or now.
    pub reference: i64,
    /// Records before this instant are left out,
    pub start: i64,
    /// and so are those from this one on.
    pub end: i64,
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {} to {}", self.format.name(), self.start, self.end)
    }
}

impl Time {
    /// A fresh reader of stamps, for one thread and one source.
    pub fn state(&self) -> State {
        State::new(&self.zone, self.reference)
    }
}

/// The group that holds the time of a record.
pub const TIME: &str = "time";

/// The group that stands for the whole line where there is no pattern.
pub const LINE: &str = "line";

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A record.
    Record(Record),
    /// The pattern matches; a condition does not hold, or the time is not wanted.
    Excluded,
    /// The pattern matches, and its time cannot be read.
    Undated,
    /// The pattern does not match, or what was to be added up is no number.
    Unmatched,
}

/// What is counted of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where the value stands: in the buffer, or, put together of several groups, in the joined bytes.
    pub(crate) value: Range<usize>,
    pub(crate) amount: Billionths,
    /// 0 where times are not read.
    pub(crate) instant: i64,
}

/// The memory of one thread.
pub(crate) struct RecordState {
    matching: Option<MatchState>,
    conditions: Vec<Option<MatchState>>,
    pub(crate) clock: Option<Clock>,
}

/// What a thread knows of the times of a source.
pub(crate) struct Clock {
    pub(crate) state: State,
    /// The first and the last time that was read in this block, whether or not it is wanted.
    pub(crate) ends: Option<(i64, i64)>,
    /// How many records of this block are earlier than the one before.
    pub(crate) out_of_order: u64,
}

impl Clock {
    #[inline(always)]
    fn note(&mut self, instant: i64) {
        match &mut self.ends {
            Some((_, last)) => {
                self.out_of_order += u64::from(instant < *last);
                *last = instant;
            }
            none => *none = Some((instant, instant)),
        }
    }
}

impl Scan {
    /// `pattern` is `None` for whole lines, whose only group is called `line`. The groups of `by` are
    /// counted, together where there are several; `conditions` are (group, operator, value); the
    /// numbers in `sum` are added up.
    ///
    /// # Errors
    ///
    /// Where a group is missing, a condition is none, or nothing is to be counted.
    pub fn new(
        pattern: Option<&Pattern>,
        by: &[&str],
        conditions: &[(&str, &str, &str)],
        sum: Option<&str>,
        time: Option<Time>,
    ) -> Result<Scan, ScanError> {
        let number = |name: &str| {
            let found = match pattern {
                Some(pattern) => pattern.group(name),
                None => (name == LINE).then_some(0),
            };
            found.ok_or_else(|| ScanError::NoSuchGroup(name.to_owned()))
        };
        let by = by.iter().map(|name| number(name)).collect::<Result<Vec<_>, _>>()?;
        if by.is_empty() {
            return Err(ScanError::NothingToCount);
        }
        let conditions = conditions
            .iter()
            .map(|(group, op, value)| Condition::new(number(group)?, op, value))
            .collect::<Result<Vec<_>, _>>()?;
        let sum = sum.map(number).transpose()?;
        let time = time.map(|time| Ok((number(TIME)?, time))).transpose()?;
        let stamp = time.iter().map(|(group, _)| *group);
        let tested = conditions.iter().map(Condition::group);
        let wanted: Vec<usize> = by.iter().copied().chain(sum).chain(tested).chain(stamp).collect();
        let matcher = pattern.map(|pattern| pattern.matcher(&wanted));
        Ok(Scan { matcher, by, sum, conditions, time })
    }

    /// Whether amounts are added up.
    pub fn summing(&self) -> bool {
        self.sum.is_some()
    }

    /// What is kept of each value.
    pub fn measures(&self) -> Measures {
        Measures { sums: self.sum.is_some(), times: self.time.is_some() }
    }

    /// How times are read, if they are.
    pub fn time(&self) -> Option<&Time> {
        self.time.as_ref().map(|(_, time)| time)
    }

    /// The group of the time, and how it is read.
    pub(crate) fn stamp(&self) -> Option<(usize, &Time)> {
        self.time.as_ref().map(|(group, time)| (*group, time))
    }

    /// What lines are matched with, if there is a pattern.
    pub(crate) fn matcher(&self) -> Option<&Matcher> {
        self.matcher.as_ref()
    }

    pub(crate) fn state(&self) -> RecordState {
        let clock = |time: &Time| Clock { state: time.state(), ends: None, out_of_order: 0 };
        RecordState {
            clock: self.time().map(clock),
            matching: self.matcher.as_ref().map(Matcher::state),
            conditions: self.conditions.iter().map(Condition::state).collect(),
        }
    }

    /// Takes the record out of the line `hay[at..end]`. The value of several groups is put behind
    /// what `joined` holds.
    #[inline(always)]
    pub(crate) fn record<V: Vectors>(
        &self,
        state: &mut RecordState,
        hay: &[u8],
        at: usize,
        end: usize,
        joined: &mut Vec<u8>,
    ) -> Outcome {
        if let (Some(matcher), Some(matching)) = (&self.matcher, &mut state.matching) {
            if !matcher.matches_with::<V>(matching, hay, at, end) {
                return Outcome::Unmatched;
            }
        }
        let matching = state.matching.as_ref();
        let clock = state.clock.as_mut();
        let group = |number: usize| match matching {
            Some(matching) => matching.group(number).unwrap_or(at..at),
            None => at..end,
        };
        // Before anything is left out, since a stamp may be read by what the one before it meant.
        let mut instant = 0;
        if let (Some((number, time)), Some(clock)) = (&self.time, clock) {
            match time.format.parse(&hay[group(*number)], &mut clock.state) {
                Some(read) => instant = read,
                None => return Outcome::Undated,
            }
            clock.note(instant);
            if instant < time.start || instant >= time.end {
                return Outcome::Excluded;
            }
        }
        for (condition, memory) in self.conditions.iter().zip(&mut state.conditions) {
            if !condition.holds(memory.as_mut(), &hay[group(condition.group())]) {
                return Outcome::Excluded;
            }
        }
        let amount = match self.sum {
            None => amount::ONE,
            Some(sum) => match amount::parse(&hay[group(sum)]) {
                Some(amount) => amount,
                None => return Outcome::Unmatched,
            },
        };
        if let [only] = self.by[..] {
            return Outcome::Record(Record { value: group(only), amount, instant });
        }
        let start = joined.len();
        join_into(self.by.iter().map(|&number| &hay[group(number)]), joined);
        Outcome::Record(Record { value: start..joined.len(), amount, instant })
    }
}

/// Stands between the groups of a value of several; a byte like it in a group is written as two.
const SEPARATOR: u8 = 0;
const ESCAPE: u8 = 1;

fn push_escaped(text: &[u8], joined: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(SEPARATOR, ESCAPE, rest) {
        joined.extend_from_slice(&rest[..at]);
        joined.extend_from_slice(&[ESCAPE, rest[at] + 1]);
        rest = &rest[at + 1..];
    }
    joined.extend_from_slice(rest);
}

/// The groups that a value of several was put together of.
pub fn split(joined: &[u8]) -> Vec<Vec<u8>> {
    joined
        .split(|byte| *byte == SEPARATOR)
        .map(|part| {
            let mut text = Vec::with_capacity(part.len());
            let mut bytes = part.iter();
            while let Some(&byte) = bytes.next() {
                match byte {
                    ESCAPE => text.extend(bytes.next().map(|byte| byte.wrapping_sub(1))),
                    byte => text.push(byte),
                }
            }
            text
        })
        .collect()
}

/// The bytes under which a value of several groups is counted.
pub fn join(groups: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::new();
    join_into(groups.iter().copied(), &mut joined);
    joined
}

fn join_into<'a>(groups: impl Iterator<Item = &'a [u8]>, joined: &mut Vec<u8>) {
    for (i, group) in groups.enumerate() {
        if i > 0 {
            joined.push(SEPARATOR);
        }
        push_escaped(group, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_of_several_groups_come_apart_again(
            groups in proptest::collection::vec(proptest::collection::vec(0u8..4, 0..5), 1..4)
        ) {
            let slices: Vec<&[u8]> = groups.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(split(&join(&slices)), groups);
        }
    }

    #[test]
    fn what_is_missing_is_refused() {
        let pattern = Pattern::new(r"^(?P<a>\S+) (?P<b>\S+)").unwrap();
        let new = |by: &[&str], sum| Scan::new(Some(&pattern), by, &[], sum, None).err();
        assert_eq!(new(&["a", "b"], None), None);
        assert_eq!(new(&["c"], None), Some(ScanError::NoSuchGroup("c".to_owned())));
        assert_eq!(new(&["a"], Some("z")), Some(ScanError::NoSuchGroup("z".to_owned())));
        assert_eq!(new(&[], None), Some(ScanError::NothingToCount));
        assert!(Scan::new(None, &["line"], &[("line", "~", "x")], None, None).is_ok());
        assert!(Scan::new(None, &["ip"], &[], None, None).is_err());
    }
}
