use super::*;
use crate::record::{Scan, Time};
use crate::scan::{Counter, Report, Watch};
use crate::tally::Tally;
use crate::timestamp::{Format, Zone};
use crate::value::{single, split};
use crate::MAX_LINE;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn count(scan: &Scan, bytes: &[u8], threads: usize) -> (Tally, Report) {
    let mut rest = bytes;
    let mut read = move |buffer: &mut [u8]| {
        let len = rest.len().min(buffer.len()).min(50_000);
        buffer[..len].copy_from_slice(&rest[..len]);
        rest = &rest[len..];
        Ok(len)
    };
    let mut counter = Counter::new(threads, scan.measures(), 1);
    let report = counter.stream(scan, &mut read, b"", &Watch::default());
    (counter.finish(), report)
}

fn counts(shape: &Shape, by: &[&str], bytes: &[u8]) -> (BTreeMap<Vec<u8>, u64>, Report) {
    let scan = Scan::new(shape, by, &[], None, None, None).unwrap();
    values(&scan, by.len(), bytes)
}

fn values(scan: &Scan, groups: usize, bytes: &[u8]) -> (BTreeMap<Vec<u8>, u64>, Report) {
    let (tally, report) = count(scan, bytes, 2);
    let text = |key: &[u8]| match groups {
        1 => single(key).1,
        _ => split(key).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(&b'|'),
    };
    (tally.counts().map(|count| (text(count.key), count.records)).collect(), report)
}

fn once(values: &[&str]) -> BTreeMap<Vec<u8>, u64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.as_bytes().to_vec()).or_default() += 1;
    }
    counts
}

fn csv(names: &[&str]) -> Shape {
    let names: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
    let header = if names.is_empty() { Header::None } else { Header::Names(names) };
    Shape::Separated(Separated { delimiter: b',', quoting: true, header })
}

