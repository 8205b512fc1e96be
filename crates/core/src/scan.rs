//! Drives a scan: several threads, one tally.

use crate::job::{lock, Job};
use crate::joined::Joined;
use crate::lines::{Seen, Worker};
use crate::record::Scan;
use crate::source::Read;
use crate::tally::{Budget, Measures, Shards, Table, Tally, Timeline};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

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
    /// Lines among the unmatched ones that match, but hold no number where one is to be described.
    pub not_numbers: u64,
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
    limits: Limits,
}

/// How much memory a counter may take.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    pub(crate) budget: Option<Arc<Budget>>,
    /// Buckets that lie so far behind the newest one may be closed.
    lateness: Option<i64>,
}

impl Limits {
    /// The shards of a tally under these limits.
    pub(crate) fn shards(&self, measures: Measures) -> Shards {
        Shards::new(measures, self.budget.as_ref(), self.lateness)
    }
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
            limits: Limits::default(),
        }
    }

    /// Bounds the memory: where all that is kept would take more than so many bytes, counts become lower
    /// bounds, and the tally says of how much. To be told before anything is counted, since there may be
    /// room for fewer threads only.
    pub fn budget(&mut self, bytes: usize) {
        let budget = Budget::new(bytes, self.tables.len());
        self.tables.truncate(budget.threads());
        self.timelines.truncate(budget.threads());
        self.limits.budget = Some(Arc::new(budget));
    }

    /// Lets buckets that lie so far behind the newest one be closed when memory is short. Of use on one
    /// thread only: another one's part of a bucket would not be known when that is closed.
    pub fn close_behind(&mut self, lateness: i64) {
        debug_assert_eq!(self.tables.len(), 1);
        self.limits.lateness = Some(lateness);
    }

    /// Counts a range of a file that can be read at any place. Lines are those of the range: its
    /// start begins one, its end ends one.
    pub fn file(&mut self, scan: &Scan, file: &File, range: Range<u64>, watch: &Watch) -> Report {
        self.one(Job::of_file(scan, file, range), watch)
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
        self.one(Job::of_stream(scan, Box::new(read), prefix), watch)
    }

    fn one(&mut self, job: Job<'_>, watch: &Watch) -> Report {
        self.all(vec![job], watch).pop().unwrap_or_default()
    }

    /// Counts several sources at once: each thread takes the next one that nobody has begun, and
    /// helps with those of the others when there is none left. So a stream that is slow to unpack
    /// keeps one thread busy, and not all of them.
    pub fn all(&mut self, jobs: Vec<Job<'_>>, watch: &Watch) -> Vec<Report> {
        let most: u64 = jobs.iter().map(Job::pieces).fold(0, u64::saturating_add);
        let threads = self.tables.len().min(usize::try_from(most).unwrap_or(usize::MAX)).max(1);
        let next = AtomicUsize::new(0);
        let (shards, limits) = (&self.shards, &self.limits);
        let run = |table: &mut Table, timeline: &mut Timeline| {
            let mut count = |job: &Job<'_>| {
                debug_assert_eq!(job.scan.measures(), table.measures());
                let own = std::mem::replace(table, Table::new(job.scan.measures(), 0));
                let width = timeline.width();
                let before = std::mem::replace(timeline, Timeline::new(width));
                let mut worker = Worker::new(own, before, job.scan, limits.clone());
                job.work(&mut worker, shards, watch);
                let seen;
                (*table, *timeline, seen) = worker.into_parts();
                lock(&job.seen).push(seen);
            };
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                count(job);
            }
            for job in jobs.iter().filter(|job| !job.is_done()) {
                count(job);
            }
        };
        let mut shares = self.tables.iter_mut().zip(&mut self.timelines).take(threads);
        let first = shares.next();
        std::thread::scope(|scope| {
            let others: Vec<_> =
                shares.map(|(table, timeline)| scope.spawn(|| run(table, timeline))).collect();
            if let Some((table, timeline)) = first {
                run(table, timeline);
            }
            for other in others {
                if let Err(panic) = other.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
        let cancelled = watch.cancelled.load(Ordering::Relaxed);
        jobs.into_iter().map(|job| job.into_report(cancelled)).collect()
    }

    /// The tally of all that was counted.
    pub fn finish(self) -> Tally {
        let mut timelines = self.timelines.into_iter();
        let mut timeline = timelines.next().expect("a counter has a thread");
        timelines.for_each(|other| timeline.merge(&other));
        Tally::gather(self.tables, self.shards.into_inner(), self.measures, timeline)
    }
}

/// Adds up what the threads have seen, of which some is `joined` already.
pub(crate) fn report(seen: Vec<Seen>, mut joined: Joined) -> Report {
    let mut report = Report::default();
    for mut seen in seen {
        report.bytes += seen.bytes;
        report.lines += seen.lines;
        report.unmatched += seen.unmatched;
        report.overlong += seen.overlong;
        report.records += seen.records;
        report.undated += seen.undated;
        report.not_numbers += seen.not_numbers;
        report.leaned |= seen.leaned;
        joined.take(&mut seen, true);
    }
    joined.tell(&mut report);
    report
}

#[cfg(test)]
mod tests;
