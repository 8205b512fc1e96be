//! Files and streams are counted as a plain reading of their lines would count them.

use super::*;
use crate::pattern::Pattern;
use crate::shape::{Kind, Shape};
use crate::source::CHUNK;
use crate::value::single;
use crate::MAX_LINE;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Write;

const MINUTE: i64 = 60_000_000_000;

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().unwrap_or_default();
    let mut lines: Vec<&[u8]> =
        lines.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    if !last.is_empty() {
        lines.push(last);
    }
    lines
}

fn temporary(bytes: &[u8]) -> File {
    use std::sync::atomic::AtomicUsize;
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("streamstats-{}-{number}", std::process::id()));
    File::create(&path).unwrap().write_all(bytes).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file
}

fn count_file(scan: &Scan, bytes: &[u8], threads: usize) -> (Tally, Report) {
    let mut counter = Counter::new(threads, scan.measures(), MINUTE);
    let report = counter.file(scan, &temporary(bytes), 0..bytes.len() as u64, &Watch::default());
    (counter.finish(), report)
}

fn count_stream(
    scan: &Scan,
    bytes: &[u8],
    threads: usize,
    step: usize,
    prefix: usize,
) -> (Tally, Report) {
    let mut counter = Counter::new(threads, scan.measures(), MINUTE);
    let prefix = prefix.min(bytes.len());
    let mut rest = &bytes[prefix..];
    let mut read = move |buffer: &mut [u8]| {
        let len = rest.len().min(step).min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        rest = &rest[len..];
        Ok(len)
    };
    let report = counter.stream(scan, &mut read, &bytes[..prefix], &Watch::default());
    (counter.finish(), report)
}

fn check(bytes: &[u8], tally: &Tally, report: &Report) {
    let lines = lines(bytes);
    let mut plain: BTreeMap<&[u8], u64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.len() <= MAX_LINE) {
        *plain.entry(line).or_default() += 1;
    }
    let texts: Vec<(Vec<u8>, u64)> = tally.counts().map(|c| (single(c.key).1, c.records)).collect();
    let counts: BTreeMap<&[u8], u64> = texts.iter().map(|(text, n)| (&text[..], *n)).collect();
    assert!(counts == plain, "{} values counted, {} expected", counts.len(), plain.len());
    assert_eq!(report.lines, lines.len() as u64);
    assert_eq!(report.bytes, bytes.len() as u64);
    let overlong = lines.iter().filter(|line| line.len() > MAX_LINE).count() as u64;
    assert_eq!((report.overlong, report.unmatched), (overlong, overlong));
    let first = lines.iter().position(|line| line.len() > MAX_LINE).map(|at| at as u64 + 1);
    assert_eq!(report.samples.first().map(|sample| sample.line), first);
}

fn whole_lines() -> Scan {
    Scan::new(&Shape::Lines, &["line"], &[], None, None, None).unwrap()
}

