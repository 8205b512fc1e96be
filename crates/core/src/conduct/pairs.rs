//! How often each value had each key: a log of pairs, put in order from time to time.
//!
//! A pair that was seen a moment ago is counted in a small cache; what falls out of that is written
//! down behind all others (`log.rs`). Putting the log in order adds up what belongs together, and where a value
//! has too many keys for an exact set, a sketch counts them from then on, and only the most frequent
//! ones keep their records.

use super::log::{Item, Log};
use super::texts::Given;
use crate::tally::Distinct;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// A value's keys are known one by one up to so many,
const EXACT: usize = 4096;

/// and then so many of the most frequent ones.
const KEPT: usize = 64;

/// Of the pairs, so many that were seen last are counted in place.
const CACHE: usize = 1 << 12;

/// 1,024 registers: a standard error of 3.3 in 100.
type Sketch = Distinct<10>;

/// Records of a value with a key; perhaps not all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pair {
    value: u32,
    records: u32,
    key: u64,
}

impl Item for Pair {
    fn value(&self) -> u32 {
        self.value
    }

    fn of(self, value: u32) -> Pair {
        Pair { value, ..self }
    }

    fn sort(pairs: &mut [Pair]) {
        pairs.sort_unstable_by_key(|pair| pair.key);
    }
}

/// How many distinct keys a value has, and which is the most frequent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keys {
    /// How many, exactly or about.
    pub distinct: u64,
    /// Whether that and the records below are exact; else those are lower bounds.
    pub exact: bool,
    /// The hash of the most frequent key,
    pub top: u64,
    /// and the records with it; 0 where there is no key.
    pub records: u64,
}

/// Pairs of values and keys, and how often they occurred.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    log: Log<Pair>,
    cache: Vec<Pair>,
    wide: Wide,
}

/// Values with too many keys to be known one by one.
type Wide = HashMap<u32, Sketch, BuildHasherDefault<Given32>>;

/// Numbers of values are as good as hashes.
#[derive(Default)]
struct Given32(Given);

impl std::hash::Hasher for Given32 {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u32(&mut self, number: u32) {
        // The map looks at the highest bits, too.
        self.0.write_u64(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
}

impl Pairs {
    /// Counts records of a value with a key.
    #[inline]
    pub(super) fn add(&mut self, value: u32, key: u64, records: u32) {
        if self.cache.is_empty() {
            self.cache = vec![Pair::default(); CACHE];
        }
        let at = (key ^ u64::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15)) as usize % CACHE;
        let held = &mut self.cache[at];
        if held.key == key && held.value == value {
            if let Some(sum) = held.records.checked_add(records) {
                held.records = sum;
                return;
            }
        }
        let out = std::mem::replace(held, Pair { value, records, key });
        if out.records > 0 {
            self.push(out);
        }
    }

    fn push(&mut self, pair: Pair) {
        if self.log.push(pair) {
            self.order();
        }
    }

    /// Puts all pairs in order; the table has so many values.
    pub(super) fn tidy(&mut self, values: usize) {
        self.write_down();
        if self.log.spans(values) {
            self.order();
        }
    }

    fn write_down(&mut self) {
        for pair in std::mem::take(&mut self.cache) {
            if pair.records > 0 {
                self.push(pair);
            }
        }
    }

    fn order(&mut self) {
        let wide = &mut self.wide;
        self.log.order(|value, pairs| {
            let kept = added_up(pairs);
            if kept > EXACT || (!wide.is_empty() && wide.contains_key(&value)) {
                widen(wide.entry(value).or_default(), &mut pairs[..kept])
            } else {
                kept
            }
        });
    }

    /// Takes over the keys of one value of another log, which is in order.
    pub(super) fn absorb(&mut self, value: u32, other: &Pairs, theirs: u32) {
        for pair in other.log.range(theirs) {
            self.push(pair.of(value));
        }
        if let Some(sketch) = other.wide.get(&theirs) {
            self.wide.entry(value).or_default().merge(sketch);
            self.log.touch(value);
        }
    }

    pub(super) fn renumber(&mut self, numbers: &HashMap<u32, u32>) {
        self.write_down();
        self.log.renumber(numbers);
        let wide = std::mem::take(&mut self.wide);
        let keep = |(value, sketch)| Some((*numbers.get(&value)?, sketch));
        self.wide = wide.into_iter().filter_map(keep).collect();
    }

    pub(super) fn shrink(&mut self) {
        self.log.shrink();
    }

    pub(super) fn bytes(&self) -> usize {
        self.log.bytes()
            + self.cache.capacity() * size_of::<Pair>()
            + self.wide.len() * (Sketch::BYTES + 48)
    }

    pub(super) fn of(&self, value: u32) -> Keys {
        let pairs = self.log.range(value);
        // Of several that are as frequent it is the one with the least hash, in whatever order they came.
        let mut best = Keys { exact: true, ..Keys::default() };
        let (mut key, mut records, mut distinct) = (0, 0, 0);
        for pair in pairs {
            if distinct == 0 || pair.key != key {
                (key, records, distinct) = (pair.key, 0, distinct + 1);
            }
            records += u64::from(pair.records);
            if records > best.records {
                (best.top, best.records) = (key, records);
            }
        }
        best.distinct = distinct;
        if let Some(sketch) = self.wide.get(&value) {
            best.distinct = (sketch.estimate().round() as u64).max(distinct);
            best.exact = false;
        }
        best
    }

