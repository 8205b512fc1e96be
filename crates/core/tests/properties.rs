//! What is written in any family is read as the instant that jiff says it is, and no bytes at all
//! make the reader fail.

mod written;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use streamstats_core::timestamp::{find, recognise, Format, Hints, State, Zone, FAMILIES};
use written::{instant, write, Written, SECOND};

/// 2001-09-09 to 2096: epochs of ten digits, and years of which two digits say enough.
fn times() -> impl Strategy<Value = Written> {
    let at = (1_000_000_000_i64..3_124_000_000, 0..SECOND);
    let whims = (0..10_usize, 0..10_usize, 0..10_usize, any::<[bool; 3]>());
    (at, whims).prop_map(
        |((second, nanosecond), (decimals, between, zone, [twelve, weekday, padded]))| {
            let at = jiff::Timestamp::new(second, nanosecond as i32).unwrap();
            let at: DateTime = TimeZone::UTC.to_datetime(at);
            Written { at, decimals, between, zone, twelve, weekday, padded }
        },
    )
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Zurich",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Kiritimati",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)) })]

    #[test]
    fn what_is_written_is_read(
        written in times(), zone in zones(), now in 1_000_000_000_i64..4_000_000_000,
    ) {
        let reference = now * SECOND;
        let (ours, theirs) = (Zone::named(zone).unwrap(), TimeZone::get(zone).unwrap());
        for family in &FAMILIES {
            let format = Format::compile(family.letters).unwrap();
            let text = write(family.letters, &written);
            let expected = instant(family.letters, &text, &theirs, reference);
            let bytes = text.text.as_bytes();
            let mut state = State::new(&ours, reference);
            let read = format.parse(bytes, &mut state);
            prop_assert_eq!(read, expected, "{} {:?} {:?}", family.name, text.text, text.at);
            prop_assert_eq!(format.parse(bytes, &mut state), expected, "again: {:?}", text.text);
            if expected.is_none() {
                continue;
            }
            let longer = [bytes, b" and more"].concat();
            let (_, used) = format.parse_prefix(&longer, &mut state).unwrap();
            prop_assert_eq!(used, bytes.len(), "{:?}", text.text);
        }
    }

    /// The family that is recognised reads the same instant as the one that wrote.
    #[test]
    fn what_is_written_is_recognised(written in times(), day_first in any::<bool>()) {
        let reference = 4_000_000_000 * SECOND;
        let hints = Hints { day_first: Some(day_first) };
        for family in &FAMILIES {
            let told = family.letters.find("%d").zip(family.letters.find("%m"));
            let year_first = family.letters.starts_with("%y");
            if told.is_some_and(|(day, month)| (day < month) != day_first)
                && !family.letters.starts_with("%Y")
                || year_first
            {
                continue;
            }
            let text = write(family.letters, &written);
            let format = recognise(&[text.text.as_bytes()], hints);
            prop_assert!(format.is_ok(), "{} {:?}", family.name, text.text);
            let format = format.unwrap();
            let mut state = State::new(&Zone::utc(), reference);
            let read = format.parse(text.text.as_bytes(), &mut state);
            let expected = instant(family.letters, &text, &TimeZone::UTC, reference);
            prop_assert_eq!(read, expected, "{} {:?} {:?}", family.name, text.text, format);
        }
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        harmless(&bytes);
    }

    /// Bytes that are nearly stamps.
    #[test]
    fn no_damaged_stamp_makes_it_fail(
        written in times(), row in 0..FAMILIES.len(), cut in any::<prop::sample::Index>(),
        put in prop::collection::vec(prop::sample::select(b"0123456789-:/. TZ+,%\x80\xffJan".to_vec()), 0..4),
    ) {
        let text = write(FAMILIES[row].letters, &written).text.into_bytes();
        let cut = cut.index(text.len() + 1);
        let damaged = [&text[..cut], &put, &text[cut..]].concat();
        harmless(&damaged);
        let swapped = [&text[cut..], &put, &text[..cut]].concat();
        harmless(&swapped);
    }

    #[test]
    fn no_letters_make_it_fail(letters in "(%[a-zA-Z.:?~,*%]{1,2}|[ -~]|é){0,12}", text in "[ -~]{0,30}") {
        if let Ok(format) = Format::compile(&letters) {
            let mut state = State::new(&Zone::utc(), 0);
            format.parse(text.as_bytes(), &mut state);
            format.search(text.as_bytes(), &mut state);
        }
    }
}

fn harmless(bytes: &[u8]) {
    let zone = Zone::named("Europe/Zurich").unwrap();
    let mut state = State::new(&zone, i64::MAX);
    if let Some(found) = find(bytes, Hints::default()) {
        assert!(!found.range.is_empty() && found.range.end <= bytes.len());
        let text = &bytes[found.range.clone()];
        let once = found.format.parse(text, &mut state);
        // the hand-made reading and the memory of the last stamp change nothing
        let mut fresh = State::new(&zone, i64::MAX);
        let prefix = found.format.parse_prefix(text, &mut fresh);
        assert_eq!(once, prefix.map(|(instant, _)| instant));
        assert_eq!(once, found.format.parse(text, &mut state));
    }
    if let Ok(format) = recognise(&[bytes], Hints::default()) {
        format.parse(bytes, &mut state);
    }
    for family in &FAMILIES {
        let format = Format::compile(family.letters).unwrap();
        if let Some((_, used)) = format.parse_prefix(bytes, &mut state) {
            assert!(used <= bytes.len());
        }
        format.parse(bytes, &mut state);
    }
}

/// Reading looks at a bounded number of bytes, whatever follows or stands between.
#[test]
fn long_lines_take_time_in_proportion() {
    for unit in [
        "2015-01-21 ",
        "1 ",
        "Jan ",
        "Jan          ",
        "12:",
        "@4",
        "2015-01-21T10:56:1",
        "+0100 ",
        "éé",
    ] {
        let time = |times: usize| {
            let line = unit.repeat(times).into_bytes();
            // The quickest of a few, since other processes take their turns on this machine.
            let quickest = (0..5).map(|_| {
                let begin = std::time::Instant::now();
                find(&line, Hints::default());
                begin.elapsed().as_nanos()
            });
            quickest.min().unwrap_or_default() as f64 / line.len() as f64
        };
        time(1000);
        let (short, long) = (time(10_000), time(80_000));
        assert!(long < short * 4.0 + 50.0, "{unit:?}: {short} then {long} ns per byte");
    }
}
