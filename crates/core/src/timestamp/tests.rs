//! Each family by its own example, the rules that hold for all of them, and the two readings held
//! together. What is written in every way is in the property tests.

use super::family::{self, Beginning};
use super::fast::{KnownDate, Plain};
use super::*;

const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;

/// 2014-08-01 in UTC, for stamps without a year.
const NOW: i64 = 1_406_851_200 * SECOND;

fn state(zone: &str) -> State {
    State::new(&Zone::named(zone).unwrap(), NOW)
}

fn parse(letters: &str, text: &str) -> Option<i64> {
    Format::compile(letters).unwrap().parse(text.as_bytes(), &mut state("UTC"))
}

fn told(day_first: bool) -> Hints {
    Hints { day_first: Some(day_first) }
}

/// The examples in the order of the table, in UTC, in milliseconds.
const EXAMPLES: [i64; 53] = [
    1_421_830_570_123,
    1_173_101_961_000,
    1_392_481_380_000,
    1_421_837_770_000,
    1_321_885_756_000,
    1_590_522_403_259,
    1_421_837_760_000,
    1_710_059_400_000,
    1_327_486_960_000,
    1_117_813_370_675,
    1_376_192_171_372,
    1_714_023_155_018,
    784_887_151_000,
    784_879_951_000,
    1_397_393_550_731,
    1_372_334_144_569,
    1_596_121_221_000,
    1_445_949_340_123,
    1_365_318_516_000,
    1_395_178_875_684,
    1_403_884_241_000,
    1_403_880_599_447,
    1_403_430_972_000,
    1_403_430_972_000,
    1_403_430_972_000,
    1_403_430_972_000,
    1_497_039_040_000,
    1_497_039_040_000,
    1_497_039_040_000,
    1_395_072_818_811,
    1_383_151_746_000,
    1_383_151_746_000,
    1_383_151_746_000,
    1_383_151_746_000,
    1_106_517_599_000,
    1_649_333_466_000,
    1_649_333_466_000,
    1_649_333_466_000,
    1_364_083_440_000,
    1_226_262_975_000,
    1_400_339_062_619,
    1_583_711_252_089,
    1_373_330_717_000,
    1_373_330_717_000,
    1_403_884_279_512,
    1_403_884_279_512,
    1_403_884_279_512,
    1_403_884_279_512,
    1_391_634_626_990,
    1_383_151_746_000,
    1_383_151_746_000,
    1_406_825_346_000,
    1_406_794_173_814,
];

#[test]
fn every_family_reads_its_example() {
    for (index, (row, format)) in family::all().enumerate() {
        let text = row.example.as_bytes();
        let read = format.parse(text, &mut state("UTC")).map(|ns| ns.div_euclid(MILLISECOND));
        assert_eq!(read, Some(EXAMPLES[index]), "{}: {}", row.name, row.example);
        assert!(Beginning::of(text).suits(row.lead), "{}", row.name);
        let again = Format::compile(format.letters()).unwrap();
        assert_eq!(again, *format);
    }
}

#[test]
fn every_example_is_recognised_and_found() {
    for (index, (row, _)) in family::all().enumerate() {
        // a day and month that can change places need a word from the user
        let day_first =
            row.letters.find("%d").zip(row.letters.find("%m")).is_none_or(|(d, m)| d < m);
        let hints = told(day_first);
        if row.name == "Spark" {
            continue;
        }
        let format = recognise(&[row.example.as_bytes()], hints).unwrap();
        let read = |format: &Format, text: &[u8]| {
            format.parse(text, &mut state("UTC")).map(|ns| ns.div_euclid(MILLISECOND))
        };
        assert_eq!(read(&format, row.example.as_bytes()), Some(EXAMPLES[index]), "{}", row.name);
        let line = format!("[{}] what happened", row.example);
        let found = find(line.as_bytes(), hints).unwrap();
        assert_eq!(&line[found.range.clone()], row.example, "{}", row.name);
        assert_eq!(read(&found.format, row.example.as_bytes()), Some(EXAMPLES[index]));
    }
}

