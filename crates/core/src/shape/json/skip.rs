//! The grammar of RFC 8259, and going over a value that nobody wants.
//!
//! As in Python's `json`, `NaN`, `Infinity` and `-Infinity` are numbers.

use crate::pattern::{Task, Vectors};
use crate::shape::Kind;
use std::marker::PhantomData;

/// Where something ends; nothing where it is broken.
pub(super) type End = Option<usize>;

/// Objects and arrays can stand in each other so deep. A line that goes deeper is taken as broken.
pub(super) const DEEPEST: usize = 1024;

/// A line in a buffer that has padding behind it.
pub(super) struct Text<'a, V> {
    pub(super) hay: &'a [u8],
    pub(super) end: usize,
    vectors: PhantomData<V>,
}

impl<V> Clone for Text<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Text<'_, V> {}

impl<'a, V: Vectors> Text<'a, V> {
    #[inline(always)]
    pub(super) fn new(hay: &'a [u8], end: usize) -> Text<'a, V> {
        Text { hay, end, vectors: PhantomData }
    }

    /// The byte at a place; 0, which stands in no JSON, behind the end.
    #[inline(always)]
    pub(super) fn byte(&self, at: usize) -> u8 {
        if at < self.end {
            self.hay[at]
        } else {
            0
        }
    }

    /// The first place from `at` on that is no blank.
    #[inline(always)]
    pub(super) fn blanks(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t' | b'\r' | b'\n') {
            at += 1;
        }
        at
    }

    /// The quote that closes the string whose text begins at `at`, and whether there are escapes.
    #[inline(always)]
    pub(super) fn string(&self, at: usize) -> Option<(usize, bool)> {
        let close = V::text_end(self.hay, at, self.end);
        if self.byte(close) == b'"' {
            return Some((close, false));
        }
        V::run(Escaped(*self, close)).map(|close| (close, true))
    }

    /// The same, from the first byte on that is no plain text.
    #[inline(always)]
    fn rest(&self, mut at: usize) -> End {
        loop {
            match self.byte(at) {
                b'"' => return Some(at),
                b'\\' => at = self.escape(at)?,
                _ => return None,
            }
            at = V::text_end(self.hay, at, self.end);
        }
    }

