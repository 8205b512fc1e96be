//! Cuts a block of bytes into lines and counts the record of each.
//!
//! The hot loop of the whole: lines are taken in batches, so that the table's memory is on its way
//! while the next lines are matched.

use crate::pattern::{NoVectors, Splat, Vectors};
use crate::record::{Outcome, Record, RecordState, Scan};
use crate::scan::Limits;
use crate::shape::heading::Lines;
use crate::shape::separated::{quoted_end, Failed};
use crate::shape::Framing;
use crate::tally::{hasher, Claim, Key, Shards, Table, Timeline};
use crate::timestamp::Winding;
use crate::MAX_LINE;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::OnceLock;

/// So many lines are matched before their values are counted.
pub(crate) const BATCH: usize = 32;

static LINE_FEED: Splat = Splat::of(b'\n');

/// So many of the first lines that did not match are kept,
pub(crate) const SAMPLES: usize = 3;

/// and so many bytes of each.
const SAMPLE_BYTES: usize = 400;

/// A record has at most so many lines besides its first.
pub(crate) const JOINED_LINES: u64 = 10_000;

/// What a thread has seen of one source.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) unmatched: u64,
    pub(crate) overlong: u64,
    pub(crate) records: u64,
    pub(crate) undated: u64,
    pub(crate) not_numbers: u64,
    /// The first lines that did not match: block, line inside it (from 0), and how it begins.
    pub(crate) samples: Vec<Bad>,
    /// The first lines whose time could not be read.
    pub(crate) undated_samples: Vec<Bad>,
    /// What joins the blocks at the end.
    pub(crate) blocks: Vec<BlockSeen>,
    /// Whether a stamp was read that a record of another block could have given another meaning.
    pub(crate) leaned: bool,
}

/// A line that was not counted: its block, its place there (from 0), and how it begins.
pub(crate) type Bad = (u64, u64, Vec<u8>);

/// What a thread has seen of one block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSeen {
    pub(crate) number: u64,
    /// So many lines: samples are given their line numbers by them.
    pub(crate) lines: u64,
    /// The first and the last time that was read,
    pub(crate) ends: Option<(i64, i64)>,
    /// and how often one was earlier than the one before.
    pub(crate) out_of_order: u64,
    /// How the stamps without a year went through the years.
    pub(crate) winding: Option<Winding>,
}

/// A thread's share of a tally, and the memory it counts with.
pub(crate) struct Worker {
    pub(crate) table: Table,
    pub(crate) timeline: Timeline,
    pub(crate) seen: Seen,
    state: RecordState,
    joined: Vec<u8>,
    batch: Vec<Record>,
    /// The next block does not follow the last one.
    jumped: bool,
    limits: Limits,
    claim: Claim,
}

/// A piece of input whose lines begin in `lines` and all end before `lines.end` or there. The bytes
/// reach [`crate::PADDING`] further, whatever stands there.
pub(crate) struct Block<'a> {
    pub(crate) number: u64,
    pub(crate) bytes: &'a [u8],
    pub(crate) lines: Range<usize>,
    /// What names the columns where it begins.
    pub(crate) heading: Option<&'a Lines>,
}

impl Worker {
    /// Goes on counting into a table.
    pub(crate) fn new(table: Table, timeline: Timeline, scan: &Scan, limits: Limits) -> Worker {
        Worker {
            table,
            timeline,
            seen: Seen::default(),
            state: scan.state(),
            joined: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            jumped: true,
            claim: Claim::new(limits.budget.as_ref()),
            limits,
        }
    }

    /// What it has counted, and what it has seen.
    pub(crate) fn into_parts(mut self) -> (Table, Timeline, Seen) {
        if let Some(gathered) = &mut self.state.gathered {
            self.table.conduct.learn(&mut gathered.texts);
        }
        (self.table, self.timeline, self.seen)
    }

