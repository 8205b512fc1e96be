//! Cuts a block of bytes into lines and counts the record of each.
//!
//! The hot loop of the whole: lines are taken in batches, so that the table's memory is on its way
//! while the next lines are matched.

use crate::amount::Billionths;
use crate::pattern::{NoVectors, Splat, Vectors};
use crate::record::{Outcome, RecordState, Scan};
use crate::tally::{hasher, Key, Shards, Table};
use crate::MAX_LINE;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::OnceLock;

/// So many lines are matched before their values are counted.
const BATCH: usize = 32;

static LINE_FEED: Splat = Splat::of(b'\n');

/// So many of the first lines that did not match are kept,
pub(crate) const SAMPLES: usize = 3;

/// and so many bytes of each.
const SAMPLE_BYTES: usize = 400;

/// What a thread has seen of one source.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) unmatched: u64,
    pub(crate) overlong: u64,
    pub(crate) records: u64,
    /// The first lines that did not match: block, line inside it (from 0), and how it begins.
    pub(crate) samples: Vec<(u64, u64, Vec<u8>)>,
    /// How many lines each block had, so that samples can be given their line numbers at the end.
    pub(crate) blocks: Vec<(u64, u64)>,
}

/// A thread's share of a tally, and the memory it counts with.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) table: Table,
    pub(crate) seen: Seen,
    state: RecordState,
    joined: Vec<u8>,
    batch: Vec<(Range<usize>, Billionths)>,
}

/// A piece of input whose lines begin in `lines` and all end before `lines.end` or there. The bytes
/// reach [`crate::PADDING`] further, whatever stands there.
pub(crate) struct Block<'a> {
    pub(crate) number: u64,
    pub(crate) bytes: &'a [u8],
    pub(crate) lines: Range<usize>,
}

impl Worker {
    /// Goes on counting into a table.
    pub(crate) fn new(table: Table, scan: &Scan) -> Worker {
        Worker {
            table,
            seen: Seen::default(),
            state: scan.state(),
            joined: Vec::new(),
            batch: Vec::with_capacity(BATCH),
        }
    }

    /// Counts the lines of a block.
    pub(crate) fn count(&mut self, scan: &Scan, block: &Block<'_>, shards: &OnceLock<Shards>) {
        assert!(block.lines.end + crate::PADDING <= block.bytes.len());
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, and the padding is there.
            unsafe { self.count_avx2(scan, block) };
            return self.make_room(scan, shards);
        }
        self.count_with::<NoVectors>(scan, block);
        self.make_room(scan, shards);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn count_avx2(&mut self, scan: &Scan, block: &Block<'_>) {
        self.count_with::<crate::pattern::Avx2>(scan, block);
    }

    fn make_room(&mut self, scan: &Scan, shards: &OnceLock<Shards>) {
        if Shards::wanted(&self.table) {
            shards.get_or_init(|| Shards::new(scan.summing())).take(&mut self.table);
        }
    }

    #[inline(always)]
    fn count_with<V: Vectors>(&mut self, scan: &Scan, block: &Block<'_>) {
        let hay = block.bytes;
        let Range { start: mut at, end: stop } = block.lines;
        let mut lines = 0;
        while at < stop {
            let feed = V::find([&LINE_FEED], hay, at, stop).min(stop);
            let carriage = feed > at && feed < stop && hay[feed - 1] == b'\r';
            let (end, next) = (feed - usize::from(carriage), feed + 1);
            if end - at > MAX_LINE {
                self.overlong(block.number, lines, &hay[at..end]);
            } else {
                match scan.record::<V>(&mut self.state, hay, at, end, &mut self.joined) {
                    Outcome::Value(range, amount) | Outcome::Joined(range, amount) => {
                        self.batch.push((range, amount));
                        if self.batch.len() == BATCH {
                            self.flush(hay);
                        }
                    }
                    Outcome::Excluded => {}
                    Outcome::Unmatched => self.unmatched(block.number, lines, &hay[at..end]),
                }
            }
            lines += 1;
            at = next;
        }
        self.flush(hay);
        self.seen.lines += lines;
        match self.seen.blocks.last_mut() {
            Some(last) if last.0 == block.number => last.1 += lines,
            _ => self.seen.blocks.push((block.number, lines)),
        }
    }

    /// Counts the values of a batch: first all hashes, and the memory they lead to is asked for; then
    /// the counts, when it has come.
    #[inline(always)]
    fn flush(&mut self, hay: &[u8]) {
        let state = hasher();
        let from = if self.joined.is_empty() { hay } else { &self.joined };
        let mut keys = [const { MaybeUninit::<Key<'_>>::uninit() }; BATCH];
        for (key, (range, _)) in keys.iter_mut().zip(&self.batch) {
            let key = key.write(Key::within(from, range.start, range.end, state));
            self.table.prefetch(key);
        }
        for (key, (_, amount)) in keys.iter().zip(&self.batch) {
            // SAFETY: the same places were written just above.
            self.table.add(unsafe { key.assume_init_ref() }, 1, *amount);
        }
        self.seen.records += self.batch.len() as u64;
        self.batch.clear();
        self.joined.clear();
    }

    #[cold]
    fn unmatched(&mut self, block: u64, line: u64, text: &[u8]) {
        self.seen.unmatched += 1;
        if self.seen.samples.len() < SAMPLES {
            let begin = text[..text.len().min(SAMPLE_BYTES)].to_vec();
            self.seen.samples.push((block, line, begin));
        }
    }

    /// A line that is too long to be looked at.
    #[cold]
    pub(crate) fn overlong(&mut self, block: u64, line: u64, begin: &[u8]) {
        self.seen.overlong += 1;
        self.unmatched(block, line, begin);
    }

    /// A line of which only the beginning was read, as the last of its block.
    pub(crate) fn overlong_last(&mut self, block: u64, begin: &[u8]) {
        let line = match self.seen.blocks.last() {
            Some((number, lines)) if *number == block => *lines,
            _ => 0,
        };
        self.overlong(block, line, begin);
        self.seen.lines += 1;
        match self.seen.blocks.last_mut() {
            Some(last) if last.0 == block => last.1 += 1,
            _ => self.seen.blocks.push((block, 1)),
        }
    }
}
