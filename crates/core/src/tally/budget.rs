//! One budget of memory, which all that is kept while counting is claimed from.
//!
//! Whoever holds memory that grows with the input (a thread with its own table, its timeline and its
//! buffer; a shard) has a [`Claim`] and sets it to what it holds. A holder that can do with less, as a
//! shard can, asks how much it may hold before it grows, and makes room where that is not enough.
//!
//! Three quarters of the limit can be claimed. A claim may be out of date by [`GRAIN`], a shard that is
//! small may grow when nothing is left, and what is made and dropped while a shard makes room is claimed
//! by nobody: for these is the last quarter.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

/// A claim is changed in steps of about so many bytes, so that threads do not meet in it all the time.
const GRAIN: usize = 1 << 10;

/// A thread needs so much for itself, with its stack and what its patterns keep: there are no more
/// threads than the limit has room for.
const EACH_THREAD: usize = 2 << 20;

/// A limit below this is one that somebody has set, or of a small machine.
pub(super) const LITTLE: usize = 1 << 30;

/// The memory that a tally may take while it is counted.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    threads: usize,
    claimed: AtomicUsize,
}

/// What one holder has of a budget; of none, where memory has no bound. It is given back when dropped.
#[derive(Debug, Default)]
pub(crate) struct Claim {
    budget: Option<Arc<Budget>>,
    bytes: usize,
}

impl Budget {
    /// Of so many bytes, for so many threads or fewer.
    pub fn new(limit: usize, threads: usize) -> Budget {
        if limit < LITTLE {
            give_back_at_once();
        }
        let threads = threads.clamp(1, (limit / EACH_THREAD).max(1));
        Budget { limit, threads, claimed: AtomicUsize::new(0) }
    }

    /// How many threads there is room for.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many bytes it is of.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// So many bytes can be claimed.
    pub(crate) fn claimable(&self) -> usize {
        self.limit / 4 * 3
    }

    /// A thread's own table is emptied before it takes more than twice so many bytes.
    pub(crate) fn own(&self) -> usize {
        self.limit / 16 / self.threads
    }

    /// How many bytes one of `holders` alike that has `bytes` may hold: what it has and what nobody has
    /// claimed, and in any case the sixth part of an equal share.
    pub(crate) fn allowed(&self, bytes: usize, holders: usize) -> usize {
        let claimed = self.claimed.load(Ordering::Relaxed);
        let allowed = (self.claimable() + bytes).saturating_sub(claimed);
        allowed.max(self.claimable() / 6 / holders)
    }
}

impl Claim {
    /// Of nothing yet.
    pub(crate) fn new(budget: Option<&Arc<Budget>>) -> Claim {
        Claim { budget: budget.cloned(), bytes: 0 }
    }

    /// Holds so many bytes now.
    #[inline]
    pub(crate) fn set(&mut self, bytes: usize) {
        if bytes.abs_diff(self.bytes) >= GRAIN || bytes == 0 {
            self.change(bytes);
        }
    }

    #[cold]
    fn change(&mut self, bytes: usize) {
        if let Some(budget) = &self.budget {
            // Additions wrap around, so one is enough for more and for less.
            budget.claimed.fetch_add(bytes.wrapping_sub(self.bytes), Ordering::Relaxed);
            self.bytes = bytes;
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.change(0);
    }
}

/// Has the allocator map what is large by itself, so that it goes back to the system when it is dropped.
/// The one of glibc does so until the first is dropped, and from then on keeps pieces of that size for
/// itself; with lists that grow and are made anew, that was half as much again as was in use.
fn give_back_at_once() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets numbers that are read when memory is asked for.
    unsafe {
        // The one that is usual, but it does not move.
        libc::mallopt(libc::M_MMAP_THRESHOLD, 128 << 10);
        // What one thread has dropped, another one can have: a heap for each thread was half as much again.
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_holds_another_may_not() {
        let budget = Arc::new(Budget::new(4 << 20, 1));
        let mut first = Claim::new(Some(&budget));
        let mut second = Claim::new(Some(&budget));
        first.set(1 << 20);
        second.set(1 << 19);
        assert_eq!(budget.allowed(1 << 20, 16), (3 << 20) - (1 << 19));
        first.set(0);
        assert_eq!(budget.allowed(1 << 19, 16), 3 << 20);
        second.set(4 << 20);
        assert_eq!(budget.allowed(0, 16), (3 << 20) / 96, "a little, whatever others hold");
        drop((first, second));
        assert_eq!(budget.allowed(0, 1), 3 << 20);
    }

    #[test]
    fn threads_are_as_many_as_there_is_room_for() {
        assert_eq!(Budget::new(16 << 20, 64).threads(), 8);
        assert_eq!(Budget::new(1 << 20, 64).threads(), 1);
        assert_eq!(Budget::new(1 << 40, 2).threads(), 2);
    }
}
