//! Numbers as logs write them, with a unit or without: `12ms`, `3.4s`, `1m30s`, `1.5KB`, `1,234`.

use crate::amount::{self, Billionths, ONE};

/// What a number counts, as its unit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// It has no unit.
    #[default]
    None,
    /// A length of time; the number is in seconds.
    Seconds,
    /// An amount of data; the number is in bytes.
    Bytes,
}

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A number in the base unit, in billionths.
    Number(Billionths, Unit),
    /// There is none: an empty text, or the `-` of access logs.
    Absent,
    /// Something else.
    Other,
}

/// Numbers of this size and above are none, as for `--sum`.
const LIMIT: Billionths = 100_000_000_000_000_000_000 * ONE;

/// How a unit is applied: the power of ten of its digits, and what they are multiplied by.
type Scale = (i32, Billionths, Unit);

const PLAIN: Scale = (0, 1, Unit::None);

/// Reads a number. Decimals beyond the ninth of the number as it is written are rounded half to even;
/// those of `ms`, `us` and `ns` beyond the ninth of the second.
#[inline]
pub fn parse(text: &[u8]) -> Reading {
    let (negative, digits) = match text {
        b"" | b"-" => return Reading::Absent,
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    match usual(digits).or_else(|| with_unit(digits)) {
        Some((size, unit)) => Reading::Number(if negative { -size } else { size }, unit),
        None => Reading::Other,
    }
}

/// The usual case: digits, perhaps a point and more, and at most a unit. `None` says nothing.
#[inline]
fn usual(text: &[u8]) -> Option<(Billionths, Unit)> {
    let (mut number, mut point, mut end) = (0u64, None, 0);
    for byte in text {
        match byte {
            b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            b'.' if point.is_none() => point = Some(end),
            _ => break,
        }
        end += 1;
    }
    let decimals = point.map_or(0, |at| end - at - 1);
    // More digits might not fit, and without any it is no number.
    if end > 18 || end == usize::from(point.is_some()) {
        return None;
    }
    let (power, factor, unit) = if end == text.len() { PLAIN } else { scale(&text[end..])? };
    let power = u32::try_from(9 + power - decimals as i32).ok().filter(|power| *power <= 18)?;
    let amount =
        (Billionths::from(number) * Billionths::from(10u64.pow(power))).checked_mul(factor)?;
    (amount < LIMIT).then_some((amount, unit))
}

/// One number with a unit, or several of falling units of time, as `1h2m3.5s`.
fn with_unit(text: &[u8]) -> Option<(Billionths, Unit)> {
    let (mut rest, mut total, mut before) = (text, 0, None);
    loop {
        let (number, tail) = rest.split_at(number_end(rest));
        let letters = tail.iter().position(|byte| !is_letter(*byte)).unwrap_or(tail.len());
        let letters = match tail {
            // `12 ms`; what follows the blank has to be a unit then.
            [b' ', unit @ ..] if before.is_none() && !unit.is_empty() => {
                return Some((scaled(number, unit)?, scale(unit)?.2));
            }
            _ => letters,
        };
        let (unit, tail) = tail.split_at(letters);
        let (power, factor, kind) = scale(unit)?;
        // The size of a unit of time in billionths of a second.
        let size = factor * Billionths::from(10i64.pow(u32::try_from(9 + power).ok()?));
        if before.is_some_and(|before| kind != Unit::Seconds || before <= size) {
            return None;
        }
        total += scaled(number, unit)?;
        if tail.is_empty() {
            return (total < LIMIT).then_some((total, kind));
        }
        if kind != Unit::Seconds {
            return None;
        }
        (rest, before) = (tail, Some(size));
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// Where a number ends: behind digits, points and commas, and an exponent if there is one.
fn number_end(text: &[u8]) -> usize {
    let digits = |from: usize, more: &[u8]| {
        let is_part = |byte: &u8| byte.is_ascii_digit() || more.contains(byte);
        from + text[from..].iter().position(|byte| !is_part(byte)).unwrap_or(text.len() - from)
    };
    let end = digits(0, b".,");
    match &text[end..] {
        [b'e' | b'E', b'+' | b'-', digit, ..] if digit.is_ascii_digit() => digits(end + 2, b""),
        [b'e' | b'E', digit, ..] if digit.is_ascii_digit() => digits(end + 1, b""),
        _ => end,
    }
}

/// A number in the base of its unit.
fn scaled(number: &[u8], unit: &[u8]) -> Option<Billionths> {
    let (power, factor, _) = scale(unit)?;
    let mut text = without_commas(number)?;
    if power != 0 {
        let (digits, own) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(at) => (at, std::str::from_utf8(&text[at + 1..]).ok()?.parse::<i32>().ok()?),
            None => (text.len(), 0),
        };
        text.truncate(digits);
        text.extend_from_slice(format!("e{}", own.checked_add(power)?).as_bytes());
    }
    if !text.first()?.is_ascii_digit() && text[0] != b'.' {
        return None;
    }
    amount::parse(&text)?.checked_mul(factor).filter(|amount| *amount < LIMIT)
}

/// `1,234,567.8` without the commas; `None` where they do not stand between thousands.
fn without_commas(number: &[u8]) -> Option<Vec<u8>> {
    if !number.contains(&b',') {
        return Some(number.to_vec());
    }
    let whole = number.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b','));
    let (whole, rest) = number.split_at(whole.unwrap_or(number.len()));
    let mut parts = whole.split(|byte| *byte == b',');
    let first = parts.next()?;
    let grouped = (1..=3).contains(&first.len()) && parts.all(|part| part.len() == 3);
    let clean = grouped && !rest.contains(&b',');
    clean.then(|| number.iter().copied().filter(|byte| *byte != b',').collect())
}

