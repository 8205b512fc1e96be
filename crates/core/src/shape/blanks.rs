//! Words between blanks, by number: what awk's `$1` is.

use super::found::{Found, Kind, Place};
use super::separated::number;
use super::Visit;
use crate::error::ScanError;
use crate::pattern::{Splat, Vectors};

static BLANK: Splat = Splat::of(b' ');
static TAB: Splat = Splat::of(b'\t');

/// The words that are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Blanks {
    /// Their numbers, from 1, by slot; 0 is the whole line.
    numbers: Vec<usize>,
    last: usize,
}

impl Blanks {
    /// Takes the words of these numbers.
    ///
    /// # Errors
    ///
    /// Where a name is no number.
    pub(crate) fn new(names: &[&str]) -> Result<Blanks, ScanError> {
        let numbers = names
            .iter()
            .map(|name| number(name).ok_or_else(|| ScanError::NoSuchGroup((*name).to_owned())))
            .collect::<Result<Vec<_>, _>>()?;
        let last = numbers.iter().copied().max().unwrap_or(0);
        Ok(Blanks { numbers, last })
    }

    /// Takes the words out of a line; false where it has none.
    #[inline(always)]
    pub(crate) fn extract<V: Vectors>(
        &self,
        hay: &[u8],
        start: usize,
        end: usize,
        found: &mut Found,
    ) -> bool {
        found.reset(self.numbers.len());
        self.note(0, start, end, found);
        let mut at = start;
        for number in 1.. {
            while at < end && is_blank(hay[at]) {
                at += 1;
            }
            if at == end {
                return number > 1;
            }
            let stop = V::find([&BLANK, &TAB], hay, at, end).min(end);
            self.note(number, at, stop, found);
            if number == self.last.max(1) {
                return true;
            }
            at = stop;
        }
        true
    }

    #[inline(always)]
    fn note(&self, number: usize, start: usize, end: usize, found: &mut Found) {
        for (slot, wanted) in self.numbers.iter().enumerate() {
            if *wanted == number {
                found.places[slot] = Place::here(Kind::Text, start, end);
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Visits every word with its number.
pub fn each(line: &[u8], visit: &mut Visit<'_>) -> bool {
    let words = line.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
    let mut any = false;
    for (i, word) in words.enumerate() {
        any = true;
        visit((i + 1).to_string().as_bytes(), Kind::Text, word);
    }
    any
}
