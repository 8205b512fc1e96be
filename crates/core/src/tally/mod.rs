//! All that has been counted so far: per value the records and, where a number is added up, the sum.
//!
//! Any split of the input, in any order, merges to the same tally.

mod arena;
mod key;
mod order;
mod places;
mod shards;
mod table;

pub(crate) use key::hasher;
pub use key::Key;
pub use order::{Choice, Order, Sort};
pub(crate) use shards::Shards;
pub use table::{Count, Table};

use crate::amount::Billionths;
use std::collections::HashMap;

/// The counts of all values, in one table or in many of which each holds one range of hashes.
#[derive(Debug)]
pub struct Tally {
    tables: Vec<Table>,
    records: u64,
    summing: bool,
}

impl Tally {
    /// A tally of nothing. `summing` says whether amounts are added up besides the records.
    pub fn new(summing: bool) -> Tally {
        Tally { tables: vec![Table::new(summing, 0)], records: 0, summing }
    }

    /// Puts together what threads counted: their own tables, and the shards they filled.
    pub(crate) fn gather(tables: Vec<Table>, shards: Option<Vec<Table>>, summing: bool) -> Tally {
        let mut tally = match shards {
            Some(shards) => Tally { tables: shards, records: 0, summing },
            None => Tally { tables: Vec::new(), records: 0, summing },
        };
        let mut tables = tables;
        // The largest first: the others are then added to it, and not the other way round.
        tables.sort_by_key(|table| std::cmp::Reverse(table.len()));
        for table in tables {
            if tally.tables.is_empty() {
                tally.tables.push(table);
            } else {
                tally.absorb(&table);
            }
        }
        if tally.tables.is_empty() {
            tally.tables.push(Table::new(summing, 0));
        }
        tally.records = tally.counts().map(|count| count.records).sum();
        tally
    }

    /// How many distinct values there are.
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
        self.summing
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

    /// Adds another tally to this one.
    pub fn merge(&mut self, other: &Tally) {
        for table in &other.tables {
            self.absorb(table);
        }
        self.records += other.records;
    }

    fn absorb(&mut self, table: &Table) {
        if let [only] = &mut self.tables[..] {
            only.reserve(table.len());
        }
        for (key, records, sum) in table.keys() {
            self.table(&key).add(&key, records, sum);
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
            if !self.summing && count.records < small.len() as u64 {
                small[count.records as usize] += 1;
            } else {
                let measure = if self.summing { count.sum } else { count.records.into() };
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
