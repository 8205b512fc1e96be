//! Whatever the bytes, the number of threads and the steps in which they are read: a file and a
//! stream are counted as a plain reading of their lines counts them.
//!
//! The input is six bytes of settings, and then the text in short, see `input.rs`, so that lines reach
//! over pieces and become too long.

#![no_main]

mod input;

use input::{by_file, by_stream, long, MOST_LINES};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use streamstats_core::amount::{self, Billionths};
use streamstats_core::pattern::Pattern;
use streamstats_core::record::Scan;
use streamstats_core::value;
use streamstats_core::shape::{Kind, Shape};
use streamstats_core::scan::Report;
use streamstats_core::tally::Tally;
use streamstats_core::MAX_LINE;

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
