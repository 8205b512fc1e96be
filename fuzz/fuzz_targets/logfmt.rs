//! Whatever the line: the pairs of logfmt are those of a plain reading, one byte after another, and a
//! scan counts what is shown of them.
//!
//! The input is lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use streamstats_core::record::Scan;
use streamstats_core::scan::{Counter, Watch};
use streamstats_core::shape::{Kind, Shape};
use streamstats_core::value;

/// Keys that are wanted, alone and together.
const WANTED: [&[&str]; 3] = [&["a"], &["msg", "a"], &["level", "", "b"]];

/// A key, and what it holds: none for a key alone.
type Pair = (Vec<u8>, Option<Vec<u8>>);

fuzz_target!(|input: &[u8]| {
    let mut lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().unwrap_or_default();
    let mut lines: Vec<&[u8]> =
        lines.iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    if !last.is_empty() {
        lines.push(last);
    }
    let read: Vec<Option<Vec<Pair>>> = lines.iter().map(|line| pairs(line)).collect();
    for (line, pairs) in lines.iter().zip(&read) {
        shown(line, pairs.as_deref());
    }
    for wanted in WANTED {
        counted(input, &read, wanted);
    }
});

/// The pairs of a line; none where it is of another shape.
fn pairs(line: &[u8]) -> Option<Vec<Pair>> {
    let mut pairs = Vec::new();
    let mut rest = line.iter().copied().peekable();
    loop {
        while rest.next_if(|byte| is_blank(*byte)).is_some() {}
        if rest.peek().is_none() {
            let any = pairs.iter().any(|(_, value): &Pair| value.is_some());
            return any.then_some(pairs);
        }
        let mut key = Vec::new();
        while let Some(byte) = rest.next_if(|byte| !is_blank(*byte) && *byte != b'=') {
            if byte == b'"' {
                return None;
            }
            key.push(byte);
        }
        if rest.next_if_eq(&b'=').is_none() {
            pairs.push((key, None));
            continue;
        }
        if key.is_empty() {
            return None;
        }
        let mut value = Vec::new();
        if rest.next_if_eq(&b'"').is_some() {
            loop {
                match rest.next()? {
                    b'"' => break,
                    b'\\' => value.extend([b'\\', rest.next()?]),
                    byte => value.push(byte),
                }
            }
            value = meant(&value);
        } else {
            while let Some(byte) = rest.next_if(|byte| !is_blank(*byte)) {
                value.push(byte);
            }
        }
        pairs.push((key, Some(value)));
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// What a text with escapes means.
fn meant(text: &[u8]) -> Vec<u8> {
    /// A byte, or what `\u` writes: half a character or a whole one.
    enum Part {
        Byte(u8),
        Unit(u16),
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (part, taken) = match &text[at..] {
            [b'\\', b'u', hex @ ..]
                if hex.len() >= 4 && hex[..4].iter().all(u8::is_ascii_hexdigit) =>
            {
                let digits = std::str::from_utf8(&hex[..4]).expect("digits are text");
                (Part::Unit(u16::from_str_radix(digits, 16).expect("they are digits")), 6)
            }
            [b'\\', b'u', ..] => (Part::Byte(b'\\'), 1),
            [b'\\', letter, ..] => {
                let letters = b"bfnrt".iter().zip(b"\x08\x0c\n\r\t");
                let byte = letters.clone().find(|(known, _)| *known == letter);
                (Part::Byte(byte.map_or(*letter, |(_, byte)| *byte)), 2)
            }
            [byte, ..] => (Part::Byte(*byte), 1),
            [] => break,
        };
        parts.push(part);
        at += taken;
    }
    let mut bytes = Vec::new();
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next() {
        let code = match part {
            Part::Byte(byte) => {
                bytes.push(*byte);
                continue;
            }
            Part::Unit(unit) => *unit,
        };
        let pair = match parts.peek() {
            Some(Part::Unit(low)) => char::decode_utf16([code, *low]).next().and_then(Result::ok),
            _ => None,
        };
        let alone = char::from_u32(u32::from(code));
        match (alone, pair) {
            (Some(letter), _) => bytes.extend(letter.to_string().as_bytes()),
            (None, Some(letter)) => {
                bytes.extend(letter.to_string().as_bytes());
                parts.next();
            }
            (None, None) => {
                let low = |shift: u16| 0x80 | (code >> shift & 0x3f) as u8;
                bytes.extend([0xed, low(6), low(0)]);
            }
        }
    }
    bytes
}

fn shown(line: &[u8], expected: Option<&[Pair]>) {
    let mut seen: Vec<Pair> = Vec::new();
    let fits = Shape::Logfmt.each(line, &mut |key, kind, text| {
        assert!(kind == Kind::Text || (kind, text) == (Kind::Boolean, b"true"), "{line:?}");
        seen.push((key.to_vec(), (kind == Kind::Text).then(|| text.to_vec())));
    });
    assert_eq!(fits.then_some(&seen[..]), expected, "{line:?}");
}

/// Counts the lines as a scan does, with vectors and with other lines around.
fn counted(text: &[u8], lines: &[Option<Vec<Pair>>], wanted: &[&str]) {
    let scan = Scan::new(&Shape::Logfmt, wanted, &[], None, None, None).expect("any key will do");
    let mut rest = text;
    let mut read = |buffer: &mut [u8]| std::io::Read::read(&mut rest, buffer);
    let mut counter = Counter::new(1, scan.measures(), 1);
    let report = counter.stream(&scan, &mut read, b"", &Watch::default());
    let tally = counter.finish();
    let mut expected = BTreeMap::<Vec<u8>, u64>::new();
    for pairs in lines.iter().flatten() {
        let group = |name: &&str| {
            let last = pairs.iter().rev().find(|(key, _)| key == name.as_bytes());
            match last {
                Some((_, Some(value))) => (Kind::Text, &value[..]),
                Some((_, None)) => (Kind::Boolean, &b"true"[..]),
                None => (Kind::Missing, &b""[..]),
            }
        };
        let groups: Vec<(Kind, &[u8])> = wanted.iter().map(group).collect();
        *expected.entry(value::join(&groups)).or_default() += 1;
    }
    let found = tally.counts().map(|count| (count.key.to_vec(), count.records)).collect();
    assert_eq!(expected, found, "{wanted:?}");
    assert_eq!(report.lines, lines.len() as u64);
    assert_eq!(report.unmatched, lines.iter().filter(|pairs| pairs.is_none()).count() as u64);
}
