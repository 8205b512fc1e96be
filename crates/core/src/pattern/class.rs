//! Sets of bytes, and the search for the end of a run of them: the innermost loop of most patterns.

use super::marks::{Chunk, Quotes};
use super::run::branch;
use super::steps::Step;
use regex_syntax::hir::Class as HirClass;

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The set of no byte.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);

    /// The set of one byte.
    pub fn of(byte: u8) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        set.add(byte);
        set
    }

    /// The set of a class of the parser; `None` where the class is of characters that are not ASCII.
    pub fn of_class(class: &HirClass) -> Option<ByteSet> {
        let bytes = match class {
            HirClass::Bytes(bytes) => bytes.clone(),
            HirClass::Unicode(chars) => chars.to_byte_class()?,
        };
        let mut set = ByteSet::EMPTY;
        for range in bytes.ranges() {
            for byte in range.start()..=range.end() {
                set.add(byte);
            }
        }
        Some(set)
    }

    /// Adds a byte.
    pub fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Whether the byte is a member.
    #[inline(always)]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// The members of both.
    pub fn union(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// Whether the two share no member.
    pub fn disjoint(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & b == 0)
    }

    fn missing(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|&byte| !self.has(byte))
    }
}

/// How the end of a run is searched for.
#[derive(Debug, Clone, Copy)]
enum Search {
    /// Every byte but a line feed is a member, and lines have none: the run goes to the end.
    All,
    /// All bytes but one. A line feed does not count.
    Except1(Splat),
    /// All bytes but two.
    Except2(Splat, Splat),
    /// All bytes but three.
    Except3(Splat, Splat, Splat),
    /// Any other set: membership of 32 bytes at once by two shuffles. The low four bits of a byte
    /// choose a table entry, its bits five to seven a bit in it, and bit eight which of two tables.
    Table([[u8; 16]; 2]),
}

/// One byte 32 times, ready to be compared with 32 others.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Splat([u8; 32]);

impl Splat {
    /// Of this byte.
    pub(crate) const fn of(byte: u8) -> Splat {
        Splat([byte; 32])
    }

    #[inline(always)]
    fn byte(&self) -> u8 {
        self.0[0]
    }
}

/// A set of bytes made ready for searching.
#[derive(Debug, Clone)]
pub struct Class {
    set: ByteSet,
    search: Search,
}

impl Class {
    /// Makes a set ready. A line feed never occurs in a line, so it may be in the set or not.
    pub fn new(set: ByteSet) -> Class {
        let stops: Vec<u8> = set.missing().filter(|&byte| byte != b'\n').take(4).collect();
        let search = match stops[..] {
            [] => Search::All,
            [a] => Search::Except1(Splat::of(a)),
            [a, b] => Search::Except2(Splat::of(a), Splat::of(b)),
            [a, b, c] => Search::Except3(Splat::of(a), Splat::of(b), Splat::of(c)),
            _ => {
                let mut tables = [[0; 16]; 2];
                for byte in (0..=255u8).filter(|&byte| set.has(byte)) {
                    tables[usize::from(byte >> 7)][usize::from(byte & 15)] |= 1 << (byte >> 4 & 7);
                }
                Search::Table(tables)
            }
        };
        Class { set, search }
    }

    /// The set itself.
    pub fn set(&self) -> &ByteSet {
        &self.set
    }

    /// Whether a run never stops before the end of the line.
    pub(super) fn is_all(&self) -> bool {
        matches!(self.search, Search::All)
    }

    /// The up to three bytes that alone are not members; none for the set of all and other sets.
    pub(super) fn stops(&self) -> Vec<Splat> {
        match self.search {
            Search::Except1(a) => vec![a],
            Search::Except2(a, b) => vec![a, b],
            Search::Except3(a, b, c) => vec![a, b, c],
            Search::All | Search::Table(_) => Vec::new(),
        }
    }

    /// The end of the run of members that begins at `at`, not beyond `end`. The line
    /// `hay[at..end]` has no line feed; what stands behind `end` in `hay` does not matter.
    #[inline(always)]
    pub(super) fn span<V: Vector>(&self, hay: &[u8], at: usize, end: usize) -> usize {
        self.stop::<V>(hay, at, end).min(end)
    }

