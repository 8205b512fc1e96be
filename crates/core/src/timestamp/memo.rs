//! The stamp read last: in a log many records in a row have the same text.

use super::fast::KnownDate;

/// A text of 8 to 48 bytes, and the instant that it meant.
pub(crate) struct Memo {
    key: Key,
    instant: i64,
    /// The format that all this was read by.
    format: usize,
    pub(crate) date: KnownDate,
}

/// A whole text, as words that may overlap: equal keys are equal texts. The length is 0 where the
/// text is too short or too long to be remembered.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    length: usize,
    words: [u128; 3],
}

#[inline(always)]
fn sixteen(text: &[u8], at: usize) -> u128 {
    let mut word = [0; 16];
    word.copy_from_slice(&text[at..at + 16]);
    u128::from_le_bytes(word)
}

#[inline(always)]
fn eight(text: &[u8], at: usize) -> u128 {
    let mut word = [0; 8];
    word.copy_from_slice(&text[at..at + 8]);
    u128::from(u64::from_le_bytes(word))
}

impl Key {
    const NONE: Key = Key { length: 0, words: [0; 3] };

    #[inline(always)]
    pub(crate) fn of(text: &[u8]) -> Key {
        let length = text.len();
        let words = match length {
            16..=32 => [sixteen(text, 0), sixteen(text, length - 16), 0],
            8..=15 => [eight(text, 0), eight(text, length - 8), 0],
            33..=48 => [sixteen(text, 0), sixteen(text, length - 16), sixteen(text, 16)],
            _ => return Key::NONE,
        };
        Key { length, words }
    }
}

impl Memo {
    pub(crate) const EMPTY: Memo =
        Memo { key: Key::NONE, instant: 0, format: 0, date: KnownDate::NONE };

    /// Forgets what another format has read.
    #[inline(always)]
    pub(crate) fn belong_to(&mut self, format: usize) {
        if self.format != format {
            *self = Memo { format, ..Memo::EMPTY };
        }
    }

    #[inline(always)]
    pub(crate) fn recall(&self, key: &Key) -> Option<i64> {
        let (words, known) = (&key.words, &self.key.words);
        // one test, not a call to compare: the last words differ most often
        let differ = (words[1] ^ known[1]) | (words[0] ^ known[0]) | (words[2] ^ known[2]);
        (differ == 0 && key.length == self.key.length && key.length > 0).then_some(self.instant)
    }

    #[inline(always)]
    pub(crate) fn keep(&mut self, key: &Key, instant: i64) {
        self.key = *key;
        self.instant = instant;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_same_text_is_recalled() {
        let bytes = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST";
        for length in 0..bytes.len() {
            let text = &bytes[..length];
            let mut memo = Memo::EMPTY;
            assert_eq!(memo.recall(&Key::of(text)), None);
            memo.keep(&Key::of(text), 42);
            assert_eq!(memo.recall(&Key::of(text)), (8..=48).contains(&length).then_some(42));
            for index in 0..length {
                let mut other = text.to_vec();
                other[index] ^= 1;
                assert_eq!(memo.recall(&Key::of(&other)), None, "{length} {index}");
            }
            memo.belong_to(7);
            assert_eq!(memo.recall(&Key::of(text)), None);
        }
    }
}