/// Records as Python's `csv` reads them, written out as its automaton.
fn reference(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Inside,
        Quoted,
        Closed,
    }
    let (mut records, mut record, mut field, mut at) =
        (Vec::new(), Vec::new(), Vec::new(), At::Start);
    let mut begun = false;
    for (i, &byte) in text.iter().enumerate() {
        let end = byte == b'\n' || (byte == b'\r' && text.get(i + 1) == Some(&b'\n'));
        if at != At::Quoted && byte == b'\r' && end {
            continue;
        }
        match (&at, byte) {
            (At::Quoted, b'"') => at = At::Closed,
            (At::Quoted, _) => field.push(byte),
            (_, b'\n') => {
                // A blank line is no record; two quotes alone are one.
                if begun {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                (at, begun) = (At::Start, false);
                continue;
            }
            (_, b',') => {
                record.push(std::mem::take(&mut field));
                at = At::Start;
            }
            (At::Start, b'"') => at = At::Quoted,
            (At::Closed, b'"') => {
                field.push(byte);
                at = At::Quoted;
            }
            _ => {
                field.push(byte);
                at = At::Inside;
            }
        }
        begun = true;
    }
    if begun {
        record.push(field);
        records.push(record);
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn columns_are_read_as_python_reads_them(
        fields in proptest::collection::vec(("[a,\"\n ]{0,4}", 0..3u8), 1..400), pad in 0usize..3,
    ) {
        let mut text = Vec::new();
        for (field, next) in &fields {
            if field.contains(['"', ',', '\n']) {
                text.extend_from_slice(format!("\"{}\"", field.replace('"', "\"\"")).as_bytes());
            } else {
                text.extend_from_slice(field.as_bytes());
            }
            text.extend(std::iter::repeat_n(b'x', pad * 300));
            text.extend_from_slice(match next { 0 => b"\n", 1 => b",", _ => b"\r\n" });
        }
        let records = reference(&text);
        for column in 1..=3usize {
            let name = column.to_string();
            let (counted, report) = counts(&csv(&[]), &[&name], &text);
            let mut expected: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
            for record in &records {
                let value = record.get(column - 1).cloned().unwrap_or(b"(missing)".to_vec());
                *expected.entry(value).or_default() += 1;
            }
            prop_assert_eq!(&counted, &expected);
            let physical = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
            prop_assert!(report.lines as usize >= physical);
        }
    }

    #[test]
    fn loose_quotes_are_read_as_python_reads_them(text in "[a\",]{0,30}") {
        let mut bytes = text.clone().into_bytes();
        bytes.push(b'\n');
        let records = reference(&bytes);
        // A quote that is never closed makes no record here.
        let open = bytes.last() != Some(&b'\n') || records.iter().flatten().any(|f| f.contains(&b'\n'));
        prop_assume!(!open);
        let (counted, _) = counts(&csv(&[]), &["2"], &bytes);
        let mut expected = BTreeMap::new();
        for record in &records {
            let value = record.get(1).cloned().unwrap_or(b"(missing)".to_vec());
            *expected.entry(value).or_default() += 1;
        }
        prop_assert_eq!(counted, expected, "{}", text);
    }
}

#[test]
fn columns_go_by_name_and_the_header_is_no_record() {
    let text =
        b"ip,\"the path\",n\r\n1.1.1.1,/a,1\r\n2.2.2.2,\"/b,\"\"c\"\"\nd\",2\r\n1.1.1.1,/a\r\n";
    let shape = csv(&["ip", "the path", "n"]);
    let (by_path, report) = counts(&shape, &["the path"], text);
    assert_eq!(by_path, once(&["/a", "/b,\"c\"\nd", "/a"]));
    assert_eq!((report.lines, report.unmatched), (5, 0));
    assert_eq!(counts(&shape, &["n"], text).0, once(&["1", "2", "(missing)"]));
    assert_eq!(
        counts(&shape, &["3", "ip"], text).0,
        once(&["1|1.1.1.1", "2|2.2.2.2", "(missing)|1.1.1.1"])
    );
    assert_eq!(
        Scan::new(&shape, &["z"], &[], None, None, None).err(),
        Some(ScanError::NoSuchGroup("z".to_owned()))
    );
}

#[test]
fn a_stray_quote_costs_one_line() {
    let mut text = b"a,1\n\"b,2\n".to_vec();
    for _ in 0..300_000 {
        text.extend_from_slice(b"c,3\nd,4\n");
    }
    let (counted, report) = counts(&csv(&[]), &["1"], &text);
    assert_eq!(report.unmatched, 1);
    assert_eq!(report.samples[0].text, b"\"b,2");
    assert_eq!(counted[&b"c"[..]], 300_000);
    assert_eq!(report.lines, 600_002);
    assert!(text.len() > MAX_LINE);
}

#[test]
fn a_quote_that_is_not_closed_is_unmatched_whichever_column_is_wanted() {
    for column in ["1", "2"] {
        let (counted, report) = counts(&csv(&[]), &[column], b"a,1\nc,\"open\nd,e\n");
        assert_eq!((report.lines, report.unmatched, report.samples[0].line), (3, 1, 2));
        assert_eq!(counted.values().sum::<u64>(), 2);
    }
}

#[test]
fn a_record_that_is_too_long_is_cut_the_same_way_however_it_is_read() {
    let long = "x".repeat(MAX_LINE);
    let half = &long[MAX_LINE / 2..];
    let cases = [
        // A column in quotes begins behind the longest record,
        (format!("{long}xx,\"b\"\nc,d\n"), 2, 1, 1),
        // a record becomes too long with line feeds in its quotes: each line is one then,
        (format!("\"a\n{half}\n{half}\",z\nc,d\n"), 4, 1, 0),
        (format!("\"a\n{half}\",{}\nc,d\n", &half[3..]), 3, 1, 0),
        // and one with a line that is itself too long, which never ends in the first buffer.
        (format!("\"a\nb\",{long}{long}\nc,d\n"), 3, 2, 1),
        // A quote that is doubled where looking ends.
        (format!("\"{}\"\"\nb\",q\nc,d\n", &long[1..]), 3, 1, 1),
    ];
    for (text, lines, unmatched, overlong) in cases {
        let (_, report) = counts(&csv(&[]), &["2"], text.as_bytes());
        let seen = (report.lines, report.unmatched, report.overlong);
        assert_eq!(seen, (lines, unmatched, overlong), "{:?}", &text[..8]);
    }
}

#[test]
fn names_that_begin_every_record_are_compared_to_the_end() {
    let shape = csv(&["", "a", ""]);
    let text = b",a,\n,a\n,a,,\n,b,\n\"\",\"a\",\"\"\n,a,\"\n";
    let (counted, report) = counts(&shape, &["2"], text);
    assert_eq!((counted[&b"a"[..]], counted[&b"b"[..]]), (2, 1));
    assert_eq!((report.lines, report.unmatched), (6, 1));
}

#[test]
fn words_are_those_of_awk() {
    let text = b"  a b\tc\nd\n\n \t\ne  f   g h\n";
    let (counted, report) = counts(&Shape::Blanks, &["1", "3"], text);
    assert_eq!(counted, once(&["a|c", "d|(missing)", "e|g"]));
    assert_eq!(report.unmatched, 2);
    assert_eq!(counts(&Shape::Blanks, &["0"], b"a b\n").0, once(&["a b"]));
    assert!(Scan::new(&Shape::Blanks, &["ip"], &[], None, None, None).is_err());
}

#[test]
fn pairs_are_read_in_any_order_with_quotes() {
    let text = b"ts=1 level=info msg=\"a \\\"b\\\" c\\n\" flag\n  level=warn empty= x=\"\" level=error\nplain words\nmsg=\"open\nbad\"key=1\n";
    let (levels, report) = counts(&Shape::Logfmt, &["level"], text);
    assert_eq!(levels, once(&["info", "error"]));
    assert_eq!(report.unmatched, 3);
    let two = &text[..text.windows(5).position(|w| w == b"plain").unwrap()];
    assert_eq!(counts(&Shape::Logfmt, &["msg"], two).0, once(&["a \"b\" c\n", "(missing)"]));
    assert_eq!(counts(&Shape::Logfmt, &["flag"], two).0, once(&["true", "(missing)"]));
    assert_eq!(counts(&Shape::Logfmt, &["empty", "x"], two).0, once(&["|", "(missing)|(missing)"]));
}

#[test]
fn pairs_end_where_the_line_does() {
    let mut keys = Vec::new();
    let mut each = |line: &[u8]| {
        keys.clear();
        let fits = Shape::Logfmt.each(line, &mut |key, _, _| keys.push(key.to_vec()));
        fits.then(|| keys.clone())
    };
    for open in [&b"a=\"\\"[..], b"a=\"x\\", b"a=\"x\\\"", b"a=\"", b"=x", b"\"a\"=x"] {
        assert_eq!(each(open), None, "{open:?}");
        assert_eq!(counts(&Shape::Logfmt, &["a"], open).1.unmatched, 1);
    }
    assert_eq!(each(b"flag\tlevel=info"), Some(vec![b"flag".to_vec(), b"level".to_vec()]));
    assert_eq!(counts(&Shape::Logfmt, &["level"], b"flag\tlevel=info").0, once(&["info"]));
}

fn headed(directive: Directive) -> Shape {
    Shape::Separated(Separated {
        delimiter: 0,
        quoting: false,
        header: Header::Directive(directive),
    })
}

#[test]
fn the_names_of_columns_change_inside_a_file() {
    let mut text = b"#Software: IIS\r\n#Fields: date time c-ip\r\n".to_vec();
    let mut expected = Vec::new();
    for i in 0..20_000 {
        if i % 700 == 699 {
            let fields: &[u8] = if i / 700 % 2 == 0 {
                b"#Fields: c-ip x date time\r\n"
            } else {
                b"#Fields: date time c-ip\r\n"
            };
            text.extend_from_slice(fields);
        }
        let second = (i + 1) / 700 % 2 == 1;
        let ip = format!("10.0.0.{}", i % 7);
        expected.push(ip.clone());
        let line = if second {
            format!("{ip} - 2024-01-02 03:04:05\r\n")
        } else {
            format!("2024-01-02 03:04:05 {ip}\r\n")
        };
        text.extend_from_slice(line.as_bytes());
    }
    let names: Vec<&str> = expected.iter().map(String::as_str).collect();
    assert_eq!(counts(&headed(Directive::W3c), &["c-ip"], &text).0, once(&names));
    let dates = counts(&headed(Directive::W3c), &["date-time"], &text).0;
    assert_eq!(dates.into_iter().collect::<Vec<_>>(), [(b"2024-01-02 03:04:05".to_vec(), 20_000)]);
    let tabs =
        b"#Version: 1.0\n#Fields: date time c-ip cs(Referer)\n2024-01-02\t03:04:05\t1.1.1.1\ta b\n";
    assert_eq!(counts(&headed(Directive::W3c), &["cs(Referer)"], tabs).0, once(&["a b"]));
    let (none, report) = counts(&headed(Directive::W3c), &["c-ip"], b"no heading yet\n");
    assert!(none.is_empty());
    assert_eq!(report.unmatched, 1);
}

#[test]
fn zeek_says_what_divides_and_what_is_unset() {
    let text = b"#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tservice\n#types\ttime\taddr\tstring\n1.5\t10.0.0.1\thttp\n2.5\t10.0.0.2\t-\n#close\t2024\n";
    assert_eq!(
        counts(&headed(Directive::Zeek), &["service"], text).0,
        once(&["http", "(missing)"])
    );
    assert_eq!(
        counts(&headed(Directive::Zeek), &["id.orig_h"], text).0,
        once(&["10.0.0.1", "10.0.0.2"])
    );
}

#[test]
fn lines_without_a_time_go_on_with_the_record_before() {
    let pattern = Pattern::new(r"^(?P<time>\S+) (?P<level>\w+) (?P<message>.*)$").unwrap();
    let pattern =
        Pattern::new(&pattern.text().replace(r"\S+) (?P<level>", r"\d+) (?P<level>")).unwrap();
    let mut text = Vec::new();
    for i in 0..5_000 {
        text.extend_from_slice(format!("{i} ERROR boom\n  at x\n\n  at y\r\n").as_bytes());
        text.extend_from_slice(format!("{i} INFO fine\n").as_bytes());
    }
    let shape = Shape::Pattern(pattern);
    let time = Time {
        format: Format::compile("%s").unwrap(),
        zone: Zone::utc(),
        reference: i64::MAX,
        start: i64::MIN,
        end: i64::MAX,
    };
    let scan = Scan::new(&shape, &["message"], &[], None, None, None).unwrap().multiline();
    let (messages, report) = values(&scan, 1, &text);
    assert_eq!(messages[&b"boom\n  at x\n\n  at y"[..]], 5_000);
    assert_eq!(messages[&b"fine"[..]], 5_000);
    assert_eq!((report.lines, report.unmatched, report.records), (25_000, 0, 10_000));
    let found = Scan::new(
        &shape,
        &["level"],
        &[("message", "~", "at y")],
        None,
        None,
        Some(("time", time)),
    );
    assert_eq!(values(&found.unwrap().multiline(), 1, &text).0[&b"ERROR"[..]], 5_000);
    let plain = Scan::new(&Shape::Lines, &["line"], &[], None, None, None).unwrap().multiline();
    let stamped = b"2024-01-02 03:04:05 a\n\tb\n2024-01-02 03:04:06 c\n";
    assert_eq!(
        values(&plain, 1, stamped).0,
        once(&["2024-01-02 03:04:05 a\n\tb", "2024-01-02 03:04:06 c"])
    );
}

#[test]
fn quotes_that_open_on_every_line_take_no_more_than_linear_time() {
    // Each line begins a record that never ends.
    let text = "x\",\"y\n".repeat(700_000);
    let begun = std::time::Instant::now();
    let (counted, report) = counts(&csv(&[]), &["1"], text.as_bytes());
    assert_eq!(report.lines, 700_000);
    assert!(report.unmatched + counted.values().sum::<u64>() <= 700_000);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
