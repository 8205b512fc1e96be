//! Where compressed bytes come from: a range of a file, or a descriptor that can be interrupted.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

/// How long a read waits before `idle` is asked.
const WAIT_MS: libc::c_int = 50;

/// A part of a file. Does not move the place where the file is read otherwise.
pub struct Range {
    file: File,
    at: u64,
    stop: u64,
}

impl Range {
    /// The bytes from `start` up to `stop`, or to the end of the file.
    pub fn new(file: File, start: u64, stop: Option<u64>) -> Range {
        Range { file, at: start, stop: stop.unwrap_or(u64::MAX) }
    }
}

impl Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.stop.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// A pipe, a terminal or a file that is read from where it stands. Twenty times a second while
/// nothing comes `idle` is asked, whose error ends the reading: a thread that is blocked in a read
/// could not be ended otherwise.
pub struct Descriptor<F> {
    descriptor: OwnedFd,
    idle: F,
}

impl<F: FnMut() -> io::Result<()>> Descriptor<F> {
    /// Reads from the descriptor.
    pub fn new(descriptor: OwnedFd, idle: F) -> Descriptor<F> {
        #[cfg(target_os = "linux")]
        // SAFETY: asks for a larger pipe; where that is refused, or it is no pipe, nothing changes.
        unsafe {
            libc::fcntl(descriptor.as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20);
        }
        Descriptor { descriptor, idle }
    }
}

impl<F: FnMut() -> io::Result<()>> Read for Descriptor<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let fd = self.descriptor.as_raw_fd();
        loop {
            let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            // SAFETY: one valid entry is passed.
            let ready = unsafe { libc::poll(&raw mut poll, 1, WAIT_MS) };
            if ready == 0 {
                (self.idle)()?;
                continue;
            }
            if ready < 0 {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
                (self.idle)()?;
                continue;
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
}
