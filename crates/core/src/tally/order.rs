//! Values in the order in which people want to see them.

use super::table::Count;
use super::Tally;
use crate::amount::Billionths;
use std::cmp::Ordering;

/// What values are ordered by. Ties are always broken by the value, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By count (the sum, where amounts are added up), the largest first.
    Count,
    /// By the bytes of the value, ascending.
    Value,
}

/// Which values, and in which order.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What they are ordered by.
    pub sort: Sort,
    /// The other way round.
    pub reverse: bool,
    /// Where given, only values with a count below the first or above the second of these.
    pub outside: Option<(f64, f64)>,
    /// At most so many, the first ones.
    pub limit: Option<usize>,
}

/// Where a value stands: the number of its table, and its place there.
type At = (u32, u64);

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

    fn compare(&self, choice: &Choice, left: &Count<'_>, right: &Count<'_>) -> Ordering {
        let by_value = left.key.cmp(right.key);
        match (choice.sort, choice.reverse) {
            (Sort::Value, false) => by_value,
            (Sort::Value, true) => by_value.reverse(),
            (Sort::Count, false) => self.measure(right).cmp(&self.measure(left)).then(by_value),
            (Sort::Count, true) => self.measure(left).cmp(&self.measure(right)).then(by_value),
        }
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
                measure < low || measure > high
            })
        };
        let mut order = Order { places: Vec::new(), chosen: 0, records: 0, sum: 0 };
        // Twice the limit is gathered before the worse half is thrown away, so that a short list out
        // of millions of values takes one pass and next to no memory.
        let room = choice.limit.map_or(usize::MAX, |limit| limit.saturating_mul(2).max(64));
        let mut worst: Option<At> = None;
        for (number, table) in (0u32..).zip(self.tables()) {
            for place in 0..table.places() {
                let Some(count) = table.at(place) else { continue };
                if !wanted(&count) {
                    continue;
                }
                order.chosen += 1;
                order.records += count.records;
                order.sum = order.sum.saturating_add(count.sum);
                let beaten = worst.is_some_and(|worst| {
                    self.compare(choice, &self.at(worst), &count) == Ordering::Less
                });
                if beaten {
                    continue;
                }
                order.places.push((number, place as u64));
                if order.places.len() >= room {
                    worst = self.keep(choice, &mut order.places);
                }
            }
        }
        self.keep(choice, &mut order.places);
        order.places.sort_unstable_by(|a, b| self.compare(choice, &self.at(*a), &self.at(*b)));
        order
    }

    /// Keeps the first ones, as many as the limit allows; the last of those.
    fn keep(&self, choice: &Choice, places: &mut Vec<At>) -> Option<At> {
        let limit = choice.limit.filter(|limit| *limit < places.len())?;
        if limit == 0 {
            places.clear();
            return None;
        }
        let by = |a: &At, b: &At| self.compare(choice, &self.at(*a), &self.at(*b));
        places.select_nth_unstable_by(limit - 1, by);
        places.truncate(limit);
        places.last().copied()
    }
}

impl Order {
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
        let stop = stop.min(self.places.len());
        self.places[start.min(stop)..stop].iter().map(|&at| tally.at(at))
    }
}
