//! The words that stand in timestamps: months, weekdays, halves of the day and zones.

/// Months as loggers shorten them in other languages than English, and `sept`.
///
/// Only words that name one month in every language that has them.
const MONTHS: [(&[u8], u8); 42] = [
    (b"sept", 9),
    (b"janv", 1),
    (b"ene", 1),
    (b"gen", 1),
    ("févr".as_bytes(), 2),
    (b"fevr", 2),
    (b"fev", 2),
    (b"mars", 3),
    ("mär".as_bytes(), 3),
    ("märz".as_bytes(), 3),
    (b"mrz", 3),
    (b"mrt", 3),
    (b"avr", 4),
    (b"avril", 4),
    (b"abr", 4),
    (b"mai", 5),
    (b"maj", 5),
    (b"mei", 5),
    (b"mag", 5),
    (b"juin", 6),
    (b"juni", 6),
    (b"giu", 6),
    (b"juil", 7),
    (b"juli", 7),
    (b"lug", 7),
    ("août".as_bytes(), 8),
    (b"aout", 8),
    (b"ago", 8),
    (b"set", 9),
    (b"okt", 10),
    (b"ott", 10),
    (b"out", 10),
    (b"dez", 12),
    (b"dic", 12),
    ("déc".as_bytes(), 12),
    (b"augustus", 8),
    (b"januar", 1),
    (b"februar", 2),
    (b"oktober", 10),
    (b"dezember", 12),
    (b"januari", 1),
    (b"februari", 2),
];

const FULL_MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

const FULL_WEEKDAYS: [&[u8]; 7] =
    [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];

/// Zone abbreviations that mean one offset (seconds east of UTC) wherever they are written, at
/// least since 1990.
const ZONES: [(&[u8], i32); 36] = [
    (b"UTC", 0),
    (b"GMT", 0),
    (b"UT", 0),
    (b"WET", 0),
    (b"WEST", 3600),
    (b"CET", 3600),
    (b"CEST", 7200),
    (b"MET", 3600),
    (b"MEST", 7200),
    (b"MESZ", 7200),
    (b"MEZ", 3600),
    (b"EET", 7200),
    (b"EEST", 10800),
    (b"SAST", 7200),
    (b"EAT", 10800),
    (b"CAT", 7200),
    (b"WAT", 3600),
    (b"EST", -18000),
    (b"EDT", -14400),
    (b"CDT", -18000),
    (b"MST", -25200),
    (b"MDT", -21600),
    (b"PST", -28800),
    (b"PDT", -25200),
    (b"AKST", -32400),
    (b"AKDT", -28800),
    (b"HST", -36000),
    (b"JST", 32400),
    (b"KST", 32400),
    (b"AWST", 28800),
    (b"ACST", 34200),
    (b"ACDT", 37800),
    (b"AEST", 36000),
    (b"AEDT", 39600),
    (b"NZST", 43200),
    (b"NZDT", 46800),
];

/// Abbreviations that several zones share, or whose offset has changed. They are seen to be
/// zones, but are read only where the zone of the run writes its own time so at that moment.
const LOCAL_ZONES: [&[u8]; 27] = [
    b"CST", b"IST", b"BST", b"AST", b"ADT", b"SST", b"GST", b"NST", b"NDT", b"MSK", b"MSD", b"PKT",
    b"WIB", b"WITA", b"WIT", b"HKT", b"SGT", b"PHT", b"BRT", b"BRST", b"ART", b"CLT", b"CLST",
    b"IDT", b"IRST", b"ICT", b"HDT",
];

/// A zone as its abbreviation says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneWord {
    /// Seconds east of UTC.
    Offset(i32),
    /// To be looked up in the zone of the run.
    Local(Abbreviation),
}

/// Up to seven letters, padded with zeros.
pub(crate) type Abbreviation = [u8; 8];

pub(crate) fn abbreviation(word: &[u8]) -> Option<Abbreviation> {
    let mut padded = [0; 8];
    if word.len() >= padded.len() {
        return None;
    }
    padded[..word.len()].copy_from_slice(word);
    Some(padded)
}

/// The length of the word at the start: ASCII letters and bytes of other letters in UTF-8.
fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take(12).take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count()
}

#[inline]
fn lowered(name: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, name[0] | 32, name[1] | 32, name[2] | 32])
}

const fn key(word: &[u8; 3]) -> u32 {
    u32::from_be_bytes([0, word[0], word[1], word[2]])
}

#[inline]
pub(crate) fn english_month(name: [u8; 3]) -> Option<u8> {
    const JAN: u32 = key(b"jan");
    const FEB: u32 = key(b"feb");
    const MAR: u32 = key(b"mar");
    const APR: u32 = key(b"apr");
    const MAY: u32 = key(b"may");
    const JUN: u32 = key(b"jun");
    const JUL: u32 = key(b"jul");
    const AUG: u32 = key(b"aug");
    const SEP: u32 = key(b"sep");
    const OCT: u32 = key(b"oct");
    const NOV: u32 = key(b"nov");
    const DEC: u32 = key(b"dec");
    Some(match lowered(name) {
        JAN => 1,
        FEB => 2,
        MAR => 3,
        APR => 4,
        MAY => 5,
        JUN => 6,
        JUL => 7,
        AUG => 8,
        SEP => 9,
        OCT => 10,
        NOV => 11,
        DEC => 12,
        _ => return None,
    })
}

