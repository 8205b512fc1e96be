//! All that has been counted so far: per value the records and, where a number is added up, the sum.
//!
//! Any split of the input, in any order, merges to the same tally.

mod arena;
mod bounded;
mod budget;
mod distinct;
mod facts;
mod key;
mod order;
mod pairs;
mod places;
mod rename;
mod runs;
mod shards;
mod table;
mod timeline;
mod times;

pub use budget::Budget;
pub(crate) use budget::Claim;
pub use distinct::Distinct;
pub use facts::{Facts, Gaps, Needs, Population};
pub(crate) use key::hasher;
pub use key::Key;
pub use order::{Choice, Life, Order, Sort};
pub use pairs::{Pair, Paired};
pub(crate) use shards::{Merged, Shards};
pub use table::{Count, Measures, Table};
pub use timeline::Timeline;
pub use times::InBucket;

use crate::amount::Billionths;
use crate::numbers::{self, Keep, Sketch, Whole};
use std::collections::HashMap;

/// The counts of all values, in one table or in many of which each holds one range of hashes.
#[derive(Debug)]
pub struct Tally {
    tables: Vec<Table>,
    records: u64,
    measures: Measures,
    timeline: Timeline,
    /// So many bytes may each of the tables take.
    quota: Option<usize>,
    /// Of all values; none where they are all there.
    distinct: Option<Distinct>,
}

/// What is known of a tally that had to leave values out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approximation {
    /// The true count of a value is at least the one that is held, and at most so much more; a value
    /// that is not held has none above this. Records, or billionths where amounts are added up; none
    /// where amounts below zero were, and nothing can be said.
    pub error: Option<Billionths>,
    /// About how many distinct values there were,
    pub distinct: f64,
    /// and the standard error of that, relative to it.
    pub distinct_error: f64,
}

impl Tally {
    /// A tally of nothing. Where times are kept, `timeline` says in which buckets.
    pub fn new(measures: Measures, timeline: Timeline) -> Tally {
        let tables = vec![Table::new(measures, 0)];
        Tally { tables, records: 0, measures, timeline, quota: None, distinct: None }
    }

    /// Puts together what threads counted: their own tables, and the shards they filled.
    pub(crate) fn gather(
        mut tables: Vec<Table>,
        shards: Option<Shards>,
        measures: Measures,
        timeline: Timeline,
    ) -> Tally {
        let mut tally = Tally::new(measures, timeline);
        let threads = tables.len();
        if let Some(shards) = shards {
            tables.iter_mut().for_each(|table| shards.take(table));
            let Merged { tables, quota, distinct } = shards.into_merged();
            (tally.tables, tally.quota, tally.distinct) = (tables, quota, distinct);
        } else {
            if measures.conduct {
                // Before one is added to another, each is put in order, side by side.
                std::thread::scope(|scope| {
                    for table in &mut tables {
                        scope.spawn(|| table.conduct.tidy());
                    }
                });
            }
            // The largest first: the others are then added to it, and not the other way round.
            tables.sort_by_key(|table| std::cmp::Reverse(table.len()));
            let mut rest = tables.into_iter();
            if let Some(first) = rest.next() {
                tally.tables = vec![first];
            }
            rest.for_each(|table| tally.absorb(&table, None));
        }
        let held: u64 = tally.counts().map(|count| count.records).sum();
        tally.records = held + tally.tables.iter().map(|table| table.left.records).sum::<u64>();
        tally.settle(threads);
        tally
    }

    /// What was left out; none where nothing was, and all counts are exact.
    pub fn approximation(&self) -> Option<Approximation> {
        let distinct = self.distinct.as_ref()?.estimate();
        let unbounded = self.tables.iter().any(|table| table.left.unbounded);
        Some(Approximation {
            error: (!unbounded).then(|| self.offset()),
            // There are at least those that are held.
            distinct: distinct.max(self.len() as f64),
            distinct_error: <Distinct>::ERROR,
        })
    }

    /// The largest error of a count.
    fn offset(&self) -> Billionths {
        self.tables.iter().map(|table| table.left.offset).max().unwrap_or(0)
    }

    /// The sum of all amounts, in billionths, of the values that were left out too.
    pub fn sum(&self) -> Billionths {
        let held: Billionths = self.counts().map(|count| count.sum).sum();
        held + self.tables.iter().map(|table| table.left.sum).sum::<Billionths>()
    }

    /// How many distinct values are held: all there are, unless some had to be left out.
    pub fn len(&self) -> usize {
        self.tables.iter().map(Table::len).sum()
    }

    /// Whether nothing has been counted.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// How many records have been counted.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Whether amounts are added up.
    pub fn summing(&self) -> bool {
        self.measures.sums
    }

    /// Whether times are kept.
    pub fn timed(&self) -> bool {
        self.measures.times
    }

    /// Whether it is kept what values did.
    pub fn gathered(&self) -> bool {
        self.measures.conduct
    }

    /// All records by time, whatever their value.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The tables it consists of.
    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Every value with its count, in no order that means anything.
    pub fn counts(&self) -> impl Iterator<Item = Count<'_>> + '_ {
        self.tables.iter().flat_map(Table::iter)
    }

    fn table(&mut self, key: &Key<'_>) -> &mut Table {
        let shard = shards::shard(key.hash(), self.tables.len());
        &mut self.tables[shard]
    }

    /// Counts one record.
    pub fn add(&mut self, value: &[u8], amount: Billionths) {
        let key = Key::new(value);
        self.table(&key).add(&key, 1, amount);
        self.records += 1;
    }

