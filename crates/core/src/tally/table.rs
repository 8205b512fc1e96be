//! The table of counts: open addressing, keys of up to 16 bytes inside the entries.
//!
//! A place is chosen by the *highest* bits of the hash, so the entries stand in the order of their
//! hashes, and walking one table while filling another goes through both in one direction.

use super::arena::Arena;
use super::bounded::{Left, Partial};
use super::key::{hasher, Key, INLINE};
use super::places::{Places, Zeroed};
use super::times::Times;
use crate::amount::Billionths;
use crate::conduct::Conduct;
use crate::numbers::{Keep, Numbers};

/// One value and its count; 32 bytes, two to a cache line. All zeros is a free place, since a value
/// that is there was counted at least once.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub(super) struct Entry {
    /// The bytes of a key of up to 16; else its hash (low half) and its place in the arena.
    pub(super) key: u128,
    pub(super) count: u64,
    pub(super) len: u32,
    /// The place of the value's sum.
    pub(super) id: u32,
}

// SAFETY: all zeros is a free place.
unsafe impl Zeroed for Entry {}

/// Of eight places, so many may be taken.
pub(super) const FULL: usize = 6;
const SMALLEST: usize = 64;

/// What is kept of a value besides its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// The sum of its amounts.
    pub sums: bool,
    /// When its records occurred.
    pub times: bool,
    /// The numbers that are described.
    pub numbers: Keep,
    /// What it did.
    pub conduct: bool,
}

/// How often each value occurred, and, where a number is added up, the sum.
#[derive(Debug)]
pub struct Table {
    pub(super) entries: Places<Entry>,
    /// How far a hash is shifted down to give a place.
    shift: u32,
    /// Highest bits of the hash that all keys of this table share, which do not choose a place.
    skip: u32,
    pub(super) len: usize,
    pub(super) arena: Arena,
    pub(super) sums: Vec<Billionths>,
    pub(super) measures: Measures,
    pub(crate) times: Times,
    pub(crate) left: Left,
    pub(crate) partial: Partial,
    pub(crate) numbers: Numbers,
    pub(crate) conduct: Conduct,
}

/// One value of a table.
#[derive(Debug, Clone, Copy)]
pub struct Count<'a> {
    /// The bytes of the value.
    pub key: &'a [u8],
    /// How many records it has.
    pub records: u64,
    /// The sum of its amounts; the records times a billion where none is added up.
    pub sum: Billionths,
    /// Its number in its table.
    pub(crate) id: u32,
}

impl Table {
    /// A table without values. `skip` is how many of the highest bits all hashes share.
    pub fn new(measures: Measures, skip: u32) -> Table {
        let mut table = Table {
            entries: Places::default(),
            shift: 0,
            skip,
            len: 0,
            arena: Arena::default(),
            sums: Vec::new(),
            measures,
            times: Times::default(),
            left: Left::default(),
            partial: Partial::default(),
            numbers: Numbers::new(measures.numbers),
            conduct: Conduct::default(),
        };
        table.resize(SMALLEST);
        table
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What is kept besides the records.
    pub(crate) fn measures(&self) -> Measures {
        self.measures
    }

    /// How many places there are, taken or free.
    pub fn places(&self) -> usize {
        self.entries.len()
    }

    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        // A shift by 64 cannot be: there are at least SMALLEST places.
        ((hash << self.skip) >> self.shift) as usize
    }

