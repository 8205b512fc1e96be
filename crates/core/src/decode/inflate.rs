//! Inflates, RFC 1951, into a window of its own.
//!
//! As libdeflate does it, which only inflates into memory that holds the whole: an entry of a table
//! tells all of a symbol, up to three literals are taken at once, and matches are copied in words that
//! may go beyond their end. Where few bytes are left to read, or little room to write, symbols are
//! taken one by one, with every bit accounted for.

use super::huffman::{fill, Codes, DISTANCE_BITS, END, LITERAL, LITERAL_BITS, SECOND, SPECIAL};
use super::input::Input;
use super::{Fault, Step};

/// So far a match reaches back.
const HISTORY: usize = 32 << 10;

/// So much is decoded at a time: with the history it stays in the processor's second cache.
const WINDOW: usize = HISTORY + (128 << 10);

/// What a round of the fast loop may write: two literals, the longest match, and beyond its end.
const ROOM: usize = 2 + 258 + 31;

/// What the fast loop may read before it looks whether there is more: three times it takes up to seven
/// bytes, and looks at eight.
const AHEAD: usize = 24;

/// The most bits of one symbol: a length and a distance with their extra bits.
const SYMBOL_BITS: u32 = 48;

const DAMAGED: Fault = Fault::Damaged("these bytes are no deflate");

/// Where the decoder stands.
enum Place {
    /// Before a block.
    Head,
    /// In a block that is stored, of which so many bytes are left.
    Stored(usize),
    /// In a block of symbols.
    Symbols,
    /// Behind the last block.
    Done,
}

/// A stream of deflate, up to its own end.
pub(super) struct Inflate {
    place: Place,
    last: bool,
    /// Bits that were taken from the input and have not been used, the next one lowest.
    bits: u64,
    /// How many of them count; what stands above is what follows them anyway.
    left: u32,
    codes: Box<Codes>,
    window: Box<[u8]>,
    /// The window is filled up to here,
    at: usize,
    /// and was given away up to here.
    given: usize,
    /// Told once all that was decoded before it has been given.
    fault: Option<Fault>,
    fast: Fast,
}

type Fast = unsafe fn(&Codes, &mut [u8], &[u8], &mut Cursor) -> Round;

/// What the fast loop goes along with.
struct Cursor {
    bits: u64,
    left: u32,
    at: usize,
    taken: usize,
}

/// How the fast loop came to its end.
enum Round {
    /// Little is left to read, or little room to write.
    Short,
    /// The block ends.
    End,
    Damaged,
}

impl Inflate {
    pub(super) fn new() -> Inflate {
        Inflate {
            place: Place::Head,
            last: false,
            bits: 0,
            left: 0,
            codes: Box::new(Codes::new()),
            window: vec![0; WINDOW].into_boxed_slice(),
            at: 0,
            given: 0,
            fault: None,
            fast: fast(),
        }
    }

    /// Makes ready for a further stream.
    pub(super) fn reset(&mut self) {
        self.place = Place::Head;
        (self.bits, self.left, self.at, self.given) = (0, 0, 0, 0);
        (self.last, self.fault) = (false, None);
    }

