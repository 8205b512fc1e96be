//! What one line yields: a record, or nothing.

use crate::amount::{self, Billionths};
use crate::conduct::{Gather, GatherState, Wanted};
use crate::error::ScanError;
use crate::filter::Condition;
use crate::numbers::{self, Keep};
use crate::pattern::{MatchState, Vectors};
use crate::prefix::{self, Prefix};
use crate::shape::extract::{ExtractState, Extractor, Groups, Taken, Then};
use crate::shape::heading::Lines;
use crate::shape::{Framing, Kind, Shape, Slots};
use crate::tally::Measures;
use crate::timestamp::{find, Format, Hints, State, Zone};
use crate::value;
use std::ops::Range;

/// What to take out of each line: compiled once, shared by all threads.
#[derive(Debug, Clone)]
pub struct Scan {
    /// In a box, because it holds what has to be aligned to 32 bytes, and whoever keeps a scan may not
    /// know that.
    extractor: Box<Extractor>,
    framing: Framing,
    by: Vec<usize>,
    /// Of each group of `by` how many bits of addresses are kept; empty where all of all are.
    prefixes: Vec<Option<Prefix>>,
    sum: Option<usize>,
    numbers: Option<(usize, Keep)>,
    conditions: Vec<Condition>,
    time: Option<(usize, Time)>,
    gather: Option<Gather>,
}

const _: () = assert!(align_of::<Scan>() <= 16, "Python's objects are aligned to 16 bytes");

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

/// The time of a whole line is looked for in so many of its first bytes.
const STAMP_WITHIN: usize = 64;

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A record.
    Record(Record),
    /// The pattern matches; a condition does not hold, or the time is not wanted. Or it is a line that
    /// names columns.
    Excluded,
    /// The pattern matches, and its time cannot be read.
    Undated,
    /// The pattern does not match, or what was to be added up or described is no
    /// number.
    Unmatched,
}

/// What is counted of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where the value stands: in the buffer, or in the joined bytes.
    pub(crate) value: Range<usize>,
    /// It was put together, of several groups or of what does not stand so in the line.
    pub(crate) joined: bool,
    pub(crate) amount: Billionths,
    /// 0 where times are not read.
    pub(crate) instant: i64,
}

/// The memory of one thread.
pub(crate) struct RecordState {
    extracting: ExtractState,
    conditions: Vec<Option<MatchState>>,
    pub(crate) clock: Option<Clock>,
    /// The number of each record since the last batch, where they are described. They stand apart from
    /// the records, which are no larger without them.
    pub(crate) numbers: Vec<numbers::Reading>,
    /// Lines that were left out because what was to be described is no number.
    pub(crate) not_numbers: u64,
    /// What the records since the last batch tell of conduct, where that is gathered.
    pub(crate) gathered: Option<GatherState>,
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
    /// The groups of `by` are counted, together where there are several; `conditions` are (group,
    /// operator, value); the numbers in `sum` are added up; those in the group of
    /// `numbers` are described, for all records or for each value too; `time` is read in the group it names.
    ///
    /// # Errors
    ///
    /// Where a group is missing, a condition is none, or nothing is to be counted. Without groups to
    /// count all records are one value, which only makes sense where their numbers are described.
    pub fn new(
        shape: &Shape,
        by: &[&str],
        conditions: &[(&str, &str, &str)],
        sum: Option<&str>,
        numbers: Option<(&str, Keep)>,
        time: Option<(&str, Time)>,
    ) -> Result<Scan, ScanError> {
        Scan::build(shape, by, conditions, sum, numbers, time, None)
    }

    /// The groups of `by` are counted, and of each value is gathered what it did.
    ///
    /// # Errors
    ///
    /// As [`Scan::new`].
    pub fn gathering(
        shape: &Shape,
        by: &[&str],
        conditions: &[(&str, &str, &str)],
        time: Option<(&str, Time)>,
        wanted: &Wanted<'_>,
    ) -> Result<Scan, ScanError> {
        Scan::build(shape, by, conditions, None, None, time, Some(wanted))
    }

    fn build(
        shape: &Shape,
        by: &[&str],
        conditions: &[(&str, &str, &str)],
        sum: Option<&str>,
        numbers: Option<(&str, Keep)>,
        time: Option<(&str, Time)>,
        wanted: Option<&Wanted<'_>>,
    ) -> Result<Scan, ScanError> {
        if by.is_empty() && numbers.is_none() {
            return Err(ScanError::NothingToCount);
        }
        let mut slots = Slots::new(shape);
        let by = by.iter().map(|name| slots.of(name)).collect::<Result<Vec<_>, _>>()?;
        let conditions = conditions
            .iter()
            .map(|(group, op, value)| Condition::new(slots.of(group)?, op, value))
            .collect::<Result<Vec<_>, _>>()?;
        let sum = sum.map(|name| slots.of(name)).transpose()?;
        let numbers = numbers.map(|(name, keep)| Ok((slots.of(name)?, keep))).transpose()?;
        let time = time.map(|(name, time)| Ok((slots.of(name)?, time))).transpose()?;
        let gather = wanted.map(|wanted| Gather::new(wanted, &mut slots)).transpose()?;
        let extractor = Box::new(slots.extractor()?);
        let (framing, prefixes) = (shape.framing(), Vec::new());
        Ok(Scan { extractor, framing, by, prefixes, sum, numbers, conditions, time, gather })
    }

