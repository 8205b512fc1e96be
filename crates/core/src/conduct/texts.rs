//! The texts of hashes, as far as they fit: for showing a few of the keys that were tried.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// All texts of a table take at most so many bytes, and what a map needs beside them.
const MOST_BYTES: usize = 16 << 20;

/// Texts that may never be asked for leave so many of them to the others.
const LEFT_BYTES: usize = MOST_BYTES / 2;

/// Of a text so many bytes are kept.
pub const CLIPPED: usize = 256;

/// What a text takes beside its bytes.
const BESIDE: usize = 48;

/// The hashes are hashes already.
#[derive(Default)]
pub(super) struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Texts by their hashes, seeded for this process.
#[derive(Debug, Default)]
pub struct Texts {
    known: HashMap<u64, Box<[u8]>, BuildHasherDefault<Given>>,
    taken: usize,
}

impl Texts {
    /// Learns a text, if it fits.
    #[inline]
    pub fn learn(&mut self, hash: u64, text: &[u8]) {
        if !self.known.contains_key(&hash) {
            self.keep(hash, text, MOST_BYTES);
        }
    }

    /// Learns a text, if that leaves room for others.
    #[inline]
    pub fn hear(&mut self, hash: u64, text: &[u8]) {
        if self.taken < LEFT_BYTES && !self.known.contains_key(&hash) {
            self.keep(hash, text, LEFT_BYTES);
        }
    }

    #[cold]
    fn keep(&mut self, hash: u64, text: &[u8], most: usize) {
        let text = &text[..text.len().min(CLIPPED)];
        if self.taken + text.len() + BESIDE <= most {
            self.taken += text.len() + BESIDE;
            self.known.insert(hash, text.into());
        }
    }

    /// Takes all texts of another, which then has none.
    pub fn absorb(&mut self, other: &mut Texts) {
        if self.known.is_empty() {
            std::mem::swap(self, other);
            return;
        }
        for (hash, text) in other.known.drain() {
            self.learn(hash, &text);
        }
        other.taken = 0;
    }

    /// Learns all texts of another.
    pub fn absorb_all(&mut self, other: &Texts) {
        other.known.iter().for_each(|(hash, text)| self.learn(*hash, text));
    }

    /// The text of a hash, clipped.
    pub fn get(&self, hash: u64) -> Option<&[u8]> {
        self.known.get(&hash).map(|text| &text[..])
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_texts_are_clipped() {
        let mut texts = Texts::default();
        for n in 0..200_000u64 {
            texts.learn(n, &[b'x'; 1000]);
        }
        assert!(texts.bytes() <= MOST_BYTES);
        assert_eq!(texts.get(0), Some(&[b'x'; CLIPPED][..]));
        assert_eq!(texts.get(199_999), None);
        let mut heard = Texts::default();
        (0..200_000).for_each(|n| heard.hear(n, b"text"));
        assert!(heard.bytes() <= LEFT_BYTES);
        heard.learn(1 << 40, b"more");
        assert_eq!(heard.get(1 << 40), Some(&b"more"[..]));
        let mut others = Texts::default();
        others.learn(1_000_000, b"y");
        let mut all = Texts::default();
        all.absorb(&mut others);
        all.absorb_all(&texts);
        assert_eq!(all.get(1_000_000), Some(&b"y"[..]));
        assert!(all.bytes() <= MOST_BYTES && others.get(1_000_000).is_none());
    }
}
