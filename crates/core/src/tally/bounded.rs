//! A table that stays below a number of bytes: counts of many values become lower bounds.
//!
//! When it is full, the median of all counts is taken off every count, and the values of which nothing
//! is left are forgotten. What was taken off adds up to the *offset*: the true count of a value is at
//! least what the table says, and at most the offset more; so every value whose true count is above the
//! offset is there. This is the algorithm of Misra and Gries (Finding repeated elements, 1982), in the
//! form of Anderson et al. (A high-performance algorithm for identifying frequent items in data
//! streams, 2017), which Apache DataSketches has too. Two tables merge: offsets add up.

use super::arena::Arena;
use super::key::INLINE;
use super::table::{Entry, Table, FULL};
use crate::amount::Billionths;

/// Where memory is short, so many numbers of a value are kept exactly.
const FEWER_NUMBERS: usize = 1000;

/// What a bounded table has left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// A count can be so much too low: records, or billionths where amounts are added up.
    pub(crate) offset: Billionths,
    /// Records that no value of the table has any more,
    pub(crate) records: u64,
    /// and their amounts.
    pub(crate) sum: Billionths,
    /// Amounts below zero were added up, so that the offset bounds nothing.
    pub(crate) unbounded: bool,
}

impl Table {
    /// How many bytes it takes, besides the buckets of its times, which have a bound of their own.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<Entry>()
            + self.arena.bytes()
            + self.sums.capacity() * size_of::<Billionths>()
            + self.times.bytes_of_values()
            + self.numbers.bytes()
            + self.conduct.bytes()
    }

    /// Whether a new key of so many bytes can be added without taking more than `quota` bytes.
    #[inline]
    pub(crate) fn has_room(&self, quota: usize, len: usize) -> bool {
        let more = if len > INLINE { len } else { 0 };
        let full = self.len >= self.entries.len() / 8 * FULL;
        // A table that grows has both its sizes for a moment.
        let grown = if full { self.entries.len() * size_of::<Entry>() * 2 } else { 0 };
        self.bytes() + more + grown <= quota
    }

    /// Makes room for a key of so many bytes; false where it could not even stand alone.
    #[inline]
    pub(crate) fn make_room(&mut self, quota: usize, len: usize) -> bool {
        while !self.has_room(quota, len) {
            if self.len == 0 {
                return false;
            }
            if self.numbers.bytes() > quota / 2 {
                self.numbers.lower(FEWER_NUMBERS);
            }
            self.purge();
        }
        true
    }

    /// Takes no more than so many bytes, as far as leaving values out can do that.
    pub(crate) fn shrink(&mut self, quota: usize) {
        while self.len > 0 && self.bytes() > quota {
            self.purge();
            self.fit();
        }
    }

    /// Leaves a key out.
    pub(crate) fn leave(&mut self, records: u64, sum: Billionths) {
        self.left.records += records;
        self.left.sum += sum;
        self.left.offset += if self.measures.sums { sum.max(0) } else { records.into() };
    }

    /// Takes the median off all counts.
    fn purge(&mut self) {
        let entries: Vec<Entry> =
            self.entries.iter().filter(|entry| entry.count != 0).copied().collect();
        let mut measures: Vec<Billionths> =
            entries.iter().map(|entry| self.weight(entry)).collect();
        let middle = measures.len() / 2;
        let cut = (*measures.select_nth_unstable(middle).1).max(1);
        drop(measures);
        let old = std::mem::take(&mut self.arena);
        let sums = std::mem::take(&mut self.sums);
        self.entries.clear();
        self.len = 0;
        self.left.offset += cut;
        let mut kept = Vec::new();
        for mut entry in entries {
            let id = entry.id as usize;
            let weight = if self.measures.sums { sums[id] } else { entry.count.into() };
            self.left.sum += if self.measures.sums { weight.min(cut) } else { 0 };
            if weight <= cut {
                self.left.records += entry.count;
                continue;
            }
            if self.measures.sums {
                self.sums.push(weight - cut);
            } else {
                // The weight is a count, and more than the cut.
                self.left.records += cut as u64;
                entry.count -= cut as u64;
            }
            if entry.len as usize > INLINE {
                let bytes = old.get((entry.key >> 64) as u64, entry.len as usize);
                let place = self.arena.keep(bytes);
                entry.key = u128::from(place) << 64 | u128::from(entry.key as u64);
            }
            kept.push(entry.id);
            entry.id = self.len as u32;
            let at = self.free(super::table::hash_of(&entry));
            self.entries[at] = entry;
            self.len += 1;
        }
        if self.measures.times {
            self.times.keep(&kept);
        }
        self.numbers.compact(&kept);
        if self.measures.conduct {
            self.conduct.compact(&kept);
        }
    }

    fn weight(&self, entry: &Entry) -> Billionths {
        if self.measures.sums {
            self.sums[entry.id as usize]
        } else {
            entry.count.into()
        }
    }
}

impl Arena {
    /// How many bytes its chunks take.
    pub(super) fn bytes(&self) -> usize {
        self.taken
    }
}

#[cfg(test)]
mod tests;
