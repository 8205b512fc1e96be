//! Drives a scan: several threads, one tally.

use crate::lines::{Bad, BlockSeen, Seen, Worker};
use crate::record::Scan;
use crate::source::{read_piece, Buffer, Read, Stream, CHUNK};
use crate::tally::{Bound, Measures, Shards, Table, Tally, Timeline};
use crate::timestamp::Winding;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How far a scan is, and whether it should stop: shared with whoever waits for it.
#[derive(Debug, Default)]
pub struct Watch {
    /// Set to end the scan after the block that each thread is in.
    pub cancelled: AtomicBool,
    /// Bytes counted so far.
    pub bytes: AtomicU64,
    /// Lines counted so far.
    pub lines: AtomicU64,
}

/// A line that did not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its number, from 1.
    pub line: u64,
    /// How it begins.
    pub text: Vec<u8>,
}

/// What was found in one source.
#[derive(Debug, Default)]
pub struct Report {
    /// Bytes read.
    pub bytes: u64,
    /// Lines, the matched and the unmatched ones.
    pub lines: u64,
    /// Lines that did not match, the overlong ones among them.
    pub unmatched: u64,
    /// Lines of more than [`crate::MAX_LINE`] bytes.
    pub overlong: u64,
    /// Records counted: matched lines for which all conditions hold.
    pub records: u64,
    /// The first lines that did not match.
    pub samples: Vec<Sample>,
    /// Lines that match, and whose time cannot be read. They are not counted.
    pub undated: u64,
    /// The first of those.
    pub undated_samples: Vec<Sample>,
    /// Records that are earlier than the one before, those outside the window among them.
    pub out_of_order: u64,
    /// A stamp in an hour that happens twice was read without knowing the record before it. On one
    /// thread, from the beginning, it would have been known.
    pub leaned: bool,
    /// Stamps without a year went through more than one, and were all taken for the last.
    pub folded: bool,
    /// The scan was cancelled before the end of the source.
    pub cancelled: bool,
    /// Reading ended in this error; what was read before it is counted.
    pub error: Option<io::Error>,
}

/// Counts sources, one after another, into one tally.
#[derive(Debug)]
pub struct Counter {
    tables: Vec<Table>,
    timelines: Vec<Timeline>,
    shards: OnceLock<Shards>,
    measures: Measures,
}

impl Counter {
    /// A counter on so many threads, of `measures` that are the same for all scans it is used with,
    /// in buckets of `width` nanoseconds.
    pub fn new(threads: usize, measures: Measures, width: i64) -> Counter {
        let threads = threads.max(1);
        Counter {
            tables: (0..threads).map(|_| Table::new(measures, 0)).collect(),
            timelines: vec![Timeline::new(width); threads],
            shards: OnceLock::new(),
            measures,
        }
    }

    /// Bounds what is kept of times. Of use on one thread only: another one's part of a bucket would
    /// not be known when that is closed.
    pub fn bound(&mut self, bound: Bound) {
        debug_assert_eq!(self.tables.len(), 1);
        self.tables.iter_mut().for_each(|table| table.times.bound(Some(bound)));
    }