/// Where the hand-made reading answers, the steps answer the same.
#[test]
fn by_hand_as_by_steps() {
    let letters = [
        "%Y-%m-%d%~%H:%M:%S%.f%?p%?z",
        "%Y-%m-%dT%H:%M:%S",
        "%Y/%m/%d%~%H:%M:%S%:f%?p%?z",
        "%Y/%m/%d %H:%M:%S",
        "%d/%b/%Y%~%H:%M:%S%.f%?z",
        "%d/%b/%Y:%H:%M:%S %z",
        "%d-%b-%Y:%H:%M:%S",
    ];
    let stamps = [
        "2015-01-21T10:56:10",
        "2015/01/21 10:56:10",
        "05/Mar/2007:14:39:21",
        "05-Mar-2007:14:39:21",
    ];
    let tails = [
        "",
        ":5",
        ":250",
        ".5",
        ",123456789",
        ".1234567890",
        ".",
        "Z",
        "z",
        "+02",
        "+0200",
        "+02:00",
        " +0200",
        "-1600",
        "+0260",
        " PM",
        " UTC",
        " CEST more",
        "] x",
        " x",
        "-1",
        " -1",
        "+02:0",
        "+02 00",
        "Zulu",
        "  +0200",
        "\t+0200",
    ];
    let mut by_hand = 0;
    for letters in letters {
        let format = Format::compile(letters).unwrap();
        let mut known = KnownDate::NONE;
        let fast = format.0.fast.unwrap_or_else(|| panic!("{letters} has no hand-made reading"));
        for stamp in stamps {
            for tail in tails {
                let whole = format!("{stamp}{tail}").into_bytes();
                for index in 0..stamp.len() {
                    for byte in *b"0123456789 :/-.TZ\x80\xff\x00aM" {
                        let mut text = whole.clone();
                        text[index] = byte;
                        let Some(plain) = fast.read(&text, &mut known) else {
                            continue;
                        };
                        by_hand += 1;
                        let shown = String::from_utf8_lossy(&text).into_owned();
                        let (reading, used) = format.read_by_steps(&text).expect(&shown);
                        let east = match reading.zone {
                            Some(words::ZoneWord::Offset(east)) => east,
                            None => Plain::NO_ZONE,
                            Some(words::ZoneWord::Local(_)) => panic!("{shown}"),
                        };
                        let parse::When::Local(local) = reading.when else { panic!("{shown}") };
                        let told = (plain.local, plain.fraction, plain.east, plain.end);
                        assert_eq!(
                            told,
                            (local, reading.fraction, east, used),
                            "{letters} {shown}"
                        );
                    }
                }
            }
        }
    }
    assert!(by_hand > 10_000, "{by_hand}");
}

#[test]
fn what_is_no_time_is_none() {
    let iso = "%Y-%m-%d%~%H:%M:%S%.f%?p%?z";
    for text in [
        "2015-02-29 10:00:00",
        "2015-02-31 10:00:00",
        "2015-13-01 10:00:00",
        "2015-00-01 10:00:00",
        "2015-01-00 10:00:00",
        "2015-01-01 24:00:00",
        "2015-01-01 10:60:00",
        "2015-01-01 10:00:61",
        "2015-01-01 10:00:00 CEST x",
        "2015-01-01 13:00:00 AM",
        "2015-01-01",
        "",
        "9999-12-31 23:59:59",
        "0000-01-01 00:00:00",
        "1677-09-21 00:12:43",
        "2262-04-12 00:00:00",
        "2015-01-01 10:00:00+16:00",
    ] {
        assert_eq!(parse(iso, text), None, "{text}");
    }
    assert_eq!(parse(iso, "2016-02-29 00:00:00"), Some(1_456_704_000 * SECOND));
    assert_eq!(parse(iso, "1677-09-26 00:00:00"), Some(-9_222_940_800 * SECOND));
    let nothing = format!("{}10:00:00", "\0".repeat(11));
    assert_eq!(parse(iso, &nothing), None);
    assert_eq!(parse("epoch", "99999999999"), None);
    assert_eq!(parse("epoch_ns", "9223372036854775808"), None);
    assert_eq!(parse("tai64n", "@ffffffffffffffffffffffff"), None);
}

#[test]
fn a_leap_second_is_the_next_second() {
    let iso = "%Y-%m-%d%~%H:%M:%S%.f%?p%?z";
    assert_eq!(parse(iso, "2016-12-31T23:59:60Z"), Some(1_483_228_800 * SECOND));
    assert_eq!(parse(iso, "2016-12-31T23:59:60.5Z"), Some(1_483_228_800 * SECOND + SECOND / 2));
    assert_eq!(parse("%b %d %H:%M:%S", "Dec 31 23:59:60"), Some(1_388_534_400 * SECOND));
}

#[test]
fn negative_epochs_and_decimals() {
    assert_eq!(parse("epoch", "-1.5"), Some(-1_500_000_000));
    assert_eq!(parse("epoch", "1.123456789"), Some(1_123_456_789));
    assert_eq!(parse("epoch_ms", "1500.25"), Some(1_500_250_000));
    assert_eq!(parse("%s%.f", "1403884279,5"), Some(1_403_884_279 * SECOND + SECOND / 2));
}

#[test]
fn blanks_around_and_a_stop_after_are_no_part_of_a_stamp() {
    for text in [
        " 2015-01-21 10:56:10 ",
        "2015-01-21 10:56:10,",
        "2015-01-21 10:56:10.",
        "2015-01-21  10:56:10",
    ] {
        assert_eq!(parse("%Y-%m-%d %H:%M:%S", text), Some(1_421_837_770 * SECOND), "{text:?}");
    }
    assert_eq!(parse("%Y-%m-%d %H:%M:%S", "[2015-01-21 10:56:10"), None);
}

