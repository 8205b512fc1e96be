//! Which keys of each value failed, by buckets of time: what probing is seen by.

use super::log::{Item, Log};
use crate::tally::Distinct;
use std::collections::{BTreeMap, HashMap};

/// The failing keys of a value in a bucket are known one by one up to so many,
const EXACT: usize = 1024;

/// and then so many of them, to be shown.
const KEPT: usize = 16;

/// 1,024 registers: a standard error of 3.3 in 100.
type Sketch = Distinct<10>;

/// A key that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Try {
    value: u32,
    bucket: i32,
    key: u64,
}

impl Item for Try {
    fn value(&self) -> u32 {
        self.value
    }

    fn of(self, value: u32) -> Try {
        Try { value, ..self }
    }

    fn sort(tries: &mut [Try]) {
        tries.sort_unstable();
    }
}

/// The bucket in which most distinct keys of a value failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Its number; bucket 0 begins in 1970. Of several as full it is the earliest.
    pub bucket: i64,
    /// Distinct failing keys,
    pub keys: u64,
    /// and whether that is exact.
    pub exact: bool,
}

/// Values and buckets with too many keys to be known one by one: in order, so that those of a value
/// stand together.
type Wide = BTreeMap<(u32, i32), Sketch>;

/// The failing keys of all values.
#[derive(Debug, Default)]
pub(super) struct Tried {
    log: Log<Try>,
    wide: Wide,
    last: Try,
}

impl Tried {
    /// A key failed in a bucket.
    #[inline]
    pub(super) fn add(&mut self, value: u32, bucket: i64, key: u64) {
        // Instants are 64 bits of nanoseconds, and a bucket is minutes.
        let next = Try { value, bucket: bucket as i32, key };
        if next != self.last || self.log.is_empty() {
            self.last = next;
            self.push(next);
        }
    }

    fn push(&mut self, next: Try) {
        if self.log.push(next) {
            self.order();
        }
    }

    /// Puts all in order; the table has so many values.
    pub(super) fn tidy(&mut self, values: usize) {
        if self.log.spans(values) {
            self.order();
        }
    }

    fn order(&mut self) {
        let wide = &mut self.wide;
        self.log.order(|value, tries| {
            let (mut at, mut kept) = (0, 0);
            while at < tries.len() {
                let (from, bucket) = (kept, tries[at].bucket);
                while at < tries.len() && tries[at].bucket == bucket {
                    if kept == from || tries[kept - 1] != tries[at] {
                        tries[kept] = tries[at];
                        kept += 1;
                    }
                    at += 1;
                }
                let place = (value, bucket);
                if kept - from > EXACT || (!wide.is_empty() && wide.contains_key(&place)) {
                    let sketch = wide.entry(place).or_default();
                    tries[from..kept].iter().for_each(|each| sketch.see(each.key));
                    kept = kept.min(from + KEPT);
                }
            }
            kept
        });
    }

    /// Takes over what one value of another table tried, which is in order.
    pub(super) fn absorb(&mut self, value: u32, other: &Tried, theirs: u32) {
        for each in other.log.range(theirs) {
            self.push(each.of(value));
        }
        for ((_, bucket), sketch) in other.wide_of(theirs) {
            self.wide.entry((value, *bucket)).or_default().merge(sketch);
            self.log.touch(value);
        }
    }

    pub(super) fn renumber(&mut self, numbers: &HashMap<u32, u32>) {
        self.log.renumber(numbers);
        let wide = std::mem::take(&mut self.wide);
        let keep = |((value, bucket), sketch)| Some(((*numbers.get(&value)?, bucket), sketch));
        self.wide = wide.into_iter().filter_map(keep).collect();
    }

    pub(super) fn shrink(&mut self) {
        self.log.shrink();
    }

    pub(super) fn bytes(&self) -> usize {
        self.log.bytes() + self.wide.len() * (Sketch::BYTES + 64)
    }

    fn wide_of(&self, value: u32) -> impl Iterator<Item = (&(u32, i32), &Sketch)> {
        self.wide.range((value, i32::MIN)..=(value, i32::MAX))
    }

    /// The bucket of a value in which most distinct keys failed; none where none did.
    pub(super) fn fullest(&self, value: u32) -> Option<Probe> {
        let mut best: Option<Probe> = None;
        for bucket in self.log.range(value).chunk_by(|a, b| a.bucket == b.bucket) {
            let number = bucket[0].bucket;
            let sketch = self.wide.get(&(value, number));
            let keys = sketch.map_or(bucket.len() as u64, |sketch| {
                (sketch.estimate().round() as u64).max(bucket.len() as u64)
            });
            if best.is_none_or(|best| keys > best.keys) {
                best = Some(Probe { bucket: number.into(), keys, exact: sketch.is_none() });
            }
        }
        best
    }

