//! Values in the order in which people want to see them.

use super::facts::Facts;
use super::table::Count;
use super::times::{InBucket, Times};
use super::Tally;
use crate::amount::Billionths;
use crate::numbers::Sketch;
use std::cmp::Ordering;
use std::collections::HashSet;

/// What values are ordered by. Ties are always broken by the value, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By count (the sum, where amounts are added up), the largest first.
    Count,
    /// By the bytes of the value, ascending.
    Value,
    /// By the most records in so many buckets in a row, the largest first.
    Peak(i64),
    /// By the first instant, the earliest first.
    First,
    /// By the last instant, the latest first.
    Last,
    /// By the quantile of so many thousandths of its numbers, the largest first.
    Quantile(u32),
}

/// Which values, and in which order.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What they are ordered by.
    pub sort: Sort,
    /// The other way round.
    pub reverse: bool,
    /// Where given, only values with a count below the first or above the second of these.
    pub outside: Option<(f64, f64)>,
    /// At most so many, the first ones.
    pub limit: Option<usize>,
    /// These are wanted whatever their count.
    pub also: HashSet<Vec<u8>>,
}

/// Where a value stands: the number of its table, and its place there.
pub(super) type At = (u32, u64);

/// A place and what it is ordered by.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    rank: Billionths,
    at: At,
}

/// An order of (some of) the values of a tally. It holds places only, so it is of use with that tally
/// alone, and only while nothing is added to it.
#[derive(Debug)]
pub struct Order {
    places: Vec<At>,
    chosen: usize,
    records: u64,
    sum: Billionths,
}

impl Tally {
    /// The count of a value as it is ordered and measured by: its sum or its records.
    fn measure(&self, count: &Count<'_>) -> Billionths {
        if self.summing() {
            count.sum
        } else {
            count.records.into()
        }
    }

    /// A value by its place in an [`Order`] of this very tally.
    fn at(&self, at: At) -> Count<'_> {
        self.tables()[at.0 as usize]
            .at(at.1 as usize)
            .expect("a place that an order of this tally holds")
    }

    /// What a value is ordered by; the largest comes first.
    fn rank(&self, sort: Sort, table: u32, count: &Count<'_>) -> Billionths {
        let times = &self.tables()[table as usize].times;
        match sort {
            Sort::Value => 0,
            Sort::Count => self.measure(count),
            Sort::Peak(width) => times.peak(count.id, width).1.into(),
            Sort::First => -Billionths::from(times.span(count.id).0),
            Sort::Last => times.span(count.id).1.into(),
            // What has no numbers comes last.
            Sort::Quantile(thousandths) => {
                let numbers = self.tables()[table as usize].numbers.each(count.id);
                numbers.map_or(Billionths::MIN, |sketch| sketch.rank(thousandths))
            }
        }
    }

    fn compare(&self, choice: &Choice, left: &Ranked, right: &Ranked) -> Ordering {
        let by_rank =
            if choice.reverse { left.rank.cmp(&right.rank) } else { right.rank.cmp(&left.rank) };
        by_rank.then_with(|| {
            let by_value = self.at(left.at).key.cmp(self.at(right.at).key);
            if choice.sort == Sort::Value && choice.reverse {
                by_value.reverse()
            } else {
                by_value
            }
        })
    }

    /// Orders the values.
    pub fn order(&self, choice: &Choice) -> Order {
        let wanted = |count: &Count<'_>| {
            choice.outside.is_none_or(|(low, high)| {
                let measure = if self.summing() {
                    crate::amount::nearest(count.sum)
                } else {
                    count.records as f64
                };
                measure < low || measure > high || choice.also.contains(count.key)
            })
        };
        let mut order = Order { places: Vec::new(), chosen: 0, records: 0, sum: 0 };
        let mut ranked: Vec<Ranked> = Vec::new();
        // Twice the limit is gathered before the worse half is thrown away, so that a short list out
        // of millions of values takes one pass and next to no memory.
        let room = choice.limit.map_or(usize::MAX, |limit| limit.saturating_mul(2).max(64));
        let mut worst: Option<Ranked> = None;
        for (number, table) in (0u32..).zip(self.tables()) {
            for place in 0..table.places() {
                let Some(count) = table.at(place) else { continue };
                if !wanted(&count) {
                    continue;
                }
                order.chosen += 1;
                order.records += count.records;
                order.sum = order.sum.saturating_add(count.sum);
                let rank = self.rank(choice.sort, number, &count);
                let next = Ranked { rank, at: (number, place as u64) };
                if worst.is_some_and(|worst| self.compare(choice, &worst, &next) == Ordering::Less)
                {
                    continue;
                }
                ranked.push(next);
                if ranked.len() >= room {
                    worst = self.keep(choice, &mut ranked);
                }
            }
        }
        self.keep(choice, &mut ranked);
        ranked.sort_unstable_by(|a, b| self.compare(choice, a, b));
        order.places = ranked.into_iter().map(|ranked| ranked.at).collect();
        order
    }

    /// Keeps the first ones, as many as the limit allows; the last of those.
    fn keep(&self, choice: &Choice, ranked: &mut Vec<Ranked>) -> Option<Ranked> {
        let limit = choice.limit.filter(|limit| *limit < ranked.len())?;
        if limit == 0 {
            ranked.clear();
            return None;
        }
        ranked.select_nth_unstable_by(limit - 1, |a, b| self.compare(choice, a, b));
        ranked.truncate(limit);
        ranked.last().copied()
    }
}

