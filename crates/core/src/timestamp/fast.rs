//! Hand-made readings of the two shapes that most logs have, `2015-01-21T10:56:10.123+02:00` and
//! `05/Mar/2007:14:39:21 +0100`. They read only stamps in which every number has its full width
//! and leave all others to the steps; what they read, the steps read alike.

use super::calendar;
use super::format::{Part, Step};
use super::parse::{is_between, is_blank};
use super::words;
use super::year::DAY;

/// A format that can be read by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fast {
    head: Head,
    separator: u8,
    /// [`pairs`] of the date, where the year comes first.
    marks: u64,
    /// What may stand between date and time: a bit for each ASCII character.
    between: [u64; 2],
    tail: Tail,
}

/// The date read last: most records are of the same day as the one before. Of one format only.
#[derive(Clone, Copy)]
pub(crate) struct KnownDate {
    /// The text of the date and what stands after it, as two words that overlap.
    text: [u64; 2],
    day: i64,
}

impl KnownDate {
    /// No text has these words: where they overlap they differ.
    pub(crate) const NONE: KnownDate = KnownDate { text: [0, u64::MAX], day: 0 };

    #[inline(always)]
    fn or_read(&mut self, text: [[u8; 8]; 2], read: impl FnOnce() -> Option<i64>) -> Option<i64> {
        let text = text.map(u64::from_le_bytes);
        if (text[0] ^ self.text[0]) | (text[1] ^ self.text[1]) != 0 {
            let day = read()?;
            *self = KnownDate { text, day };
        }
        Some(self.day)
    }
}

/// A stamp that was read by hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain {
    /// Seconds since 1970 as the clock on the wall counts them.
    pub(crate) local: i64,
    /// Nanoseconds to be added.
    pub(crate) fraction: u32,
    /// Seconds east of UTC, or [`Plain::NO_ZONE`].
    pub(crate) east: i32,
    /// Where the stamp ends, in bytes.
    pub(crate) end: usize,
}

impl Plain {
    pub(crate) const NO_ZONE: i32 = i32::MIN;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    YearFirst,
    DayFirst,
}

/// What follows the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Nothing,
    /// A fraction or none, then AM, a zone, or none.
    Usual,
    /// A blank and an offset.
    Offset,
}

