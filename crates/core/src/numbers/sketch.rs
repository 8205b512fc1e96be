//! The numbers of one value, or of all: exact while they are few, then counted in bins.
//!
//! The bins are those of a DDSketch (C. Masson, J. E. Rim, H. K. Lee, *DDSketch: a fast and
//! fully-mergeable quantile sketch with relative-error guarantees*, VLDB 2019) with the linearly
//! interpolated mapping: each power of two is cut into 64 bins of equal width. So a bin is found with
//! shifts alone, its bounds are whole numbers, and all machines agree. Numbers are whole billionths
//! below 10^29, so there can be no more than some 5,900 bins of each sign: none has to be collapsed, and
//! the bound of the error holds for every quantile.
//!
//! Any split of the numbers, in any order, merges to the same sketch.

use super::wide::Wide;
use crate::amount::Billionths;

/// From so many numbers on they are counted in bins.
pub const EXACT: usize = 10_000;

/// What the allocator takes for a piece of memory, besides it, rounding included.
const PART: usize = 16;

/// Each power of two has so many bins, as a power of two.
const FINE: u32 = 6;

/// A quantile of binned numbers is off by this part of itself at the most: by half of the widest bin
/// beside what stands in its middle, (2 · 64 + 1)⁻¹, and the rounding to a billionth.
pub const ERROR: f64 = 1.0 / 128.0;

/// Some numbers.
#[derive(Debug, Clone)]
pub struct Sketch(Body);

/// Most numbers fit into 64 bits: 9.2 billion seconds, or 9.2 GB.
#[derive(Debug, Clone)]
enum Body {
    Narrow(Vec<i64>),
    Wide(Vec<Billionths>),
    Bins(Box<Bins>),
}

/// What is known of all numbers; exact, whatever became of the numbers themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// How many there are.
    pub count: u64,
    /// The least; 0 where there is none.
    pub least: Billionths,
    /// The largest.
    pub most: Billionths,
    /// Their sum.
    pub sum: Billionths,
    /// The sum of their squares.
    pub squares: Wide,
}

impl Moments {
    const NONE: Moments =
        Moments { count: 0, least: 0, most: 0, sum: 0, squares: Wide { low: 0, high: 0 } };

    #[inline]
    fn add(&mut self, number: Billionths) {
        if self.count == 0 {
            (self.least, self.most) = (number, number);
        }
        self.count += 1;
        self.least = self.least.min(number);
        self.most = self.most.max(number);
        self.sum = self.sum.saturating_add(number);
        self.squares.add_square(number.unsigned_abs());
    }

    fn merge(&mut self, other: &Moments) {
        if self.count == 0 || other.count == 0 {
            *self = if self.count == 0 { *other } else { *self };
            return;
        }
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.sum = self.sum.saturating_add(other.sum);
        self.squares.add(other.squares);
    }
}

#[derive(Debug, Clone)]
struct Bins {
    moments: Moments,
    zeros: u64,
    positive: Store,
    negative: Store,
}

/// The counts of bins in a row.
#[derive(Debug, Clone, Default)]
struct Store {
    first: usize,
    counts: Vec<u64>,
}

/// The bin of a size above nought.
#[inline]
fn bin(size: u128) -> usize {
    let octave = (u128::BITS - 1 - size.leading_zeros()).max(FINE);
    let shift = octave - FINE;
    // The highest bit of the rest is set from the first power of two on that is cut.
    ((shift << FINE) as usize) + (size >> shift) as usize
}

/// The least and the largest size in a bin.
fn bounds(bin: usize) -> (u128, u128) {
    let shift = (bin >> FINE).saturating_sub(1);
    let least = ((bin - (shift << FINE)) as u128) << shift;
    (least, least + (1 << shift) - 1)
}

/// What stands for all sizes in a bin: as far from the least as from the largest, each taken as a part
/// of itself.
fn middle(bin: usize) -> Billionths {
    let (least, most) = bounds(bin);
    // 2·least·most / (least + most), in multiples of the width, since the product could be too large.
    let times = least / (most - least + 1);
    (least + (most - least) * times / (2 * times + 1)) as Billionths
}

impl Store {
    #[inline]
    fn add(&mut self, bin: usize, count: u64) {
        match self.counts.get_mut(bin.wrapping_sub(self.first)) {
            Some(own) => *own += count,
            None => self.widen(bin, count),
        }
    }

