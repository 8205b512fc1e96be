//! Where threads put their counts together while there are too many values for each to keep its own.
//!
//! With few values each thread counts into a table of its own, which fits into its cache. Once that
//! has grown large, two threads would hold most values twice; so a full table is emptied into shards
//! that all threads share, each of which holds one range of hashes. A table stands in the order of the
//! hashes, so emptying it goes through it and the shards in one direction, one shard after another.

use super::budget::{Budget, Claim, LITTLE};
use super::distinct::Distinct;
use super::key::Key;
use super::table::{Measures, Table};
use crate::job::{inner, lock};
use crate::lines::BATCH;
use std::sync::{Arc, Mutex, MutexGuard};

/// How many of the highest bits of a hash choose the shard,
const SHARD_BITS: u32 = 8;

/// and how many where there is little memory, so that a shard can hold a few keys of the longest.
const FEW_BITS: u32 = 4;

/// A thread's own table is emptied when it has so many values (24 MiB of entries in 32 MiB).
const OWN_VALUES: usize = 3 << 18;

/// While a value is put in, the memory for the one so many behind it is asked for.
const AHEAD: usize = 16;

/// The tables that all threads share.
#[derive(Debug)]
pub(crate) struct Shards {
    tables: Vec<Mutex<Shard>>,
    budget: Option<Arc<Budget>>,
    /// All keys of shards that have left some out.
    distinct: Mutex<Distinct>,
    /// Held while a shard makes room: what that takes for a moment, it takes once.
    making_room: Mutex<()>,
}

#[derive(Debug)]
struct Shard {
    table: Table,
    claim: Claim,
    /// Its keys, those it has left out too, are in the estimate.
    estimated: bool,
}

/// What the shards have become.
pub(crate) struct Merged {
    pub(crate) tables: Vec<Table>,
    /// How many bytes each may take.
    pub(crate) quota: Option<usize>,
    /// Of all keys; none where all are there.
    pub(crate) distinct: Option<Distinct>,
}

/// Which of so many tables (a power of two) holds a hash.
#[inline(always)]
pub(super) fn shard(hash: u64, tables: usize) -> usize {
    // Two shifts, since a single one by 64 is not defined.
    ((hash >> 1) >> (u64::BITS - 1 - tables.trailing_zeros())) as usize
}

impl Shards {
    /// Shards that share a budget, if there is one, and bound their times in the same way as the
    /// threads' own tables.
    pub(crate) fn new(
        measures: Measures,
        budget: Option<&Arc<Budget>>,
        lateness: Option<i64>,
    ) -> Shards {
        let little = budget.is_some_and(|budget| budget.limit() < LITTLE);
        let bits = if little { FEW_BITS } else { SHARD_BITS };
        let shard = || {
            let mut table = Table::new(measures, bits);
            table.times.close_behind(lateness);
            let mut claim = Claim::new(budget);
            claim.set(table.bytes());
            Mutex::new(Shard { table, claim, estimated: false })
        };
        Shards {
            tables: std::iter::repeat_with(shard).take(1 << bits).collect(),
            budget: budget.cloned(),
            distinct: Mutex::new(Distinct::new()),
            making_room: Mutex::new(()),
        }
    }

    /// Whether a thread's own table has grown so large that it should be emptied.
    #[inline(always)]
    pub(crate) fn wanted(own: &Table, budget: Option<&Budget>) -> bool {
        // The places stay when it is emptied, so it is not what it takes that counts, but whether it
        // would have to grow.
        own.len() >= OWN_VALUES
            || budget.is_some_and(|budget| own.bytes_after(BATCH) > 2 * budget.own())
    }