    /// The same, but any place from `end` on may stand for `end`.
    #[inline(always)]
    pub(super) fn stop<V: Vector>(&self, hay: &[u8], at: usize, end: usize) -> usize {
        match &self.search {
            Search::All => end,
            Search::Except1(a) => V::find([a], hay, at, end),
            Search::Except2(a, b) => V::find([a, b], hay, at, end),
            Search::Except3(a, b, c) => V::find([a, b, c], hay, at, end),
            Search::Table(tables) => V::span_table(tables, &self.set, hay, at, end),
        }
    }
}

/// What can be compiled for some vector instructions. `run` is to be inlined always.
pub(crate) trait Task {
    type Answer;

    fn run(self) -> Self::Answer;
}

/// The vector instructions a search is compiled for. Where an answer is "none before `end`", any
/// place from `end` on is given.
pub(crate) trait Vector: Copy {
    /// The eight bytes at a place that is not behind `end`, the first one lowest, if they can be read.
    fn word(hay: &[u8], at: usize) -> Option<u64>;
    /// The first of `at..end` that is one of these bytes. `at` is not behind `end`.
    fn find<const N: usize>(stops: [&Splat; N], hay: &[u8], at: usize, end: usize) -> usize;
    /// The first of `at..end` that is a quote, a backslash or a control character.
    fn text_end(hay: &[u8], at: usize, end: usize) -> usize;
    /// Notes which bytes of `at..end` are quotes that no backslash escapes; whether there are
    /// backslashes. `escape` says whether an escape is one that begins at a place. Nothing where one is
    /// not, where there are control characters, and where the line is too long.
    fn quotes(
        hay: &[u8],
        at: usize,
        end: usize,
        quotes: &mut Quotes,
        escape: impl Fn(usize) -> bool,
    ) -> Option<bool>;
    /// Whether the first bytes of a chunk stand at a place that is not behind the end: those whose bit
    /// in `rest` is not set.
    fn same(hay: &[u8], at: usize, chunk: &Chunk, rest: u32) -> bool;
    /// One bit for each of the 32 bytes at a place that is not behind the end: whether it is a digit.
    fn digits(hay: &[u8], at: usize) -> u32;
    /// The first of `at..end` that is not in the set.
    fn span_table(
        tables: &[[u8; 16]; 2],
        set: &ByteSet,
        hay: &[u8],
        at: usize,
        end: usize,
    ) -> usize;
    /// Does a task in a function of its own that is compiled with these instructions: what is not
    /// inlined all the way up would otherwise be compiled without them.
    fn run<T: Task>(task: T) -> T::Answer;
    /// [`branch`] compiled with these instructions.
    fn branch(
        step: &Step,
        hay: &[u8],
        at: usize,
        end: usize,
        slots: &mut [usize],
        choices: &mut bool,
    ) -> Option<usize>;
}