    /// Asks for the memory where the key will be looked for.
    #[inline(always)]
    pub(crate) fn prefetch(&self, key: &Key<'_>) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch reads nothing; the place is inside the table anyway.
        unsafe {
            use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
            _mm_prefetch::<_MM_HINT_T0>(self.entries.as_ptr().add(self.place(key.hash())).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = key;
    }

    /// Counts a key `records` times and adds `sum` to its sum.
    #[inline(always)]
    pub(crate) fn add(&mut self, key: &Key<'_>, records: u64, sum: Billionths) -> u32 {
        let mut at = self.place(key.hash);
        loop {
            let entry = &mut self.entries[at];
            if entry.count == 0 {
                return self.insert(key, at, records, sum);
            }
            let (held, len) = (entry.key, entry.len);
            let same = if key.len as usize > INLINE {
                len == key.len && self.is_long(at, key)
            } else {
                len == key.len && held == key.inline
            };
            if same {
                let entry = &mut self.entries[at];
                entry.count += records;
                let id = entry.id;
                if self.measures.sums {
                    self.left.unbounded |= sum < 0;
                    let total = &mut self.sums[id as usize];
                    *total = total.saturating_add(sum);
                }
                return id;
            }
            at = if at + 1 == self.entries.len() { 0 } else { at + 1 };
        }
    }

    #[inline(never)]
    fn is_long(&self, at: usize, key: &Key<'_>) -> bool {
        let held = self.entries[at].key;
        held as u64 == key.hash && self.arena.get((held >> 64) as u64, key.len as usize) == key.long
    }

    #[inline(never)]
    fn insert(&mut self, key: &Key<'_>, mut at: usize, records: u64, sum: Billionths) -> u32 {
        if self.len >= self.entries.len() / 8 * FULL {
            self.resize(self.entries.len() * 2);
            at = self.free(key.hash);
        }
        let held = if key.len as usize > INLINE {
            u128::from(self.arena.keep(key.long)) << 64 | u128::from(key.hash)
        } else {
            key.inline
        };
        let id = u32::try_from(self.len).expect("fewer than 2^32 values in a table");
        if self.measures.sums {
            self.left.unbounded |= sum < 0;
            self.sums.push(sum);
        }
        if self.left.offset > 0 {
            // It may have been here before.
            self.partial.mark(id);
        }
        self.entries[at] = Entry { key: held, count: records, len: key.len, id };
        self.len += 1;
        id
    }

    pub(super) fn free(&self, hash: u64) -> usize {
        let mut at = self.place(hash);
        while self.entries[at].count != 0 {
            at = if at + 1 == self.entries.len() { 0 } else { at + 1 };
        }
        at
    }

    fn resize(&mut self, places: usize) {
        debug_assert!(places.is_power_of_two());
        let old = std::mem::replace(&mut self.entries, Places::new(places));
        self.shift = u64::BITS - places.trailing_zeros();
        for entry in old.iter().filter(|entry| entry.count != 0) {
            let at = self.free(hash_of(entry));
            self.entries[at] = *entry;
        }
    }

    /// Makes room for so many values more. Filling a table in the order of the hashes needs this
    /// first: in a table that is too small, they would all crowd into its first places.
    pub(crate) fn reserve(&mut self, more: usize) {
        let places = ((self.len + more) / FULL * 8 + 8).next_power_of_two();
        if places > self.entries.len() {
            self.resize(places);
        }
    }

    /// Has no more places than its values need.
    pub(super) fn fit(&mut self) {
        let places = (self.len / FULL * 8 + 8).next_power_of_two().max(SMALLEST);
        if places < self.entries.len() {
            self.resize(places);
        }
    }

    /// Forgets all values, and keeps the memory of the places for those to come.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.len = 0;
        self.arena = Arena::default();
        self.sums.clear();
        self.partial = Partial::default();
        self.times = Times::default();
        self.numbers = self.numbers.emptied();
        self.conduct = Conduct::default();
    }

    /// The values, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = Count<'_>> + '_ {
        (0..self.entries.len()).filter_map(|at| self.at(at))
    }

    /// The value at a place, if there is one.
    pub fn at(&self, at: usize) -> Option<Count<'_>> {
        let entry = &self.entries[at];
        (entry.count != 0).then(|| {
            let key = if entry.len as usize > INLINE {
                self.arena.get((entry.key >> 64) as u64, entry.len as usize)
            } else {
                // SAFETY: the first `len` of the sixteen bytes of the key, which is little-endian in
                // memory on the targets of this crate (asserted below).
                unsafe {
                    std::slice::from_raw_parts((&raw const entry.key).cast(), entry.len as usize)
                }
            };
            Count { key, records: entry.count, sum: self.sum(entry), id: entry.id }
        })
    }

    fn sum(&self, entry: &Entry) -> Billionths {
        if self.measures.sums {
            self.sums[entry.id as usize]
        } else {
            Billionths::from(entry.count) * crate::amount::ONE
        }
    }

    /// The count of one value.
    pub fn get(&self, key: &Key<'_>) -> Option<Count<'_>> {
        let mut at = self.place(key.hash);
        while let Some(count) = self.at(at) {
            let same = if key.len as usize > INLINE {
                count.key == key.long
            } else {
                self.entries[at].len == key.len && self.entries[at].key == key.inline
            };
            if same {
                return Some(count);
            }
            at = if at + 1 == self.entries.len() { 0 } else { at + 1 };
        }
        None
    }

    /// The values with their keys ready for another table, in the order of the places.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Key<'_>, u64, Billionths, u32)> + '_ {
        self.entries.iter().filter(|entry| entry.count != 0).map(|entry| {
            let key = if entry.len as usize > INLINE {
                let long = self.arena.get((entry.key >> 64) as u64, entry.len as usize);
                Key { inline: 0, len: entry.len, hash: entry.key as u64, long }
            } else {
                Key::of_inline(entry.key, entry.len as usize, hasher())
            };
            (key, entry.count, self.sum(entry), entry.id)
        })
    }
}

const _: () = assert!(cfg!(target_endian = "little"), "keys are held little-endian");

pub(super) fn hash_of(entry: &Entry) -> u64 {
    if entry.len as usize > INLINE {
        entry.key as u64
    } else {
        Key::of_inline(entry.key, entry.len as usize, hasher()).hash
    }
}
