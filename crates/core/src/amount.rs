//! Amounts: the numbers that `--sum` adds up and conditions compare, exact whatever the order.
//!
//! Adding floating-point numbers in another order gives another sum, and then two tallies would not
//! merge into the same one. So an amount is a whole number of billionths in 128 bits: nine decimals,
//! and room for 10^20 times as many as any log holds.

/// A number of billionths.
pub type Billionths = i128;

/// How many billionths one is.
pub const ONE: Billionths = 1_000_000_000;

/// The most digits before the decimal point; what is larger is not an amount.
const WHOLE_DIGITS: usize = 20;

/// Reads a decimal number: a sign, digits, a fraction, an exponent. Decimals beyond the ninth are
/// rounded half to even. A lone `-` is 0, as access logs write it for "no bytes". `None` for
/// anything else, and for numbers of 10^20 and above.
pub fn parse(text: &[u8]) -> Option<Billionths> {
    let (negative, digits) = match text {
        b"-" => return Some(0),
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    // The common case: a whole number of few digits.
    if !digits.is_empty() && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit) {
        let whole = digits.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
        let amount = Billionths::from(whole) * ONE;
        return Some(if negative { -amount } else { amount });
    }
    let (mantissa, exponent) = match digits.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&digits[..at], exponent(&digits[at + 1..])?),
        None => (digits, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    if whole.len() + fraction.len() == 0 || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    let amount = scaled(whole, fraction, exponent)?;
    Some(if negative { -amount } else { amount })
}

fn exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0, |n, d| n * 10 + i32::from(d - b'0'));
    Some(if negative { -value } else { value })
}

/// `whole.fraction` times ten to the `exponent`, in billionths.
fn scaled(whole: &[u8], fraction: &[u8], exponent: i32) -> Option<Billionths> {
    let mut digits = whole.iter().chain(fraction).skip_while(|digit| **digit == b'0').peekable();
    if digits.peek().is_none() {
        return Some(0);
    }
    let count = digits.clone().count() as i64;
    // The place of the decimal point behind the first digit that counts, and of the last one kept.
    let point = count - fraction.len() as i64 + i64::from(exponent);
    if point > WHOLE_DIGITS as i64 {
        return None;
    }
    let kept = point + 9;
    let mut amount: Billionths = 0;
    if kept < 0 {
        return Some(0);
    }
    for place in 0..kept {
        if place >= count {
            amount *= Billionths::from(10).checked_pow(u32::try_from(kept - place).ok()?)?;
            break;
        }
        amount = amount * 10 + Billionths::from(digits.next()? - b'0');
    }
    let next = digits.next().map_or(0, |digit| digit - b'0');
    let beyond = digits.any(|digit| *digit != b'0');
    if next > 5 || (next == 5 && (beyond || amount % 2 == 1)) {
        amount += 1;
    }
    Some(amount)
}

/// The nearest floating-point number.
pub fn nearest(amount: Billionths) -> f64 {
    if amount % ONE == 0 {
        return (amount / ONE) as f64;
    }
    // By way of the decimal text, since a division would round a second time.
    let (whole, part) = (amount.unsigned_abs() / ONE as u128, amount.unsigned_abs() % ONE as u128);
    let size: f64 = format!("{whole}.{part:09}").parse().unwrap_or(f64::NAN);
    if amount < 0 {
        -size
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_logs_write_them() {
        for (text, billionths) in [
            ("0", 0),
            ("-", 0),
            ("512", 512 * ONE),
            ("+7", 7 * ONE),
            ("-3", -3 * ONE),
            ("0.003", 3_000_000),
            (".5", 500_000_000),
            ("5.", 5 * ONE),
            ("1e3", 1000 * ONE),
            ("1.5E-3", 1_500_000),
            ("0.0000000005", 0),
            ("0.0000000015", 2),
            ("0.00000000051", 1),
            ("12345678901234567890", 12_345_678_901_234_567_890 * ONE),
            ("000000000000000000000000000012", 12 * ONE),
            ("1e-400", 0),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(billionths), "{text}");
        }
        for text in [
            "", "+", ".", "1,234", "12ms", "0x10", "1e", "1e99999", "inf", "NaN", "1e20", "--1",
            " 1",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whole_numbers_are_exact(n in -10_000_000_000_000_000_000i128..10_000_000_000_000_000_000) {
            prop_assert_eq!(parse(n.to_string().as_bytes()), Some(n * ONE));
        }

        #[test]
        fn nine_decimals_are_exact(n: i64) {
            let text = format!("{}{}.{:09}", if n < 0 { "-" } else { "" },
                n.unsigned_abs() / 1_000_000_000, n.unsigned_abs() % 1_000_000_000);
            prop_assert_eq!(parse(text.as_bytes()), Some(i128::from(n)));
        }

        #[test]
        fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            parse(&text);
        }

        #[test]
        fn nothing_numeric_panics(text in "[-+]?[0-9.]{0,45}(e[-+]?[0-9]{0,5})?") {
            parse(text.as_bytes());
        }
    }
}