    /// Moves all values of a thread's own table here.
    pub(crate) fn take(&self, own: &mut Table) {
        let count = self.tables.len();
        let (timed, conduct) = (own.measures().times, own.measures().conduct);
        if timed {
            own.times.tidy();
        }
        if conduct {
            own.conduct.tidy();
        }
        let mut seen = self.budget.as_ref().map(|_| Distinct::new());
        let mut keys = own.keys().peekable();
        let mut run = Vec::new();
        while let Some(first) = keys.next() {
            let home = shard(first.0.hash(), count);
            run.clear();
            run.push(first);
            while let Some(next) = keys.next_if(|(key, ..)| shard(key.hash(), count) == home) {
                run.push(next);
            }
            let mut shard = self.lock(home);
            if self.budget.is_none() {
                // Not all are new; the half is a guess that saves most of the growing in small steps.
                shard.table.reserve(run.len() / 2);
            }
            for (at, (key, records, sum, theirs)) in run.iter().enumerate() {
                if let Some((ahead, ..)) = run.get(at + AHEAD) {
                    shard.table.prefetch(ahead);
                }
                if !self.has_room(&mut shard, key, &mut seen) {
                    shard.table.leave(*records, *sum);
                    continue;
                }
                let table = &mut shard.table;
                let id = table.add(key, *records, *sum);
                table.numbers.absorb(id, &own.numbers, *theirs);
                if conduct {
                    table.conduct.absorb(id, &own.conduct, *theirs);
                }
                if timed {
                    table.times.absorb_value(id, &own.times, *theirs);
                    for (bucket, records) in own.times.buckets(*theirs) {
                        table.times.absorb_run(id, bucket, records);
                    }
                }
            }
        }
        drop(keys);
        if let Some(seen) = seen {
            lock(&self.distinct).merge(&seen);
        }
        if let Some(newest) = own.times.newest() {
            (0..count).for_each(|home| self.lock(home).table.times.pass(newest));
        }
        let mut first = self.lock(0);
        first.table.times.absorb_late(&own.times);
        first.table.numbers.absorb_whole(&own.numbers);
        first.table.conduct.absorb_texts(&own.conduct);
        drop(first);
        own.clear();
        if self.budget.as_ref().is_some_and(|budget| own.bytes() > budget.own()) {
            // Else it would be emptied again at once, and again.
            own.fit();
        }
    }

    /// Whether a shard can take a key, after leaving out others if need be. Keys of shards that leave
    /// some out are `seen`.
    #[inline(always)]
    fn has_room(&self, shard: &mut Shard, key: &Key<'_>, seen: &mut Option<Distinct>) -> bool {
        let (Some(budget), Some(seen)) = (&self.budget, seen) else { return true };
        if shard.estimated {
            seen.see(key.hash());
        }
        let bytes = shard.table.bytes();
        shard.claim.set(bytes);
        let allowed = budget.allowed(bytes, self.tables.len());
        if bytes + shard.table.growth(key.len()) <= allowed {
            return true;
        }
        if bytes <= allowed && shard.table.get(key).is_some() {
            return true;
        }
        self.make_room(budget, shard, key, seen)
    }

    #[inline(never)]
    fn make_room(
        &self,
        budget: &Budget,
        shard: &mut Shard,
        key: &Key<'_>,
        seen: &mut Distinct,
    ) -> bool {
        let _alone = lock(&self.making_room);
        let Shard { table, claim, estimated } = shard;
        let mut allowed = |bytes| {
            claim.set(bytes);
            budget.allowed(bytes, self.tables.len())
        };
        if table.relieve() && table.fits(key, &mut allowed) {
            return true;
        }
        if !*estimated {
            table.keys().for_each(|(key, ..)| seen.see(key.hash()));
            seen.see(key.hash());
            *estimated = true;
        }
        table.make_room(key, &mut allowed)
    }

    fn lock(&self, home: usize) -> MutexGuard<'_, Shard> {
        lock(&self.tables[home])
    }

    pub(crate) fn into_merged(self) -> Merged {
        let quota = self.budget.as_ref().map(|budget| budget.claimable() / self.tables.len());
        let shards: Vec<Shard> = self.tables.into_iter().map(inner).collect();
        let mut distinct = inner(self.distinct);
        let estimated = shards.iter().any(|shard| shard.estimated);
        for shard in shards.iter().filter(|shard| estimated && !shard.estimated) {
            shard.table.keys().for_each(|(key, ..)| distinct.see(key.hash()));
        }
        let tables = shards.into_iter().map(|shard| shard.table).collect();
        Merged { tables, quota, distinct: estimated.then_some(distinct) }
    }
}
