//! One source that several threads count: which piece of it is next, and what was seen.

use crate::joined::{Joined, BLOCKS};
use crate::lines::{Block, Seen, Worker};
use crate::record::Scan;
use crate::scan::{report, Report, Watch};
use crate::shape::Framing;
use crate::source::{read_piece, Buffer, Read, Stream, CHUNK};
use crate::tally::Shards;
use crate::turns::{self, Ready, Turns};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A source to be counted, and how far that is.
pub struct Job<'a> {
    pub(crate) scan: &'a Scan,
    feed: Feed<'a>,
    done: AtomicBool,
    pub(crate) seen: Mutex<Vec<Seen>>,
    joined: Mutex<Joined>,
}

enum Feed<'a> {
    /// A file whose pieces can be read in any order.
    Pieces { file: &'a File, range: Range<u64>, next: AtomicU64, failed: Mutex<Option<io::Error>> },
    /// Bytes that come in one order, and are cut in that order.
    Turns(Turns<'a>),
}

impl<'a> Job<'a> {
    /// A range of a file: its start begins a line, its end ends one.
    pub fn of_file(scan: &'a Scan, file: &'a File, range: Range<u64>) -> Job<'a> {
        if scan.framing() == Framing::Lines {
            let (next, failed) = (AtomicU64::new(0), Mutex::new(None));
            return Job::new(scan, Feed::Pieces { file, range, next, failed });
        }
        // Where a record ends depends on what stands before it.
        let mut at = range.start;
        let read = move |buffer: &mut [u8]| {
            let most = buffer.len().min((range.end - at) as usize);
            let read = file.read_at(&mut buffer[..most], at)?;
            at += read as u64;
            Ok(read)
        };
        Job::of_stream(scan, Box::new(read), &[])
    }

    /// A stream, and before it the bytes of `prefix`.
    pub fn of_stream(scan: &'a Scan, read: Box<Read<'a>>, prefix: &[u8]) -> Job<'a> {
        Job::new(scan, Feed::Turns(Turns::new(Stream::new(scan, read, prefix), 1)))
    }

    /// The same of a stream whose reading is decoding, which takes about as long as counting.
    pub fn of_decoder(scan: &'a Scan, read: Box<Read<'a>>, prefix: &[u8]) -> Job<'a> {
        Job::new(scan, Feed::Turns(Turns::new(Stream::new(scan, read, prefix), turns::DECODED)))
    }

    fn new(scan: &'a Scan, feed: Feed<'a>) -> Job<'a> {
        Job {
            scan,
            feed,
            done: AtomicBool::new(false),
            seen: Mutex::default(),
            joined: Mutex::default(),
        }
    }

    /// How many threads can work on it at the most.
    pub(crate) fn pieces(&self) -> u64 {
        match &self.feed {
            Feed::Pieces { range, .. } => pieces(range),
            Feed::Turns(_) => u64::MAX,
        }
    }

    /// Whether nothing is left to be taken.
    pub(crate) fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// Counts pieces until there is none.
    pub(crate) fn work(&self, worker: &mut Worker, shards: &OnceLock<Shards>, watch: &Watch) {
        match &self.feed {
            Feed::Pieces { file, range, next, failed } => {
                let error = self.pieces_of(file, range, next, worker, shards, watch);
                if let Err(error) = error {
                    next.store(pieces(range), Ordering::Relaxed);
                    lock(failed).get_or_insert(error);
                }
            }
            Feed::Turns(turns) => self.turns(turns, worker, shards, watch),
        }
        self.done.store(true, Ordering::Relaxed);
    }

    fn pieces_of(
        &self,
        file: &File,
        range: &Range<u64>,
        next: &AtomicU64,
        worker: &mut Worker,
        shards: &OnceLock<Shards>,
        watch: &Watch,
    ) -> io::Result<()> {
        let mut buffer = Buffer::new();
        let mut follows = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number != follows {
                worker.jump(self.scan);
            }
            follows = number + 1;
            if number >= pieces(range) || watch.cancelled.load(Ordering::Relaxed) {
                return Ok(());
            }
            let at = range.start + number * CHUNK as u64;
            let lines = worker.seen.lines;
            let piece = read_piece(file, range.start, at, range.end, &mut buffer)?;
            worker.count(self.scan, &buffer.block(number, piece.start, piece.end), shards);
            self.after_block(worker, &buffer);
            if piece.overlong {
                worker.overlong_last(number, &buffer.filled()[piece.end..]);
            }
            let bytes = (range.end - at).min(CHUNK as u64);
            worker.seen.bytes += bytes;
            watch.bytes.fetch_add(bytes, Ordering::Relaxed);
            watch.lines.fetch_add(worker.seen.lines - lines, Ordering::Relaxed);
        }
    }

    fn turns(
        &self,
        turns: &Turns<'a>,
        worker: &mut Worker,
        shards: &OnceLock<Shards>,
        watch: &Watch,
    ) {
        let mut follows = 0;
        turns.work(&watch.cancelled, |Ready { turn, buffer }| {
            let lines = worker.seen.lines;
            if turn.number != follows {
                worker.jump(self.scan);
            }
            follows = turn.number + 1;
            let block = buffer.block(turn.number, 0, turn.end);
            worker.count(self.scan, &Block { heading: turn.heading.as_ref(), ..block }, shards);
            self.after_block(worker, buffer);
            if turn.overlong {
                worker.overlong_last(turn.number, buffer.filled());
            }
            worker.seen.bytes += turn.bytes;
            watch.bytes.fetch_add(turn.bytes, Ordering::Relaxed);
            watch.lines.fetch_add(worker.seen.lines - lines, Ordering::Relaxed);
        });
    }

    fn after_block(&self, worker: &mut Worker, buffer: &Buffer) {
        worker.claim(buffer.len());
        if worker.seen.blocks.len() >= BLOCKS {
            lock(&self.joined).take(&mut worker.seen, false);
        }
    }

    /// What was found in it.
    pub(crate) fn into_report(self, cancelled: bool) -> Report {
        let mut report = report(inner(self.seen), inner(self.joined));
        report.cancelled = cancelled;
        report.error = match self.feed {
            Feed::Pieces { failed, .. } => inner(failed),
            Feed::Turns(turns) => turns.into_stream().into_error(),
        };
        report
    }
}

fn pieces(range: &Range<u64>) -> u64 {
    (range.end - range.start).div_ceil(CHUNK as u64)
}

/// Locks what is of use whatever became of the thread that held it last.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is in it, when nobody else can hold it any more.
pub(crate) fn inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
