//! Reading the zone that stands in a stamp: an offset, or the name of one.

use super::parse::{beyond, digits, is_blank, past_blanks, Fields};
use super::words::{self, ZoneWord};

/// `Z`, `+02:00`, `+0200`, and with two digits or more than `least` also `+02`: seconds east of
/// UTC, and the end.
#[inline(always)]
pub(crate) fn offset(bytes: &[u8], at: usize, least: usize) -> Option<(i32, usize)> {
    let sign = match *bytes.get(at)? {
        b'+' => 1,
        b'-' => -1,
        b'Z' | b'z' => {
            let word = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            return (!word).then_some((0, at + 1));
        }
        _ => return None,
    };
    let (hours, mut end) = digits(bytes, at + 1, 2);
    if end != at + 3 {
        return None;
    }
    let colon = usize::from(bytes.get(end) == Some(&b':'));
    let (minutes, last) = digits(bytes, end + colon, 2);
    let mut seconds = hours * 3600;
    if last == end + colon + 2 {
        seconds += minutes * 60;
        end = last;
    } else if least > 2 {
        return None;
    }
    let run_on = bytes.get(end).is_some_and(u8::is_ascii_digit);
    // nobody lives further than 15:56 from Greenwich
    if minutes > 59 || hours > 15 || run_on {
        return None;
    }
    Some((sign * seconds as i32, end))
}

/// The zone after a time, if one stands there, directly or after blanks; the end in any case.
#[inline(always)]
pub(crate) fn zone(bytes: &[u8], at: usize, fields: &mut Fields) -> usize {
    let Some(next) = bytes.get(at) else {
        return at;
    };
    let blank = is_blank(*next);
    let start = if blank { past_blanks(bytes, at) } else { at };
    // ` -5` after a time is more often a number than a zone
    let least = if blank { 4 } else { 2 };
    match bytes.get(start) {
        Some(b'+' | b'-' | b'Z' | b'z') => match offset(bytes, start, least) {
            Some((offset, end)) => {
                fields.zone = Some(ZoneWord::Offset(offset));
                end
            }
            None => at,
        },
        Some(b'A'..=b'Y') => zone_name(bytes, start, fields).unwrap_or(at),
        _ => at,
    }
}

/// `CEST`, and also `GMT+0200`.
pub(crate) fn zone_name(bytes: &[u8], at: usize, fields: &mut Fields) -> Option<usize> {
    let (word, length) = words::zone(bytes.get(at..)?)?;
    let end = at + length;
    if word == ZoneWord::Offset(0) && matches!(bytes.get(end), Some(b'+' | b'-')) {
        if let Some((offset, end)) = offset(bytes, end, 2) {
            fields.zone = Some(ZoneWord::Offset(offset));
            return Some(end);
        }
    }
    fields.zone = Some(word);
    Some(end)
}

pub(crate) fn zone_before(bytes: &[u8], at: usize, fields: &mut Fields) -> usize {
    let end = match bytes.get(at) {
        Some(b'+' | b'-') => offset(bytes, at, 4).map(|(offset, end)| {
            fields.zone = Some(ZoneWord::Offset(offset));
            end
        }),
        Some(b'A'..=b'Z') => zone_name(bytes, at, fields),
        _ => None,
    };
    match end.and_then(|end| beyond(end, past_blanks(bytes, end))) {
        Some(end) => end,
        None => {
            fields.zone = None;
            at
        }
    }
}