    /// Decodes some; `End` behind the last block.
    pub(super) fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        if self.given == self.at {
            if let Some(fault) = &self.fault {
                return Err(fault.clone());
            }
            if self.at > HISTORY {
                self.window.copy_within(self.at - HISTORY..self.at, 0);
                (self.at, self.given) = (HISTORY, HISTORY);
            }
            if let Err(fault) = self.decode(input) {
                self.fault = Some(fault);
                self.put_back(input);
            }
        }
        let len = output.len().min(self.at - self.given);
        output[..len].copy_from_slice(&self.window[self.given..self.given + len]);
        self.given += len;
        *written += len;
        let ended = matches!(self.place, Place::Done) && self.given == self.at;
        Ok(if ended { Step::End } else { Step::More })
    }

    /// Decodes until the window is full.
    fn decode(&mut self, input: &mut Input) -> Result<(), Fault> {
        while self.window.len() - self.at >= ROOM {
            match self.place {
                Place::Head => self.head(input)?,
                Place::Stored(0) => self.block_ends(input),
                Place::Stored(left) => self.stored(input, left)?,
                Place::Symbols => self.symbols(input)?,
                Place::Done => break,
            }
        }
        Ok(())
    }

    fn block_ends(&mut self, input: &mut Input) {
        self.place = if self.last { Place::Done } else { Place::Head };
        if self.last {
            self.put_back(input);
        }
    }

    /// Gives whole bytes that were not used back to the input.
    fn put_back(&mut self, input: &mut Input) {
        let bytes = (self.bits >> (self.left & 7)).to_le_bytes();
        input.put_back(&bytes[..(self.left / 8) as usize]);
        (self.bits, self.left) = (0, 0);
    }

    /// Takes so many bytes that any symbol is whole; fewer at the end.
    fn refill(&mut self, input: &mut Input) -> Result<(), Fault> {
        while self.left < SYMBOL_BITS {
            let bytes = input.some()?;
            if bytes.is_empty() {
                return Ok(());
            }
            let many = bytes.len().min(((64 - self.left) / 8) as usize);
            for byte in &bytes[..many] {
                self.bits |= u64::from(*byte) << self.left;
                self.left += 8;
            }
            input.take(many);
        }
        Ok(())
    }

    /// The next bits, which have to be there.
    fn take(&mut self, bits: u32) -> Result<u32, Fault> {
        if bits > self.left {
            return Err(Fault::Cut);
        }
        let taken = self.bits & ((1 << bits) - 1);
        self.bits >>= bits;
        self.left -= bits;
        Ok(taken as u32)
    }

    /// What stands before the contents of a block.
    fn head(&mut self, input: &mut Input) -> Result<(), Fault> {
        self.refill(input)?;
        self.last = self.take(1)? == 1;
        match self.take(2)? {
            0 => {
                self.take(self.left & 7)?;
                let (length, check) = (self.take(16)?, self.take(16)?);
                if length != !check & 0xffff {
                    return Err(Fault::Damaged("the length of a stored block is wrong"));
                }
                // What stands in whole bytes behind it is read as such.
                self.put_back(input);
                self.place = Place::Stored(length as usize);
            }
            1 => {
                self.codes.fix();
                self.place = Place::Symbols;
            }
            2 => {
                self.codes(input)?;
                self.place = Place::Symbols;
            }
            _ => return Err(DAMAGED),
        }
        Ok(())
    }

    /// The codes of a block that has its own.
    fn codes(&mut self, input: &mut Input) -> Result<(), Fault> {
        const WRONG: Fault = Fault::Damaged("the codes of a block are wrong");
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        const BITS: u32 = 7;
        self.refill(input)?;
        let literals = self.take(5)? as usize + 257;
        let distances = self.take(5)? as usize + 1;
        let many = self.take(4)? as usize + 4;
        if literals > 286 || distances > 30 {
            return Err(WRONG);
        }
        let mut lengths = [0; 19];
        for place in &ORDER[..many] {
            self.refill(input)?;
            lengths[*place] = self.take(3)? as u8;
        }
        let mut table = [0; 1 << BITS];
        match fill(&mut table, BITS, &lengths, |symbol| (symbol as u32) << 16) {
            Ok(true) => {}
            _ => return Err(WRONG),
        }
        let mut lengths = [0_u8; 286 + 30];
        let mut at = 0;
        while at < literals + distances {
            self.refill(input)?;
            let entry = table[(self.bits & ((1 << BITS) - 1)) as usize];
            if entry & SPECIAL != 0 {
                return Err(if entry & 15 > self.left { Fault::Cut } else { WRONG });
            }
            self.take(entry & 15)?;
            let (length, times) = match entry >> 16 {
                length @ 0..16 => (length as u8, 1),
                16 if at == 0 => return Err(WRONG),
                16 => (lengths[at - 1], 3 + self.take(2)?),
                17 => (0, 3 + self.take(3)?),
                _ => (0, 11 + self.take(7)?),
            };
            let end = at + times as usize;
            if end > literals + distances {
                return Err(WRONG);
            }
            lengths[at..end].fill(length);
            at = end;
        }
        // Without an end a block would go on for ever.
        if lengths[256] == 0 {
            return Err(WRONG);
        }
        let (literals, distances) = lengths[..at].split_at(literals);
        self.codes.set(literals, distances).map_err(|_| WRONG)
    }

    fn stored(&mut self, input: &mut Input, left: usize) -> Result<(), Fault> {
        let bytes = input.some()?;
        if bytes.is_empty() {
            return Err(Fault::Cut);
        }
        let len = bytes.len().min(left).min(self.window.len() - self.at);
        self.window[self.at..self.at + len].copy_from_slice(&bytes[..len]);
        input.take(len);
        self.at += len;
        self.place = Place::Stored(left - len);
        Ok(())
    }

    /// Decodes symbols up to the end of the block, or until the window is full.
    fn symbols(&mut self, input: &mut Input) -> Result<(), Fault> {
        while self.window.len() - self.at >= ROOM {
            let bytes = input.some()?;
            let ends = if bytes.len() >= AHEAD {
                let mut cursor = Cursor { bits: self.bits, left: self.left, at: self.at, taken: 0 };
                // SAFETY: the function was chosen by what the processor has; there are `AHEAD` bytes
                // to read and `ROOM` to write, and what stands before `at` was decoded.
                let round =
                    unsafe { (self.fast)(&self.codes, &mut self.window, bytes, &mut cursor) };
                input.take(cursor.taken);
                (self.bits, self.left, self.at) = (cursor.bits, cursor.left, cursor.at);
                match round {
                    Round::Short => false,
                    Round::End => true,
                    Round::Damaged => return Err(DAMAGED),
                }
            } else {
                self.refill(input)?;
                self.symbol()?
            };
            if ends {
                self.block_ends(input);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Decodes one symbol; whether it is the end of the block. Nothing is taken of one that is cut off.
    fn symbol(&mut self) -> Result<bool, Fault> {
        let (entry, skipped) = found(&self.codes.literals, LITERAL_BITS, self.bits);
        let used = skipped + (entry & 63);
        if used > self.left {
            return Err(Fault::Cut);
        }
        if entry & LITERAL != 0 {
            self.window[self.at] = (entry >> 16) as u8;
            self.at += 1;
        } else if entry & END != 0 {
            self.take(used)?;
            return Ok(true);
        } else if entry & SPECIAL != 0 {
            return Err(DAMAGED);
        } else {
            let length = value(entry, self.bits >> skipped);
            let rest = self.bits >> used;
            let (entry, skipped) = found(&self.codes.distances, DISTANCE_BITS, rest);
            let further = skipped + (entry & 63);
            if used + further > self.left {
                return Err(Fault::Cut);
            }
            let distance = value(entry, rest >> skipped);
            if entry & SPECIAL != 0 || distance > self.at {
                return Err(DAMAGED);
            }
            for _ in 0..length {
                self.window[self.at] = self.window[self.at - distance];
                self.at += 1;
            }
            self.take(further)?;
        }
        self.take(used)?;
        Ok(false)
    }
}

/// The entry of the next bits, and how many of them led to a second table.
#[inline(always)]
fn found<const ENTRIES: usize>(table: &[u32; ENTRIES], bits: u32, next: u64) -> (u32, u32) {
    let entry = table[(next as usize & ((1 << bits) - 1)) % ENTRIES];
    if entry & SPECIAL == 0 || entry & SECOND == 0 {
        return (entry, 0);
    }
    let more = (next >> bits) as usize & ((1 << (entry >> 8 & 63)) - 1);
    (table[((entry >> 16) as usize + more) % ENTRIES], bits)
}

/// A length or distance: what its entry says, and the extra bits behind the code.
#[inline(always)]
fn value(entry: u32, bits: u64) -> usize {
    let code_and_extra = bits & ((1 << (entry & 63)) - 1);
    (entry >> 16) as usize + (code_and_extra >> (entry >> 8 & 15)) as usize
}

/// The fast loop for this processor.
fn fast() -> Fast {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("bmi2") && std::is_x86_feature_detected!("avx2") {
        return vectors;
    }
    rounds
}

/// The fast loop, compiled for what most processors have.
///
/// # Safety
/// As of `rounds`, and the processor has BMI2 and AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2,avx2")]
unsafe fn vectors(codes: &Codes, window: &mut [u8], bytes: &[u8], cursor: &mut Cursor) -> Round {
    // SAFETY: as of this function.
    unsafe { rounds(codes, window, bytes, cursor) }
}

/// Decodes symbols while there is much to read and much room.
///
/// # Safety
/// `bytes` are at least `AHEAD`, and there are at least `ROOM` bytes behind `at`.
#[inline(always)]
unsafe fn rounds(codes: &Codes, window: &mut [u8], bytes: &[u8], cursor: &mut Cursor) -> Round {
    debug_assert!(bytes.len() >= AHEAD && window.len() - cursor.at >= ROOM);
    let (mut bits, mut left, mut at, mut taken) = (cursor.bits, cursor.left, cursor.at, 0);
    let (most, full) = (bytes.len() - AHEAD, window.len() - ROOM);
    // Adds bytes until 56 bits or more are there. Bits above `left` are those of the byte that is
    // read next anyway.
    macro_rules! refill {
        () => {
            // SAFETY: `taken` is at most `most`, or 7, when a round begins, which does this twice at most.
            let word = unsafe { bytes.as_ptr().add(taken).cast::<u64>().read_unaligned() };
            bits |= u64::from_le(word) << left;
            taken += ((63 - left) >> 3) as usize;
            left |= 56;
        };
    }
    macro_rules! literal {
        ($entry:expr) => {
            // SAFETY: a round writes no more than `ROOM` bytes.
            unsafe { *window.as_mut_ptr().add(at) = ($entry >> 16) as u8 };
            at += 1;
        };
    }
    macro_rules! used {
        ($entry:expr) => {
            bits >>= $entry & 63;
            left -= $entry & 63;
        };
    }
    let mask = (1 << LITERAL_BITS) - 1;
    refill!();
    let mut entry = codes.literals[bits as usize & mask];
    let round = loop {
        // At least 56 bits are there, and `entry` is that of the next ones.
        let mut before = bits;
        used!(entry);
        if entry & LITERAL != 0 {
            literal!(entry);
            entry = codes.literals[bits as usize & mask];
            before = bits;
            used!(entry);
            if entry & LITERAL != 0 {
                literal!(entry);
                entry = codes.literals[bits as usize & mask];
                before = bits;
                used!(entry);
                if entry & LITERAL != 0 {
                    literal!(entry);
                    entry = codes.literals[bits as usize & mask];
                    refill!();
                    if taken <= most && at <= full {
                        continue;
                    }
                    break Round::Short;
                }
            }
        }
        if entry & SPECIAL != 0 {
            if entry & SECOND != 0 {
                let more = bits as usize & ((1 << (entry >> 8 & 63)) - 1);
                entry = codes.literals[((entry >> 16) as usize + more) % codes.literals.len()];
                before = bits;
                used!(entry);
                if entry & LITERAL != 0 {
                    literal!(entry);
                    entry = codes.literals[bits as usize & mask];
                    refill!();
                    if taken <= most && at <= full {
                        continue;
                    }
                    break Round::Short;
                }
            }
            if entry & END != 0 {
                break Round::End;
            }
            if entry & SPECIAL != 0 {
                break Round::Damaged;
            }
        }
        let length = value(entry, before);
        // A distance takes up to 28 bits, and the next entry has to be found behind it.
        if left < 28 + LITERAL_BITS {
            refill!();
        }
        entry = codes.distances[bits as usize & ((1 << DISTANCE_BITS) - 1)];
        if entry & SPECIAL != 0 {
            if entry & SECOND == 0 {
                break Round::Damaged;
            }
            used!(DISTANCE_BITS);
            let more = bits as usize & ((1 << (entry >> 8 & 63)) - 1);
            entry = codes.distances[((entry >> 16) as usize + more) % codes.distances.len()];
            if entry & SPECIAL != 0 {
                break Round::Damaged;
            }
        }
        let distance = value(entry, bits);
        used!(entry);
        if distance > at {
            break Round::Damaged;
        }
        // Asked for now, so that it is there when the copy is done.
        entry = codes.literals[bits as usize & mask];
        refill!();
        // SAFETY: `distance` bytes stand before `at`, and there is `ROOM` behind.
        unsafe { copy(window.as_mut_ptr().add(at), distance, length) };
        at += length;
        if taken > most || at > full {
            break Round::Short;
        }
    };
    cursor.bits = bits & ((1 << left) - 1);
    (cursor.left, cursor.at, cursor.taken) = (left, at, taken);
    round
}

/// Copies a match to `to`. Writes up to 31 bytes beyond its end.
///
/// # Safety
/// `distance`, at least 1, bytes before `to` can be read, and `length` and 31 bytes from there on written.
#[inline(always)]
unsafe fn copy(to: *mut u8, distance: usize, length: usize) {
    // SAFETY: no step begins behind the end, none writes more than 16 bytes, or two such, and each reads
    // only what stands before `to` or was written by a step before.
    unsafe {
        let end = to.add(length);
        let (mut from, mut to) = (to.sub(distance), to);
        if distance >= 16 {
            move_bytes::<16>(from, to);
            move_bytes::<16>(from.add(16), to.add(16));
            if length > 32 {
                (from, to) = (from.add(32), to.add(32));
                while to < end {
                    move_bytes::<16>(from, to);
                    (from, to) = (from.add(16), to.add(16));
                }
            }
        } else if distance >= 8 {
            while to < end {
                move_bytes::<8>(from, to);
                (from, to) = (from.add(8), to.add(8));
            }
        } else {
            // The pattern is repeated until it is as long as a word.
            let wide = distance * 8_usize.div_ceil(distance);
            for place in 0..wide {
                *to.add(place) = *from.add(place);
            }
            (from, to) = (to, to.add(wide));
            while to < end {
                move_bytes::<8>(from, to);
                (from, to) = (from.add(8), to.add(8));
            }
        }
    }
}

/// Moves so many bytes as one word.
///
/// # Safety
/// They can be read and written.
#[inline(always)]
unsafe fn move_bytes<const BYTES: usize>(from: *const u8, to: *mut u8) {
    // SAFETY: as of this function.
    unsafe {
        to.cast::<[u8; BYTES]>().write_unaligned(from.cast::<[u8; BYTES]>().read_unaligned())
    };
}

#[cfg(test)]
mod tests;
