//! Columns between delimiters: CSV as RFC 4180 and Python's `csv` read it, TSV, W3C and Zeek.

use super::found::{Found, Kind, Place};
use super::Visit;
use crate::pattern::{NoVectors, Splat, Vectors};
use crate::MAX_LINE;

static QUOTE: Splat = Splat::of(b'"');
static LINE_FEED: Splat = Splat::of(b'\n');

/// The columns that are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    delimiter: Splat,
    quoting: bool,
    /// By slot, from 0; none for a column that the file has not.
    wanted: Vec<Option<usize>>,
    /// How many columns have to be looked at.
    count: usize,
    /// What stands for nothing.
    pub(super) unset: Option<Vec<u8>>,
}

/// One column.
struct Column {
    start: usize,
    /// Where it ends, and the delimiter stands or the record ends.
    end: usize,
    /// What is in it, where it began with a quote: up to the one that closes, and what follows.
    quoted: Option<Quoted>,
}

struct Quoted {
    close: usize,
    doubled: bool,
}

impl Columns {
    pub(crate) fn new(wanted: Vec<Option<usize>>, delimiter: u8, quoting: bool) -> Columns {
        let count = wanted.iter().flatten().max().map_or(1, |last| last + 1);
        Columns { delimiter: Splat::of(delimiter), quoting, wanted, count, unset: None }
    }

    /// Takes the columns out of the record `hay[at..end]`; false where it is empty, or has a quote that
    /// is not closed.
    #[inline(always)]
    pub(crate) fn extract<V: Vectors>(
        &self,
        hay: &[u8],
        mut at: usize,
        end: usize,
        found: &mut Found,
    ) -> bool {
        found.reset(self.wanted.len());
        if at == end {
            return false;
        }
        for number in 0..self.count {
            let Some(column) = self.column::<V>(hay, at, end) else { return false };
            for (slot, wanted) in self.wanted.iter().enumerate() {
                if *wanted == Some(number) {
                    found.places[slot] = place(hay, &column, &mut found.decoded);
                }
            }
            at = column.end + 1;
            if at > end {
                break;
            }
        }
        if let Some(unset) = &self.unset {
            for slot in 0..found.places.len() {
                if found.text(hay, slot) == &unset[..] {
                    found.places[slot] = Place::MISSING;
                }
            }
        }
        true
    }

    #[inline(always)]
    fn column<V: Vectors>(&self, hay: &[u8], start: usize, end: usize) -> Option<Column> {
        if !self.quoting || start >= end || hay[start] != b'"' {
            let end = V::find([&self.delimiter], hay, start, end).min(end);
            return Some(Column { start, end, quoted: None });
        }
        let (close, doubled) = closing::<V>(hay, start, end)?;
        let end = V::find([&self.delimiter], hay, close, end).min(end);
        Some(Column { start, end, quoted: Some(Quoted { close, doubled }) })
    }

    /// Whether a record has these texts in its columns, and no others.
    #[inline(never)]
    pub(crate) fn hold(&self, texts: &[Vec<u8>], record: &[u8]) -> bool {
        let mut decoded = Vec::new();
        let mut at = 0;
        for text in texts {
            if at > record.len() {
                return false;
            }
            let Some(column) = self.column::<NoVectors>(record, at, record.len()) else {
                return false;
            };
            decoded.clear();
            let place = place(record, &column, &mut decoded);
            let from = if place.decoded { &decoded } else { record };
            if from[place.start..place.end] != text[..] {
                return false;
            }
            at = column.end + 1;
        }
        at == record.len() + 1
    }

    /// Visits every column with its name, or else its number.
    pub(crate) fn each(&self, line: &[u8], names: &[Vec<u8>], visit: &mut Visit<'_>) -> bool {
        let mut decoded = Vec::new();
        let mut at = 0;
        if line.is_empty() {
            return false;
        }
        for number in 0.. {
            let Some(column) = self.column::<NoVectors>(line, at, line.len()) else {
                return false;
            };
            decoded.clear();
            let place = place(line, &column, &mut decoded);
            let text = if place.decoded {
                &decoded[place.start..place.end]
            } else {
                &line[place.start..place.end]
            };
            let kind = if self.unset.as_deref() == Some(text) { Kind::Missing } else { Kind::Text };
            match names.get(number) {
                Some(name) => visit(name, kind, text),
                None => visit((number + 1).to_string().as_bytes(), kind, text),
            }
            at = column.end + 1;
            if at > line.len() {
                break;
            }
        }
        true
    }
}