    #[cold]
    fn widen(&mut self, bin: usize, count: u64) {
        if self.counts.is_empty() {
            self.first = bin;
        }
        if bin < self.first {
            let more = self.first - bin;
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = bin;
        } else if bin - self.first >= self.counts.len() {
            self.counts.resize(bin - self.first + 1, 0);
        }
        self.counts[bin - self.first] += count;
    }

    fn merge(&mut self, other: &Store) {
        for (bin, count) in other.bins() {
            self.add(bin, count);
        }
    }

    fn bins(&self) -> impl DoubleEndedIterator<Item = (usize, u64)> + '_ {
        let numbered = self.counts.iter().enumerate().map(|(at, count)| (self.first + at, *count));
        numbered.filter(|(_, count)| *count > 0)
    }
}

impl Bins {
    #[inline]
    fn add(&mut self, number: Billionths) {
        self.moments.add(number);
        match number.signum() {
            0 => self.zeros += 1,
            1 => self.positive.add(bin(number.unsigned_abs()), 1),
            _ => self.negative.add(bin(number.unsigned_abs()), 1),
        }
    }

    fn merge(&mut self, other: &Bins) {
        self.moments.merge(&other.moments);
        self.zeros += other.zeros;
        self.positive.merge(&other.positive);
        self.negative.merge(&other.negative);
    }

    /// What stands for each bin, ascending, with its count.
    fn ascending(&self) -> impl Iterator<Item = (Billionths, u64)> + '_ {
        let (least, most) = (self.moments.least, self.moments.most);
        let negative = self.negative.bins().rev().map(|(bin, count)| (-middle(bin), count));
        let zeros = Some((0, self.zeros)).filter(|(_, count)| *count > 0);
        let positive = self.positive.bins().map(|(bin, count)| (middle(bin), count));
        let all = negative.chain(zeros).chain(positive);
        all.map(move |(number, count)| (number.clamp(least, most), count))
    }
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch(Body::Narrow(Vec::new()))
    }
}

impl Sketch {
    /// Adds a number. There are fewer than `exact` before they are put into bins.
    #[inline]
    pub fn add(&mut self, number: Billionths, exact: usize) {
        match &mut self.0 {
            Body::Bins(bins) => return bins.add(number),
            Body::Narrow(list) => match i64::try_from(number) {
                Ok(narrow) => list.push(narrow),
                Err(_) => {
                    let mut list: Vec<Billionths> = list.iter().map(|n| (*n).into()).collect();
                    list.push(number);
                    self.0 = Body::Wide(list);
                }
            },
            Body::Wide(list) => list.push(number),
        }
        self.bound(exact);
    }

    /// Adds the numbers of another sketch.
    pub fn merge(&mut self, other: &Sketch, exact: usize) {
        match &other.0 {
            Body::Narrow(list) => list.iter().for_each(|n| self.add((*n).into(), exact)),
            Body::Wide(list) => list.iter().for_each(|n| self.add(*n, exact)),
            Body::Bins(theirs) => {
                let own = std::mem::take(self);
                let mut bins = theirs.clone();
                match own.0 {
                    Body::Bins(own) => bins.merge(&own),
                    Body::Narrow(list) => list.into_iter().for_each(|n| bins.add(n.into())),
                    Body::Wide(list) => list.into_iter().for_each(|n| bins.add(n)),
                }
                self.0 = Body::Bins(bins);
            }
        }
    }

    /// Puts the numbers into bins where there are so many or more.
    #[inline]
    pub fn bound(&mut self, exact: usize) {
        if self.listed() >= exact.max(1) {
            self.put_into_bins();
        }
    }

    #[cold]
    fn put_into_bins(&mut self) {
        let moments = Moments::NONE;
        let (positive, negative) = (Store::default(), Store::default());
        let mut bins = Box::new(Bins { moments, zeros: 0, positive, negative });
        match &self.0 {
            Body::Narrow(list) => list.iter().for_each(|n| bins.add((*n).into())),
            Body::Wide(list) => list.iter().for_each(|n| bins.add(*n)),
            Body::Bins(_) => return,
        }
        self.0 = Body::Bins(bins);
    }