    /// The same, with addresses grouped: how many bits are kept, for each group of `by`.
    #[must_use]
    pub fn rolled_up(mut self, prefixes: Vec<Option<Prefix>>) -> Scan {
        debug_assert!(prefixes.is_empty() || prefixes.len() == self.by.len());
        self.prefixes = prefixes;
        self
    }

    /// The same, with lines that begin no record joined to the one before.
    #[must_use]
    pub fn multiline(mut self) -> Scan {
        self.framing = Framing::Joined;
        self
    }

    /// How its input is cut into records.
    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether amounts are added up.
    pub fn summing(&self) -> bool {
        self.sum.is_some()
    }

    /// What is kept of each value.
    pub fn measures(&self) -> Measures {
        let numbers = self.numbers.map_or(Keep::Nothing, |(_, keep)| keep);
        let conduct = self.gather.is_some();
        Measures { sums: self.sum.is_some(), times: self.time.is_some(), numbers, conduct }
    }

    /// How times are read, if they are.
    pub fn time(&self) -> Option<&Time> {
        self.time.as_ref().map(|(_, time)| time)
    }

    pub(crate) fn state(&self) -> RecordState {
        let clock = |time: &Time| Clock { state: time.state(), ends: None, out_of_order: 0 };
        RecordState {
            clock: self.time().map(clock),
            extracting: self.extractor.state(),
            conditions: self.conditions.iter().map(Condition::state).collect(),
            numbers: Vec::new(),
            not_numbers: 0,
            gathered: self.gather.as_ref().map(Gather::state),
        }
    }

    /// Whether the line `hay[at..end]` begins a record: has the shape of this scan, or, where any line
    /// has, a time.
    #[inline(always)]
    pub(crate) fn fits<V: Vectors>(
        &self,
        state: &mut RecordState,
        hay: &[u8],
        at: usize,
        end: usize,
    ) -> bool {
        struct Yes;
        impl Then for Yes {
            type Answer = ();

            #[inline(always)]
            fn then(self, _: &impl Groups) {}
        }
        if let Extractor::Lines = *self.extractor {
            // A text without a time at its beginning goes on with the one before.
            let beginning = &hay[at..end.min(at + STAMP_WITHIN)];
            return find(beginning, Hints::default()).is_some();
        }
        let taken = self.extractor.take::<V, Yes>(&mut state.extracting, hay, (at, end, end), Yes);
        !matches!(taken, Taken::Unfit)
    }

    /// The instant of the line `hay[at..end]`, if it has one that can be read.
    pub(crate) fn instant<V: Vectors>(
        &self,
        state: &mut RecordState,
        hay: &[u8],
        at: usize,
        end: usize,
    ) -> Option<i64> {
        struct Read<'a>(&'a [u8], usize, &'a Format, &'a mut State);
        impl Then for Read<'_> {
            type Answer = Option<i64>;

            fn then(self, groups: &impl Groups) -> Option<i64> {
                self.2.parse(groups.text(self.0, self.1), self.3)
            }
        }
        let (slot, time) = self.time.as_ref()?;
        let clock = &mut state.clock.as_mut()?.state;
        let read = Read(hay, *slot, &time.format, clock);
        match self.extractor.take::<V, _>(&mut state.extracting, hay, (at, end, end), read) {
            Taken::Groups(instant) => instant,
            _ => None,
        }
    }

    /// Begins a block whose columns are named by these lines.
    pub(crate) fn begin(&self, state: &mut RecordState, heading: &Lines) {
        self.extractor.begin(&mut state.extracting, heading);
    }

    /// Takes the record out of the line `hay[at..end]`; where the record has several lines, it ends at
    /// `tail`. A value that does not stand in the line as it is counted is put behind what `joined`
    /// holds.
    #[inline(always)]
    pub(crate) fn record<V: Vectors>(
        &self,
        state: &mut RecordState,
        hay: &[u8],
        (at, end, tail): (usize, usize, usize),
        joined: &mut Vec<u8>,
    ) -> Outcome {
        let RecordState { extracting, conditions, clock, numbers, not_numbers, gathered } = state;
        let (clock, gathered, numbers) =
            (clock.as_mut(), gathered.as_mut(), (numbers, not_numbers));
        let reading = Reading { scan: self, hay, conditions, clock, joined, numbers, gathered };
        match self.extractor.take::<V, _>(extracting, hay, (at, end, tail), reading) {
            Taken::Groups(outcome) => outcome,
            Taken::Unfit => Outcome::Unmatched,
            Taken::Aside => Outcome::Excluded,
        }
    }
}

