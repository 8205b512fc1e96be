//! A table that stays below a number of bytes: counts of many values become lower bounds.
//!
//! When it is full, the median of all counts is taken off every count, and the values of which nothing
//! is left are forgotten. What was taken off adds up to the *offset*: the true count of a value is at
//! least what the table says, and at most the offset more; so every value whose true count is above the
//! offset is there. This is the algorithm of Misra and Gries (Finding repeated elements, 1982), in the
//! form of Anderson et al. (A high-performance algorithm for identifying frequent items in data
//! streams, 2017), which Apache DataSketches has too. Two tables merge: offsets add up.

use super::arena::Arena;
use super::key::{Key, INLINE};
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
    /// How many bytes it takes, besides what is known of all records together.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<Entry>()
            + self.arena.bytes()
            + self.sums.capacity() * size_of::<Billionths>()
            + self.times.bytes()
            + self.numbers.bytes()
            + self.partial.bytes()
            + self.conduct.bytes()
    }

    /// How many bytes it takes, for a moment at least, with so many values more.
    #[inline(always)]
    pub(crate) fn bytes_after(&self, values: usize) -> usize {
        let full = self.len + values > self.entries.len() / 8 * FULL;
        self.bytes() + if full { self.entries.len() * size_of::<Entry>() * 2 } else { 0 }
    }

    /// How many bytes more it takes, for a moment at least, with a new key of so many bytes.
    #[inline]
    pub(crate) fn growth(&self, len: usize) -> usize {
        let arena = if len > INLINE { self.arena.growth(len) } else { 0 };
        let full = self.len >= self.entries.len() / 8 * FULL;
        // A table that grows has both its sizes for a moment.
        let places = if full { self.entries.len() * size_of::<Entry>() * 2 } else { 0 };
        let sums = if self.measures.sums { doubling(&self.sums, self.len) } else { 0 };
        let times = if self.measures.times { self.times.growth(self.len) } else { 0 };
        arena + places + sums + times + self.numbers.growth(self.len)
    }

    /// Whether a key can be counted without taking more than is `allowed` to one that takes so many
    /// bytes.
    pub(crate) fn fits(&self, key: &Key<'_>, allowed: &mut impl FnMut(usize) -> usize) -> bool {
        let bytes = self.bytes();
        let more = if self.get(key).is_some() { 0 } else { self.growth(key.len()) };
        bytes + more <= allowed(bytes)
    }

    /// Takes less without leaving a value out, if that is possible; whether it was.
    pub(crate) fn relieve(&mut self) -> bool {
        let times = self.measures.times && self.times.relieve();
        let much = self.numbers.bytes() > self.bytes() / 2;
        times | (much && self.numbers.lower(FEWER_NUMBERS))
    }

    /// Makes room for a key; false where it could not even stand alone.
    pub(crate) fn make_room(
        &mut self,
        key: &Key<'_>,
        allowed: &mut impl FnMut(usize) -> usize,
    ) -> bool {
        while !self.fits(key, allowed) {
            if self.len == 0 {
                return false;
            }
            self.purge();
            if !self.fits(key, allowed) {
                // The places themselves are too many: others have claimed their part of the memory.
                self.fit();
            }
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
        self.partial.keep(&kept);
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

/// How many bytes more a list takes with a value more than it has: lists double.
pub(super) fn doubling<T>(list: &Vec<T>, len: usize) -> usize {
    if len < list.capacity() {
        0
    } else {
        list.capacity().max(4) * size_of::<T>()
    }
}

/// The values, by their numbers, some of whose records were forgotten with them before they came (again):
/// what is kept of those besides their counts covers the other records only.
#[derive(Debug, Default)]
pub(crate) struct Partial(Vec<u64>);

impl Partial {
    pub(super) fn mark(&mut self, value: u32) {
        let word = value as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (value % 64);
    }

    /// Whether a value is one of them.
    pub(crate) fn has(&self, value: u32) -> bool {
        self.0.get(value as usize / 64).is_some_and(|word| word >> (value % 64) & 1 == 1)
    }

    /// Keeps only these values, which are numbered anew in this order.
    fn keep(&mut self, kept: &[u32]) {
        let old = std::mem::take(self);
        (0..).zip(kept).filter(|(_, value)| old.has(**value)).for_each(|(new, _)| self.mark(new));
    }

    fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}

impl Arena {
    /// How many bytes its chunks take.
    pub(super) fn bytes(&self) -> usize {
        self.taken
    }

    /// How many bytes more they take with a key of so many bytes.
    fn growth(&self, len: usize) -> usize {
        if self.fits(len) {
            0
        } else {
            self.next().max(len)
        }
    }
}

#[cfg(test)]
mod tests;
