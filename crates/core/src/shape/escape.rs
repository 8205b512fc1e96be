//! Escapes as JSON has them, and logfmt too.

/// Appends what the text between two quotes means. Half of a pair of surrogates stands as the three
/// bytes that UTF-8 would have for it, as in Python's `surrogatepass`. What is no escape stays.
pub(crate) fn decode(text: &[u8], into: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        into.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&letter, after)) = rest.split_first() else { return };
        rest = after;
        match letter {
            b'b' => into.push(8),
            b'f' => into.push(12),
            b'n' => into.push(b'\n'),
            b'r' => into.push(b'\r'),
            b't' => into.push(b'\t'),
            b'u' => match unit(rest) {
                None => into.extend_from_slice(b"\\u"),
                Some(high) => {
                    rest = &rest[4..];
                    let low = rest.strip_prefix(b"\\u").and_then(unit);
                    match low {
                        Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&high) => {
                            rest = &rest[6..];
                            push(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), into);
                        }
                        _ => push(high, into),
                    }
                }
            },
            other => into.push(other),
        }
    }
    into.extend_from_slice(rest);
}

/// The four hexadecimal digits that a text begins with.
fn unit(text: &[u8]) -> Option<u32> {
    text.get(..4)?
        .iter()
        .try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

fn push(code: u32, into: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(letter) => into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let byte = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
            into.extend_from_slice(&[0xe0 | (code >> 12) as u8, byte(6), byte(0)]);
        }
    }
}