    /// Counts the lines of a block.
    pub(crate) fn count(&mut self, scan: &Scan, block: &Block<'_>, shards: &OnceLock<Shards>) {
        assert!(block.lines.end + crate::PADDING <= block.bytes.len());
        #[cfg(target_arch = "x86_64")]
        if crate::pattern::has_vectors() {
            // SAFETY: the processor has AVX2, and the padding is there.
            unsafe { self.count_avx2(scan, block, shards) };
            return;
        }
        self.count_with::<NoVectors>(scan, block, shards);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn count_avx2(&mut self, scan: &Scan, block: &Block<'_>, shards: &OnceLock<Shards>) {
        self.count_with::<crate::pattern::Avx2>(scan, block, shards);
    }

    /// Empties the table once it is large. This is looked at after each batch, since with little memory
    /// the values of one block could be too many.
    #[inline(always)]
    fn make_room(&mut self, scan: &Scan, shards: &OnceLock<Shards>) {
        if Shards::wanted(&self.table, self.limits.budget.as_deref()) {
            shards.get_or_init(|| self.limits.shards(scan.measures())).take(&mut self.table);
        }
    }

    /// Claims what it holds, with a buffer of so many bytes.
    pub(crate) fn claim(&mut self, buffer: usize) {
        if let Some(budget) = &self.limits.budget {
            // A table that grows has both its sizes for a moment.
            let table = self.table.bytes().max(2 * budget.own());
            let whole = self.table.numbers.bytes_of_whole();
            self.claim.set(table + whole + self.timeline.bytes() + buffer);
        }
    }

    #[inline(always)]
    fn count_with<V: Vectors>(
        &mut self,
        scan: &Scan,
        block: &Block<'_>,
        shards: &OnceLock<Shards>,
    ) {
        let hay = block.bytes;
        let Range { start: mut at, end: stop } = block.lines;
        if let Some(heading) = block.heading {
            scan.begin(&mut self.state, heading);
        }
        let framing = scan.framing();
        let mut failed = Failed::default();
        let mut lines = 0;
        while at < stop {
            let (end, mut next, mut more) = match framing {
                Framing::Quoted(delimiter) => {
                    match record::<V>(hay, at, stop, delimiter, &mut failed) {
                        Some(record) => record,
                        None => {
                            let (end, next, _) = line::<V>(hay, at, stop);
                            self.open(block.number, lines, &hay[at..end]);
                            lines += 1;
                            at = next;
                            continue;
                        }
                    }
                }
                _ => line::<V>(hay, at, stop),
            };
            let mut tail = end;
            if framing == Framing::Joined && scan.fits::<V>(&mut self.state, hay, at, end) {
                (tail, next, more) = self.joined::<V>(scan, hay, (at, end, next), stop);
            }
            if end - at > MAX_LINE {
                self.overlong(block.number, lines, &hay[at..end]);
            } else {
                match scan.record::<V>(&mut self.state, hay, (at, end, tail), &mut self.joined) {
                    Outcome::Record(record) => {
                        self.batch.push(record);
                        if self.batch.len() == BATCH {
                            self.flush(hay);
                            self.make_room(scan, shards);
                        }
                    }
                    Outcome::Excluded => {}
                    Outcome::Undated => self.undated(block.number, lines, &hay[at..end]),
                    Outcome::Unmatched => self.unmatched(block.number, lines, &hay[at..end]),
                }
            }
            lines += 1 + more;
            at = next;
        }
        self.flush(hay);
        self.make_room(scan, shards);
        self.seen.lines += lines;
        self.seen.not_numbers += std::mem::take(&mut self.state.not_numbers);
        let mut seen = BlockSeen { number: block.number, lines, ..BlockSeen::EMPTY };
        if let Some(clock) = &mut self.state.clock {
            seen.ends = clock.ends.take();
            seen.out_of_order = std::mem::take(&mut clock.out_of_order);
            seen.winding = Some(clock.state.winding());
            // It goes on from block to block, so only the last of a row may be added up.
            if let (false, Some(before)) = (self.jumped, self.seen.blocks.last_mut()) {
                before.winding = None;
            }
            self.jumped = false;
            self.seen.leaned |= clock.state.has_leaned();
        }
        self.seen.blocks.push(seen);
    }

    /// Where a record ends that begins with the line `hay[at..end]`: all lines up to the next one that
    /// begins a record belong to it. Its end, the beginning of the next, and how many lines it has
    /// besides the first.
    #[inline(always)]
    fn joined<V: Vectors>(
        &mut self,
        scan: &Scan,
        hay: &[u8],
        (at, end, next): (usize, usize, usize),
        stop: usize,
    ) -> (usize, usize, u64) {
        let (mut tail, mut next, mut more) = (end, next, 0);
        while next < stop && more < JOINED_LINES {
            let (end, after, _) = line::<V>(hay, next, stop);
            if end - at > MAX_LINE || scan.fits::<V>(&mut self.state, hay, next, end) {
                break;
            }
            (tail, next, more) = (end, after, more + 1);
        }
        (tail, next, more)
    }

    /// Tells that the blocks to come do not follow the ones before, so that nothing is concluded from
    /// the records of those.
    pub(crate) fn jump(&mut self, scan: &Scan) {
        if let (Some(clock), Some(time)) = (&mut self.state.clock, scan.time()) {
            clock.state = time.state();
            self.jumped = true;
        }
    }

    /// Counts the values of a batch: first all hashes, and the memory they lead to is asked for; then
    /// the counts, when it has come.
    #[inline(always)]
    fn flush(&mut self, hay: &[u8]) {
        let state = hasher();
        let mut keys = [const { MaybeUninit::<Key<'_>>::uninit() }; BATCH];
        for (key, record) in keys.iter_mut().zip(&self.batch) {
            let from = if record.joined { &self.joined } else { hay };
            let key = key.write(Key::within(from, record.value.start, record.value.end, state));
            self.table.prefetch(key);
        }
        let timed = self.state.clock.is_some();
        let mut values = [0; BATCH];
        for ((key, record), value) in keys.iter().zip(&self.batch).zip(&mut values) {
            // SAFETY: the same places were written just above.
            *value = self.table.add(unsafe { key.assume_init_ref() }, 1, record.amount);
            if timed {
                self.table.times.prefetch(*value);
            }
        }
        if timed {
            for (record, value) in self.batch.iter().zip(values) {
                let bucket = self.timeline.count(record.instant);
                self.table.times.count(value, record.instant, bucket, 1);
            }
        }
        for (number, value) in self.state.numbers.drain(..).zip(values) {
            self.table.numbers.count(value, number);
        }
        if let Some(gathered) = &mut self.state.gathered {
            for ((detail, value), record) in gathered.details.drain(..).zip(values).zip(&self.batch)
            {
                self.table.conduct.count(value, &detail, record.instant);
            }
        }
        self.seen.records += self.batch.len() as u64;
        self.batch.clear();
        self.joined.clear();
    }

    #[cold]
    fn unmatched(&mut self, block: u64, line: u64, text: &[u8]) {
        self.seen.unmatched += 1;
        if self.seen.samples.len() < SAMPLES {
            self.seen.samples.push((block, line, beginning(text)));
        }
    }

    /// A line with a quote that is not closed.
    #[cold]
    fn open(&mut self, block: u64, line: u64, text: &[u8]) {
        match text.len() > MAX_LINE {
            true => self.overlong(block, line, text),
            false => self.unmatched(block, line, text),
        }
    }

    /// A line that is too long to be looked at.
    #[cold]
    pub(crate) fn overlong(&mut self, block: u64, line: u64, begin: &[u8]) {
        self.seen.overlong += 1;
        self.unmatched(block, line, begin);
    }

    /// A line whose time cannot be read.
    #[cold]
    fn undated(&mut self, block: u64, line: u64, text: &[u8]) {
        self.seen.undated += 1;
        if self.seen.undated_samples.len() < SAMPLES {
            self.seen.undated_samples.push((block, line, beginning(text)));
        }
    }

    /// A line of which only the beginning was read, as the last of its block.
    pub(crate) fn overlong_last(&mut self, block: u64, begin: &[u8]) {
        let line = match self.seen.blocks.last_mut() {
            Some(last) if last.number == block => {
                last.lines += 1;
                last.lines - 1
            }
            _ => {
                self.seen.blocks.push(BlockSeen { number: block, lines: 1, ..BlockSeen::EMPTY });
                0
            }
        };
        self.overlong(block, line, begin);
        self.seen.lines += 1;
    }
}

/// The end of the line that begins at `at`, where the next one begins, and 0.
#[inline(always)]
fn line<V: Vectors>(hay: &[u8], at: usize, stop: usize) -> (usize, usize, u64) {
    ended(hay, at, stop, V::find_far([&LINE_FEED], hay, at, stop).min(stop), 0)
}

/// The same of a record with quotes, and how many more lines it has than one; none where a quote is not
/// closed.
#[inline(always)]
fn record<V: Vectors>(
    hay: &[u8],
    at: usize,
    stop: usize,
    delimiter: u8,
    failed: &mut Failed,
) -> Option<(usize, usize, u64)> {
    let (feed, more) = quoted_end::<V>(hay, at, stop, delimiter, failed)?;
    Some(ended(hay, at, stop, feed, more))
}

#[inline(always)]
fn ended(hay: &[u8], at: usize, stop: usize, feed: usize, more: u64) -> (usize, usize, u64) {
    let carriage = feed > at && feed < stop && hay[feed - 1] == b'\r';
    (feed - usize::from(carriage), feed + 1, more)
}

impl BlockSeen {
    const EMPTY: BlockSeen =
        BlockSeen { number: 0, lines: 0, ends: None, out_of_order: 0, winding: None };
}

fn beginning(text: &[u8]) -> Vec<u8> {
    text[..text.len().min(SAMPLE_BYTES)].to_vec()
}