    /// The count of one value.
    pub fn get(&self, value: &[u8]) -> Option<Count<'_>> {
        let key = Key::new(value);
        self.tables[shards::shard(key.hash(), self.tables.len())].get(&key)
    }

    /// Adds another tally to this one, which keeps the same measures in the same buckets.
    pub fn merge(&mut self, other: &Tally) {
        debug_assert_eq!(self.measures, other.measures);
        if self.distinct.is_some() || other.distinct.is_some() {
            let mut distinct = self.seen();
            distinct.merge(&other.seen());
            self.distinct = Some(distinct);
        }
        if other.offset() > 0 {
            self.mark_missing(other);
        }
        for table in &other.tables {
            self.absorb(table, None);
        }
        self.shrink(other);
        // A value may have been left out on both sides.
        let offset = other.offset();
        for table in &mut self.tables {
            table.left.offset += offset;
        }
        self.records += other.records;
        self.timeline.merge(&other.timeline);
        self.settle(1);
    }

    /// Which numbers are kept.
    pub fn numbered(&self) -> Keep {
        self.measures.numbers
    }

    /// The numbers of all records.
    pub fn numbers(&self) -> Whole {
        numbers::together(self.tables.iter().map(|table| &table.numbers))
    }

    /// The numbers of one value; `None` where it has none, or they are not kept.
    pub fn numbers_of(&self, value: &[u8]) -> Option<&Sketch> {
        let key = Key::new(value);
        let table = &self.tables[shards::shard(key.hash(), self.tables.len())];
        table.get(&key).and_then(|count| table.numbers.each(count.id))
    }

    /// How many records came too late for their bucket; then peaks are lower bounds.
    pub fn late(&self) -> u64 {
        self.tables.iter().map(|table| table.times.late()).sum()
    }

    /// Stays within the bounds of both, where there are any.
    fn shrink(&mut self, other: &Tally) {
        let shared = other.quota.map(|quota| quota * other.tables.len() / self.tables.len());
        self.quota = self.quota.or(shared);
        let Some(quota) = self.quota else { return };
        if self.tables.iter().all(|table| table.bytes() <= quota) {
            return;
        }
        self.distinct = Some(self.seen());
        for table in &mut self.tables {
            table.shrink(quota);
        }
    }

    /// All values that were ever here.
    fn seen(&self) -> Distinct {
        self.distinct.clone().unwrap_or_else(|| {
            let mut distinct = Distinct::new();
            self.tables.iter().flat_map(Table::keys).for_each(|(key, ..)| distinct.see(key.hash()));
            distinct
        })
    }

    /// Marks the values of which another tally may have forgotten records.
    fn mark_missing(&mut self, other: &Tally) {
        for table in &mut self.tables {
            let forgotten = table.iter().filter(|count| other.get(count.key).is_none());
            let forgotten: Vec<u32> = forgotten.map(|count| count.id).collect();
            forgotten.into_iter().for_each(|id| table.partial.mark(id));
        }
    }

    /// Adds the values of a table; under these `names`, by the number of the value, where given.
    fn absorb(&mut self, table: &Table, names: Option<&[Vec<u8>]>) {
        let first = &mut self.tables[0];
        first.times.absorb_late(&table.times);
        first.left.records += table.left.records;
        first.left.sum += table.left.sum;
        first.left.unbounded |= table.left.unbounded;
        first.numbers.absorb_whole(&table.numbers);
        first.conduct.absorb_texts(&table.conduct);
        if let [only] = &mut self.tables[..] {
            only.reserve(table.len());
        }
        let (timed, conduct) = (self.measures.times, self.measures.conduct);
        let mut homes = vec![(0usize, 0u32); if timed { table.len() } else { 0 }];
        for (key, records, sum, theirs) in table.keys() {
            let key = names.map_or(key, |names| Key::new(&names[theirs as usize]));
            let home = shards::shard(key.hash(), self.tables.len());
            let own = &mut self.tables[home];
            let id = own.add(&key, records, sum);
            if table.partial.has(theirs) {
                own.partial.mark(id);
            }
            own.numbers.absorb(id, &table.numbers, theirs);
            if conduct {
                own.conduct.absorb(id, &table.conduct, theirs);
            }
            if timed {
                homes[theirs as usize] = (home, id);
                own.times.absorb_value(id, &table.times, theirs);
            }
        }
        if timed {
            for (value, bucket, records) in table.times.runs() {
                let (home, id) = homes[value as usize];
                self.tables[home].times.absorb_run(id, bucket, records);
            }
        }
    }

    /// Puts in order what is kept of times and numbers, on so many threads.
    fn settle(&mut self, threads: usize) {
        if self.measures.times {
            self.tables.iter_mut().for_each(|table| table.times.settle(threads));
        }
        self.tables.iter_mut().for_each(|table| table.numbers.settle());
        if self.measures.conduct {
            self.tables.iter_mut().for_each(|table| table.conduct.settle());
        }
    }

    /// How many values have each count, ascending by count: the spectrum, of which all statistics of
    /// the distribution can be computed. Counts are sums (in billionths) where amounts are added up,
    /// else records.
    pub fn spectrum(&self) -> Vec<(Billionths, u64)> {
        // Most counts are small, and most values have one of them.
        let mut small = vec![0u64; 1024];
        let mut large: HashMap<Billionths, u64> = HashMap::new();
        for count in self.counts() {
            if !self.summing() && count.records < small.len() as u64 {
                small[count.records as usize] += 1;
            } else {
                let measure = if self.summing() { count.sum } else { count.records.into() };
                *large.entry(measure).or_default() += 1;
            }
        }
        let small = (0..).zip(small).filter(|(_, values)| *values > 0);
        let mut spectrum: Vec<(Billionths, u64)> = small.chain(large).collect();
        spectrum.sort_unstable();
        spectrum
    }
}

#[cfg(test)]
mod tests;