    /// The keys of a value that have so many records.
    pub(super) fn with(&self, value: u32, records: u64) -> Vec<u64> {
        let pairs = self.log.range(value).chunk_by(|a, b| a.key == b.key);
        let all =
            pairs.map(|pairs| (pairs[0].key, pairs.iter().map(|p| u64::from(p.records)).sum()));
        all.filter(|(_, sum): &(u64, u64)| *sum == records).map(|(key, _)| key).collect()
    }

    /// The keys of a value with their records, the most frequent first.
    pub(super) fn top(&self, value: u32) -> Vec<(u64, u64)> {
        let mut keys: Vec<(u64, u64)> = Vec::new();
        for pair in self.log.range(value) {
            match keys.last_mut() {
                Some(last) if last.0 == pair.key => last.1 += u64::from(pair.records),
                _ => keys.push((pair.key, u64::from(pair.records))),
            }
        }
        keys.sort_unstable_by_key(|&(key, records)| (std::cmp::Reverse(records), key));
        keys
    }
}

/// Adds up the records of pairs that are the same; how many are left, at the beginning of these.
fn added_up(pairs: &mut [Pair]) -> usize {
    let mut kept = 0;
    for at in 0..pairs.len() {
        let pair = pairs[at];
        if let Some(before) = pairs[..kept].last_mut().filter(|before| before.key == pair.key) {
            if let Some(sum) = before.records.checked_add(pair.records) {
                before.records = sum;
                continue;
            }
        }
        pairs[kept] = pair;
        kept += 1;
    }
    kept
}

/// Lets a sketch count the keys of a value; how many of them are kept, at the beginning of these.
fn widen(sketch: &mut Sketch, pairs: &mut [Pair]) -> usize {
    pairs.iter().for_each(|pair| sketch.see(pair.key));
    if pairs.len() <= KEPT {
        return pairs.len();
    }
    let most = |pair: &Pair| (std::cmp::Reverse(pair.records), pair.key);
    pairs.select_nth_unstable_by_key(KEPT, most);
    pairs[..KEPT].sort_unstable_by_key(|pair| pair.key);
    KEPT
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn plain(records: &[(u32, u64)]) -> BTreeMap<u32, BTreeMap<u64, u64>> {
        let mut plain: BTreeMap<u32, BTreeMap<u64, u64>> = BTreeMap::new();
        for (value, key) in records {
            *plain.entry(*value).or_default().entry(*key).or_default() += 1;
        }
        plain
    }

    proptest! {
        #[test]
        fn counts_as_plain_maps_do_and_merges(
            records in proptest::collection::vec((0u32..4, 0u64..9), 0..300), cut in 0usize..300, tidy: bool,
        ) {
            let cut = cut.min(records.len());
            let (mut whole, mut left, mut right): (Pairs, Pairs, Pairs) = Default::default();
            for (at, (value, key)) in records.iter().enumerate() {
                whole.add(*value, *key, 1);
                if at < cut { &mut left } else { &mut right }.add(*value, *key, 1);
                if tidy {
                    whole.tidy(4);
                }
            }
            whole.tidy(4);
            left.tidy(4);
            right.tidy(4);
            (0..4).for_each(|value| left.absorb(value, &right, value));
            left.tidy(4);
            let plain = plain(&records);
            for value in 0..4 {
                let keys = plain.get(&value).cloned().unwrap_or_default();
                let found = whole.of(value);
                prop_assert_eq!(found, left.of(value));
                prop_assert_eq!(found.distinct, keys.len() as u64);
                prop_assert_eq!(found.records, keys.values().copied().max().unwrap_or(0));
                let mut top: Vec<(u64, u64)> = keys.into_iter().collect();
                top.sort_by_key(|&(key, records)| (std::cmp::Reverse(records), key));
                prop_assert_eq!(whole.top(value), top);
            }
        }
    }

    #[test]
    fn many_keys_are_estimated_and_the_most_frequent_kept() {
        let mut pairs = Pairs::default();
        let hash = |n: u64| crate::tally::Key::new(&n.to_le_bytes()).hash();
        for n in 0..2_000_000u64 {
            pairs.add(7, hash(n % 100_000), 1);
            if n % 3 == 0 {
                pairs.add(7, hash(5), 1);
                pairs.add(6, hash(n % 10), 1);
            }
        }
        pairs.tidy(8);
        let keys = pairs.of(7);
        assert!(!keys.exact);
        // Five standard errors.
        assert!((keys.distinct as f64 / 100_000.0 - 1.0).abs() < 5.0 * Sketch::ERROR, "{keys:?}");
        assert_eq!(keys.top, hash(5));
        assert_eq!(pairs.of(6).distinct, 10);
        assert_eq!(pairs.of(0), Keys { exact: true, ..Keys::default() });
        assert!(pairs.bytes() < 100 << 20);
    }
}