/// Zurich put its clocks back on 2014-10-26 at 01:00 UTC: 02:00 to 03:00 came twice.
#[test]
fn an_hour_that_happens_twice_takes_the_order_of_the_file() {
    let format = Format::compile("%Y-%m-%d %H:%M:%S").unwrap();
    let mut state = state("Europe/Zurich");
    let start = 1_414_278_000; // 2014-10-26 01:00 there
    let mut shown = |clock: &str| {
        let text = format!("2014-10-26 {clock}");
        format.parse(text.as_bytes(), &mut state).map(|ns| (ns / SECOND - start) / 60)
    };
    assert_eq!(shown("01:00:00"), Some(0));
    assert_eq!(shown("02:10:00"), Some(70));
    assert_eq!(shown("02:50:00"), Some(110));
    // a little disorder is not the second time
    assert_eq!(shown("02:49:00"), Some(109));
    assert_eq!(shown("02:59:00"), Some(119));
    assert_eq!(shown("02:00:00"), Some(120));
    assert_eq!(shown("02:30:00"), Some(150));
    assert_eq!(shown("02:59:00"), Some(179));
    assert_eq!(shown("03:00:00"), Some(180));
    // a straggler from before
    assert_eq!(shown("02:58:00"), Some(178));
}

/// Chunks read apart give what the whole gives, once each knows the record before it.
#[test]
fn any_split_of_the_hour_that_happens_twice() {
    let format = Format::compile("%Y-%m-%d %H:%M:%S").unwrap();
    let stamp = |minute: i64| {
        let minute = if minute >= 180 { minute - 60 } else { minute };
        format!("2014-10-26 0{}:{:02}:00", minute / 60, minute % 60)
    };
    let lines: Vec<String> = (40..280).step_by(7).map(stamp).collect();
    let read = |lines: &[String], state: &mut State| -> Vec<i64> {
        lines.iter().map(|line| format.parse(line.as_bytes(), state).unwrap()).collect()
    };
    let whole = read(&lines, &mut state("Europe/Zurich"));
    assert!(whole.is_sorted());
    for cut in 0..lines.len() {
        let (mut one, mut other) = (state("Europe/Zurich"), state("Europe/Zurich"));
        let mut joined = read(&lines[..cut], &mut one);
        let mut rest = read(&lines[cut..], &mut other);
        if other.has_leaned() {
            other.follow(one.previous());
            rest = read(&lines[cut..], &mut other);
        }
        joined.append(&mut rest);
        assert_eq!(joined, whole, "cut at {cut}");
    }
}

#[test]
fn an_hour_left_out_is_read_as_if_the_clock_had_not_been_put_forward() {
    let format = Format::compile("%Y-%m-%d %H:%M:%S").unwrap();
    let mut state = state("Europe/Zurich");
    // 02:30 on 2014-03-30, when 02:00 became 03:00 at 01:00 UTC
    assert_eq!(format.parse(b"2014-03-30 02:30:00", &mut state), Some(1_396_143_000 * SECOND));
    assert_eq!(format.parse(b"2014-03-30 03:30:00", &mut state), Some(1_396_143_000 * SECOND));
}

#[test]
fn a_zone_that_many_share_is_read_where_it_is_at_home() {
    let read = |zone: &str| {
        let format = Format::compile("%b %d %H:%M:%S%?z %Y").unwrap();
        format.parse(b"Jan 05 12:00:00 CST 2014", &mut state(zone)).map(|ns| ns / SECOND)
    };
    assert_eq!(read("Asia/Shanghai"), Some(1_388_894_400));
    assert_eq!(read("America/Chicago"), Some(1_388_944_800));
    assert_eq!(read("Europe/Zurich"), None);
}

#[test]
fn day_and_month_are_settled_by_evidence_or_not_at_all() {
    let samples: [&[u8]; 3] =
        [b"03-07-2005 23:07:20", b"22-06-2014 09:56:12", b"08-09-2014 06:14:27"];
    assert_eq!(recognise(&samples, Hints::default()).unwrap().name(), "day-month-year");
    let Err(Unrecognised::Ambiguous(two)) = recognise(&samples[..1], Hints::default()) else {
        panic!("it cannot be known");
    };
    assert_eq!(two.day_first_date, "3 July 2005");
    assert_eq!(two.month_first_date, "7 March 2005");
    let error = Unrecognised::Ambiguous(two).to_string();
    assert_eq!(
        error,
        "03-07-2005 23:07:20 is 3 July 2005 with the day first and 7 March 2005 with the month first"
    );
    assert_eq!(recognise(&samples[..1], told(false)).unwrap().name(), "month-day-year");
    let same: [&[u8]; 2] = [b"05/05/2015 10:00:00", b"04/05/2015 10:00:00"];
    let Err(Unrecognised::Ambiguous(two)) = recognise(&same, Hints::default()) else {
        panic!("it cannot be known");
    };
    assert_eq!(two.sample, same[1]);
}

