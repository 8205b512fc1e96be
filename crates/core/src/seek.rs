//! Finds the part of a file that holds a window of time, without reading the rest.
//!
//! Of a log that is written as things happen, records are nearly in the order of time: at most
//! `lateness` behind the newest one before them. Then a place whose record is more than `lateness`
//! before the window has no wanted record before it, and one whose record is `lateness` or more after
//! the window has none behind it. Bisection looks for the last such place and the first; whatever it
//! finds is safe, and the scan in between leaves out what is not wanted.

use crate::pattern::NoVectors;
use crate::record::{RecordState, Scan};
use crate::shape::Framing;
use crate::{MAX_LINE, PADDING};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// At each probe so many bytes are read at first; more where no line with a time is among them.
const PROBE: usize = 16 << 10;

/// Bisection ends when the place is known to so many bytes: scanning them costs less than a probe.
const CLOSE: u64 = 256 << 10;

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes that hold all wanted records; both ends are the beginnings of lines, or of the file.
    pub range: Range<u64>,
    /// How often the file was looked into.
    pub probes: usize,
    /// Records were seen that are further out of order than allowed, so that nothing can be left out.
    pub disordered: bool,
}

/// The first line with a time at or behind a place: where it begins, and its instants' extent over
/// the lines looked at: the first, the newest, and how far one was behind the newest before it.
struct Probe {
    line: u64,
    first: i64,
    newest: i64,
    behind: i64,
}

struct Search<'a> {
    scan: &'a Scan,
    file: &'a File,
    size: u64,
    lateness: i64,
    state: RecordState,
    probes: usize,
    disordered: bool,
    /// All probes so far: the place and the instant of their first record.
    seen: Vec<(u64, i64)>,
}

/// Looks for the window of the scan in the first `size` bytes of a file. `None` where the scan reads
/// no time. Records may be `lateness` nanoseconds behind the newest one before them.
///
/// # Errors
///
/// Where the file cannot be read.
pub fn seek(scan: &Scan, file: &File, size: u64, lateness: i64) -> io::Result<Option<Found>> {
    let Some(time) = scan.time().filter(|_| scan.framing() == Framing::Lines) else {
        return Ok(None);
    };
    let (start, end) = (time.start, time.end);
    let state = scan.state();
    let mut search = Search {
        scan,
        file,
        size,
        lateness,
        state,
        probes: 0,
        disordered: false,
        seen: Vec::new(),
    };
    let before = start.saturating_sub(lateness);
    let from = search.bisect(0, |probe| probe.newest < before)?;
    let after = end.saturating_add(lateness);
    let to = search.bisect(from, |probe| probe.first < after)?;
    // The search for the end gives the last place known to be inside; the scan goes on to the next
    // one known to be outside.
    let to = search.outside(to, after)?;
    let range = if search.disordered { 0..size } else { from..to.max(from) };
    Ok(Some(Found { range, probes: search.probes, disordered: search.disordered }))
}

impl Search<'_> {
    /// The beginning of the last line found for which `holds`, from `low` on; `low` if there is none.
    fn bisect(&mut self, low: u64, holds: impl Fn(&Probe) -> bool) -> io::Result<u64> {
        let (mut low, mut high) = (low, self.size);
        while high - low > CLOSE && !self.disordered {
            let middle = low + (high - low) / 2;
            match self.probe(middle, high)? {
                Some(probe) if holds(&probe) => low = probe.line.max(middle),
                _ => high = middle,
            }
        }
        Ok(if low == 0 { 0 } else { self.line_start(low)? })
    }

    /// The first place from `low` on, in steps, that is known to be outside the window; else the end.
    fn outside(&mut self, low: u64, after: i64) -> io::Result<u64> {
        let mut place = low;
        for _ in 0..4 {
            place = place.saturating_add(CLOSE);
            if place >= self.size || self.disordered {
                return Ok(self.size);
            }
            if let Some(probe) = self.probe(place, self.size)? {
                if probe.first >= after {
                    return Ok(probe.line);
                }
            }
        }
        Ok(self.size)
    }

    /// The beginning of the first line that begins at `place` or behind it.
    fn line_start(&mut self, place: u64) -> io::Result<u64> {
        let mut buffer = vec![0; PROBE];
        let mut at = place - 1;
        loop {
            let read = self.file.read_at(&mut buffer, at)?;
            if read == 0 {
                return Ok(self.size);
            }
            if let Some(found) = memchr::memchr(b'\n', &buffer[..read]) {
                return Ok((at + found as u64 + 1).min(self.size));
            }
            at += read as u64;
        }
    }

    /// Looks at the lines that begin behind `place`, up to `limit`.
    fn probe(&mut self, place: u64, limit: u64) -> io::Result<Option<Probe>> {
        self.probes += 1;
        let mut size = PROBE;
        loop {
            let mut buffer = vec![0; size.min((self.size - place) as usize)];
            let read = read_full(self.file, &mut buffer, place)?;
            buffer.truncate(read);
            buffer.resize(read + PADDING, 0);
            let probe = self.read(&buffer, read, place, limit);
            if probe.is_some() || size > MAX_LINE || read < size {
                if let Some(probe) = &probe {
                    self.check(probe);
                }
                return Ok(probe);
            }
            size *= 8;
        }
    }

    fn read(&mut self, hay: &[u8], filled: usize, place: u64, limit: u64) -> Option<Probe> {
        let buffer = &hay[..filled];
        self.state.clock.as_mut()?.state.follow(None);
        let mut at = memchr::memchr(b'\n', buffer)? + 1;
        let mut found: Option<Probe> = None;
        while let Some(len) = memchr::memchr(b'\n', &buffer[at..]) {
            if place + at as u64 >= limit {
                break;
            }
            let end = at + len - usize::from(buffer[at..at + len].ends_with(b"\r"));
            let instant = self.scan.instant::<NoVectors>(&mut self.state, hay, at, end);
            if let Some(instant) = instant {
                match &mut found {
                    None => {
                        found = Some(Probe {
                            line: place + at as u64,
                            first: instant,
                            newest: instant,
                            behind: 0,
                        });
                    }
                    Some(probe) => {
                        probe.behind = probe.behind.max(probe.newest.saturating_sub(instant));
                        probe.newest = probe.newest.max(instant);
                    }
                }
            }
            at += len + 1;
        }
        found
    }

    fn has_leaned(&self) -> bool {
        self.state.clock.as_ref().is_some_and(|clock| clock.state.has_leaned())
    }

    /// Holds a probe against all others: the order of places and of times must be the same, but for
    /// the lateness.
    fn check(&mut self, probe: &Probe) {
        // An hour that happens twice was not told apart here.
        self.disordered |= probe.behind > self.lateness || self.has_leaned();
        for (place, first) in &self.seen {
            let (earlier, later) =
                if *place <= probe.line { (*first, probe.first) } else { (probe.first, *first) };
            self.disordered |= earlier.saturating_sub(later) > self.lateness;
        }
        self.seen.push((probe.line, probe.first));
    }
}