/// Powers of 1024 stand for themselves; the others are powers of 1000.
fn scale(unit: &[u8]) -> Option<Scale> {
    const KIB: Billionths = 1024;
    let time = |power: i32, factor: Billionths| Some((power, factor, Unit::Seconds));
    let data = |power: i32, factor: Billionths| Some((power, factor, Unit::Bytes));
    match unit {
        b"" => Some(PLAIN),
        b"ns" => time(-9, 1),
        // Both letters that look like a micro sign.
        b"us" | b"\xC2\xB5s" | b"\xCE\xBCs" => time(-6, 1),
        b"ms" | b"msec" | b"msecs" => time(-3, 1),
        b"s" | b"sec" | b"secs" | b"second" | b"seconds" => time(0, 1),
        b"m" | b"min" | b"mins" | b"minute" | b"minutes" => time(0, 60),
        b"h" | b"hr" | b"hrs" | b"hour" | b"hours" => time(0, 3600),
        b"d" | b"day" | b"days" => time(0, 86_400),
        b"B" | b"byte" | b"bytes" => data(0, 1),
        b"kB" | b"KB" | b"kb" => data(3, 1),
        b"MB" | b"mb" => data(6, 1),
        b"GB" | b"gb" => data(9, 1),
        b"TB" | b"tb" => data(12, 1),
        b"PB" | b"pb" => data(15, 1),
        b"KiB" | b"kiB" => data(0, KIB),
        b"MiB" => data(0, KIB.pow(2)),
        b"GiB" => data(0, KIB.pow(3)),
        b"TiB" => data(0, KIB.pow(4)),
        b"PiB" => data(0, KIB.pow(5)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_logs_write_them() {
        const MS: Billionths = 1_000_000;
        for (text, billionths, unit) in [
            ("0", 0, Unit::None),
            ("512", 512 * ONE, Unit::None),
            ("-3.25", -3_250_000_000, Unit::None),
            ("+7", 7 * ONE, Unit::None),
            (".5", 500_000_000, Unit::None),
            ("5.", 5 * ONE, Unit::None),
            ("0.0000000015", 2, Unit::None),
            ("1e3", 1000 * ONE, Unit::None),
            ("1,234", 1234 * ONE, Unit::None),
            ("1,234,567.5", 1_234_567_500_000_000, Unit::None),
            ("12ms", 12 * MS, Unit::Seconds),
            ("-12 ms", -12 * MS, Unit::Seconds),
            ("1.5e3ms", 1500 * MS, Unit::Seconds),
            ("3.4s", 3400 * MS, Unit::Seconds),
            ("250us", 250_000, Unit::Seconds),
            ("250\u{b5}s", 250_000, Unit::Seconds),
            ("250\u{3bc}s", 250_000, Unit::Seconds),
            ("7ns", 7, Unit::Seconds),
            ("1m30s", 90 * ONE, Unit::Seconds),
            ("1h2m3.5s", 3_723_500 * MS, Unit::Seconds),
            ("2m", 120 * ONE, Unit::Seconds),
            ("1d", 86_400 * ONE, Unit::Seconds),
            ("10B", 10 * ONE, Unit::Bytes),
            ("1.5KB", 1500 * ONE, Unit::Bytes),
            ("1.5kB", 1500 * ONE, Unit::Bytes),
            ("1.5KiB", 1536 * ONE, Unit::Bytes),
            ("2 MiB", 2_097_152 * ONE, Unit::Bytes),
            ("1,024 GB", 1_024_000_000_000 * ONE, Unit::Bytes),
        ] {
            assert_eq!(parse(text.as_bytes()), Reading::Number(billionths, unit), "{text}");
        }
        for text in ["", "-"] {
            assert_eq!(parse(text.as_bytes()), Reading::Absent, "{text}");
        }
        for text in [
            "abc",
            "12xs",
            "1,23",
            "1,2345",
            ",123",
            "1.2.3",
            "ms",
            " 5",
            "5 ",
            "1e",
            "30s1m",
            "1s1s",
            "1KB2KB",
            "--1",
            "1e20",
            "99999999999PB",
            "NaN",
            "inf",
            "0x10",
            "1m 30s",
            ".",
            "1.5,000",
            "12 ",
            "12 ms ",
            "-.",
            "1h-2m",
        ] {
            assert_eq!(parse(text.as_bytes()), Reading::Other, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_as_sums_do(text in "[-+]?[0-9]{0,22}\\.?[0-9]{0,12}(e[-+]?[0-9]{1,2})?") {
            prop_assume!(!text.is_empty() && text != "-");
            let expected = amount::parse(text.as_bytes());
            let found = match parse(text.as_bytes()) {
                Reading::Number(amount, Unit::None) => Some(amount),
                _ => None,
            };
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn the_usual_way_is_the_same_way(text in "[0-9]{0,12}\\.?[0-9]{0,6}(ns|us|ms|s|m|h|B|KB|GB|MiB)?") {
            if let Some(found) = usual(text.as_bytes()) {
                prop_assert_eq!(with_unit(text.as_bytes()), Some(found));
            }
        }

        #[test]
        fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            parse(&text);
        }

        #[test]
        fn nothing_numeric_panics(text in "[-+]?([0-9.,]{0,25}(e[-+]?[0-9]{0,11})? ?[a-zA-Zµ]{0,3}){0,3}") {
            parse(text.as_bytes());
        }
    }
}
