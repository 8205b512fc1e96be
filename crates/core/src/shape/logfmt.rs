//! Pairs of `key=value` between blanks, as Heroku, Go's kit and Grafana's programs write them.

use super::escape::decode;
use super::found::{Found, Kind, Place};
use super::Visit;
use crate::pattern::{NoVectors, Splat, Vectors};

static BLANK: Splat = Splat::of(b' ');
static TAB: Splat = Splat::of(b'\t');
static EQUAL: Splat = Splat::of(b'=');
static QUOTE: Splat = Splat::of(b'"');
static BACKSLASH: Splat = Splat::of(b'\\');

/// What a key without a value holds.
const SET: &[u8] = b"true";

/// The keys that are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Logfmt {
    keys: Vec<Vec<u8>>,
}

/// One pair of a line.
struct Pair {
    key: (usize, usize),
    /// None for a key alone.
    value: Option<(usize, usize)>,
    escaped: bool,
    /// Where the next one is looked for.
    next: usize,
}

impl Logfmt {
    /// Takes the values of these keys.
    pub(crate) fn new(names: &[&str]) -> Logfmt {
        Logfmt { keys: names.iter().map(|name| name.as_bytes().to_vec()).collect() }
    }

    /// Takes the values out of a line; false where it has no pair, or a quote that is not closed. Of a
    /// key that stands there several times the last one counts.
    #[inline(always)]
    pub(crate) fn extract<V: Vectors>(
        &self,
        hay: &[u8],
        mut at: usize,
        end: usize,
        found: &mut Found,
    ) -> bool {
        found.reset(self.keys.len());
        let mut pairs = false;
        loop {
            at = blanks(hay, at, end);
            if at == end {
                return pairs;
            }
            let Some(pair) = pair::<V>(hay, at, end) else { return false };
            pairs |= pair.value.is_some();
            at = pair.next;
            let key = &hay[pair.key.0..pair.key.1];
            if let Some(slot) = self.keys.iter().position(|wanted| wanted[..] == *key) {
                found.places[slot] = match pair.value {
                    Some((start, stop)) if pair.escaped => {
                        let begin = found.decoded.len();
                        decode(&hay[start..stop], &mut found.decoded);
                        let end = found.decoded.len();
                        Place { kind: Kind::Text, decoded: true, start: begin, end }
                    }
                    Some((start, stop)) => Place::here(Kind::Text, start, stop),
                    None => {
                        let start = found.decoded.len();
                        found.decoded.extend_from_slice(SET);
                        let end = found.decoded.len();
                        Place { kind: Kind::Boolean, decoded: true, start, end }
                    }
                };
            }
        }
    }
}

/// The pair that begins at `at`; none where a quote stands in its key, or is not closed.
#[inline(always)]
fn pair<V: Vectors>(hay: &[u8], at: usize, end: usize) -> Option<Pair> {
    let stop = V::find([&EQUAL, &BLANK, &TAB, &QUOTE], hay, at, end).min(end);
    if stop == end || matches!(hay[stop], b' ' | b'\t') {
        return Some(Pair { key: (at, stop), value: None, escaped: false, next: stop });
    }
    if hay[stop] == b'"' || stop == at {
        return None;
    }
    let start = stop + 1;
    if start == end || hay[start] != b'"' {
        let stop = V::find([&BLANK, &TAB], hay, start, end).min(end);
        let value = Some((start, stop));
        return Some(Pair { key: (at, start - 1), value, escaped: false, next: stop });
    }
    let mut escaped = false;
    let mut close = start + 1;
    loop {
        close = V::find([&QUOTE, &BACKSLASH], hay, close, end);
        if close >= end {
            return None;
        }
        if hay[close] == b'"' {
            break;
        }
        escaped = true;
        close += 2;
        if close > end {
            return None;
        }
    }
    let value = Some((start + 1, close));
    Some(Pair { key: (at, start - 1), value, escaped, next: close + 1 })
}

#[inline(always)]
fn blanks(hay: &[u8], mut at: usize, end: usize) -> usize {
    while at < end && matches!(hay[at], b' ' | b'\t') {
        at += 1;
    }
    at
}

/// Visits every key. False where [`Logfmt::extract`] would say so; then some may have been visited.
pub fn each(line: &[u8], visit: &mut Visit<'_>) -> bool {
    let (mut at, mut pairs) = (0, false);
    loop {
        at = blanks(line, at, line.len());
        if at == line.len() {
            return pairs;
        }
        let Some(pair) = pair::<NoVectors>(line, at, line.len()) else { return false };
        pairs |= pair.value.is_some();
        at = pair.next;
        let key = &line[pair.key.0..pair.key.1];
        match pair.value {
            None => visit(key, Kind::Boolean, SET),
            Some((start, stop)) if pair.escaped => {
                let mut text = Vec::new();
                decode(&line[start..stop], &mut text);
                visit(key, Kind::Text, &text);
            }
            Some((start, stop)) => visit(key, Kind::Text, &line[start..stop]),
        }
    }
}
