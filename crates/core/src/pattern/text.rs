//! The smallest parts of a plan: literal texts, and branches of one step.

use super::class::{ByteSet, Class, Splat, Vector};
use super::steps::Step;

/// A branch of one step, which is at least one byte long.
#[derive(Debug, Clone)]
pub(crate) enum Simple {
    /// As [`Step::Literal`].
    Literal(Text),
    /// As [`Step::Run`], with a shorter run never of use.
    Run { class: Class, min: usize, max: usize },
}

impl Simple {
    pub(super) fn of(branch: &[Step]) -> Option<Simple> {
        match branch {
            [Step::Literal(text)] => Some(Simple::Literal(text.clone())),
            [Step::Run { class, min: min @ 1.., max, sure: true }] => {
                Some(Simple::Run { class: class.clone(), min: *min, max: *max })
            }
            _ => None,
        }
    }
}

/// A literal text; up to eight bytes are compared as one number.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    bytes: Box<[u8]>,
    word: u64,
    mask: u64,
    first: Splat,
}

impl Text {
    pub(super) fn new(bytes: &[u8]) -> Text {
        let mut word = [0; 8];
        let mut mask = [0; 8];
        if bytes.len() <= 8 {
            word[..bytes.len()].copy_from_slice(bytes);
            mask[..bytes.len()].fill(0xff);
        }
        let [word, mask] = [word, mask].map(u64::from_le_bytes);
        Text { bytes: bytes.into(), word, mask, first: Splat::of(bytes[0]) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The nearest place from `at` on where the text stands.
    #[inline(always)]
    pub(super) fn find<V: Vector>(&self, hay: &[u8], mut at: usize, end: usize) -> Option<usize> {
        loop {
            at = V::find([&self.first], hay, at, end);
            if at >= end {
                return None;
            }
            if self.skip::<V>(hay, at, end).is_some() {
                return Some(at);
            }
            at += 1;
        }
    }

    /// The place behind a text of up to eight bytes, as [`Text::skip`].
    #[inline(always)]
    pub(super) fn skip_short<V: Vector>(&self, hay: &[u8], at: usize, end: usize) -> Option<usize> {
        debug_assert!(self.is_short());
        let stop = at + self.bytes.len();
        if stop > end {
            return None;
        }
        let same = match V::word(hay, at) {
            Some(eight) => eight & self.mask == self.word,
            None => hay[at..stop] == *self.bytes,
        };
        same.then_some(stop)
    }

    /// Whether it is compared as one number.
    pub(super) fn is_short(&self) -> bool {
        self.bytes.len() <= 8
    }

    /// The place behind the text, where it stands at `at` in the line that ends at `end`.
    #[inline(always)]
    pub(super) fn skip<V: Vector>(&self, hay: &[u8], at: usize, end: usize) -> Option<usize> {
        if self.is_short() {
            return self.skip_short::<V>(hay, at, end);
        }
        let stop = at + self.bytes.len();
        (stop <= end && hay[at..stop] == *self.bytes).then_some(stop)
    }
}

impl Simple {
    /// Whether there is no bound to how many bytes the branch looks at.
    pub(super) fn is_unbounded(&self) -> bool {
        matches!(self, Simple::Run { max: usize::MAX, .. })
    }

    /// The place behind the branch, where it fits.
    #[inline(always)]
    pub(super) fn skip<V: Vector>(&self, hay: &[u8], at: usize, end: usize) -> Option<usize> {
        match self {
            Simple::Literal(text) => text.skip::<V>(hay, at, end),
            Simple::Run { class, min, max } => {
                let limit = if end - at > *max { at + max } else { end };
                let stop = class.span::<V>(hay, at, limit);
                (stop - at >= *min).then_some(stop)
            }
        }
    }
}

/// The only branch that fits.
#[inline(always)]
pub(super) fn one_of<V: Vector>(
    branches: &[Simple],
    hay: &[u8],
    at: usize,
    end: usize,
) -> Option<usize> {
    // A loop and no closure: into that the vector instructions would not be inlined.
    for branch in branches {
        let stop = branch.skip::<V>(hay, at, end);
        if stop.is_some() {
            return stop;
        }
    }
    None
}

/// The end of a run of `plain` bytes and pairs of `escape` and an `escaped` one; any place from `end`
/// on may stand for `end`.
#[inline(always)]
pub(super) fn escaped_run<V: Vector>(
    (plain, escape, escaped): (&Class, u8, &ByteSet),
    hay: &[u8],
    at: usize,
    end: usize,
) -> usize {
    let mut stop = plain.stop::<V>(hay, at, end);
    while stop + 1 < end && hay[stop] == escape && escaped.has(hay[stop + 1]) {
        stop = plain.stop::<V>(hay, stop + 2, end);
    }
    stop
}