#[test]
fn nearly_all_samples_are_enough_and_no_fewer() {
    let mut samples = vec![&b"2015-01-21 10:56:10"[..]; 9];
    samples.push(b"-");
    assert_eq!(recognise(&samples, Hints::default()).unwrap().name(), "ISO 8601");
    samples.push(b"?");
    let error = recognise(&samples, Hints::default()).unwrap_err();
    assert_eq!(error.to_string(), "- is not a time that is known (9 of 11 are ISO 8601)");
    assert_eq!(recognise(&[], Hints::default()), Err(Unrecognised::Empty));
    assert_eq!(recognise(&[b" "], Hints::default()), Err(Unrecognised::Empty));
}

#[test]
fn letters_that_cannot_be_used() {
    for (letters, message, position) in [
        ("%Y-%Q", "%Q is not known", 3),
        ("%Y-%m-%d %", "the letters end after %", 9),
        ("%c", "%c depends on the locale: spell its parts out", 0),
        ("%H:%M %H", "the hour is named twice", 6),
        ("%I:%M:%S", "%I needs %p", 0),
        ("%Y %H:%M", "a date needs both month and day", 0),
        ("%Y-%m %H:%M", "a date needs both month and day", 0),
        ("hello", "there is no time in these letters", 0),
        ("%j %H:%M", "%j needs a year", 0),
        ("%s %H", "%s is a whole time: nothing else can stand beside it", 0),
    ] {
        let error = Format::compile(letters).unwrap_err();
        assert_eq!((&*error.message, error.position), (message, position), "{letters}");
    }
}

#[test]
fn what_a_format_says_of_itself() {
    let said = |letters: &str| {
        let format = Format::compile(letters).unwrap();
        (format.has_date(), format.has_year(), format.has_zone())
    };
    assert_eq!(said("%Y-%m-%d %H:%M:%S"), (true, true, false));
    assert_eq!(said("%b %d %H:%M:%S"), (true, false, false));
    assert_eq!(said("%H:%M:%S %z"), (false, false, true));
    assert_eq!(said("epoch_ms"), (true, true, true));
}

#[test]
fn found_in_lines_that_hold_other_numbers_too() {
    for (line, stamp) in [
        ("10.0.0.1 1234567890 [05/Mar/2007:14:39:21 +0100] \"GET\"", "05/Mar/2007:14:39:21 +0100"),
        ("134681 node-246 unix.hw unavailable 1077804742 1", "1077804742"),
        ("- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228", "1131566461"),
        ("type=X msg=audit(1373330717.000:3418): pid", "audit(1373330717.000:3418)"),
        ("E0517 15:04:22.619632 1952452992 x.cc:253]", "E0517 15:04:22.619632"),
        ("<W>2015-11-29 16:38:01.818 1 => <4:", "2015-11-29 16:38:01.818"),
        ("2022-06-02 In(14) host[1001430319]: 05:34:23.666 x", "05:34:23.666"),
        ("TCF 29:47.191: Server at 08:09:33 up", "08:09:33"),
        ("app_1445144423722_0020 at 2015-10-18 18:01:48,963 INFO", "2015-10-18 18:01:48,963"),
        ("+0100 Jan 23 21:59:59 host", "+0100 Jan 23 21:59:59"),
        ("at Thu Jun 2 08:00:01 UTC 2022 ===", "Thu Jun 2 08:00:01 UTC 2022"),
        ("2016-09-28 04:30:30, Info", "2016-09-28 04:30:30"),
        ("17:02:03 job of 25 Apr 2024 05:32:35.018", "25 Apr 2024 05:32:35.018"),
    ] {
        let found = find(line.as_bytes(), Hints::default()).expect(line);
        assert_eq!(&line[found.range], stamp);
    }
    for line in
        ["", "no time", "10.10.34.11:3888 v1.2.3", "12345678901234567890 1", "deadbeef1403884279"]
    {
        assert_eq!(find(line.as_bytes(), Hints::default()), None, "{line}");
    }
}

#[test]
fn a_known_format_is_searched_for_in_lines() {
    let mut state = state("UTC");
    let format = Format::compile("epoch").unwrap();
    let line = b"134681 node-246 unavailable 1077804742 1";
    assert_eq!(format.search(line, &mut state), Some((1_077_804_742 * SECOND, 28..38)));
    assert_eq!(format.search(b"134681 node-246", &mut state), None);
}
