//! Where threads put their counts together while there are too many values for each to keep its own.
//!
//! With few values each thread counts into a table of its own, which fits into its cache. Once that
//! has grown large, two threads would hold most values twice; so a full table is emptied into shards
//! that all threads share, each of which holds one range of hashes. A table stands in the order of the
//! hashes, so emptying it goes through it and the shards in one direction, one shard after another.

use super::table::{Measures, Table};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many of the highest bits of a hash choose the shard.
const SHARD_BITS: u32 = 8;

/// A thread's own table is emptied when it has so many values (24 MiB of entries in 32 MiB).
const OWN_VALUES: usize = 3 << 18;

/// While a value is put in, the memory for the one so many behind it is asked for.
const AHEAD: usize = 16;

/// The tables that all threads share.
#[derive(Debug)]
pub(crate) struct Shards {
    tables: Vec<Mutex<Table>>,
}

/// Which of so many tables (a power of two) holds a hash.
#[inline(always)]
pub(super) fn shard(hash: u64, tables: usize) -> usize {
    // Two shifts, since a single one by 64 is not defined.
    ((hash >> 1) >> (u64::BITS - 1 - tables.trailing_zeros())) as usize
}

impl Shards {
    pub(crate) fn new(measures: Measures) -> Shards {
        let table = || Mutex::new(Table::new(measures, SHARD_BITS));
        Shards { tables: std::iter::repeat_with(table).take(1 << SHARD_BITS).collect() }
    }

    /// Whether a thread's own table has grown so large that it should be emptied.
    #[inline(always)]
    pub(crate) fn wanted(own: &Table) -> bool {
        own.len() >= OWN_VALUES
    }

    /// Moves all values of a thread's own table here.
    pub(crate) fn take(&self, own: &mut Table) {
        let count = self.tables.len();
        let mut homes = vec![(0u16, 0u32); if own.measures().times { own.len() } else { 0 }];
        let mut keys = own.keys().peekable();
        let mut run = Vec::new();
        while let Some(first) = keys.next() {
            let home = shard(first.0.hash(), count);
            run.clear();
            run.push(first);
            while let Some(next) = keys.next_if(|(key, ..)| shard(key.hash(), count) == home) {
                run.push(next);
            }
            let mut table = self.lock(home);
            // Not all are new; the half is a guess that saves most of the growing in small steps.
            table.reserve(run.len() / 2);
            for (at, (key, records, sum, theirs)) in run.iter().enumerate() {
                if let Some((ahead, ..)) = run.get(at + AHEAD) {
                    table.prefetch(ahead);
                }
                let id = table.add(key, *records, *sum);
                table.numbers.absorb(id, &own.numbers, *theirs);
                if let Some(place) = homes.get_mut(*theirs as usize) {
                    *place = (home as u16, id);
                    table.times.absorb_value(id, &own.times, *theirs);
                }
            }
        }
        drop(keys);
        self.lock(0).times.absorb_late(&own.times);
        self.lock(0).numbers.absorb_whole(&own.numbers);
        if !homes.is_empty() {
            for (value, bucket, records) in own.times.runs() {
                let (home, id) = homes[value as usize];
                self.lock(home.into()).times.absorb_run(id, bucket, records);
            }
        }
        own.clear();
    }

    fn lock(&self, home: usize) -> MutexGuard<'_, Table> {
        self.tables[home].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_tables(self) -> Vec<Table> {
        let open = |table: Mutex<Table>| table.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.tables.into_iter().map(open).collect()
    }
}