    /// How many numbers it holds one by one.
    #[inline]
    fn listed(&self) -> usize {
        match &self.0 {
            Body::Narrow(list) => list.len(),
            Body::Wide(list) => list.len(),
            Body::Bins(_) => 0,
        }
    }

    /// Whether all numbers are still known.
    pub fn is_exact(&self) -> bool {
        !matches!(self.0, Body::Bins(_))
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        match &self.0 {
            Body::Bins(bins) => bins.moments.count,
            _ => self.listed() as u64,
        }
    }

    /// What is exact of them all.
    pub fn moments(&self) -> Moments {
        let mut moments = Moments::NONE;
        match &self.0 {
            Body::Narrow(list) => list.iter().for_each(|n| moments.add((*n).into())),
            Body::Wide(list) => list.iter().for_each(|n| moments.add(*n)),
            Body::Bins(bins) => moments = bins.moments,
        }
        moments
    }

    /// Puts the numbers in order: before anything below.
    pub fn settle(&mut self) {
        match &mut self.0 {
            Body::Narrow(list) => list.sort_unstable(),
            Body::Wide(list) => list.sort_unstable(),
            Body::Bins(_) => {}
        }
    }

    /// The number at a rank, from 0 for the least; of binned numbers within [`ERROR`]. A rank beyond
    /// the last is the last.
    pub fn at(&self, rank: u64) -> Billionths {
        let last = self.count().saturating_sub(1);
        let rank = rank.min(last);
        match &self.0 {
            Body::Narrow(list) => list.get(rank as usize).map_or(0, |n| (*n).into()),
            Body::Wide(list) => list.get(rank as usize).copied().unwrap_or(0),
            // The ends are known.
            Body::Bins(bins) if rank == 0 => bins.moments.least,
            Body::Bins(bins) if rank == last => bins.moments.most,
            Body::Bins(bins) => {
                let mut before = 0;
                let reached = bins.ascending().find(|(_, count)| {
                    before += count;
                    before > rank
                });
                reached.map_or(bins.moments.most, |(number, _)| number)
            }
        }
    }

    /// The two numbers between which the quantile of `thousandths` lies: of `n` numbers those around
    /// the rank (n − 1) · thousandths / 1000. Of binned numbers it is twice the one of the nearest rank.
    pub fn around(&self, thousandths: u32) -> (Billionths, Billionths) {
        let last = u128::from(self.count().saturating_sub(1));
        let place = last * u128::from(thousandths.min(1000));
        let below = (place / 1000) as u64;
        if self.is_exact() {
            return (self.at(below), self.at(below + u64::from(place % 1000 > 0)));
        }
        let nearest = self.at(((place + 500) / 1000) as u64);
        (nearest, nearest)
    }

    /// A thousand times the quantile of `thousandths`, to order by.
    pub(crate) fn rank(&self, thousandths: u32) -> Billionths {
        let (below, above) = self.around(thousandths);
        let part = u128::from(self.count().saturating_sub(1)) * u128::from(thousandths) % 1000;
        below * 1000 + (above - below) * part as Billionths
    }

    /// How many numbers are below the first edge, from each to before the next, and from the last one
    /// on. Edges ascend. A bin belongs where what stands for it does.
    pub fn counts(&self, edges: &[Billionths]) -> Vec<u64> {
        fn split(
            numbers: impl Iterator<Item = (Billionths, u64)>,
            edges: &[Billionths],
        ) -> Vec<u64> {
            let mut counts = vec![0; edges.len() + 1];
            let mut at = 0;
            for (number, count) in numbers {
                while edges.get(at).is_some_and(|edge| number >= *edge) {
                    at += 1;
                }
                counts[at] += count;
            }
            counts
        }
        match &self.0 {
            Body::Narrow(list) => split(list.iter().map(|n| ((*n).into(), 1)), edges),
            Body::Wide(list) => split(list.iter().map(|n| (*n, 1)), edges),
            Body::Bins(bins) => split(bins.ascending(), edges),
        }
    }