/// The month whose name stands at the start, and the length of the name.
#[inline]
pub(crate) fn month(bytes: &[u8]) -> Option<(u8, usize)> {
    if let Some(number) = bytes.first_chunk().copied().and_then(english_month) {
        match bytes.get(3) {
            Some(next) if next.is_ascii_alphabetic() || *next >= 0x80 => {}
            _ => return Some((number, 3)),
        }
    }
    long_month(bytes)
}

#[cold]
fn long_month(bytes: &[u8]) -> Option<(u8, usize)> {
    let word = &bytes[..word_length(bytes)];
    let full = FULL_MONTHS.iter().position(|name| word.eq_ignore_ascii_case(name));
    if let Some(index) = full {
        return Some((index as u8 + 1, word.len()));
    }
    let found = MONTHS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name))?;
    Some((found.1, word.len()))
}

/// The length of the English weekday at the start.
#[inline]
pub(crate) fn weekday(bytes: &[u8]) -> Option<usize> {
    let day = match &lowered(*bytes.first_chunk()?).to_be_bytes()[1..] {
        b"mon" => 0,
        b"tue" => 1,
        b"wed" => 2,
        b"thu" => 3,
        b"fri" => 4,
        b"sat" => 5,
        b"sun" => 6,
        _ => return None,
    };
    let length = word_length(bytes);
    let whole = length == 3 || bytes[..length].eq_ignore_ascii_case(FULL_WEEKDAYS[day]);
    whole.then_some(length)
}

/// Whether the word at the start says after noon, and its length: `AM`, `pm`, `a.m.`.
#[inline]
pub(crate) fn half(bytes: &[u8]) -> Option<(bool, usize)> {
    let after_noon = match bytes.first()? | 32 {
        b'a' => false,
        b'p' => true,
        _ => return None,
    };
    let length = match bytes.get(1..4) {
        Some([b'.', m, b'.']) if m | 32 == b'm' => 4,
        _ if bytes.get(1)? | 32 == b'm' => 2,
        _ => return None,
    };
    match bytes.get(length) {
        Some(next) if next.is_ascii_alphanumeric() => None,
        _ => Some((after_noon, length)),
    }
}

/// The zone whose abbreviation stands at the start, and its length.
#[inline]
pub(crate) fn zone(bytes: &[u8]) -> Option<(ZoneWord, usize)> {
    let length = bytes.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count();
    if !(2..=5).contains(&length) {
        return None;
    }
    match bytes.get(length) {
        Some(next) if next.is_ascii_alphanumeric() || *next == b'_' => return None,
        _ => {}
    }
    let word = &bytes[..length];
    if let Some((_, offset)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some((ZoneWord::Offset(*offset), length));
    }
    let local = LOCAL_ZONES.contains(&word);
    local.then(|| abbreviation(word)).flatten().map(|name| (ZoneWord::Local(name), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_full_short_and_foreign() {
        for (text, expected) in [
            ("Jan 1", Some((1, 3))),
            ("DECEMBER", Some((12, 8))),
            ("sept./2015", Some((9, 4))),
            ("août/2015", Some((8, 5))),
            ("May27", Some((5, 3))),
            ("Janet", None),
            ("Ma", None),
            ("", None),
        ] {
            assert_eq!(month(text.as_bytes()), expected, "{text}");
        }
        for (index, name) in FULL_MONTHS.iter().enumerate() {
            assert_eq!(month(&name[..3]), Some((index as u8 + 1, 3)));
        }
    }

    #[test]
    fn no_zone_is_in_both_tables_and_none_twice() {
        let mut names: Vec<&[u8]> = ZONES.iter().map(|(name, _)| *name).collect();
        names.extend(LOCAL_ZONES);
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn zones_are_whole_words() {
        assert_eq!(zone(b"CEST 2013"), Some((ZoneWord::Offset(7200), 4)));
        assert_eq!(zone(b"UTC"), Some((ZoneWord::Offset(0), 3)));
        assert!(matches!(zone(b"CST"), Some((ZoneWord::Local(_), 3))));
        for text in ["INFO", "UTCX", "utc", "U", "UTC_1", ""] {
            assert_eq!(zone(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn halves_and_weekdays() {
        assert_eq!(half(b"PM UTC"), Some((true, 2)));
        assert_eq!(half(b"a.m. "), Some((false, 4)));
        assert_eq!(half(b"PMC"), None);
        assert_eq!(weekday(b"Tuesday, "), Some(7));
        assert_eq!(weekday(b"Sunny"), None);
        assert_eq!(weekday(b"Sat"), Some(3));
    }
}
