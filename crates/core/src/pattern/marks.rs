//! What is found of a line in one pass, and what it is then compared with.

/// Longer lines are not looked at: their bits would not stay in the first cache.
const MOST: usize = 64 * 1024;

/// One bit for each byte of a line: whether it is a quote.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quotes {
    /// The bits, the first byte's lowest; 0 behind the end of the line.
    words: Vec<u64>,
    many: u32,
}

impl Quotes {
    /// How many there are.
    #[inline(always)]
    pub(crate) fn many(&self) -> u32 {
        self.many
    }

    /// The first quote from a place on, counted from the beginning of the line.
    #[inline(always)]
    pub(crate) fn next(&self, at: usize) -> Option<usize> {
        let (mut word, bit) = (at / 64, at % 64);
        // The 64 bits from `at` on stand in two words. Whether the first one of them is enough is a
        // matter of chance, so no branch asks for it.
        let pair = self.words.get(word..word + 2)?;
        let bits = pair[0] >> bit | pair[1] << 1 << (63 - bit);
        if bits != 0 {
            return Some(at + bits.trailing_zeros() as usize);
        }
        loop {
            word += 1;
            let bits = *self.words.get(word)?;
            if bits != 0 {
                return Some(word * 64 + bits.trailing_zeros() as usize);
            }
        }
    }

    /// Makes room for a line of so many bytes; nothing where it is too long.
    #[inline(always)]
    pub(super) fn begin(&mut self, bytes: usize) -> Option<()> {
        if bytes > MOST {
            return None;
        }
        let words = bytes.div_ceil(64) + 2;
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        self.many = 0;
        self.words[words - 2] = 0;
        self.words[words - 1] = 0;
        Some(())
    }

    /// Notes the quotes of the next 64 bytes.
    #[inline(always)]
    pub(super) fn set(&mut self, word: usize, bits: u64) {
        self.words[word] = bits;
        self.many += bits.count_ones();
    }
}

/// 32 bytes, ready to be compared with 32 others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Chunk([u8; 32]);

impl Chunk {
    /// The first bytes, up to 32, and 0 behind them.
    pub(crate) fn new(bytes: &[u8]) -> Chunk {
        let mut chunk = [0; 32];
        chunk[..bytes.len()].copy_from_slice(bytes);
        Chunk(chunk)
    }

    #[inline(always)]
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
