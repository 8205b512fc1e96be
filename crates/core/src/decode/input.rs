//! The compressed bytes: read in blocks, looked at, and taken.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// So much is read at a time.
const BLOCK: usize = 128 << 10;

pub(super) struct Input {
    read: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    received: u64,
    taken: Arc<AtomicU64>,
}

impl Input {
    pub(super) fn new(read: Box<dyn Read + Send>) -> Input {
        Input {
            read,
            buffer: vec![0; BLOCK],
            start: 0,
            end: 0,
            ended: false,
            received: 0,
            taken: Arc::default(),
        }
    }

    /// Some bytes; none at the end.
    pub(super) fn some(&mut self) -> io::Result<&[u8]> {
        self.peek(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    /// So many bytes; fewer at the end. The caller bounds the number.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.end - self.start < wanted && !self.ended {
            self.room(wanted);
            match self.read.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(more) => {
                    self.end += more;
                    self.received += more as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let end = self.end.min(self.start + wanted);
        Ok(&self.buffer[self.start..end])
    }

    /// Makes room for `wanted` bytes from `start` on, and for at least one.
    fn room(&mut self, wanted: usize) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.buffer.len() - self.start < wanted || self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            let least = wanted.max(self.end + 1);
            if self.buffer.len() < least {
                self.buffer.resize(least, 0);
            }
        }
    }

    /// Takes bytes that were seen before.
    pub(super) fn take(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.end - self.start);
        self.start += bytes;
        self.taken.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(super) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.taken)
    }

    /// How many bytes have been read, those included that have not been taken.
    pub(super) fn received(&self) -> u64 {
        self.received
    }
}
