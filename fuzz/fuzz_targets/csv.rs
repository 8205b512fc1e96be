//! Whatever the bytes, the number of threads and the steps in which they are read: records of columns
//! are those of an automaton that reads one byte after another, and they are cut in the same places.
//!
//! The input is six bytes of settings, and then the text in short, see `input.rs`.

#![no_main]

mod input;

use input::{by_file, by_stream, long, MOST_LINES};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use streamstats_core::record::Scan;
use streamstats_core::scan::Report;
use streamstats_core::shape::{Header, Kind, Separated, Shape};
use streamstats_core::tally::Tally;
use streamstats_core::value;
use streamstats_core::MAX_LINE;

const DELIMITERS: [u8; 4] = *b",\t; ";

/// Columns that are wanted, alone and together.
const WANTED: [&[&str]; 3] = [&["1"], &["2"], &["3", "1"]];

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
    let delimiter = DELIMITERS[usize::from(settings[4] % 4)];
    let quoting = settings[4] & 4 == 0;
    let wanted = WANTED[usize::from(settings[5] % 3)];
    let plain = Plain { delimiter, quoting };
    let first = plain.records(&text).into_iter().find_map(|record| record.fields);
    let names = first.filter(|_| settings[5] & 4 != 0);
    let header = names.clone().map_or(Header::None, Header::Names);
    let shape = Shape::Separated(Separated { delimiter, quoting, header });
    let scan = Scan::new(&shape, wanted, &[], None, None, None).expect("columns have numbers");
    let columns: Vec<usize> = wanted.iter().map(|name| column(name, names.as_deref())).collect();
    let (tally, report) = by_file(&scan, &text, start, threads);
    check(&text[start..], &plain, names.as_deref(), &columns, &tally, &report);
    let (tally, report) = by_stream(&scan, &text, prefix, step, threads);
    check(&text, &plain, names.as_deref(), &columns, &tally, &report);
    for line in text.split(|byte| *byte == b'\n').take(20) {
        visit(&shape, &plain, line);
    }
});

/// The column that is called so, else the one that has the number, from 0.
fn column(name: &str, names: Option<&[Vec<u8>]>) -> usize {
    let called = names.and_then(|names| names.iter().position(|held| held == name.as_bytes()));
    called.unwrap_or_else(|| name.parse::<usize>().expect("it is a number") - 1)
}

/// Reads records byte by byte.
struct Plain {
    delimiter: u8,
    quoting: bool,
}

/// What stands in the text up to the beginning of the next record.
struct Record<'a> {
    text: &'a [u8],
    lines: u64,
    overlong: bool,
    /// None for what is no record.
    fields: Option<Vec<Vec<u8>>>,
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    Start,
    Bare,
    Quoted,
    Closed,
}

impl Plain {
    fn step(&self, at: At, byte: u8) -> At {
        match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == self.delimiter => At::Start,
            (At::Start, b'"') if self.quoting => At::Quoted,
            (At::Closed, b'"') => At::Quoted,
            _ => At::Bare,
        }
    }

    fn records<'a>(&self, text: &'a [u8]) -> Vec<Record<'a>> {
        let mut records = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (end, lines, open) = self.end(rest);
            let mut record = &rest[..end];
            if end < rest.len() {
                record = record.strip_suffix(b"\r").unwrap_or(record);
            }
            let overlong = record.len() > MAX_LINE;
            let fits = !open && !overlong && !record.is_empty();
            let fields = fits.then(|| self.fields(record));
            records.push(Record { text: record, lines, overlong, fields });
            rest = rest.get(end + 1..).unwrap_or(&[]);
        }
        records
    }

    /// Where the first record ends, how many lines it has, and whether a quote stays open in it.
    fn end(&self, text: &[u8]) -> (usize, u64, bool) {
        let mut at = At::Start;
        let mut feeds = 0;
        for (i, &byte) in text.iter().enumerate() {
            if feeds > 0 && i > MAX_LINE {
                return self.line(text);
            }
            if byte == b'\n' {
                if at != At::Quoted {
                    return (i, feeds + 1, false);
                }
                feeds += 1;
            }
            at = self.step(at, byte);
        }
        match at == At::Quoted || (feeds > 0 && text.len() > MAX_LINE) {
            true => self.line(text),
            false => (text.len(), feeds + 1, false),
        }
    }

    fn line(&self, text: &[u8]) -> (usize, u64, bool) {
        (text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len()), 1, true)
    }

    fn fields(&self, record: &[u8]) -> Vec<Vec<u8>> {
        let mut fields = vec![Vec::new()];
        let mut at = At::Start;
        for &byte in record {
            let next = self.step(at, byte);
            let opens = at == At::Start && next == At::Quoted;
            let closes = at == At::Quoted && next == At::Closed;
            if next == At::Start {
                fields.push(Vec::new());
            } else if !opens && !closes {
                fields.last_mut().expect("there is one").push(byte);
            }
            at = next;
        }
        fields
    }
}

fn check(
    text: &[u8],
    plain: &Plain,
    names: Option<&[Vec<u8>]>,
    columns: &[usize],
    tally: &Tally,
    report: &Report,
) {
    let mut expected = BTreeMap::<Vec<u8>, u64>::new();
    let (mut lines, mut overlong) = (0, 0);
    let mut unmatched: Vec<(u64, &[u8])> = Vec::new();
    for record in plain.records(text) {
        match record.fields {
            None => unmatched.push((lines + 1, record.text)),
            Some(fields) if Some(&fields[..]) == names => {}
            Some(fields) => *expected.entry(key(&fields, columns)).or_default() += 1,
        }
        lines += record.lines;
        overlong += u64::from(record.overlong);
    }
    let counted: BTreeMap<Vec<u8>, u64> =
        tally.counts().map(|count| (count.key.to_vec(), count.records)).collect();
    assert!(counted == expected, "{} values counted, {} expected", counted.len(), expected.len());
    assert_eq!(report.bytes, text.len() as u64);
    assert_eq!((report.lines, report.records), (lines, expected.values().sum()));
    assert_eq!((report.overlong, report.unmatched), (overlong, unmatched.len() as u64));
    assert_eq!(report.samples.len(), unmatched.len().min(3));
    for (sample, (number, line)) in report.samples.iter().zip(unmatched) {
        assert_eq!(sample.line, number);
        assert!(line.starts_with(&sample.text));
    }
    assert!(report.error.is_none() && !report.cancelled);
}

fn key(fields: &[Vec<u8>], columns: &[usize]) -> Vec<u8> {
    let group = |column: &usize| match fields.get(*column) {
        Some(field) => (Kind::Text, &field[..]),
        None => (Kind::Missing, &b""[..]),
    };
    value::join(&columns.iter().map(group).collect::<Vec<_>>())
}

/// A line alone, as it is shown.
fn visit(shape: &Shape, plain: &Plain, line: &[u8]) {
    let mut shown = Vec::new();
    let fits = shape.each(line, &mut |_, _, text| shown.push(text.to_vec()));
    let closed = plain.end(line).1 == 1 && !plain.end(line).2;
    assert_eq!(fits, closed && !line.is_empty(), "{line:?}");
    if fits {
        assert_eq!(shown, plain.fields(line), "{line:?}");
    }
}
