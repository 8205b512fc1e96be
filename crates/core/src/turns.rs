//! One stream and several threads, which take turns in reading it.
//!
//! A thread counts what it read, out of its own cache: bytes that another one wrote take longer to
//! come over than to count. Where reading is decoding, a turn is several blocks, because window and
//! tables of the decoder move over with each.

use crate::job::lock;
use crate::source::{Buffer, Stream, Turn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// How many blocks a turn of decoding is. Half of a processor's second cache is 512 KiB.
pub(crate) const DECODED: usize = 8;

/// So long a thread looks for its turn before it sleeps. Waking up takes 50 microseconds, which would
/// be lost in every turn where decoding takes a little longer than counting.
const AWAKE: Duration = Duration::from_micros(200);

/// A block that was read, and where its lines are.
pub(crate) struct Ready {
    pub(crate) turn: Turn,
    pub(crate) buffer: Buffer,
}

/// A stream that threads share.
pub(crate) struct Turns<'a> {
    stream: Mutex<Stream<'a>>,
    /// Blocks in a turn.
    blocks: usize,
    /// One thread is looking for its turn; more would only be in its way.
    looking: AtomicBool,
}

impl<'a> Turns<'a> {
    pub(crate) fn new(stream: Stream<'a>, blocks: usize) -> Turns<'a> {
        Turns { stream: Mutex::new(stream), blocks, looking: AtomicBool::new(false) }
    }

    /// Reads and counts, with whoever else does, until all is read.
    pub(crate) fn work(&self, cancelled: &AtomicBool, mut count: impl FnMut(&Ready)) {
        let (mut ready, mut spare) = (Vec::new(), Vec::new());
        loop {
            let mut stream = self.stream();
            while ready.len() < self.blocks {
                let mut buffer = spare.pop().unwrap_or_else(Buffer::new);
                match stream.next(&mut buffer, cancelled) {
                    Some(turn) => ready.push(Ready { turn, buffer }),
                    None => break,
                }
            }
            drop(stream);
            if ready.is_empty() {
                return;
            }
            for block in ready.drain(..) {
                count(&block);
                // A long line has made some of them large.
                if !block.buffer.is_large() {
                    spare.push(block.buffer);
                }
            }
        }
    }

    /// The stream, when it is this thread's turn.
    fn stream(&self) -> MutexGuard<'_, Stream<'a>> {
        match self.stream.try_lock() {
            Ok(stream) => return stream,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
        if self.blocks > 1 && !self.looking.swap(true, Ordering::Relaxed) {
            let begun = Instant::now();
            while begun.elapsed() < AWAKE {
                if let Ok(stream) = self.stream.try_lock() {
                    self.looking.store(false, Ordering::Relaxed);
                    return stream;
                }
                (0..50).for_each(|_| std::hint::spin_loop());
            }
            self.looking.store(false, Ordering::Relaxed);
        }
        lock(&self.stream)
    }

    /// The stream, when nobody else can hold it any more.
    pub(crate) fn into_stream(self) -> Stream<'a> {
        self.stream.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
