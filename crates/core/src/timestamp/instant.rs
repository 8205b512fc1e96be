//! Stamps that count from 1970: epoch in its units, and TAI64N.

use super::format::Unit;
use super::parse::{beyond, digits, Fields};

const SECOND: i64 = 1_000_000_000;

/// The label that TAI64 gives to 1970-01-01 00:00:00 UTC as multilog and svlogd write it: 2^62 and
/// the ten seconds that TAI was ahead then. Leap seconds since are not counted by them.
const TAI_EPOCH: i64 = (1 << 62) + 10;

pub(crate) fn epoch(bytes: &[u8], at: usize, unit: Unit, fields: &mut Fields) -> Option<usize> {
    let negative = bytes.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let (value, end) = digits(bytes, start, 19);
    beyond(start, end)?;
    let (scale, decimals) = match unit {
        Unit::Seconds => (SECOND, 9),
        Unit::Milliseconds => (1_000_000, 6),
        Unit::Microseconds => (1000, 3),
        Unit::Nanoseconds => (1, 0),
    };
    let whole = i64::try_from(value).ok()?.checked_mul(scale)?;
    let mut end = end;
    let mut part = 0;
    if matches!(bytes.get(end), Some(b'.' | b',')) && decimals > 0 {
        let (_, last) = digits(bytes, end + 1, 9);
        for index in 0..decimals {
            let digit = bytes.get(end + 1 + index).filter(|_| end + 1 + index < last);
            part = part * 10 + digit.map_or(0, |d| i64::from(d - b'0'));
        }
        end = if last > end + 1 { last } else { end };
    }
    let instant = whole.checked_add(part)?;
    fields.instant = Some(if negative { -instant } else { instant });
    Some(end)
}

pub(crate) fn tai64n(bytes: &[u8], at: usize, fields: &mut Fields) -> Option<usize> {
    let start = at + usize::from(bytes.get(at) == Some(&b'@'));
    let hex = |from: usize, to: usize| {
        bytes.get(from..to)?.iter().try_fold(0u64, |value, byte| {
            char::from(*byte).to_digit(16).map(|digit| value << 4 | u64::from(digit))
        })
    };
    let label = i64::try_from(hex(start, start + 16)?).ok()?;
    let nanoseconds = hex(start + 16, start + 24)? as u32;
    if nanoseconds >= SECOND as u32 {
        return None;
    }
    fields.instant = Some(label.checked_sub(TAI_EPOCH)?.checked_mul(SECOND)?);
    fields.fraction = nanoseconds;
    Some(start + 24)
}