    /// How many bytes it takes beside itself, with what the allocator takes for each part.
    pub fn bytes(&self) -> usize {
        let part = |bytes: usize| if bytes == 0 { 0 } else { bytes + PART };
        match &self.0 {
            Body::Narrow(list) => part(list.capacity() * size_of::<i64>()),
            Body::Wide(list) => part(list.capacity() * size_of::<Billionths>()),
            Body::Bins(bins) => {
                let counts = |store: &Store| part(store.counts.capacity() * size_of::<u64>());
                part(size_of::<Bins>()) + counts(&bins.positive) + counts(&bins.negative)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(numbers: &[Billionths], exact: usize) -> Sketch {
        let mut sketch = Sketch::default();
        numbers.iter().for_each(|n| sketch.add(*n, exact));
        sketch.settle();
        sketch
    }

    /// Of all sizes, and many alike.
    fn number() -> impl Strategy<Value = Billionths> {
        let size = (0u32..97, any::<u128>()).prop_map(|(bits, n)| {
            ((n & ((1 << bits) - 1)) as Billionths).min(99_999_999_999_999_999_999_999_999_999)
        });
        prop_oneof![
            (size, any::<bool>()).prop_map(|(n, negative)| if negative { -n } else { n }),
            -5i128..5
        ]
    }

    fn parts(sketch: &Sketch) -> (Moments, Vec<u64>, Vec<Billionths>) {
        let ranks = (0..sketch.count()).map(|rank| sketch.at(rank)).collect();
        (sketch.moments(), sketch.counts(&[-1_000_000, -3, 0, 1, 50, 1 << 40]), ranks)
    }

    #[test]
    fn bins_follow_one_another() {
        let mut next = 1;
        for at in 1..6000 {
            let (least, most) = bounds(at);
            assert_eq!(least, next, "bin {at}");
            assert_eq!((bin(least), bin(most)), (at, at));
            next = most + 1;
        }
        assert!(next > 100_000_000_000_000_000_000_000_000_000, "the largest number has a bin");
    }

    #[test]
    fn nothing_is_nothing() {
        let none = of(&[], EXACT);
        assert_eq!((none.count(), none.at(3), none.around(500)), (0, 0, (0, 0)));
        assert_eq!(none.counts(&[1]), [0, 0]);
    }

    proptest! {
        #[test]
        fn quantiles_keep_their_bound(
            mut numbers in proptest::collection::vec(number(), 1..200), thousandths in 0u32..=1000,
        ) {
            let (exact, binned) = (of(&numbers, EXACT), of(&numbers, 1));
            prop_assert!(exact.is_exact() && !binned.is_exact());
            numbers.sort_unstable();
            for (rank, number) in numbers.iter().enumerate() {
                prop_assert_eq!(exact.at(rank as u64), *number);
                let off = (binned.at(rank as u64) - number).unsigned_abs() as f64;
                prop_assert!(off <= number.unsigned_abs() as f64 * ERROR, "{number} off by {off}");
            }
            let place = (numbers.len() - 1) * thousandths as usize;
            let (below, above) = exact.around(thousandths);
            prop_assert_eq!(below, numbers[place / 1000]);
            prop_assert_eq!(above, numbers[place.div_ceil(1000)]);
            prop_assert_eq!(exact.moments(), binned.moments());
        }

        #[test]
        fn any_split_and_order_is_the_same(
            mut numbers in proptest::collection::vec((number(), 0usize..4), 0..120), exact in 1usize..100,
        ) {
            let whole: Vec<Billionths> = numbers.iter().map(|(n, _)| *n).collect();
            let whole = of(&whole, exact);
            numbers.reverse();
            let mut merged = Sketch::default();
            for part in 0..4 {
                let own: Vec<Billionths> =
                    numbers.iter().filter(|(_, p)| *p == part).map(|(n, _)| *n).collect();
                merged.merge(&of(&own, exact), exact);
            }
            merged.settle();
            prop_assert_eq!(merged.is_exact(), whole.is_exact());
            prop_assert_eq!(parts(&merged), parts(&whole));
        }

        #[test]
        fn edges_split_the_numbers(
            numbers in proptest::collection::vec(number(), 0..100), mut edges in proptest::collection::vec(number(), 0..6),
        ) {
            edges.sort_unstable();
            edges.dedup();
            let counts = of(&numbers, EXACT).counts(&edges);
            let below = |edge: Billionths| numbers.iter().filter(|n| **n < edge).count() as u64;
            let mut before = 0;
            for (edge, count) in edges.iter().zip(&counts) {
                before += count;
                prop_assert_eq!(before, below(*edge));
            }
            prop_assert_eq!(before + counts[edges.len()], numbers.len() as u64);
        }
    }
}