fn read_full(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;
    use crate::record::Time;
    use crate::scan::{Counter, Watch};
    use crate::shape::Shape;
    use crate::timestamp::{Format, Zone};
    use proptest::prelude::*;
    use std::io::Write;

    const SECOND: i64 = 1_000_000_000;

    fn scan(start: i64, end: i64) -> Scan {
        let pattern = Pattern::new(r"^(?P<time>\d+) (?P<value>\S+)$").unwrap();
        let time = Time {
            format: Format::compile("%s").unwrap(),
            zone: Zone::utc(),
            reference: i64::MAX,
            start: start * SECOND,
            end: end * SECOND,
        };
        let shape = Shape::Pattern(pattern);
        Scan::new(&shape, &["value"], &[], None, None, Some(("time", time))).unwrap()
    }

    fn file(bytes: &[u8]) -> File {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("streamstats-seek-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        File::create(&path).unwrap().write_all(bytes).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        file
    }

    fn counted(scan: &Scan, file: &File, range: Range<u64>) -> (u64, Vec<(i64, u64)>) {
        let mut counter = Counter::new(1, scan.measures(), SECOND);
        let report = counter.file(scan, file, range, &Watch::default());
        (report.records, counter.finish().timeline().buckets())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn what_is_found_holds_all_that_is_wanted(
            steps in proptest::collection::vec((0i64..40, 0i64..60, 1usize..200), 500..1500),
            start in 0i64..30_000, length in 1i64..5_000, stray in any::<bool>(),
        ) {
            // Each record is at most 60 seconds behind the newest one.
            let mut bytes = Vec::new();
            let mut newest = 1_500_000_000;
            for (step, back, width) in &steps {
                newest += step;
                if stray && width % 9 == 0 {
                    bytes.extend_from_slice(b"a line without a time\n");
                }
                bytes.extend_from_slice(format!("{} {}\n", newest - back, "v".repeat(*width * 20)).as_bytes());
            }
            let scan = scan(1_500_000_000 + start, 1_500_000_000 + start + length);
            let file = file(&bytes);
            let size = bytes.len() as u64;
            let found = seek(&scan, &file, size, 60 * SECOND).unwrap().unwrap();
            prop_assert!(!found.disordered);
            prop_assert_eq!(counted(&scan, &file, found.range), counted(&scan, &file, 0..size));
        }
    }

    #[test]
    fn a_window_of_a_large_file_is_found_with_few_looks() {
        let mut bytes = Vec::new();
        for second in 0..200_000 {
            bytes.extend_from_slice(
                format!("{} a-value-of-some-length\n", 1_500_000_000 + second).as_bytes(),
            );
        }
        let (file, size) = (file(&bytes), bytes.len() as u64);
        let scan = scan(1_500_100_000, 1_500_100_060);
        let found = seek(&scan, &file, size, 60 * SECOND).unwrap().unwrap();
        assert!(found.range.end - found.range.start < 4 * CLOSE, "{found:?}");
        assert!(found.probes < 30);
        assert_eq!(counted(&scan, &file, found.range).0, 60);
    }

    #[test]
    fn disorder_is_seen_and_nothing_is_left_out() {
        let mut bytes = Vec::new();
        for second in 0..100_000 {
            let time = 1_500_000_000 + (second * 7919) % 100_000;
            bytes.extend_from_slice(format!("{time} value\n").as_bytes());
        }
        let scan = scan(1_500_050_000, 1_500_050_060);
        let size = bytes.len() as u64;
        let found = seek(&scan, &file(&bytes), size, 60 * SECOND).unwrap().unwrap();
        assert!(found.disordered);
        assert_eq!(found.range, 0..size);
    }
}