/// No vector instructions beyond what memchr finds for itself.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Vector for Portable {
    #[inline(always)]
    fn word(hay: &[u8], at: usize) -> Option<u64> {
        let eight = hay.get(at..at + 8)?;
        Some(u64::from_le_bytes(eight.try_into().expect("a slice of eight")))
    }

    fn find<const N: usize>(stops: [&Splat; N], hay: &[u8], at: usize, end: usize) -> usize {
        let hay = &hay[at..end];
        let found = match stops.map(Splat::byte)[..] {
            [a] => memchr::memchr(a, hay),
            [a, b] => memchr::memchr2(a, b, hay),
            [a, b, c] => memchr::memchr3(a, b, c, hay),
            _ => hay.iter().position(|byte| stops.iter().any(|stop| stop.byte() == *byte)),
        };
        found.map_or(end, |i| at + i)
    }

    #[inline(always)]
    fn text_end(hay: &[u8], at: usize, end: usize) -> usize {
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        hay[at.min(end)..end].iter().position(ends).map_or(end, |i| at + i)
    }

    fn quotes(
        hay: &[u8],
        at: usize,
        end: usize,
        quotes: &mut Quotes,
        escape: impl Fn(usize) -> bool,
    ) -> Option<bool> {
        quotes.begin(end - at)?;
        let (mut escaped, mut escapes) = (false, false);
        for (word, bytes) in hay[at..end].chunks(64).enumerate() {
            let mut bits = 0;
            for (bit, &byte) in bytes.iter().enumerate() {
                match byte {
                    0..=0x1f => return None,
                    _ if escaped => escaped = false,
                    b'"' => bits |= 1 << bit,
                    b'\\' => {
                        if !escape(at + word * 64 + bit) {
                            return None;
                        }
                        (escaped, escapes) = (true, true);
                    }
                    _ => {}
                }
            }
            quotes.set(word, bits);
        }
        Some(escapes)
    }

    #[inline(always)]
    fn same(hay: &[u8], at: usize, chunk: &Chunk, rest: u32) -> bool {
        let len = rest.count_zeros() as usize;
        hay[at..].starts_with(&chunk.bytes()[..len])
    }

    #[inline(always)]
    fn digits(hay: &[u8], at: usize) -> u32 {
        let bytes = hay[at..].iter().take(32).enumerate();
        bytes.fold(0, |mask, (i, byte)| mask | u32::from(byte.is_ascii_digit()) << i)
    }

    #[inline(always)]
    fn span_table(_: &[[u8; 16]; 2], set: &ByteSet, hay: &[u8], at: usize, end: usize) -> usize {
        hay[at..end].iter().position(|&byte| !set.has(byte)).map_or(end, |i| at + i)
    }

    #[inline(never)]
    fn run<T: Task>(task: T) -> T::Answer {
        task.run()
    }

    fn branch(
        step: &Step,
        hay: &[u8],
        at: usize,
        end: usize,
        slots: &mut [usize],
        choices: &mut bool,
    ) -> Option<usize> {
        branch::<Portable>(step, hay, at, end, slots, choices)
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{branch, ByteSet, Splat, Step, Task, Vector};
    use crate::pattern::marks::{Chunk, Quotes};
    use std::arch::x86_64::*;

    /// AVX2, and the instructions on bits that came with it. To be used only where two things hold, which
    /// `Worker::count` sees to: the code is in a function with the target features, and the processor
    /// has them ([`crate::pattern::has_vectors`]); and behind the `end` that any
    /// method is given, `hay` goes on for [`crate::PADDING`] bytes at least.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2;

    const _: () = assert!(crate::PADDING >= 64);

    impl Vector for Avx2 {
        #[inline(always)]
        fn word(hay: &[u8], at: usize) -> Option<u64> {
            debug_assert!(at + 8 <= hay.len());
            // SAFETY: `at` is not behind the end of a line, so there is padding behind it.
            Some(unsafe { hay.as_ptr().add(at).cast::<u64>().read_unaligned() })
        }

        #[inline(always)]
        fn find<const N: usize>(
            stops: [&Splat; N],
            hay: &[u8],
            mut at: usize,
            end: usize,
        ) -> usize {
            debug_assert!(end + 32 <= hay.len());
            // SAFETY: the processor has AVX2; loads begin before `end`, behind which is padding.
            unsafe {
                // A closure would be a function of its own, without these instructions.
                let mut wanted = [_mm256_setzero_si256(); N];
                for (wanted, stop) in wanted.iter_mut().zip(stops) {
                    *wanted = _mm256_load_si256(stop.0.as_ptr().cast());
                }
                while at < end {
                    let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                    let mut hit = _mm256_cmpeq_epi8(bytes, wanted[0]);
                    for stop in &wanted[1..] {
                        hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(bytes, *stop));
                    }
                    let mask = _mm256_movemask_epi8(hit) as u32;
                    if mask != 0 {
                        return at + mask.trailing_zeros() as usize;
                    }
                    at += 32;
                }
                at
            }
        }

        #[inline(always)]
        fn text_end(hay: &[u8], mut at: usize, end: usize) -> usize {
            debug_assert!(end + 32 <= hay.len());
            // SAFETY: as above.
            unsafe {
                let quote = _mm256_set1_epi8(b'"' as i8);
                let backslash = _mm256_set1_epi8(b'\\' as i8);
                while at < end {
                    let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                    let hit = _mm256_or_si256(
                        _mm256_or_si256(
                            _mm256_cmpeq_epi8(bytes, quote),
                            _mm256_cmpeq_epi8(bytes, backslash),
                        ),
                        control(bytes),
                    );
                    let mask = _mm256_movemask_epi8(hit) as u32;
                    if mask != 0 {
                        return at + mask.trailing_zeros() as usize;
                    }
                    at += 32;
                }
                at
            }
        }

        #[inline(always)]
        fn quotes(
            hay: &[u8],
            at: usize,
            end: usize,
            quotes: &mut Quotes,
            escape: impl Fn(usize) -> bool,
        ) -> Option<bool> {
            debug_assert!(at <= end && end + 64 <= hay.len());
            quotes.begin(end - at)?;
            let (mut escaping, mut escaped) = (0, false);
            for (word, from) in (at..end).step_by(64).enumerate() {
                let inside = u64::MAX >> 64usize.saturating_sub(end - from);
                // SAFETY: the processor has AVX2; loads end at most 64 bytes behind `end`.
                let (quote, odd, backslash) = unsafe {
                    let low = _mm256_loadu_si256(hay.as_ptr().add(from).cast());
                    let high = _mm256_loadu_si256(hay.as_ptr().add(from + 32).cast());
                    let (quote, backslash) =
                        (_mm256_set1_epi8(b'"' as i8), _mm256_set1_epi8(b'\\' as i8));
                    let quotes =
                        mask(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote));
                    let backslashes =
                        [_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash)];
                    let odd = mask(
                        _mm256_or_si256(control(low), backslashes[0]),
                        _mm256_or_si256(control(high), backslashes[1]),
                    );
                    (quotes, odd & inside, backslashes)
                };
                let mut bits = quote & inside;
                if odd | escaping != 0 {
                    // SAFETY: the processor has AVX2.
                    let backslashes = unsafe { mask(backslash[0], backslash[1]) } & inside;
                    if odd != backslashes {
                        return None;
                    }
                    // Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, as
                    // simdjson does it now: the subtraction borrows through each run of
                    // backslashes, and leaves every other one.
                    const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
                    let begin = backslashes & !escaping;
                    let codes = (begin << 1 | ODD).wrapping_sub(begin) ^ ODD;
                    bits &= !(codes ^ (backslashes | escaping));
                    let mut escapes = codes & backslashes;
                    escaping = escapes >> 63;
                    escaped |= escapes != 0;
                    while escapes != 0 {
                        if !escape(from + escapes.trailing_zeros() as usize) {
                            return None;
                        }
                        escapes &= escapes - 1;
                    }
                }
                quotes.set(word, bits);
            }
            Some(escaped)
        }

        #[inline(always)]
        fn same(hay: &[u8], at: usize, chunk: &Chunk, rest: u32) -> bool {
            debug_assert!(at + 32 <= hay.len());
            // SAFETY: as above; a chunk is aligned to 32 bytes.
            unsafe {
                let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                let wanted = _mm256_load_si256(chunk.bytes().as_ptr().cast());
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)) as u32 | rest == u32::MAX
            }
        }

        #[inline(always)]
        fn digits(hay: &[u8], at: usize) -> u32 {
            debug_assert!(at + 32 <= hay.len());
            // SAFETY: as above.
            unsafe {
                let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                let value = _mm256_sub_epi8(bytes, _mm256_set1_epi8(b'0' as i8));
                let digit = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
                _mm256_movemask_epi8(digit) as u32
            }
        }

        #[inline(always)]
        fn span_table(
            tables: &[[u8; 16]; 2],
            _: &ByteSet,
            hay: &[u8],
            mut at: usize,
            end: usize,
        ) -> usize {
            debug_assert!(end + 32 <= hay.len());
            // SAFETY: as above; the table loads are of 16 bytes each.
            unsafe {
                let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(tables[0].as_ptr().cast()));
                let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(tables[1].as_ptr().cast()));
                let bits = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
                let top = _mm256_set1_epi8(-128);
                while at < end {
                    let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                    // A shuffle gives 0 where bit eight of its index is set, so each table answers
                    // for its own half of the bytes.
                    let row = _mm256_or_si256(
                        _mm256_shuffle_epi8(low, bytes),
                        _mm256_shuffle_epi8(high, _mm256_xor_si256(bytes, top)),
                    );
                    let bit = _mm256_shuffle_epi8(
                        bits,
                        _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7)),
                    );
                    let outside =
                        _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), _mm256_setzero_si256());
                    let mask = _mm256_movemask_epi8(outside) as u32;
                    if mask != 0 {
                        return at + mask.trailing_zeros() as usize;
                    }
                    at += 32;
                }
                at
            }
        }

        #[inline(always)]
        fn run<T: Task>(task: T) -> T::Answer {
            // SAFETY: the processor has AVX2.
            unsafe { run_avx2(task) }
        }

        #[inline(always)]
        fn branch(
            step: &Step,
            hay: &[u8],
            at: usize,
            end: usize,
            slots: &mut [usize],
            choices: &mut bool,
        ) -> Option<usize> {
            // SAFETY: as above.
            unsafe { branch_avx2(step, hay, at, end, slots, choices) }
        }
    }

    /// The highest bits of 64 bytes.
    ///
    /// # Safety
    ///
    /// The processor has AVX2.
    #[inline(always)]
    unsafe fn mask(low: __m256i, high: __m256i) -> u64 {
        // SAFETY: as said above.
        let (low, high) = unsafe { (_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)) };
        u64::from(low as u32) | u64::from(high as u32) << 32
    }

    /// Fills the bytes that are control characters.
    ///
    /// # Safety
    ///
    /// The processor has AVX2.
    #[inline(always)]
    unsafe fn control(bytes: __m256i) -> __m256i {
        // SAFETY: as said above.
        unsafe { _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn run_avx2<T: Task>(task: T) -> T::Answer {
        task.run()
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn branch_avx2(
        step: &Step,
        hay: &[u8],
        at: usize,
        end: usize,
        slots: &mut [usize],
        choices: &mut bool,
    ) -> Option<usize> {
        branch::<Avx2>(step, hay, at, end, slots, choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(class: &Class, hay: &[u8], at: usize, end: usize) -> Vec<usize> {
        let mut all = vec![class.span::<Portable>(hay, at, end)];
        #[cfg(target_arch = "x86_64")]
        if crate::pattern::has_vectors() {
            let mut hay = hay.to_vec();
            hay.resize(end.max(hay.len()) + crate::PADDING, b'x');
            all.push(class.span::<Avx2>(&hay, at, end));
        }
        all
    }

    proptest! {
        #[test]
        fn a_span_ends_at_the_first_byte_outside_the_set(
            members in proptest::collection::vec(any::<u8>(), 0..256),
            invert: bool,
            bytes in proptest::collection::vec(any::<u8>().prop_filter("no line feed", |b| *b != b'\n'), 0..200),
            at in 0usize..200, cut in 0usize..200, padding in 0usize..64,
        ) {
            let mut set = ByteSet::EMPTY;
            for byte in 0..=255u8 {
                if members.contains(&byte) != invert { set.add(byte); }
            }
            let mut hay = bytes.clone();
            hay.resize(bytes.len() + padding, b'x');
            let end = bytes.len().saturating_sub(cut);
            let at = at.min(end);
            let plain = (at..end).find(|&i| !set.has(hay[i])).unwrap_or(end);
            for found in spans(&Class::new(set), &hay, at, end) {
                prop_assert_eq!(found, plain);
            }
        }

        #[test]
        fn classes_that_leave_out_a_few_bytes(
            stops in proptest::collection::vec(any::<u8>(), 0..4),
            bytes in proptest::collection::vec(0u8..20, 0..100),
        ) {
            let bytes: Vec<u8> = bytes.into_iter().map(|b| if b == b'\n' { b'-' } else { b }).collect();
            let mut set = ByteSet::EMPTY;
            for byte in (0..=255u8).filter(|b| !stops.contains(b)) { set.add(byte); }
            let plain = bytes.iter().position(|b| !set.has(*b)).unwrap_or(bytes.len());
            for found in spans(&Class::new(set), &bytes, 0, bytes.len()) {
                prop_assert_eq!(found, plain);
            }
        }
    }
}