/// Makes a record of the groups of a line.
struct Reading<'a> {
    scan: &'a Scan,
    hay: &'a [u8],
    conditions: &'a mut [Option<MatchState>],
    clock: Option<&'a mut Clock>,
    joined: &'a mut Vec<u8>,
    numbers: (&'a mut Vec<numbers::Reading>, &'a mut u64),
    gathered: Option<&'a mut GatherState>,
}

impl Then for Reading<'_> {
    type Answer = Outcome;

    #[inline(always)]
    fn then(self, groups: &impl Groups) -> Outcome {
        let Reading { scan, hay, conditions, clock, joined, numbers, gathered } = self;
        // Before anything is left out, since a stamp may be read by what the one before it meant.
        let mut instant = 0;
        if let (Some((slot, time)), Some(clock)) = (&scan.time, clock) {
            match time.format.parse(groups.text(hay, *slot), &mut clock.state) {
                Some(read) => instant = read,
                None => return Outcome::Undated,
            }
            clock.note(instant);
            if instant < time.start || instant >= time.end {
                return Outcome::Excluded;
            }
        }
        for (condition, memory) in scan.conditions.iter().zip(conditions) {
            let slot = condition.group();
            let missing = groups.place(slot).kind == Kind::Missing;
            if !condition.holds(memory.as_mut(), (!missing).then(|| groups.text(hay, slot))) {
                return Outcome::Excluded;
            }
        }
        let amount = match scan.sum {
            None => amount::ONE,
            Some(sum) => match amount::parse(groups.text(hay, sum)) {
                Some(amount) => amount,
                None => return Outcome::Unmatched,
            },
        };
        if let Some((slot, _)) = scan.numbers {
            let number = match groups.place(slot).kind {
                Kind::Missing | Kind::Null => numbers::Reading::Absent,
                _ => numbers::parse(groups.text(hay, slot)),
            };
            if number == numbers::Reading::Other {
                *numbers.1 += 1;
                return Outcome::Unmatched;
            }
            numbers.0.push(number);
        }
        if let (Some(gather), Some(gathered)) = (&scan.gather, gathered) {
            gather.note(gathered, groups, hay);
        }
        if !scan.prefixes.is_empty() {
            let start = joined.len();
            prefix::put(&scan.by, &scan.prefixes, groups, hay, joined);
            let value = start..joined.len();
            return Outcome::Record(Record { value, joined: true, amount, instant });
        }
        if let [only] = scan.by[..] {
            let place = groups.place(only);
            let plain = place.kind == Kind::Text && !place.decoded;
            if plain && (place.start == place.end || hay[place.start] != value::MARK) {
                let value = place.start..place.end;
                return Outcome::Record(Record { value, joined: false, amount, instant });
            }
            return Outcome::Record(put(&[only], groups, hay, joined, amount, instant));
        }
        Outcome::Record(put(&scan.by, groups, hay, joined, amount, instant))
    }
}

/// Puts a value together.
#[inline(always)]
fn put(
    by: &[usize],
    groups: &impl Groups,
    hay: &[u8],
    joined: &mut Vec<u8>,
    amount: Billionths,
    instant: i64,
) -> Record {
    let start = joined.len();
    if let [only] = by {
        let (kind, text) = (groups.place(*only).kind, groups.text(hay, *only));
        if kind == Kind::Text && text.first() != Some(&value::MARK) {
            joined.extend_from_slice(text);
            return Record { value: start..joined.len(), joined: true, amount, instant };
        }
    }
    for (i, &slot) in by.iter().enumerate() {
        if i > 0 {
            value::divide(joined);
        }
        value::push(groups.place(slot).kind, groups.text(hay, slot), joined);
    }
    Record { value: start..joined.len(), joined: true, amount, instant }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    #[test]
    fn what_is_missing_is_refused() {
        let pattern = Pattern::new(r"^(?P<a>\S+) (?P<b>\S+)").unwrap();
        let shape = Shape::Pattern(pattern);
        let new = |by: &[&str], sum| Scan::new(&shape, by, &[], sum, None, None).err();
        assert_eq!(new(&["a", "b"], None), None);
        assert_eq!(new(&["c"], None), Some(ScanError::NoSuchGroup("c".to_owned())));
        assert_eq!(new(&["a"], Some("z")), Some(ScanError::NoSuchGroup("z".to_owned())));
        assert_eq!(new(&[], None), Some(ScanError::NothingToCount));
        assert!(
            Scan::new(&Shape::Lines, &["line"], &[("line", "~", "x")], None, None, None).is_ok()
        );
        assert!(Scan::new(&Shape::Lines, &["ip"], &[], None, None, None).is_err());
    }
}
