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
    /// The bytes from one to another. A line feed does not count.
    Range { first: Splat, behind: Splat },
    /// Any other set: membership of 32 bytes at once by two shuffles. The low four bits of a byte
    /// choose a table entry, its bits five to seven a bit in it, and bit eight which of two tables.
    Table([[u8; 16]; 2]),
}

impl Search {
    /// For a set of bytes in a row, without gaps but for a line feed.
    fn range(set: &ByteSet) -> Option<Search> {
        let mut members = (0..=255u8).filter(|&byte| byte != b'\n' && set.has(byte));
        let first = members.next()?;
        let last = members.next_back().unwrap_or(first);
        (first..=last).all(|byte| byte == b'\n' || set.has(byte)).then(|| {
            // Only of all bytes there would be none behind, and that is `All`.
            let behind = last - first + 1;
            Search::Range { first: Splat::of(first), behind: Splat::of(behind) }
        })
    }
}

/// One byte 32 times, ready to be compared with 32 others.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Splat(pub(super) [u8; 32]);

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
            _ => Search::range(&set).unwrap_or_else(|| {
                let mut tables = [[0; 16]; 2];
                for byte in (0..=255u8).filter(|&byte| set.has(byte)) {
                    tables[usize::from(byte >> 7)][usize::from(byte & 15)] |= 1 << (byte >> 4 & 7);
                }
                Search::Table(tables)
            }),
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

    /// The first byte of a set of bytes in a row, and how many it has.
    pub(super) fn range(&self) -> Option<(Splat, Splat)> {
        match self.search {
            Search::Range { first, behind } => Some((first, behind)),
            _ => None,
        }
    }

    /// The up to three bytes that alone are not members; none for the set of all and other sets.
    pub(super) fn stops(&self) -> Vec<Splat> {
        match self.search {
            Search::Except1(a) => vec![a],
            Search::Except2(a, b) => vec![a, b],
            Search::Except3(a, b, c) => vec![a, b, c],
            Search::All | Search::Range { .. } | Search::Table(_) => Vec::new(),
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
            Search::Range { first, behind } => V::span_range(first, behind, hay, at, end),
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
    /// The same, for what is mostly more than 32 bytes away and less than 64: how often a loop is
    /// gone through would be hard to foresee for the processor.
    fn find_far<const N: usize>(stops: [&Splat; N], hay: &[u8], at: usize, end: usize) -> usize;
    /// The first of `at..end` that is a quote, a backslash or a control character.
    fn text_end(hay: &[u8], at: usize, end: usize) -> usize;
    /// The first of `at..end` that is before `first`, or `behind` or more bytes after it.
    fn span_range(first: &Splat, behind: &Splat, hay: &[u8], at: usize, end: usize) -> usize;
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
    fn find_far<const N: usize>(stops: [&Splat; N], hay: &[u8], at: usize, end: usize) -> usize {
        Self::find(stops, hay, at, end)
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
    fn span_range(first: &Splat, behind: &Splat, hay: &[u8], at: usize, end: usize) -> usize {
        let outside = |byte: &u8| byte.wrapping_sub(first.byte()) >= behind.byte();
        hay[at..end].iter().position(outside).map_or(end, |i| at + i)
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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "x86_64")]
    use crate::pattern::Avx2;
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
        fn bytes_in_a_row(
            first: u8, more in 0u8..=255,
            bytes in proptest::collection::vec(any::<u8>().prop_filter("no line feed", |b| *b != b'\n'), 0..200),
            feed: bool,
        ) {
            let mut set = ByteSet::EMPTY;
            for byte in (first..=255u8).take(usize::from(more) + 1).filter(|b| feed || *b != b'\n') {
                set.add(byte);
            }
            let class = Class::new(set);
            for at in 0..bytes.len().min(70) {
                let plain = (at..bytes.len()).find(|&i| !set.has(bytes[i])).unwrap_or(bytes.len());
                for found in spans(&class, &bytes, at, bytes.len()) {
                    prop_assert_eq!(found, plain);
                }
            }
        }

        #[test]
        fn what_is_far_is_found_at_any_place(
            gap in 0usize..200, at in 0usize..70, cut in 0usize..70, stops: (u8, u8), second: bool,
        ) {
            // Behind the end stands what is searched for, and must not be told from "none".
            let (a, b) = stops;
            let other = (0..=255u8).find(|byte| *byte != a && *byte != b).expect("a third byte");
            let mut hay = vec![other; at + gap];
            hay.push(if second { b } else { a });
            hay.resize(at + gap + 1 + 2 * crate::PADDING, a);
            let end = (at + gap + 1).saturating_sub(cut).max(at);
            let plain = (at + gap).min(end);
            let stops = [&Splat::of(a), &Splat::of(b)];
            prop_assert_eq!(Portable::find_far(stops, &hay, at, end).min(end), plain);
            prop_assert_eq!(Portable::find(stops, &hay, at, end).min(end), plain);
            #[cfg(target_arch = "x86_64")]
            if crate::pattern::has_vectors() {
                prop_assert_eq!(Avx2::find_far(stops, &hay, at, end).min(end), plain);
                prop_assert_eq!(Avx2::find(stops, &hay, at, end).min(end), plain);
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
