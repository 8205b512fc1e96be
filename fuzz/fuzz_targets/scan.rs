//! Whatever the bytes, the number of threads and the steps in which they are read: a file and a
//! stream are counted as a plain reading of their lines counts them.
//!
//! The input is six bytes of settings, and then the text in short: `~`, a number of two bytes and a
//! byte stand for that byte so many times 32, so that lines reach over pieces and become too long.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use streamstats_core::amount::{self, Billionths};
use streamstats_core::pattern::Pattern;
use streamstats_core::record::Scan;
use streamstats_core::value;
use streamstats_core::shape::{Kind, Shape};
use streamstats_core::scan::{Counter, Report, Watch};
use streamstats_core::tally::Tally;
use streamstats_core::MAX_LINE;

/// Texts longer than this only take time.
const LONGEST: usize = MAX_LINE * 5 / 4;

/// And so do more lines than this.
const MOST_LINES: usize = 10_000;

/// Two groups and an amount; a plan of steps.
const WORDS: &str = r"^(?P<a>[^ ]*) (?P<n>[^ ]+)(?: (?P<b>.*))?$";

/// Per value its records, and their sum.
type Plain = BTreeMap<Vec<u8>, (u64, Billionths)>;

fuzz_target!(|input: &[u8]| {
    let Some((settings, short)) = input.split_at_checked(6) else { return };
    let text = long(short);
    if text.iter().filter(|byte| **byte == b'\n').count() > MOST_LINES {
        return;
    }
    let threads = 1 + usize::from(settings[0] % 4);
    // Single bytes, odd steps and large ones, but never so small that a long text takes a second.
    let step = (1 + usize::from(settings[1]).pow(2)).max(text.len() / 512);
    let prefix = usize::from(settings[2]).pow(2).min(text.len());
    let start = usize::from(settings[3]).min(text.len());
    let pattern = Pattern::new(WORDS).expect("it is an expression");
    let lines = Scan::new(&Shape::Lines, &["line"], &[], None, None, None).expect("there is a line");
    let words = Scan::new(&Shape::Pattern(pattern.clone()), &["b", "a"], &[("a", "!=", "x")], Some("n"), None, None)
        .expect("the groups are there");
    for (scan, read) in [(&lines, whole as Take), (&words, parted as Take)] {
        let (tally, report) = by_file(scan, &text, start, threads);
        check(&text[start..], read, scan, &tally, &report);
        let (tally, report) = by_stream(scan, &text, prefix, step, threads);
        check(&text, read, scan, &tally, &report);
    }
});

fn long(short: &[u8]) -> Vec<u8> {
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

fn by_file(scan: &Scan, text: &[u8], start: usize, threads: usize) -> (Tally, Report) {
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

fn by_stream(
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

/// What a line yields.
enum Yield {
    Record(Vec<u8>, Billionths),
    Excluded,
    Unmatched,
}

type Take = fn(&[u8]) -> Yield;

fn whole(line: &[u8]) -> Yield {
    Yield::Record(joined(&[line]), amount::ONE)
}

fn parted(line: &[u8]) -> Yield {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let (Some(a), Some(n)) = (parts.next(), parts.next()) else { return Yield::Unmatched };
    if n.is_empty() {
        return Yield::Unmatched;
    }
    if a == b"x" {
        return Yield::Excluded;
    }
    match amount::parse(n) {
        Some(amount) => Yield::Record(joined(&[parts.next().unwrap_or(b""), a]), amount),
        None => Yield::Unmatched,
    }
}

fn check(text: &[u8], read: Take, scan: &Scan, tally: &Tally, report: &Report) {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    // What stands behind the last line feed is a line where there is anything.
    let last = lines.pop().unwrap_or_default();
    let mut lines: Vec<&[u8]> =
        lines.iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    if !last.is_empty() {
        lines.push(last);
    }
    let mut plain = Plain::new();
    let (mut records, mut overlong) = (0, 0);
    let mut unmatched: Vec<(u64, &[u8])> = Vec::new();
    for (number, line) in (1..).zip(&lines) {
        if line.len() > MAX_LINE {
            overlong += 1;
            unmatched.push((number, line));
            continue;
        }
        match read(line) {
            Yield::Record(value, amount) => {
                let entry = plain.entry(value).or_default();
                entry.0 += 1;
                entry.1 += amount;
                records += 1;
            }
            Yield::Excluded => {}
            Yield::Unmatched => unmatched.push((number, line)),
        }
    }
    let sum = |amount| if scan.summing() { amount } else { amount::ONE };
    let counted: Plain =
        tally.counts().map(|c| (c.key.to_vec(), (c.records, sum(c.sum)))).collect();
    let expected: Plain = plain
        .into_iter()
        .map(|(value, (records, amount))| (value, (records, sum(amount))))
        .collect();
    assert!(counted == expected, "{} values counted, {} expected", counted.len(), expected.len());
    assert_eq!(report.bytes, text.len() as u64);
    assert_eq!((report.lines, report.records), (lines.len() as u64, records));
    assert_eq!((report.overlong, report.unmatched), (overlong, unmatched.len() as u64));
    assert_eq!(tally.records(), records);
    assert_eq!(report.samples.len(), unmatched.len().min(3));
    for (sample, (number, line)) in report.samples.iter().zip(unmatched) {
        assert_eq!(sample.line, number);
        assert!(line.starts_with(&sample.text));
    }
    assert!(report.error.is_none() && !report.cancelled);
}

/// The key of groups of text.
fn joined(groups: &[&[u8]]) -> Vec<u8> {
    let texts: Vec<(Kind, &[u8])> = groups.iter().map(|text| (Kind::Text, *text)).collect();
    value::join(&texts)
}
