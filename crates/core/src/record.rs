//! What one line yields: a record, or nothing.

use crate::amount::{self, Billionths};
use crate::error::ScanError;
use crate::filter::Condition;
use crate::pattern::{MatchState, Matcher, Pattern, Vectors};
use std::ops::Range;

/// What to take out of each line: compiled once, shared by all threads.
#[derive(Debug, Clone)]
pub struct Scan {
    matcher: Option<Matcher>,
    by: Vec<usize>,
    sum: Option<usize>,
    conditions: Vec<Condition>,
}

/// The group that stands for the whole line where there is no pattern.
pub const LINE: &str = "line";

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A record; its value stands in the buffer,
    Value(Range<usize>, Billionths),
    /// or was put together of several groups, and stands in the joined bytes.
    Joined(Range<usize>, Billionths),
    /// The pattern matches, a condition does not hold.
    Excluded,
    /// The pattern does not match, or what was to be added up is no number.
    Unmatched,
}

/// The memory of one thread.
#[derive(Debug)]
pub(crate) struct RecordState {
    matching: Option<MatchState>,
    conditions: Vec<Option<MatchState>>,
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
        let wanted: Vec<usize> =
            by.iter().copied().chain(sum).chain(conditions.iter().map(Condition::group)).collect();
        let matcher = pattern.map(|pattern| pattern.matcher(&wanted));
        Ok(Scan { matcher, by, sum, conditions })
    }

    /// Whether amounts are added up.
    pub fn summing(&self) -> bool {
        self.sum.is_some()
    }

    pub(crate) fn state(&self) -> RecordState {
        RecordState {
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
        let group = |number: usize| match matching {
            Some(matching) => matching.group(number).unwrap_or(at..at),
            None => at..end,
        };
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
            return Outcome::Value(group(only), amount);
        }
        let start = joined.len();
        join_into(self.by.iter().map(|&number| &hay[group(number)]), joined);
        Outcome::Joined(start..joined.len(), amount)
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
        let new = |by: &[&str], sum| Scan::new(Some(&pattern), by, &[], sum).err();
        assert_eq!(new(&["a", "b"], None), None);
        assert_eq!(new(&["c"], None), Some(ScanError::NoSuchGroup("c".to_owned())));
        assert_eq!(new(&["a"], Some("z")), Some(ScanError::NoSuchGroup("z".to_owned())));
        assert_eq!(new(&[], None), Some(ScanError::NothingToCount));
        assert!(Scan::new(None, &["line"], &[("line", "~", "x")], None).is_ok());
        assert!(Scan::new(None, &["ip"], &[], None).is_err());
    }
}