/// The quote that closes the one at `open`, and whether there are doubled ones between them.
#[inline(always)]
fn closing<V: Vectors>(hay: &[u8], open: usize, end: usize) -> Option<(usize, bool)> {
    let mut doubled = false;
    let mut at = open + 1;
    loop {
        at = V::find([&QUOTE], hay, at, end);
        if at >= end {
            return None;
        }
        if at + 1 < end && hay[at + 1] == b'"' {
            doubled = true;
            at += 2;
            continue;
        }
        return Some((at, doubled));
    }
}

#[inline(always)]
fn place(hay: &[u8], column: &Column, decoded: &mut Vec<u8>) -> Place {
    match &column.quoted {
        None => Place::here(Kind::Text, column.start, column.end),
        Some(Quoted { close, doubled: false }) if close + 1 == column.end => {
            Place::here(Kind::Text, column.start + 1, *close)
        }
        Some(quoted) => {
            let start = decoded.len();
            let mut inside = &hay[column.start + 1..quoted.close];
            while let Some(at) = memchr::memchr(b'"', inside) {
                decoded.extend_from_slice(&inside[..=at]);
                inside = &inside[at + 2..];
            }
            decoded.extend_from_slice(inside);
            decoded.extend_from_slice(&hay[quoted.close + 1..column.end]);
            Place { kind: Kind::Text, decoded: true, start, end: decoded.len() }
        }
    }
}

/// What the search for the end of a record has learned where it failed, so that lines are not gone
/// through again for each one before them.
///
/// Up to `at` that record was inside quotes at every line feed. So a record that begins before it either
/// ends at its first line feed, or is in quotes there too, and from then on reads as that one did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Failed {
    /// So far it is known,
    at: usize,
    /// and whether that is inside quotes.
    inside: bool,
}

/// Where the record that begins at `start` ends: at a line feed outside of quotes, or at `stop`; and how
/// many line feeds stand before that. None where a quote is not closed, or where it takes line feeds
/// in quotes to pass [`MAX_LINE`]: then the record is the line alone, and does not fit, so that a stray
/// quote costs one line and not the rest of the log.
///
/// What is found does not depend on how much there is behind the end, but for a record that is not
/// whole before `stop`. Records are asked for in their order, with one `failed` for all of a buffer.
#[inline(always)]
pub(crate) fn quoted_end<V: Vectors>(
    hay: &[u8],
    start: usize,
    stop: usize,
    delimiter: u8,
    failed: &mut Failed,
) -> Option<(usize, u64)> {
    let limit = stop.min(start + MAX_LINE + 1);
    let (mut at, mut inside, mut spans) = (start, false, false);
    if start < failed.at {
        match first_line::<V>(hay, start, stop, delimiter) {
            Some(end) => return Some((end, 0)),
            None => (at, inside, spans) = (failed.at, failed.inside, true),
        }
    }
    loop {
        if inside {
            // A quote at the limit may be one of two.
            let close = if at < limit { closing::<V>(hay, at - 1, limit) } else { None };
            let cut = |close: usize| limit < stop && close + 1 == limit;
            match close {
                Some((close, _)) if !cut(close) => at = close + 1,
                _ => {
                    *failed = Failed { at: close.map_or(at.max(limit), |(at, _)| at), inside };
                    return None;
                }
            }
            inside = false;
        }
        at = V::find([&QUOTE, &LINE_FEED], hay, at, stop).min(stop);
        if at == stop || hay[at] == b'\n' {
            let feeds = |end: usize| memchr::memchr_iter(b'\n', &hay[start..end]).count() as u64;
            if at - start > MAX_LINE && (spans || feeds(at) > 0) {
                *failed = Failed { at, inside };
                return None;
            }
            return Some((at, feeds(at)));
        }
        if at == start || hay[at - 1] == delimiter {
            if at >= limit {
                *failed = Failed { at, inside };
                return None;
            }
            inside = true;
        }
        at += 1;
    }
}

/// The first line feed from `start` on, if it is outside of quotes.
#[inline(always)]
fn first_line<V: Vectors>(hay: &[u8], start: usize, stop: usize, delimiter: u8) -> Option<usize> {
    let feed = V::find([&LINE_FEED], hay, start, stop).min(stop);
    let mut at = start;
    loop {
        at = V::find([&QUOTE], hay, at, feed).min(feed);
        if at == feed {
            return Some(feed);
        }
        if at == start || hay[at - 1] == delimiter {
            at = closing::<V>(hay, at, (feed + 1).min(stop))?.0;
        }
        at += 1;
    }
}

/// A number from 0, as people write it.
pub(crate) fn number(name: &str) -> Option<usize> {
    let digits = !name.is_empty() && name.len() <= 6 && name.bytes().all(|b| b.is_ascii_digit());
    if digits {
        name.parse().ok()
    } else {
        None
    }
}
