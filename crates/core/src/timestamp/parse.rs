//! Running the steps of a format over bytes: syntax, then whether it is a date and a time at all.
//! Zones and missing years are another stage (`resolve`).

use super::calendar;
use super::fast::{KnownDate, Plain};
use super::format::{Format, Part, Step};
use super::instant::{epoch, tai64n};
use super::offset::{offset, zone, zone_before, zone_name};
use super::words::{self, ZoneWord};
use super::year::{Partial, DAY};

/// The most blanks that a stamp may have in one place.
pub(crate) const BLANKS: usize = 8;

const SECOND: i64 = 1_000_000_000;

/// What a stamp says, before its zone and year are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) when: When,
    /// Nanoseconds to be added.
    pub(crate) fraction: u32,
    pub(crate) zone: Option<ZoneWord>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// Seconds since 1970 as the clock on the wall counts them.
    Local(i64),
    Partial(Partial),
    /// Nanoseconds since 1970 UTC.
    Instant(i64),
}

/// What the steps have found. Zero is nothing in a month, a day and an ordinal.
pub(crate) struct Fields {
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    ordinal: u16,
    after_noon: Option<bool>,
    twelve_hours: bool,
    pub(crate) fraction: u32,
    pub(crate) zone: Option<ZoneWord>,
    pub(crate) instant: Option<i64>,
}

const NO_YEAR: i32 = -1;

impl From<Plain> for Reading {
    fn from(plain: Plain) -> Reading {
        let zone = (plain.east != Plain::NO_ZONE).then_some(ZoneWord::Offset(plain.east));
        Reading { when: When::Local(plain.local), fraction: plain.fraction, zone }
    }
}

impl Fields {
    #[inline(always)]
    fn empty() -> Fields {
        Fields {
            year: NO_YEAR,
            month: 0,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            ordinal: 0,
            after_noon: None,
            twelve_hours: false,
            fraction: 0,
            zone: None,
            instant: None,
        }
    }

    #[inline(always)]
    fn finish(&self) -> Option<Reading> {
        let (fraction, zone) = (self.fraction, self.zone);
        if let Some(instant) = self.instant {
            return Some(Reading { when: When::Instant(instant), fraction, zone });
        }
        let hour = match self.after_noon {
            None => self.hour,
            Some(after) => on_the_day(self.hour, after, self.twelve_hours)?,
        };
        let second = i64::from(hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let when = if self.year == NO_YEAR {
            // 29 February may stand in a leap year: 2000 is one
            if self.month != 0 && self.day > calendar::month_length(2000, self.month) {
                return None;
            }
            When::Partial(Partial { month: self.month, day: self.day, second })
        } else {
            let day = match self.ordinal {
                0 => calendar::checked_days(self.year, self.month, self.day)?,
                ordinal => calendar::ordinal_days(self.year, ordinal)?,
            };
            When::Local(day * DAY + second)
        };
        Some(Reading { when, fraction, zone })
    }
}

/// The hour of the day of an hour with AM or PM. Loggers also write `0:15 AM` and `15:04 PM`.
fn on_the_day(hour: u8, after_noon: bool, strict: bool) -> Option<u8> {
    match (hour, after_noon) {
        (12, false) => Some(0),
        (12, true) => Some(12),
        (1..=11, _) => Some(hour + 12 * u8::from(after_noon)),
        (0, false) | (13.., true) if !strict => Some(hour),
        _ => None,
    }
}

impl Format {
    /// Reads a stamp at the start of the bytes; tells how many of them it is made of.
    pub(crate) fn read(&self, bytes: &[u8]) -> Option<(Reading, usize)> {
        let mut unknown = KnownDate::NONE;
        match self.0.fast.as_ref().and_then(|fast| fast.read(bytes, &mut unknown)) {
            Some(plain) => Some((Reading::from(plain), plain.end)),
            None => self.read_by_steps(bytes),
        }
    }

