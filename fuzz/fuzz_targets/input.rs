//! Long texts out of short inputs, and the two ways of counting them.

use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use streamstats_core::record::Scan;
use streamstats_core::scan::{Counter, Report, Watch};
use streamstats_core::tally::Tally;
use streamstats_core::MAX_LINE;

/// Texts longer than this only take time.
const LONGEST: usize = MAX_LINE * 5 / 4;

/// And so do more lines than this.
pub const MOST_LINES: usize = 10_000;

/// The text that stands in short: `~`, a number of two bytes and a byte stand for that byte so many
/// times 32.
pub fn long(short: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = short;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'~', [high, low, byte, behind @ ..]) => {
                let times = 32 * usize::from(u16::from_be_bytes([*high, *low]));
                text.resize(text.len() + times, *byte);
                rest = behind;
            }
            (byte, _) => text.push(*byte),
        }
        if text.len() > LONGEST {
            text.truncate(LONGEST);
            break;
        }
    }
    text
}

/// Counts a text as a file, from `start` on.
pub fn by_file(scan: &Scan, text: &[u8], start: usize, threads: usize) -> (Tally, Report) {
    // SAFETY: the name is a C string; the descriptor that comes back is nobody else's.
    let mut file = unsafe {
        let descriptor = libc::memfd_create(c"scan".as_ptr(), 0);
        assert!(descriptor >= 0);
        File::from_raw_fd(descriptor)
    };
    file.write_all(text).expect("memory can be written");
    let mut counter = Counter::new(threads, scan.measures(), 1);
    let report = counter.file(scan, &file, start as u64..text.len() as u64, &Watch::default());
    (counter.finish(), report)
}

/// Counts a text as a stream, of which `prefix` bytes were read before and the others come in steps.
pub fn by_stream(
    scan: &Scan,
    text: &[u8],
    prefix: usize,
    step: usize,
    threads: usize,
) -> (Tally, Report) {
    let (before, mut rest) = text.split_at(prefix);
    let mut read = move |buffer: &mut [u8]| {
        let (now, later) = rest.split_at(step.min(buffer.len()).min(rest.len()));
        buffer[..now.len()].copy_from_slice(now);
        rest = later;
        Ok(now.len())
    };
    let mut counter = Counter::new(threads, scan.measures(), 1);
    let report = counter.stream(scan, &mut read, before, &Watch::default());
    (counter.finish(), report)
}