impl Order {
    /// An order of values at these places of a tally: table, and place there.
    pub(super) fn of(tally: &Tally, mut places: Vec<At>) -> Order {
        let (mut records, mut sum) = (0, 0);
        for &at in &places {
            let count = tally.at(at);
            records += count.records;
            sum += count.sum;
        }
        places.sort_unstable_by(|&a, &b| {
            let (a, b) = (tally.at(a), tally.at(b));
            b.records.cmp(&a.records).then_with(|| a.key.cmp(b.key))
        });
        Order { chosen: places.len(), places, records, sum }
    }

    /// What the values from `start` to before `stop` did. Only of a tally that keeps that.
    pub fn facts<'a>(
        &'a self,
        tally: &'a Tally,
        (start, stop): (usize, usize),
        minute: i64,
    ) -> impl Iterator<Item = Facts<'a>> + 'a {
        self.range(start, stop)
            .iter()
            .map(move |&at| Facts::of(&tally.tables()[at.0 as usize], tally.at(at), minute))
    }

    /// How many values are in the order.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many values were chosen, those beyond the limit included,
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    /// how many records they have,
    pub fn records(&self) -> u64 {
        self.records
    }

    /// and the sum of their amounts.
    pub fn sum(&self) -> Billionths {
        self.sum
    }

    /// The values from `start` to before `stop`.
    pub fn slice<'a>(
        &'a self,
        tally: &'a Tally,
        start: usize,
        stop: usize,
    ) -> impl Iterator<Item = Count<'a>> + 'a {
        self.range(start, stop).iter().map(|&at| tally.at(at))
    }

    fn range(&self, start: usize, stop: usize) -> &[At] {
        let stop = stop.min(self.places.len());
        &self.places[start.min(stop)..stop]
    }

    /// The numbers of the values from `start` to before `stop`; `None` where there are none.
    pub fn numbers<'a>(
        &'a self,
        tally: &'a Tally,
        start: usize,
        stop: usize,
    ) -> impl Iterator<Item = Option<&'a Sketch>> + 'a {
        let each = |at: &At| tally.tables()[at.0 as usize].numbers.each(tally.at(*at).id);
        self.range(start, stop).iter().map(each)
    }

    /// Whether times and numbers of the values from `start` to before `stop` may cover a part of their
    /// records only: the others were forgotten when memory was short.
    pub fn partial<'a>(
        &'a self,
        tally: &'a Tally,
        start: usize,
        stop: usize,
    ) -> impl Iterator<Item = bool> + 'a {
        let each = |at: &At| tally.tables()[at.0 as usize].partial.has(tally.at(*at).id);
        self.range(start, stop).iter().map(each)
    }

    /// When the records of the values from `start` to before `stop` occurred, with their peaks in
    /// `width` buckets in a row. Only of a tally that keeps times.
    pub fn lives<'a>(
        &'a self,
        tally: &'a Tally,
        (start, stop): (usize, usize),
        width: i64,
    ) -> impl Iterator<Item = Life<'a>> + 'a {
        self.range(start, stop)
            .iter()
            .map(move |&at| Life::new(&tally.tables()[at.0 as usize].times, tally.at(at).id, width))
    }
}

/// When the records of one value occurred; instants are nanoseconds since 1970 UTC.
pub struct Life<'a> {
    /// The first instant,
    pub first: i64,
    /// and the last.
    pub last: i64,
    /// The first bucket of the fullest row of buckets, and the records in that row.
    pub peak: InBucket,
    times: &'a Times,
    value: u32,
}

impl<'a> Life<'a> {
    pub(super) fn new(times: &'a Times, value: u32, width: i64) -> Self {
        let (first, last) = times.span(value);
        Life { first, last, peak: times.peak(value, width), times, value }
    }

    /// The buckets that have records, in order.
    pub fn buckets(&self) -> impl Iterator<Item = InBucket> + '_ {
        self.times.buckets(self.value)
    }
}
