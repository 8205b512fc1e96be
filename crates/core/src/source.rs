//! Bytes in blocks: ranges of a file, read by whichever thread is free, and streams.

use crate::cut::Cutter;
use crate::lines::Block;
use crate::record::Scan;
use crate::shape::heading::Lines;
use crate::{MAX_LINE, PADDING};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file is read in pieces of so many bytes. Larger ones leave the processor's second cache before
/// they are counted: pieces of 256 KiB took a quarter longer, most of it in the kernel's copying.
pub(crate) const CHUNK: usize = 64 << 10;

/// So many bytes are read beyond a piece, in which most of its last lines end.
const BEYOND: usize = 1 << 10;

/// A buffer with its padding.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    pub(crate) fn new() -> Buffer {
        Buffer { bytes: vec![0; CHUNK + BEYOND + 1 + PADDING], filled: 0 }
    }

    fn room(&mut self, bytes: usize) {
        if self.bytes.len() < bytes + PADDING {
            self.bytes.resize(bytes + PADDING, 0);
        }
    }

    /// Whether it holds far more than a block.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes.len() > 4 * CHUNK
    }

    pub(crate) fn block(&self, number: u64, start: usize, end: usize) -> Block<'_> {
        let bytes = &self.bytes[..self.filled + PADDING];
        Block { number, bytes, lines: start..end, heading: None }
    }

    /// How many bytes it takes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.capacity()
    }

    pub(crate) fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

/// The lines of one piece of a file: those that begin in it.
pub(crate) struct Piece {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The last line is too long and begins here, at `end`.
    pub(crate) overlong: bool,
}

/// Reads the piece of the range `begin..end` of a file that begins at `at`, and as much further as
/// its last line goes.
pub(crate) fn read_piece(
    file: &File,
    begin: u64,
    at: u64,
    end: u64,
    buffer: &mut Buffer,
) -> io::Result<Piece> {
    // The byte before says whether a line begins with the piece.
    let before = usize::from(at > begin);
    let from = at - before as u64;
    let stop = end.min(at + CHUNK as u64);
    let limit = (stop - from) as usize;
    let wanted = ((end - from) as usize).min(limit + BEYOND);
    buffer.filled = 0;
    fill(file, from, wanted, buffer)?;
    let mut start = before;
    if before == 1 && buffer.filled().first().is_some_and(|byte| *byte != b'\n') {
        let own = &buffer.filled()[1..limit.clamp(1, buffer.filled.max(1))];
        start = match memchr::memchr(b'\n', own) {
            Some(found) => found + 2,
            None => limit,
        };
    }
    if start >= limit.min(buffer.filled) {
        return Ok(Piece { start, end: start, overlong: false });
    }
    // The last line that begins here ends with the first line feed from the last own byte on.
    let mut looked = limit - 1;
    loop {
        let rest = buffer.filled().get(looked..).unwrap_or(&[]);
        if let Some(found) = memchr::memchr(b'\n', rest) {
            return Ok(Piece { start, end: looked + found + 1, overlong: false });
        }
        looked = looked.max(buffer.filled);
        if from + buffer.filled as u64 >= end {
            return Ok(Piece { start, end: buffer.filled, overlong: false });
        }
        let own = &buffer.filled()[start..limit.min(buffer.filled)];
        let last = start + memchr::memrchr(b'\n', own).map_or(0, |found| found + 1);
        if buffer.filled - last > MAX_LINE + 1 {
            return Ok(Piece { start, end: last, overlong: true });
        }
        let before = buffer.filled;
        // Twice as far beyond as the last time, so that long lines take few calls.
        let further = before.saturating_sub(limit).max(BEYOND) * 4;
        let wanted = ((end - from) as usize).min(before + further);
        fill(file, from, wanted, buffer)?;
        if buffer.filled == before {
            // The file has become shorter.
            return Ok(Piece { start, end: buffer.filled, overlong: false });
        }
    }
}

