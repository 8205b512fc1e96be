//! Huffman codes of deflate as tables, RFC 1951 section 3.2.2.
//!
//! An entry is found by the next bits of the stream, and holds all there is to know of a symbol, so
//! that decoding one takes no further look-up. The layout of an entry follows libdeflate's.

/// Bits that the first table of literals and lengths looks at,
pub(super) const LITERAL_BITS: u32 = 11;

/// and that of distances.
pub(super) const DISTANCE_BITS: u32 = 8;

/// Room for the first table and all second ones, rounded up to a power of two: of 288 symbols with
/// codes of up to 15 bits 2,342 entries are the most, of 32 symbols 402.
const LITERAL_ENTRIES: usize = 4096;
const DISTANCE_ENTRIES: usize = 512;

/// The longest code.
pub(super) const LONGEST: usize = 15;

/// A literal, which stands in bits 16 to 23.
pub(super) const LITERAL: u32 = 1 << 31;
/// No literal, length or distance: a second table, the end of a block, or no symbol at all.
pub(super) const SPECIAL: u32 = 1 << 15;
/// A second table: where it begins is in bits 16 to 30, how many bits it looks at in bits 8 to 13.
pub(super) const SECOND: u32 = 1 << 14;
/// The end of a block.
pub(super) const END: u32 = 1 << 13;
/// A symbol that means nothing.
const NONE: u32 = SPECIAL;
/// No code leads here, which the first bit shows.
const NOWHERE: u32 = SPECIAL | 1;

/// The tables of a block. In bits 0 to 5 of an entry stands how many bits it takes, its extra ones
/// among them; in bits 8 to 11 how many without those; in bits 16 to 30 the length or distance to
/// which the extra ones are added.
pub(super) struct Codes {
    pub(super) literals: [u32; LITERAL_ENTRIES],
    pub(super) distances: [u32; DISTANCE_ENTRIES],
}

/// What is wrong with the lengths of some codes.
pub(super) struct Unfit;

impl Codes {
    pub(super) fn new() -> Codes {
        Codes { literals: [NOWHERE; LITERAL_ENTRIES], distances: [NOWHERE; DISTANCE_ENTRIES] }
    }

    /// The codes that RFC 1951 gives for blocks without codes of their own.
    pub(super) fn fix(&mut self) {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        let fits = self.set(&lengths, &[5; 32]).is_ok();
        debug_assert!(fits);
    }

    /// Takes the length of the code of each symbol, 0 for one that has none.
    pub(super) fn set(&mut self, literals: &[u8], distances: &[u8]) -> Result<(), Unfit> {
        fill(&mut self.literals, LITERAL_BITS, literals, literal)?;
        fill(&mut self.distances, DISTANCE_BITS, distances, distance)?;
        Ok(())
    }
}

/// The entry of a literal or length, without its code.
fn literal(symbol: usize) -> u32 {
    const BASE: [u16; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ];
    const EXTRA: [u8; 29] =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    match symbol {
        0..256 => LITERAL | (symbol as u32) << 16,
        256 => SPECIAL | END,
        257..286 => u32::from(BASE[symbol - 257]) << 16 | u32::from(EXTRA[symbol - 257]),
        _ => NONE,
    }
}

/// The entry of a distance, without its code.
fn distance(symbol: usize) -> u32 {
    match symbol {
        0..4 => (symbol as u32 + 1) << 16,
        4..30 => {
            let extra = symbol as u32 / 2 - 1;
            (((2 + (symbol as u32 & 1)) << extra) + 1) << 16 | extra
        }
        _ => NONE,
    }
}

/// Fills a table whose first part looks at `bits` bits. Gives whether all bits have a meaning, or none.
pub(super) fn fill(
    table: &mut [u32],
    bits: u32,
    lengths: &[u8],
    entry: impl Fn(usize) -> u32,
) -> Result<bool, Unfit> {
    let mut counts = [0_u32; LONGEST + 1];
    lengths.iter().for_each(|length| counts[usize::from(*length)] += 1);
    counts[0] = 0;
    let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let mut left = 1_i32;
    for count in &counts[1..=longest] {
        left = left * 2 - *count as i32;
        if left < 0 {
            return Err(Unfit);
        }
    }
    // One code of one bit, or none at all, may leave bits without a meaning.
    if left > 0 && longest > 1 {
        return Err(Unfit);
    }
    table[..1 << bits].fill(NOWHERE);
    let mut free = 1 << bits;
    // The second table that is being filled: the bits that lead to it, where it begins, its bits.
    let mut second = (u32::MAX, 0, 0);
    let mut code = 0_u32;
    for length in 1..=longest {
        code <<= 1;
        for symbol in (0..lengths.len()).filter(|symbol| usize::from(lengths[*symbol]) == length) {
            let (here, reversed) = (length as u32, code.reverse_bits() >> (32 - length));
            code += 1;
            let (part, done) = if here <= bits {
                (0..1 << bits, 0)
            } else {
                let prefix = reversed & ((1 << bits) - 1);
                if second.0 != prefix {
                    let more = width(&counts[..=longest], bits, length);
                    second = (prefix, free, more);
                    table[free..free + (1 << more)].fill(NOWHERE);
                    table[prefix as usize] =
                        (free as u32) << 16 | SPECIAL | SECOND | more << 8 | bits;
                    free += 1 << more;
                }
                (second.1..second.1 + (1 << second.2), bits)
            };
            let entry = with(entry(symbol), here - done);
            let places = table[part].iter_mut().skip((reversed >> done) as usize);
            places.step_by(1 << (here - done)).for_each(|place| *place = entry);
            counts[length] -= 1;
        }
    }
    Ok(left == 0 || longest == 0)
}

/// How many bits a second table looks at that begins with a code of this length: so many that the
/// codes which remain, by length, fill it.
fn width(remain: &[u32], bits: u32, length: usize) -> u32 {
    let mut width = length as u32 - bits;
    let mut space = 1_i32 << width;
    for count in &remain[length..remain.len() - 1] {
        space -= *count as i32;
        if space <= 0 {
            break;
        }
        width += 1;
        space <<= 1;
    }
    width
}

/// An entry with the length of its code, or what is left of that in a second table.
fn with(entry: u32, length: u32) -> u32 {
    (entry + length) | length << 8
}
