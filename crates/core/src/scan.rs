//! Drives a scan: several threads, one tally.

use crate::lines::{Seen, Worker};
use crate::record::Scan;
use crate::source::{read_piece, Buffer, Read, Stream, CHUNK};
use crate::tally::{Shards, Table, Tally};
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
    /// The scan was cancelled before the end of the source.
    pub cancelled: bool,
    /// Reading ended in this error; what was read before it is counted.
    pub error: Option<io::Error>,
}

/// Counts sources, one after another, into one tally.
#[derive(Debug)]
pub struct Counter {
    tables: Vec<Table>,
    shards: OnceLock<Shards>,
    summing: bool,
}

impl Counter {
    /// A counter on so many threads. `summing` must be the same for all scans it is used with.
    pub fn new(threads: usize, summing: bool) -> Counter {
        let tables = (0..threads.max(1)).map(|_| Table::new(summing, 0)).collect();
        Counter { tables, shards: OnceLock::new(), summing }
    }

    /// Counts a range of a file that can be read at any place. Lines are those of the range: its
    /// start begins one, its end ends one.
    pub fn file(&mut self, scan: &Scan, file: &File, range: Range<u64>, watch: &Watch) -> Report {
        let pieces = (range.end - range.start).div_ceil(CHUNK as u64);
        let next = AtomicU64::new(0);
        let failed = Mutex::new(None);
        let work = |worker: &mut Worker, shards: &OnceLock<Shards>| {
            let mut buffer = Buffer::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
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
            loop {
                let lines = worker.seen.lines;
                let turn = {
                    let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                    stream.next(&mut buffer, &watch.cancelled)
                };
                let Some(turn) = turn else { return };
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
        Tally::gather(self.tables, self.shards.into_inner().map(Shards::into_tables), self.summing)
    }

    /// Lets the threads work, at most `pieces` of them.
    fn share(
        &mut self,
        scan: &Scan,
        pieces: u64,
        work: impl Fn(&mut Worker, &OnceLock<Shards>) + Sync,
    ) -> Report {
        debug_assert_eq!(scan.summing(), self.summing);
        let shards = &self.shards;
        let run = |table: &mut Table| {
            let own = std::mem::replace(table, Table::new(scan.summing(), 0));
            let mut worker = Worker::new(own, scan);
            work(&mut worker, shards);
            *table = worker.table;
            worker.seen
        };
        let threads = self.tables.len().min(usize::try_from(pieces).unwrap_or(usize::MAX)).max(1);
        let (first, others) = self.tables.split_at_mut(1);
        let seen = std::thread::scope(|scope| {
            let others: Vec<_> =
                others[..threads - 1].iter_mut().map(|table| scope.spawn(|| run(table))).collect();
            let mut seen = vec![run(&mut first[0])];
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
    let mut samples = Vec::new();
    let mut blocks = Vec::new();
    for seen in seen {
        report.bytes += seen.bytes;
        report.lines += seen.lines;
        report.unmatched += seen.unmatched;
        report.overlong += seen.overlong;
        report.records += seen.records;
        samples.extend(seen.samples);
        blocks.extend(seen.blocks);
    }
    samples.sort_unstable();
    samples.truncate(crate::lines::SAMPLES);
    for (block, line, text) in samples {
        let before: u64 = blocks.iter().filter(|(number, _)| *number < block).map(|(_, n)| n).sum();
        report.samples.push(Sample { line: before + line + 1, text });
    }
    report
}

#[cfg(test)]
mod tests;