fn fill(file: &File, from: u64, wanted: usize, buffer: &mut Buffer) -> io::Result<()> {
    buffer.room(wanted);
    while buffer.filled < wanted {
        let room = &mut buffer.bytes[buffer.filled..wanted];
        match file.read_at(room, from + buffer.filled as u64) {
            Ok(0) => break,
            Ok(read) => buffer.filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads into a buffer; how many bytes, 0 at the end.
pub type Read<'a> = dyn FnMut(&mut [u8]) -> io::Result<usize> + Send + 'a;

/// A stream: threads take turns in reading the next block from it.
pub(crate) struct Stream<'a> {
    cutter: Cutter<'a>,
    read: Box<Read<'a>>,
    /// The beginning of a line whose end has not been read.
    carry: Vec<u8>,
    number: u64,
    ended: bool,
    /// The rest of a line that was too long is thrown away.
    skipping: bool,
    error: Option<io::Error>,
}

/// What a turn of reading gave.
pub(crate) struct Turn {
    pub(crate) number: u64,
    pub(crate) end: usize,
    pub(crate) bytes: u64,
    /// Behind the lines stands the beginning of one that is too long.
    pub(crate) overlong: bool,
    /// What names the columns where the block begins.
    pub(crate) heading: Option<Lines>,
}

impl<'a> Stream<'a> {
    /// `prefix` was read before.
    pub(crate) fn new(scan: &'a Scan, read: Box<Read<'a>>, prefix: &[u8]) -> Stream<'a> {
        Stream {
            cutter: Cutter::new(scan),
            read,
            carry: prefix.to_vec(),
            number: 0,
            ended: false,
            skipping: false,
            error: None,
        }
    }

    /// The next lines, or `None` at the end. What stands behind the last line feed is kept for the
    /// next turn.
    pub(crate) fn next(&mut self, buffer: &mut Buffer, cancelled: &AtomicBool) -> Option<Turn> {
        buffer.room(CHUNK.max(self.carry.len()));
        buffer.bytes[..self.carry.len()].copy_from_slice(&self.carry);
        buffer.filled = self.carry.len();
        self.carry.clear();
        let mut looked = 0;
        let mut bytes = if self.number == 0 { buffer.filled as u64 } else { 0 };
        // Twice as much each time that no record ends in it, however little a single read gives:
        // some records are looked at from their beginning again.
        let mut wanted = CHUNK;
        loop {
            while !self.ended && buffer.filled < wanted {
                bytes += self.fill(buffer, wanted) as u64;
                if cancelled.load(Ordering::Relaxed) {
                    self.ended = true;
                    // A line that was not read whole is no line.
                    buffer.filled = memchr::memrchr(b'\n', buffer.filled()).map_or(0, |i| i + 1);
                }
            }
            if self.skipping {
                match memchr::memchr(b'\n', buffer.filled()) {
                    Some(found) => {
                        buffer.bytes.copy_within(found + 1..buffer.filled, 0);
                        buffer.filled -= found + 1;
                        self.skipping = false;
                        continue;
                    }
                    None => buffer.filled = 0,
                }
                if self.ended {
                    break;
                }
                continue;
            }
            if self.ended {
                break;
            }
            if let Some(end) = self.cutter.cut(&buffer.bytes, buffer.filled, looked) {
                self.carry.extend_from_slice(&buffer.filled()[end..]);
                return Some(self.turn(buffer, end, bytes, false));
            }
            looked = buffer.filled;
            if buffer.filled > MAX_LINE + 1 {
                self.skipping = true;
                return Some(self.turn(buffer, 0, bytes, true));
            }
            wanted = buffer.filled * 2;
            buffer.room(wanted);
        }
        if buffer.filled == 0 && bytes == 0 {
            return None;
        }
        Some(self.turn(buffer, buffer.filled, bytes, false))
    }

    fn turn(&mut self, buffer: &Buffer, end: usize, bytes: u64, overlong: bool) -> Turn {
        let number = self.number;
        self.number += 1;
        let heading = self.cutter.heading();
        self.cutter.pass(&buffer.filled()[..end]);
        Turn { number, end, bytes, overlong, heading }
    }

    /// Reads once. What was read before an error still counts.
    fn fill(&mut self, buffer: &mut Buffer, most: usize) -> usize {
        loop {
            match (self.read)(&mut buffer.bytes[buffer.filled..most]) {
                Ok(read) => {
                    self.ended |= read == 0;
                    buffer.filled += read;
                    return read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                    return 0;
                }
            }
        }
    }

    /// Why reading ended before the end, if it did.
    pub(crate) fn into_error(self) -> Option<io::Error> {
        self.error
    }
}

/// Reads a file descriptor that may be a pipe or a terminal, looking twenty times a second whether it
/// should stop: a thread that is blocked in a read could not be ended otherwise.
pub fn read_descriptor<'a>(
    descriptor: BorrowedFd<'a>,
    cancelled: &'a AtomicBool,
) -> impl FnMut(&mut [u8]) -> io::Result<usize> + Send + 'a {
    const WAIT_MS: libc::c_int = 50;
    let fd = descriptor.as_raw_fd();
    #[cfg(target_os = "linux")]
    // SAFETY: asks for a larger pipe; where that is refused, or it is no pipe, nothing changes.
    unsafe {
        libc::fcntl(fd, libc::F_SETPIPE_SZ, 1 << 20);
    }
    move |buffer| loop {
        let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid entry is passed.
        match unsafe { libc::poll(&raw mut poll, 1, WAIT_MS) } {
            0 if cancelled.load(Ordering::Relaxed) => return Ok(0),
            0 => continue,
            ready if ready < 0 => return Err(io::Error::last_os_error()),
            _ => {}
        }
        // SAFETY: the pointer and the length are those of the buffer.
        let read = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
        match usize::try_from(read) {
            Ok(read) => return Ok(read),
            Err(_) => {
                let error = io::Error::last_os_error();
                // Another process may have made the descriptor non-blocking, and taken the bytes.
                if error.kind() != io::ErrorKind::WouldBlock {
                    return Err(error);
                }
            }
        }
    }
}