    /// Hashes of keys that failed in a bucket, all or some of them.
    pub(super) fn keys_in(&self, value: u32, bucket: i64) -> Vec<u64> {
        let all = self.log.range(value).iter();
        all.filter(|each| i64::from(each.bucket) == bucket).map(|each| each.key).collect()
    }

    /// The keys that failed in any bucket, some of them more than once.
    pub(super) fn keys(&self, value: u32) -> impl Iterator<Item = u64> + '_ {
        self.log.range(value).iter().map(|each| each.key)
    }

    /// How many distinct keys failed, and whether that is exact.
    pub(super) fn distinct(&self, value: u32) -> (u64, bool) {
        let mut keys: Vec<u64> = self.keys(value).collect();
        let mut all: Option<Sketch> = None;
        for (_, sketch) in self.wide_of(value) {
            all.get_or_insert_with(Sketch::new).merge(sketch);
        }
        if let Some(mut all) = all {
            keys.iter().for_each(|key| all.see(*key));
            return (all.estimate().round() as u64, false);
        }
        keys.sort_unstable();
        keys.dedup();
        (keys.len() as u64, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn hash(n: u64) -> u64 {
        crate::tally::Key::new(&n.to_le_bytes()).hash()
    }

    proptest! {
        #[test]
        fn is_as_plain_sets_are_and_merges(
            tries in proptest::collection::vec((0u32..3, -1i64..1, 0u64..1500), 0..4000), cut in 0usize..4000, tidy: bool,
        ) {
            let cut = cut.min(tries.len());
            let (mut whole, mut left, mut right): (Tried, Tried, Tried) = Default::default();
            let mut plain: BTreeMap<(u32, i64), BTreeSet<u64>> = BTreeMap::new();
            for (at, (value, bucket, key)) in tries.iter().enumerate() {
                whole.add(*value, *bucket, hash(*key));
                if at < cut { &mut left } else { &mut right }.add(*value, *bucket, hash(*key));
                if tidy {
                    whole.tidy(3);
                }
                plain.entry((*value, *bucket)).or_default().insert(hash(*key));
            }
            whole.tidy(3);
            left.tidy(3);
            right.tidy(3);
            (0..3).for_each(|value| left.absorb(value, &right, value));
            left.tidy(3);
            for value in 0..3 {
                let probe = whole.fullest(value);
                prop_assert_eq!(probe, left.fullest(value));
                let buckets = plain.iter().filter(|((owner, _), _)| *owner == value);
                let most = buckets.clone().map(|(_, keys)| keys.len() as u64).max();
                prop_assert_eq!(probe.is_some(), most.is_some());
                let all: BTreeSet<u64> = buckets.clone().flat_map(|(_, keys)| keys).copied().collect();
                if buckets.clone().all(|(_, keys)| keys.len() <= EXACT) {
                    prop_assert_eq!(probe.map(|probe| probe.keys), most);
                    prop_assert!(probe.is_none_or(|probe| probe.exact));
                    prop_assert_eq!(whole.distinct(value), (all.len() as u64, true));
                    if let Some(probe) = probe {
                        let shown: BTreeSet<u64> = whole.keys_in(value, probe.bucket).into_iter().collect();
                        prop_assert_eq!(&shown, &plain[&(value, probe.bucket)]);
                    }
                } else {
                    let (about, exact) = whole.distinct(value);
                    // Six standard errors.
                    let most = 6.0 * Sketch::ERROR * all.len() as f64;
                    prop_assert!(!exact && (about as f64 - all.len() as f64).abs() < most);
                }
            }
        }
    }

    #[test]
    fn memory_is_bounded_by_values_and_buckets() {
        let mut tried = Tried::default();
        for n in 0..4_000_000u64 {
            tried.add((n % 3) as u32, (n % 50) as i64, hash(n));
        }
        tried.tidy(3);
        tried.shrink();
        assert!(tried.bytes() < 1 << 20, "{}", tried.bytes());
        let probe = tried.fullest(1).unwrap();
        assert!(!probe.exact);
        assert!((probe.keys as f64 / 26_667.0 - 1.0).abs() < 0.3, "{probe:?}");
    }
}