/// Bytes with lines of very different lengths, around the sizes at which pieces are cut.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..30),
        2 => (0usize..70_000, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
        1 => (CHUNK - 40..CHUNK + 40).prop_map(|len| vec![b'c'; len]),
    ];
    let end = prop_oneof![Just(&b"\n"[..]), Just(&b"\r\n"[..])];
    (proptest::collection::vec((line, end), 0..24), any::<bool>()).prop_map(|(lines, ended)| {
        let mut bytes = Vec::new();
        for (line, end) in lines {
            bytes.extend_from_slice(&line);
            bytes.extend_from_slice(end);
        }
        if !ended {
            while matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.pop();
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn files_are_cut_into_pieces_without_a_trace(bytes in input(), threads in 1usize..4) {
        let (tally, report) = count_file(&whole_lines(), &bytes, threads);
        check(&bytes, &tally, &report);
    }

    #[test]
    fn streams_are_cut_into_blocks_without_a_trace(
        bytes in input(), threads in 1usize..4, step in 1usize..100_000, prefix in 0usize..300_000,
    ) {
        let (tally, report) = count_stream(&whole_lines(), &bytes, threads, step.max(bytes.len() / 500), prefix);
        check(&bytes, &tally, &report);
    }
}

#[test]
fn lines_that_are_too_long_are_reported_and_not_held() {
    let mut bytes = b"first\n".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', 5 * MAX_LINE));
    bytes.extend_from_slice(b"\nlast\n");
    bytes.extend(std::iter::repeat_n(b'y', MAX_LINE + 1));
    for threads in [1, 3] {
        let (tally, report) = count_file(&whole_lines(), &bytes, threads);
        check(&bytes, &tally, &report);
        let (tally, report) = count_stream(&whole_lines(), &bytes, threads, 65_536, 3);
        check(&bytes, &tally, &report);
    }
    let exact = vec![b'z'; MAX_LINE];
    let (tally, report) = count_file(&whole_lines(), &exact, 2);
    check(&exact, &tally, &report);
}

#[test]
fn samples_carry_line_numbers_across_pieces() {
    let pattern = Pattern::new(r"^(?P<value>\d+)$").unwrap();
    let scan =
        Scan::new(&Shape::Pattern(pattern.clone()), &["value"], &[], None, None, None).unwrap();
    let mut bytes = Vec::new();
    for number in 1..=200_000 {
        let text = if number % 60_000 == 0 { "bad".to_owned() } else { number.to_string() };
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'\n');
    }
    for (_, report) in [count_file(&scan, &bytes, 2), count_stream(&scan, &bytes, 2, 9999, 100)] {
        let numbers: Vec<u64> = report.samples.iter().map(|sample| sample.line).collect();
        assert_eq!(numbers, [60_000, 120_000, 180_000]);
        assert_eq!((report.lines, report.unmatched, report.records), (200_000, 3, 199_997));
        assert_eq!(report.samples[0].text, b"bad");
    }
}

#[test]
fn conditions_and_sums() {
    let pattern = Pattern::new(r"^(?P<user>\w+) (?P<status>\d+) (?P<size>\S+)$").unwrap();
    let scan = Scan::new(
        &Shape::Pattern(pattern.clone()),
        &["user"],
        &[("status", "<", "400")],
        Some("size"),
        None,
        None,
    )
    .unwrap();
    let text = b"a 200 10\nb 200 0.5\na 500 7\na 200 -\nb 304 x\nnonsense\n";
    let (tally, report) = count_file(&scan, text, 1);
    let one = crate::amount::ONE;
    assert_eq!(tally.get(b"a").map(|c| (c.records, c.sum)), Some((2, 10 * one)));
    assert_eq!(tally.get(b"b").map(|c| (c.records, c.sum)), Some((1, one / 2)));
    assert_eq!((report.lines, report.records, report.unmatched), (6, 3, 2));
}

#[test]
fn numbers_are_described_by_value_or_of_all() {
    use crate::numbers::Keep;
    let pattern = Pattern::new(r"^(?P<user>\w+) (?P<time>\S*)$").unwrap();
    let shape = Shape::Pattern(pattern);
    let line = |n: u64| match n % 5 {
        0 => format!("u{} -\n", n % 4),
        1 => format!("u{} {}us\n", n % 4, n),
        2 => format!("u{} oops\n", n % 4),
        _ => format!("u{} {}ms\n", n % 4, n),
    };
    let text: String = (0..100_000).map(line).collect();
    for keep in [Keep::Whole, Keep::Each] {
        let by: &[&str] = if keep == Keep::Each { &["user"] } else { &[] };
        let scan = Scan::new(&shape, by, &[], None, Some(("time", keep)), None).unwrap();
        let counted = [1, 3].map(|threads| count_file(&scan, text.as_bytes(), threads));
        let streamed = count_stream(&scan, text.as_bytes(), 2, 5000, 77);
        for (tally, report) in counted.iter().chain([&streamed]) {
            assert_eq!(
                (report.unmatched, report.not_numbers, report.records),
                (20_000, 20_000, 80_000)
            );
            let whole = tally.numbers();
            assert_eq!((whole.absent, whole.units), (20_000, [0, 60_000, 0]));
            let moments = whole.sketch.moments();
            assert_eq!(
                (moments.count, moments.least, moments.most),
                (60_000, 1_000, 99_999_000_000)
            );
            assert_eq!(tally.len(), if keep == Keep::Each { 4 } else { 1 });
            let one = tally.numbers_of(b"u1").map(|sketch| sketch.count());
            assert_eq!(one, (keep == Keep::Each).then_some(15_000));
        }
    }
    assert!(Scan::new(&shape, &[], &[], None, None, None).is_err());
}

#[test]
fn several_groups_are_counted_together() {
    let pattern = Pattern::new(r"^(\S+) (\S+)").unwrap();
    let scan =
        Scan::new(&Shape::Pattern(pattern.clone()), &["2", "1"], &[], None, None, None).unwrap();
    let (tally, _) = count_file(&scan, b"a b\na b\na c\n", 2);
    assert_eq!(
        tally.get(&crate::value::join(&[(Kind::Text, b"b"), (Kind::Text, b"a")])).unwrap().records,
        2
    );
    assert_eq!(tally.len(), 2);
}

#[test]
fn a_great_many_values_go_through_the_shards() {
    let mut bytes = Vec::new();
    for i in 0..1_900_000u32 {
        bytes.extend_from_slice(format!("{:x}\n", u64::from(i) * 7_919 % 1_800_000).as_bytes());
    }
    let (tally, report) = count_file(&whole_lines(), &bytes, 2);
    assert!(tally.tables().len() > 1, "the shards were used");
    let mut plain: std::collections::HashMap<&[u8], u64> = std::collections::HashMap::new();
    lines(&bytes).into_iter().for_each(|line| *plain.entry(line).or_default() += 1);
    assert_eq!((tally.len(), report.lines), (plain.len(), 1_900_000));
    assert!(plain.iter().all(|(value, n)| tally.get(value).is_some_and(|c| c.records == *n)));
}

#[test]
fn a_cancelled_scan_stops_and_keeps_what_it_has() {
    let watch = Watch::default();
    watch.cancelled.store(true, Ordering::Relaxed);
    let bytes = b"a\n".repeat(1 << 20);
    let mut counter = Counter::new(2, Measures::default(), 1);
    let report = counter.file(&whole_lines(), &temporary(&bytes), 0..bytes.len() as u64, &watch);
    assert!(report.cancelled && report.lines == 0);
    let mut endless = |buffer: &mut [u8]| {
        buffer.fill(b'a');
        Ok(buffer.len())
    };
    let report = counter.stream(&whole_lines(), &mut endless, b"a\nb\nc", &watch);
    assert_eq!((report.cancelled, report.lines), (true, 2));
}

#[test]
fn what_was_read_before_an_error_counts() {
    let mut first = true;
    let mut read = |buffer: &mut [u8]| {
        if std::mem::take(&mut first) {
            buffer[..4].copy_from_slice(b"a\nb\n");
            return Ok(4);
        }
        Err(io::Error::other("gone"))
    };
    let mut counter = Counter::new(2, Measures::default(), 1);
    let report = counter.stream(&whole_lines(), &mut read, b"", &Watch::default());
    assert_eq!(report.lines, 2);
    assert_eq!(report.error.unwrap().to_string(), "gone");
}

fn timed(start: i64, end: i64) -> Scan {
    let pattern = Pattern::new(r"^(?P<time>\S+) (?P<value>\S+)$").unwrap();
    let time = crate::record::Time {
        format: crate::timestamp::Format::compile("%Y-%m-%dT%H:%M:%S%.f%z").unwrap(),
        zone: crate::timestamp::Zone::utc(),
        reference: i64::MAX,
        start,
        end,
    };
    Scan::new(&Shape::Pattern(pattern.clone()), &["value"], &[], None, None, Some(("time", time)))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn times_are_those_of_a_plain_reading(
        records in proptest::collection::vec((0i64..4000, 0u8..5, any::<bool>()), 1..400),
        repeat in 1usize..30, threads in 1usize..4, start in 0i64..2000, length in 1i64..4000,
    ) {
        let second = 1_000_000_000;
        let base = 1_767_225_600; // 2026-01-01
        let mut bytes = Vec::new();
        let mut plain: BTreeMap<u8, BTreeMap<i64, u64>> = BTreeMap::new();
        let (mut out_of_order, mut undated, mut previous) = (0, 0, i64::MIN);
        for (at, value, dated) in records.iter().cycle().take(records.len() * repeat) {
            if !dated {
                bytes.extend_from_slice(b"2026-13-01T00:00:00Z v\n");
                undated += 1;
                continue;
            }
            out_of_order += u64::from(*at < previous);
            previous = *at;
            let (minute, sec) = (at / 60, at % 60);
            let stamp = format!("2026-01-01T{:02}:{:02}:{sec:02}Z", minute / 60, minute % 60);
            bytes.extend_from_slice(format!("{stamp} {value}\n").as_bytes());
            if (start..start + length).contains(at) {
                *plain.entry(*value).or_default().entry((base + at).div_euclid(60)).or_default() += 1;
            }
        }
        let scan = timed((base + start) * second, (base + start + length) * second);
        let by_file = count_file(&scan, &bytes, threads);
        let by_stream = count_stream(&scan, &bytes, threads, 5000, 100);
        for (tally, report) in [by_file, by_stream] {
            prop_assert_eq!((report.out_of_order, report.undated), (out_of_order, undated));
            prop_assert!(!report.leaned && !report.folded);
            let order = tally.order(&crate::tally::Choice {
                sort: crate::tally::Sort::Value, reverse: false, outside: None, limit: None,
                also: Default::default(),
            });
            let found: Vec<Vec<(i64, u64)>> =
                order.lives(&tally, (0, usize::MAX), 1).map(|life| life.buckets().collect()).collect();
            let expected: Vec<Vec<(i64, u64)>> =
                plain.values().map(|buckets| buckets.iter().map(|(b, n)| (*b, *n)).collect()).collect();
            prop_assert_eq!(found, expected);
            let mut whole: BTreeMap<i64, u64> = BTreeMap::new();
            plain.values().flatten().for_each(|(bucket, n)| *whole.entry(*bucket).or_default() += n);
            prop_assert_eq!(tally.timeline().buckets(), whole.into_iter().collect::<Vec<_>>());
        }
    }
}