    /// The end of the escape whose backslash stands at `at`.
    #[inline(always)]
    pub(super) fn escape(&self, at: usize) -> End {
        match self.byte(at + 1) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
            b'u' if (2..6).all(|i| self.byte(at + i).is_ascii_hexdigit()) => Some(at + 6),
            _ => None,
        }
    }

    /// The end of a number or a literal, and its kind.
    #[inline(always)]
    pub(super) fn scalar(&self, at: usize) -> Option<(usize, Kind)> {
        match self.byte(at) {
            b'-' | b'0'..=b'9' => Some((self.number(at)?, Kind::Number)),
            b't' => Some((self.word(at, b"true")?, Kind::Boolean)),
            b'f' => Some((self.word(at, b"false")?, Kind::Boolean)),
            b'n' => Some((self.word(at, b"null")?, Kind::Null)),
            b'N' => Some((self.word(at, b"NaN")?, Kind::Number)),
            b'I' => Some((self.word(at, b"Infinity")?, Kind::Number)),
            _ => None,
        }
    }

    /// The kind of the number or literal that is all of `at..end`, which is no text.
    #[inline(always)]
    pub(super) fn whole(&self, at: usize, end: usize) -> Option<Kind> {
        let len = end.checked_sub(at)?;
        if (1..32).contains(&len) {
            let others = !V::digits(self.hay, at) & !(u32::MAX << len);
            let first = others.trailing_zeros() as usize;
            // Digits, or digits on both sides of a point; a 0 before others is none of these.
            let plain = others == 0
                || others & others.wrapping_sub(1) == 0
                    && self.hay[at + first] == b'.'
                    && first != len - 1;
            let leading = first.min(len);
            if plain && (leading == 1 || leading > 1 && self.hay[at] != b'0') {
                return Some(Kind::Number);
            }
        }
        self.scalar(at).filter(|(after, _)| *after == end).map(|(_, kind)| kind)
    }

    fn word(&self, at: usize, word: &[u8]) -> End {
        let end = at + word.len();
        (end <= self.end && self.hay[at..end] == *word).then_some(end)
    }

    #[inline(always)]
    fn number(&self, mut at: usize) -> End {
        if self.byte(at) == b'-' {
            at += 1;
            if self.byte(at) == b'I' {
                return self.word(at, b"Infinity");
            }
        }
        match self.byte(at) {
            b'0' => at += 1,
            b'1'..=b'9' => at = self.digits(at),
            _ => return None,
        }
        if self.byte(at) == b'.' {
            let fraction = at + 1;
            at = self.digits(fraction);
            if at == fraction {
                return None;
            }
        }
        if self.byte(at) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
            let exponent = at + 1 + sign;
            at = self.digits(exponent);
            if at == exponent {
                return None;
            }
        }
        Some(at)
    }

    #[inline(always)]
    fn digits(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    }

    /// The end of the value that begins at `at` in so many objects and arrays.
    #[inline(always)]
    pub(super) fn skip(&self, at: usize, depth: usize) -> End {
        match self.byte(at) {
            b'"' => self.string(at + 1).map(|(close, _)| close + 1),
            b'{' | b'[' => V::run(Nested(*self, at, depth)),
            _ => self.scalar(at).map(|(after, _)| after),
        }
    }

    /// The end of the object or array that begins at `at` with `around` others around it. It does
    /// not call itself for those inside: a line of brackets must not exhaust the stack.
    #[inline(always)]
    pub(super) fn nested(&self, mut at: usize, around: usize) -> End {
        // One bit for each that is open: whether it is an object.
        let mut open = [0u64; DEEPEST / 64];
        let mut depth = 0;
        loop {
            // Here a value begins.
            match self.byte(at) {
                bracket @ (b'{' | b'[') => {
                    if around + depth == DEEPEST {
                        return None;
                    }
                    let bit = 1 << (depth % 64);
                    let object = bracket == b'{';
                    if object {
                        open[depth / 64] |= bit;
                    } else {
                        open[depth / 64] &= !bit;
                    }
                    depth += 1;
                    at = self.blanks(at + 1);
                    if self.byte(at) == (if object { b'}' } else { b']' }) {
                        depth -= 1;
                        at += 1;
                    } else if object {
                        at = self.key(at)?;
                        continue;
                    } else {
                        continue;
                    }
                }
                b'"' => at = self.string(at + 1)?.0 + 1,
                _ => at = self.scalar(at)?.0,
            }
            // Here a value has ended.
            loop {
                if depth == 0 {
                    return Some(at);
                }
                at = self.blanks(at);
                let object = open[(depth - 1) / 64] >> ((depth - 1) % 64) & 1 == 1;
                match self.byte(at) {
                    b',' => {
                        at = self.blanks(at + 1);
                        if object {
                            at = self.key(at)?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return None,
                }
                depth -= 1;
                at += 1;
            }
        }
    }

    /// Where the value begins whose key begins at `at`.
    #[inline(always)]
    fn key(&self, at: usize) -> End {
        if self.byte(at) != b'"' {
            return None;
        }
        let at = self.blanks(self.string(at + 1)?.0 + 1);
        (self.byte(at) == b':').then(|| self.blanks(at + 1))
    }
}

/// An object or an array to be skipped.
struct Nested<'a, V>(Text<'a, V>, usize, usize);

impl<V: Vectors> Task for Nested<'_, V> {
    type Answer = End;

    #[inline(always)]
    fn run(self) -> End {
        self.0.nested(self.1, self.2)
    }
}

/// The rest of a string, from its first escape on.
struct Escaped<'a, V>(Text<'a, V>, usize);

impl<V: Vectors> Task for Escaped<'_, V> {
    type Answer = End;

    #[inline(always)]
    fn run(self) -> End {
        self.0.rest(self.1)
    }
}
