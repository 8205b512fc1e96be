//! Writes a time in the manner of some letters, and says by plain means what instant it is.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

pub const SECOND: i64 = 1_000_000_000;

/// One time, and how its writer likes the parts that may be written in several ways.
#[derive(Clone, Debug)]
pub struct Written {
    pub at: DateTime,
    pub decimals: usize,
    pub between: usize,
    pub zone: usize,
    pub twelve: bool,
    pub weekday: bool,
    pub padded: bool,
}

const BETWEEN: [&str; 10] = ["T", " ", "_", ":", "-", ",", ", ", "|", "\t", " - "];
const ZONES: [(&str, Option<i32>); 10] = [
    ("", None),
    ("Z", Some(0)),
    ("+02", Some(7200)),
    ("-0330", Some(-12_600)),
    ("+05:45", Some(20_700)),
    (" +0000", Some(0)),
    (" UTC", Some(0)),
    (" CEST", Some(7200)),
    (" GMT+0200", Some(7200)),
    (" -05:00", Some(-18_000)),
];

pub struct Text {
    pub text: String,
    /// What the text says, cut to its decimals.
    pub at: DateTime,
    pub offset: Option<i32>,
}

pub fn write(letters: &str, written: &Written) -> Text {
    let second = TimeZone::UTC.to_timestamp(written.at).unwrap().as_second();
    let nanosecond = written.at.subsec_nanosecond() as i64;
    let whole = |text: String, kept: i64| {
        let at = written.at.with().subsec_nanosecond(kept as i32).build().unwrap();
        Text { text, at, offset: Some(0) }
    };
    match letters {
        "epoch" => return whole(format!("{second}.{nanosecond:09}"), nanosecond),
        "epoch_ms" => {
            let text = format!("{second}{:03}", nanosecond / 1_000_000);
            return whole(text, nanosecond / 1_000_000 * 1_000_000);
        }
        "epoch_us" => {
            let text = format!("{second}{:06}", nanosecond / 1000);
            return whole(text, nanosecond / 1000 * 1000);
        }
        "epoch_ns" => return whole(format!("{second}{nanosecond:09}"), nanosecond),
        "tai64n" => {
            let text = format!("@{:016x}{nanosecond:08x}", (1_i64 << 62) + 10 + second);
            return whole(text, nanosecond);
        }
        _ => {}
    }
    by_letters(letters, written, second)
}

fn by_letters(letters: &str, written: &Written, epoch: i64) -> Text {
    let at = written.at;
    let mut kept = 0;
    let (mut text, mut offset, mut seconds) = (String::new(), None, 0);
    let mut twelve = letters.contains("%I") || (written.twelve && letters.contains("%?p"));
    twelve &= letters.contains('p');
    let number = |value: i64| match written.padded {
        true => format!("{value:02}"),
        false => format!("{value}"),
    };
    // numbers without a mark between them are padded, whoever writes them
    let compact = letters.contains("%m%d") || letters.contains("%H%M");
    let number = |value: i64| {
        if compact {
            format!("{value:02}")
        } else {
            number(value)
        }
    };
    let mut rest = letters.chars();
    while let Some(next) = rest.next() {
        if next != '%' {
            text.push(next);
            continue;
        }
        let mut letter = String::from(rest.next().unwrap());
        if matches!(&*letter, "." | ":" | "?") {
            letter.push(rest.next().unwrap());
        }
        match &*letter {
            "Y" => text += &format!("{:04}", at.year()),
            "y" => text += &format!("{:02}", at.year() % 100),
            "m" => text += &number(at.month().into()),
            "d" => text += &number(at.day().into()),
            "j" => text += &format!("{:03}", at.day_of_year()),
            "b" => text += &at.strftime("%b").to_string(),
            "a" => text += &at.strftime("%a").to_string(),
            "?a" if written.weekday => text += &at.strftime("%a, ").to_string(),
            "H" | "I" if twelve => text += &number((i64::from(at.hour()) + 11) % 12 + 1),
            "H" => text += &number(at.hour().into()),
            "M" => text += &number(at.minute().into()),
            "S" => {
                text += &number(at.second().into());
                seconds = at.second();
            }
            ".f" | ":f" if written.decimals > 0 => {
                let scale = 10_i64.pow(9 - written.decimals as u32);
                kept = i64::from(at.subsec_nanosecond()) / scale * scale;
                let mark = if written.weekday { ',' } else { '.' };
                text += &format!("{mark}{:0width$}", kept / scale, width = written.decimals);
            }
            "p" | "?p" if twelve => {
                let half = if at.hour() < 12 { "AM" } else { "PM" };
                text += if letter == "p" { "" } else { " " };
                text += half;
            }
            "?z" => {
                // nobody writes AMZ: UTC then
                let index = if twelve && written.zone == 1 { 6 } else { written.zone };
                let (zone, east) = ZONES[index];
                // a year after the zone needs a blank before it, which the letters have
                text += zone;
                offset = offset.or(east);
                if letters.matches("%?z").count() > 1 {
                    // asctime: before the year only
                    text += &letters[letters.find("%?z").unwrap() + 3..]
                        .replace("%Y", &format!("{:04}", at.year()))
                        .replace("%?z", "");
                    break;
                }
            }
            "s" => {
                text += &epoch.to_string();
                seconds = at.second();
                offset = Some(0);
            }
            "~" => text += BETWEEN[written.between],
            "," => text += if written.weekday { ", " } else { " " },
            "*" => text += "3418",
            "g" => text.push('E'),
            "?a" | ".f" | ":f" | "?p" | "?Z" => {}
            other => panic!("%{other} is not written"),
        }
    }
    let at = at.with().second(seconds).subsec_nanosecond(kept as i32).build().unwrap();
    Text { text, at, offset }
}

/// The instant of what a text says, in nanoseconds, by jiff alone.
pub fn instant(letters: &str, text: &Text, zone: &TimeZone, reference: i64) -> Option<i64> {
    let place = |at: DateTime| {
        let instant = match text.offset {
            Some(offset) => Offset::from_seconds(offset).ok()?.to_timestamp(at).ok()?,
            None => zone.to_timestamp(at).ok()?,
        };
        i64::try_from(instant.as_nanosecond()).ok()
    };
    let year = letters.contains("%Y") || letters.contains("%y");
    if year || letters.contains("%s") || !letters.contains('%') {
        return place(text.at);
    }
    let now = Timestamp::from_nanosecond(i128::from(reference)).unwrap();
    let today = TimeZone::UTC.to_datetime(now);
    if letters.contains("%d") {
        return (today.year() - 9..=today.year() + 1)
            .rev()
            .filter_map(|year| text.at.with().year(year).build().ok())
            .filter_map(place)
            .find(|found| *found <= reference);
    }
    (-3..=2)
        .rev()
        .map(|days| today.date() + Span::new().days(days))
        .filter_map(|date| place(date.to_datetime(text.at.time())))
        .find(|found| *found <= reference)
}