    /// Counts a range of a file that can be read at any place. Lines are those of the range: its
    /// start begins one, its end ends one.
    pub fn file(&mut self, scan: &Scan, file: &File, range: Range<u64>, watch: &Watch) -> Report {
        let pieces = (range.end - range.start).div_ceil(CHUNK as u64);
        let next = AtomicU64::new(0);
        let failed = Mutex::new(None);
        let work = |worker: &mut Worker, shards: &OnceLock<Shards>| {
            let mut buffer = Buffer::new();
            let mut follows = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number != follows {
                    worker.jump(scan);
                }
                follows = number + 1;
                if number >= pieces || watch.cancelled.load(Ordering::Relaxed) {
                    return;
                }
                let at = range.start + number * CHUNK as u64;
                let lines = worker.seen.lines;
                match read_piece(file, range.start, at, range.end, &mut buffer) {
                    Ok(piece) => {
                        worker.count(scan, &buffer.block(number, piece.start, piece.end), shards);
                        if piece.overlong {
                            worker.overlong_last(number, &buffer.filled()[piece.end..]);
                        }
                    }
                    Err(error) => {
                        next.store(pieces, Ordering::Relaxed);
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        return;
                    }
                }
                let bytes = (range.end - at).min(CHUNK as u64);
                worker.seen.bytes += bytes;
                watch.bytes.fetch_add(bytes, Ordering::Relaxed);
                watch.lines.fetch_add(worker.seen.lines - lines, Ordering::Relaxed);
            }
        };
        let mut report = self.share(scan, pieces, work);
        report.error = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.cancelled = watch.cancelled.load(Ordering::Relaxed);
        report
    }

    /// Counts a stream from where it stands, and before it the bytes of `prefix`, which were read
    /// from it already. The threads take turns in reading, so that the one which read a block also
    /// counts it, out of its own cache.
    pub fn stream(
        &mut self,
        scan: &Scan,
        read: &mut Read<'_>,
        prefix: &[u8],
        watch: &Watch,
    ) -> Report {
        let stream = Mutex::new(Stream::new(read, prefix));
        let work = |worker: &mut Worker, shards: &OnceLock<Shards>| {
            let mut buffer = Buffer::new();
            let mut follows = 0;
            loop {
                let lines = worker.seen.lines;
                let turn = {
                    let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                    stream.next(&mut buffer, &watch.cancelled)
                };
                let Some(turn) = turn else { return };
                if turn.number != follows {
                    worker.jump(scan);
                }
                follows = turn.number + 1;
                worker.count(scan, &buffer.block(turn.number, 0, turn.end), shards);
                if turn.overlong {
                    worker.overlong_last(turn.number, buffer.filled());
                }
                worker.seen.bytes += turn.bytes;
                watch.bytes.fetch_add(turn.bytes, Ordering::Relaxed);
                watch.lines.fetch_add(worker.seen.lines - lines, Ordering::Relaxed);
            }
        };
        let mut report = self.share(scan, u64::MAX, work);
        let stream = stream.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.error = stream.into_error();
        report.cancelled = watch.cancelled.load(Ordering::Relaxed);
        report
    }

    /// The tally of all that was counted.
    pub fn finish(self) -> Tally {
        let mut timelines = self.timelines.into_iter();
        let mut timeline = timelines.next().expect("a counter has a thread");
        timelines.for_each(|other| timeline.merge(&other));
        let shards = self.shards.into_inner().map(Shards::into_tables);
        Tally::gather(self.tables, shards, self.measures, timeline)
    }

    /// Lets the threads work, at most `pieces` of them.
    fn share(
        &mut self,
        scan: &Scan,
        pieces: u64,
        work: impl Fn(&mut Worker, &OnceLock<Shards>) + Sync,
    ) -> Report {
        debug_assert_eq!(scan.measures(), self.measures);
        let shards = &self.shards;
        let run = |table: &mut Table, timeline: &mut Timeline| {
            let own = std::mem::replace(table, Table::new(scan.measures(), 0));
            let width = timeline.width();
            let before = std::mem::replace(timeline, Timeline::new(width));
            let mut worker = Worker::new(own, before, scan);
            work(&mut worker, shards);
            *table = worker.table;
            *timeline = worker.timeline;
            worker.seen
        };
        let threads = self.tables.len().min(usize::try_from(pieces).unwrap_or(usize::MAX)).max(1);
        let mut shares = self.tables.iter_mut().zip(&mut self.timelines).take(threads);
        let first = shares.next();
        let seen = std::thread::scope(|scope| {
            let others: Vec<_> =
                shares.map(|(table, timeline)| scope.spawn(|| run(table, timeline))).collect();
            let mut seen: Vec<Seen> =
                first.map(|(table, line)| run(table, line)).into_iter().collect();
            for other in others {
                match other.join() {
                    Ok(its) => seen.push(its),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            seen
        });
        report(seen)
    }
}

/// Adds up what the threads have seen, and gives the samples their line numbers.
fn report(seen: Vec<Seen>) -> Report {
    let mut report = Report::default();
    let (mut samples, mut undated) = (Vec::new(), Vec::new());
    let mut blocks = Vec::new();
    for seen in seen {
        report.bytes += seen.bytes;
        report.lines += seen.lines;
        report.unmatched += seen.unmatched;
        report.overlong += seen.overlong;
        report.records += seen.records;
        report.undated += seen.undated;
        report.leaned |= seen.leaned;
        samples.extend(seen.samples);
        undated.extend(seen.undated_samples);
        blocks.extend(seen.blocks);
    }
    blocks.sort_unstable_by_key(|block| block.number);
    report.samples = numbered(samples, &blocks);
    report.undated_samples = numbered(undated, &blocks);
    let mut last: Option<i64> = None;
    let mut winding: Option<Winding> = None;
    for block in &blocks {
        report.out_of_order += block.out_of_order;
        if let Some((first, end)) = block.ends {
            report.out_of_order += u64::from(last.is_some_and(|last| first < last));
            last = Some(end);
        }
        winding = match (winding, block.winding) {
            (Some(before), Some(next)) => Some(before.then(next)),
            (before, next) => before.or(next),
        };
    }
    report.folded = winding.is_some_and(|winding| winding.is_folded());
    report
}

fn numbered(mut samples: Vec<Bad>, blocks: &[BlockSeen]) -> Vec<Sample> {
    samples.sort_unstable();
    samples.truncate(crate::lines::SAMPLES);
    let lines_before = |block: u64| -> u64 {
        blocks.iter().take_while(|seen| seen.number < block).map(|seen| seen.lines).sum()
    };
    samples
        .into_iter()
        .map(|(block, line, text)| Sample { line: lines_before(block) + line + 1, text })
        .collect()
}

#[cfg(test)]
mod tests;