impl Fast {
    /// The hand-made reading that stands for these steps, if there is one.
    pub(crate) fn of(steps: &[Step]) -> Option<Fast> {
        let is = |index: usize, wanted: Part| matches!(steps.get(index), Some(Step::Number { part, .. }) if *part == wanted);
        let is_byte = |index: usize, wanted: u8| steps.get(index) == Some(&Step::Byte(wanted));
        let time = is(6, Part::Hour)
            && is_byte(7, b':')
            && is(8, Part::Minute)
            && is_byte(9, b':')
            && is(10, Part::Second);
        let Some(Step::Byte(separator @ (b'-' | b'/' | b'.'))) = steps.get(1).copied() else {
            return None;
        };
        if !time || !is_byte(3, separator) {
            return None;
        }
        let head = match steps[2] {
            _ if is(0, Part::Year) && is(2, Part::Month) && is(4, Part::Day) => Head::YearFirst,
            Step::MonthName { dot: true } if is(0, Part::Day) && is(4, Part::Year) => {
                Head::DayFirst
            }
            _ => return None,
        };
        let allowed: fn(u8, Step) -> bool = match steps[5] {
            Step::Between => |byte, _| is_between(byte),
            Step::Blank => |byte, _| is_blank(byte),
            Step::Byte(_) => |byte, step| step == Step::Byte(byte),
            _ => return None,
        };
        let mut between = [0; 2];
        for byte in (0..128).filter(|byte| allowed(*byte, steps[5])) {
            between[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        let marks = [b'0', b'0', b'0', b'0', separator, b'0', b'0', separator];
        let marks = u64::from_le_bytes(marks);
        let tail = match &steps[11..] {
            [] => Tail::Nothing,
            [Step::OptionalFraction | Step::ColonFraction, Step::OptionalZone]
            | [Step::OptionalFraction | Step::ColonFraction, Step::OptionalHalf, Step::OptionalZone] => {
                Tail::Usual
            }
            [Step::Blank, Step::Offset] => Tail::Offset,
            _ => return None,
        };
        Some(Fast { head, separator, marks, between, tail })
    }

    /// Reads a stamp at the start of the bytes, or leaves it to the steps.
    #[inline(always)]
    pub(crate) fn read(&self, bytes: &[u8], known: &mut KnownDate) -> Option<Plain> {
        let (day, second, at) = match self.head {
            Head::YearFirst => self.year_first(bytes, known)?,
            Head::DayFirst => self.day_first(bytes, known)?,
        };
        let mut plain = Plain {
            local: day * DAY + i64::from(second),
            fraction: 0,
            east: Plain::NO_ZONE,
            end: at,
        };
        match self.tail {
            Tail::Nothing => {}
            Tail::Usual => usual_tail(bytes, &mut plain)?,
            Tail::Offset => {
                if bytes.get(at) != Some(&b' ') {
                    return None;
                }
                plain.east = offset_at_end(bytes, at + 1)?;
                plain.end = bytes.len();
            }
        }
        Some(plain)
    }

    /// `2015-01-21T10:56:10`: the day since 1970, the second of the day, and the end.
    #[inline(always)]
    fn year_first(&self, bytes: &[u8], known: &mut KnownDate) -> Option<(i64, u32, usize)> {
        let start: &[u8; 19] = bytes.first_chunk()?;
        let date =
            known.or_read([part(start, 0), part(start, 3)], || self.year_first_date(start))?;
        Some((date, second(part(start, 11))?, 19))
    }

    #[inline(never)]
    fn year_first_date(&self, start: &[u8; 19]) -> Option<i64> {
        const ROOM: u64 = room(*b"0000-00-");
        let date = pairs(part(start, 0), self.marks, ROOM)?;
        if !self.stands_between(start[10]) {
            return None;
        }
        let year = (date & 0xff) as i32 * 100 + (date >> 16 & 0xff) as i32;
        calendar::checked_days(year, (date >> 40) as u8, two(start[8], start[9])?)
    }

    /// `05/Mar/2007:14:39:21`, the same.
    #[inline(always)]
    fn day_first(&self, bytes: &[u8], known: &mut KnownDate) -> Option<(i64, u32, usize)> {
        let start: &[u8; 20] = bytes.first_chunk()?;
        let date =
            known.or_read([part(start, 0), part(start, 4)], || self.day_first_date(start))?;
        Some((date, second(part(start, 12))?, 20))
    }

    #[inline(never)]
    fn day_first_date(&self, start: &[u8; 20]) -> Option<i64> {
        let separators = start[2] == self.separator && start[6] == self.separator;
        if !separators || !self.stands_between(start[11]) {
            return None;
        }
        let month = words::english_month([start[3], start[4], start[5]])?;
        let century = i32::from(two(start[7], start[8])?);
        let year = century * 100 + i32::from(two(start[9], start[10])?);
        calendar::checked_days(year, month, two(start[0], start[1])?)
    }

    #[inline(always)]
    fn stands_between(&self, byte: u8) -> bool {
        byte < 128 && self.between[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

#[inline(always)]
fn part<const N: usize>(bytes: &[u8; N], at: usize) -> [u8; 8] {
    let mut part = [0; 8];
    part.copy_from_slice(&bytes[at..at + 8]);
    part
}

/// The digits of eight bytes, in which `marks` has its own bytes and `0` for a digit, as numbers
/// of two digits, each in the byte of its first digit.
#[inline(always)]
fn pairs(bytes: [u8; 8], marks: u64, room: u64) -> Option<u64> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let digits = u64::from_le_bytes(bytes) ^ marks;
    // a byte above its room sets its high bit; one that overflows has the high bit itself
    if (digits.wrapping_add(room) | digits) & HIGH != 0 {
        return None;
    }
    Some((digits * 10).wrapping_add(digits >> 8))
}

/// What may be added to a byte before its high bit is set: a digit has room to 9, a mark to 0.
const fn room(marks: [u8; 8]) -> u64 {
    let mut room = [0; 8];
    let mut index = 0;
    while index < 8 {
        room[index] = if marks[index] == b'0' { 0x80 - 10 } else { 0x7f };
        index += 1;
    }
    u64::from_le_bytes(room)
}

#[inline(always)]
fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then_some(tens.wrapping_mul(10).wrapping_add(ones))
}

/// The second of the day of `10:56:10`.
#[inline(always)]
fn second(bytes: [u8; 8]) -> Option<u32> {
    const MARKS: [u8; 8] = *b"00:00:00";
    let time = pairs(bytes, u64::from_le_bytes(MARKS), const { room(MARKS) })?;
    let (hour, minute, second) = (time as u8, (time >> 24) as u8, (time >> 48) as u8);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second))
}

/// Fraction and zone, where they are plain to see.
#[inline(always)]
fn usual_tail(bytes: &[u8], plain: &mut Plain) -> Option<()> {
    let mut at = plain.end;
    if let Some(b'.' | b',') = bytes.get(at) {
        at = fraction(bytes, at + 1, plain)?;
    }
    plain.end = at;
    let start = match bytes.get(at) {
        None => return Some(()),
        Some(b' ') => at + 1,
        Some(b'Z') if at + 1 == bytes.len() => {
            plain.east = 0;
            plain.end = at + 1;
            return Some(());
        }
        Some(_) => at,
    };
    match offset_at_end(bytes, start) {
        Some(east) => {
            plain.east = east;
            plain.end = bytes.len();
            Some(())
        }
        None => nothing_more(&bytes[at..]).then_some(()),
    }
}

/// One to nine digits from `at` on; none, or more, are left to the steps.
#[inline(always)]
fn fraction(bytes: &[u8], at: usize, plain: &mut Plain) -> Option<usize> {
    let (mut end, mut scale) = (at, 1_000_000_000);
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        scale /= 10;
        plain.fraction += u32::from(digit - b'0') * scale;
        end += 1;
    }
    (scale != 0 && scale != 1_000_000_000).then_some(end)
}

/// `+0100` or `+01:00`, and nothing after it: seconds east of UTC.
#[inline(always)]
fn offset_at_end(bytes: &[u8], at: usize) -> Option<i32> {
    let rest = bytes.get(at..)?;
    let colon = match rest.len() {
        5 => 0,
        6 if rest[3] == b':' => 1,
        _ => return None,
    };
    let (hours, minutes) = (two(rest[1], rest[2])?, two(rest[3 + colon], rest[4 + colon])?);
    if hours > 15 || minutes > 59 {
        return None;
    }
    let east = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    match rest[0] {
        b'+' => Some(east),
        b'-' => Some(-east),
        _ => None,
    }
}

/// Neither AM nor a zone nor a fraction can begin here.
#[inline(always)]
fn nothing_more(rest: &[u8]) -> bool {
    let begins =
        |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'+' | b'-' | b' ' | b'\t' | b':');
    match rest {
        [b' ' | b'\t', next, ..] => !begins(next),
        [next, ..] => !begins(next),
        [] => true,
    }
}
