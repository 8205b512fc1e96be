//! The numbers that `--numbers` describes: of all records together, and of each value.

mod parse;
mod sketch;
mod wide;

pub use parse::{parse, Reading, Unit};
pub use sketch::{Moments, Sketch, ERROR, EXACT};
pub use wide::Wide;

use crate::amount::Billionths;

/// Of which numbers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// None are read.
    #[default]
    Nothing,
    /// Those of all records together.
    Whole,
    /// Those of each value, too.
    Each,
}

/// What is known of the numbers of all records.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// The numbers.
    pub sketch: Sketch,
    /// Records that have none.
    pub absent: u64,
    /// How many numbers had no unit, one of time, one of data.
    pub units: [u64; 3],
}

impl Whole {
    fn merge(&mut self, other: &Whole) {
        self.sketch.merge(&other.sketch, EXACT);
        self.absent += other.absent;
        for (own, theirs) in self.units.iter_mut().zip(other.units) {
            *own += theirs;
        }
    }
}

/// The numbers of a table. Its values are numbered in the order in which they came.
#[derive(Debug)]
pub(crate) struct Numbers {
    whole: Whole,
    each: Vec<Sketch>,
    exact: usize,
    keep: Keep,
    /// The bytes of `each` beside itself.
    held: usize,
}

impl Numbers {
    pub(crate) fn new(keep: Keep) -> Numbers {
        Numbers { whole: Whole::default(), each: Vec::new(), exact: EXACT, keep, held: 0 }
    }

    /// Takes the number of a record of a value into account.
    #[inline]
    pub(crate) fn count(&mut self, value: u32, number: Reading) {
        match number {
            Reading::Number(amount, unit) => {
                self.whole.sketch.add(amount, EXACT);
                self.whole.units[unit as usize] += 1;
                if self.keep == Keep::Each {
                    self.push(value, amount);
                }
            }
            Reading::Absent | Reading::Other => self.whole.absent += 1,
        }
    }

    /// Adds a number of a value.
    #[inline]
    pub(crate) fn push(&mut self, value: u32, number: Billionths) {
        let exact = self.exact;
        self.change(value, |sketch| sketch.add(number, exact));
    }

    #[inline]
    fn change(&mut self, value: u32, change: impl FnOnce(&mut Sketch)) {
        let at = value as usize;
        if at >= self.each.len() {
            self.each.resize_with(at + 1, Sketch::default);
        }
        let sketch = &mut self.each[at];
        self.held -= sketch.bytes();
        change(sketch);
        self.held += sketch.bytes();
    }

    /// Takes over the numbers of one value of another table.
    pub(crate) fn absorb(&mut self, value: u32, other: &Numbers, theirs: u32) {
        if let Some(sketch) = other.each.get(theirs as usize).filter(|each| each.count() > 0) {
            let exact = self.exact;
            self.change(value, |own| own.merge(sketch, exact));
        }
    }

    /// Takes over what is known of all records of another table.
    pub(crate) fn absorb_whole(&mut self, other: &Numbers) {
        self.whole.merge(&other.whole);
    }

    /// Keeps only these values, which are numbered anew in this order. What is known of all records
    /// stays.
    pub(crate) fn compact(&mut self, kept: &[u32]) {
        let mut each = std::mem::take(&mut self.each);
        let mut take = |value: &u32| each.get_mut(*value as usize).map(std::mem::take);
        self.each = kept.iter().map(|value| take(value).unwrap_or_default()).collect();
        self.held = self.each.iter().map(Sketch::bytes).sum();
    }

    /// How many bytes more they take with a new value of that number.
    pub(crate) fn growth(&self, value: usize) -> usize {
        let double = self.keep == Keep::Each && value >= self.each.capacity();
        if double {
            self.each.capacity().max(4) * size_of::<Sketch>()
        } else {
            0
        }
    }

    /// From so many numbers of a value on they are put into bins; whether they were not before. Those of all records stay as they are.
    /// Bins take some 10 KB where the numbers reach over six powers of ten, so below a thousand this
    /// does not help any more.
    pub(crate) fn lower(&mut self, exact: usize) -> bool {
        if exact.max(1) >= self.exact {
            return false;
        }
        self.exact = exact.max(1);
        for sketch in &mut self.each {
            sketch.bound(self.exact);
        }
        self.held = self.each.iter().map(Sketch::bytes).sum();
        true
    }

    /// How many bytes those of all records take.
    pub(crate) fn bytes_of_whole(&self) -> usize {
        self.whole.sketch.bytes()
    }

    /// How many bytes those of the values take.
    pub(crate) fn bytes(&self) -> usize {
        self.each.capacity() * size_of::<Sketch>() + self.held
    }

    /// Without numbers, and with the same bound.
    pub(crate) fn emptied(&self) -> Numbers {
        Numbers { exact: self.exact, ..Numbers::new(self.keep) }
    }

    /// Puts all in order: before anything below.
    pub(crate) fn settle(&mut self) {
        self.whole.sketch.settle();
        self.each.iter_mut().for_each(Sketch::settle);
    }

    /// Those of all records.
    #[cfg(test)]
    pub(crate) fn whole(&self) -> &Whole {
        &self.whole
    }

    /// Those of a value; `None` where it has none.
    pub(crate) fn each(&self, value: u32) -> Option<&Sketch> {
        self.each.get(value as usize).filter(|each| each.count() > 0)
    }
}

/// What is known of several tables together.
pub(crate) fn together<'a>(numbers: impl Iterator<Item = &'a Numbers>) -> Whole {
    let mut whole = Whole::default();
    numbers.for_each(|numbers| whole.merge(&numbers.whole));
    whole.sketch.settle();
    whole
}