    #[inline(never)]
    pub(crate) fn read_by_steps(&self, bytes: &[u8]) -> Option<(Reading, usize)> {
        let mut fields = Fields::empty();
        let end = run(&self.0.steps, bytes, &mut fields)?;
        Some((fields.finish()?, end))
    }
}

#[inline(always)]
pub(crate) fn is_between(byte: u8) -> bool {
    matches!(byte, b'T' | b't' | b'_' | b'-' | b':' | b',' | b';' | b'|' | b' ' | b'\t')
}

#[inline(always)]
pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Past the blanks at `at`, of which no more than [`BLANKS`] are passed.
#[inline(always)]
pub(crate) fn past_blanks(bytes: &[u8], at: usize) -> usize {
    let most = bytes.len().min(at + BLANKS);
    let mut end = at;
    while end < most && is_blank(bytes[end]) {
        end += 1;
    }
    end
}

/// Up to `most` digits at `at`: their value and their end.
#[inline(always)]
pub(crate) fn digits(bytes: &[u8], at: usize, most: usize) -> (u64, usize) {
    let limit = bytes.len().min(at + most);
    let (mut value, mut end) = (0u64, at);
    while end < limit && bytes[end].is_ascii_digit() {
        value = value * 10 + u64::from(bytes[end] - b'0');
        end += 1;
    }
    (value, end)
}

/// One digit or two at `at`.
#[inline(always)]
fn up_to_two(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let first = bytes.get(at)?.wrapping_sub(b'0');
    if first > 9 {
        return None;
    }
    match bytes.get(at + 1).map(|byte| byte.wrapping_sub(b'0')) {
        Some(second @ 0..=9) => Some((u16::from(first) * 10 + u16::from(second), at + 2)),
        _ => Some((u16::from(first), at + 1)),
    }
}

#[inline]
fn run(steps: &[Step], bytes: &[u8], fields: &mut Fields) -> Option<usize> {
    let mut at = 0;
    for step in steps {
        at = match *step {
            Step::Byte(byte) => {
                if *bytes.get(at)? != byte {
                    return None;
                }
                at + 1
            }
            Step::Number { part, least, most } => {
                read_number(bytes, at, part, least, most, fields)?
            }
            Step::OptionalFraction => match bytes.get(at) {
                Some(b'.' | b',') => fraction(bytes, at + 1, 9, fields).unwrap_or(at),
                _ => at,
            },
            Step::OptionalHalf => half(bytes, at, fields).unwrap_or(at),
            Step::OptionalZone => zone(bytes, at, fields),
            Step::Blank => beyond(at, past_blanks(bytes, at))?,
            Step::Between => between(bytes, at)?,
            Step::MonthName { dot } => {
                let (month, length) = words::month(&bytes[at..])?;
                fields.month = month;
                let end = at + length;
                end + usize::from(dot && bytes.get(end) == Some(&b'.'))
            }
            Step::Comma => {
                let comma = bytes.get(at) == Some(&b',');
                beyond(at, past_blanks(bytes, at + usize::from(comma)))?
            }
            Step::Weekday => at + words::weekday(&bytes[at..])?,
            Step::OptionalWeekday => optional_weekday(bytes, at),
            Step::Fraction { most } => fraction(bytes, at, usize::from(most), fields)?,
            Step::ColonFraction => colon_fraction(bytes, at, fields),
            Step::Half => half(bytes, at, fields)?,
            Step::Offset => {
                let (offset, end) = offset(bytes, at, 2)?;
                fields.zone = Some(ZoneWord::Offset(offset));
                end
            }
            Step::ZoneName => zone_name(bytes, at, fields)?,
            Step::ZoneBefore => zone_before(bytes, at, fields),
            Step::Seconds => {
                let (value, end) = digits(bytes, at, 11);
                beyond(at, end)?;
                fields.instant = Some(i64::try_from(value).ok()?.checked_mul(SECOND)?);
                end
            }
            Step::Epoch(unit) => epoch(bytes, at, unit, fields)?,
            Step::Tai64n => tai64n(bytes, at, fields)?,
            Step::Severity => {
                if !bytes.get(at)?.is_ascii_uppercase() {
                    return None;
                }
                at + 1
            }
            Step::Digits => beyond(at, digits(bytes, at, 19).1)?,
        };
    }
    Some(at)
}

/// `end`, where it is past `at`.
#[inline(always)]
pub(crate) fn beyond(at: usize, end: usize) -> Option<usize> {
    (end > at).then_some(end)
}

#[inline(always)]
fn read_number(
    bytes: &[u8],
    at: usize,
    part: Part,
    least: u8,
    most: u8,
    fields: &mut Fields,
) -> Option<usize> {
    // a blank may stand for the first of two digits
    let padded = least < most && at > 0 && is_blank(*bytes.get(at)?);
    let start = at + usize::from(padded);
    let (value, end) = match most - u8::from(padded) {
        2 => up_to_two(bytes, start)?,
        most => {
            let (value, end) = digits(bytes, start, usize::from(most));
            (value as u16, end)
        }
    };
    if end - start < usize::from(least) {
        return None;
    }
    match part {
        Part::Year => fields.year = i32::from(value),
        // as POSIX has it: 69 is 1969, 68 is 2068
        Part::ShortYear => fields.year = i32::from(value) + if value < 69 { 2000 } else { 1900 },
        Part::Month if (1..=12).contains(&value) => fields.month = value as u8,
        Part::Day if (1..=31).contains(&value) => fields.day = value as u8,
        Part::OrdinalDay if (1..=366).contains(&value) => fields.ordinal = value,
        Part::Hour if value <= 23 => fields.hour = value as u8,
        Part::HalfHour if (1..=12).contains(&value) => {
            fields.hour = value as u8;
            fields.twelve_hours = true;
        }
        Part::Minute if value <= 59 => fields.minute = value as u8,
        // a leap second is the next second: 60 seconds carry over by themselves
        Part::Second if value <= 60 => fields.second = value as u8,
        _ => return None,
    }
    Some(end)
}

/// `T` or another mark, or blanks, or a comma with blanks.
#[inline(always)]
fn between(bytes: &[u8], at: usize) -> Option<usize> {
    let start = past_blanks(bytes, at);
    match bytes.get(start) {
        Some(byte) if is_between(*byte) => {
            // blanks around a `T`, a `_` or a `:` would make one stamp of two things
            let loose = matches!(byte, b',' | b';' | b'|' | b'-');
            match loose {
                true => Some(past_blanks(bytes, start + 1)),
                false if start == at => Some(start + 1),
                false => None,
            }
        }
        Some(_) => beyond(at, start),
        None => None,
    }
}

#[inline(always)]
fn fraction(bytes: &[u8], at: usize, most: usize, fields: &mut Fields) -> Option<usize> {
    const SCALE: [u32; 10] =
        [0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
    let (value, end) = digits(bytes, at, most);
    beyond(at, end)?;
    fields.fraction = value as u32 * SCALE[end - at];
    Some(end)
}

fn colon_fraction(bytes: &[u8], at: usize, fields: &mut Fields) -> usize {
    match bytes.get(at) {
        Some(b'.' | b',') => fraction(bytes, at + 1, 9, fields).unwrap_or(at),
        Some(b':') => {
            let (value, end) = digits(bytes, at + 1, 9);
            match end - at - 1 {
                0 => at,
                // what writes `:` counts milliseconds and often does not pad them
                1..=3 => {
                    fields.fraction = value as u32 * 1_000_000;
                    end
                }
                _ => fraction(bytes, at + 1, 9, fields).unwrap_or(at),
            }
        }
        _ => at,
    }
}

#[inline(always)]
fn half(bytes: &[u8], at: usize, fields: &mut Fields) -> Option<usize> {
    let start = past_blanks(bytes, at);
    let (after_noon, length) = words::half(bytes.get(start..)?)?;
    fields.after_noon = Some(after_noon);
    Some(start + length)
}

fn optional_weekday(bytes: &[u8], at: usize) -> usize {
    let Some(length) = words::weekday(&bytes[at..]) else {
        return at;
    };
    let end = at + length;
    let comma = usize::from(matches!(bytes.get(end), Some(b',' | b'.')));
    beyond(end + comma, past_blanks(bytes, end + comma)).unwrap_or(at)
}
