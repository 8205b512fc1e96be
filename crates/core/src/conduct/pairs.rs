//! How often each value had each key: a log of pairs, put in order from time to time.
//!
//! A pair that was seen a moment ago is counted in a small cache; what falls out of that is written
//! down behind all others. Putting the log in order adds up what belongs together, and where a value
//! has too many keys for an exact set, a sketch counts them from then on, and only the most frequent
//! ones keep their records.

use super::texts::Given;
use crate::tally::Distinct;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// So many pairs are written down before the log is put in order for the first time.
const TIDY_FROM: usize = 1 << 20;

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
    log: Vec<Pair>,
    cache: Vec<Pair>,
    tidy_at: usize,
    /// Where the pairs of each value begin, once the log is in order.
    starts: Vec<usize>,
    wide: HashMap<u32, Sketch, BuildHasherDefault<Given32>>,
    values: usize,
}

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
        self.values = self.values.max(pair.value as usize + 1);
        if self.log.len() >= self.tidy_at.max(TIDY_FROM) {
            self.order(self.values);
            // Twice as far each time it does not help, so that it takes no more than the counting.
            self.tidy_at = self.log.len() * 2;
        }
        self.log.push(pair);
        self.starts.clear();
    }

    /// Puts all pairs in order; the table has so many values.
    pub(super) fn tidy(&mut self, values: usize) {
        for pair in std::mem::take(&mut self.cache) {
            if pair.records > 0 {
                self.push(pair);
            }
        }
        self.values = self.values.max(values);
        if self.starts.len() != self.values + 1 {
            self.order(self.values);
        }
    }

    fn order(&mut self, values: usize) {
        let mut starts = by_value(&mut self.log, values, |pair| pair.value);
        let bounds = starts.clone();
        within(&mut self.log, &bounds, |pairs| {
            pairs.sort_unstable_by_key(|pair| pair.key);
            let mut kept = 0;
            for at in 1..pairs.len() {
                let pair = pairs[at];
                if pairs[kept].key == pair.key {
                    if let Some(sum) = pairs[kept].records.checked_add(pair.records) {
                        pairs[kept].records = sum;
                        pairs[at].records = 0;
                        continue;
                    }
                }
                kept = at;
            }
        });
        let mut kept = 0;
        for value in 0..values {
            let begin = kept;
            for at in bounds[value]..bounds[value + 1] {
                if self.log[at].records > 0 {
                    self.log[kept] = self.log[at];
                    kept += 1;
                }
            }
            let many = kept - begin > EXACT;
            if many || (!self.wide.is_empty() && self.wide.contains_key(&(value as u32))) {
                kept = begin + self.widen(value as u32, begin, kept);
            }
            starts[value] = begin;
        }
        starts[values] = kept;
        self.log.truncate(kept);
        self.starts = starts;
    }

    /// Lets a sketch count the keys of a value; how many of them are kept, at the beginning of these.
    fn widen(&mut self, value: u32, begin: usize, end: usize) -> usize {
        let pairs = &mut self.log[begin..end];
        let sketch = self.wide.entry(value).or_default();
        pairs.iter().for_each(|pair| sketch.see(pair.key));
        if pairs.len() <= KEPT {
            return pairs.len();
        }
        let most = |pair: &Pair| (std::cmp::Reverse(pair.records), pair.key);
        pairs.select_nth_unstable_by_key(KEPT, most);
        pairs[..KEPT].sort_unstable_by_key(|pair| pair.key);
        KEPT
    }

    /// Takes over the keys of one value of another log, which is in order.
    pub(super) fn absorb(&mut self, value: u32, other: &Pairs, theirs: u32) {
        for pair in other.range(theirs) {
            self.push(Pair { value, ..*pair });
        }
        if let Some(sketch) = other.wide.get(&theirs) {
            self.values = self.values.max(value as usize + 1);
            self.wide.entry(value).or_default().merge(sketch);
            self.starts.clear();
        }
    }

    pub(super) fn renumber(&mut self, numbers: &HashMap<u32, u32>) {
        let cached = std::mem::take(&mut self.cache);
        self.log.extend(cached.into_iter().filter(|pair| pair.records > 0));
        self.log.retain_mut(|pair| {
            let number = numbers.get(&pair.value);
            pair.value = number.copied().unwrap_or_default();
            number.is_some()
        });
        let wide = std::mem::take(&mut self.wide);
        let keep = |(value, sketch)| Some((*numbers.get(&value)?, sketch));
        self.wide = wide.into_iter().filter_map(keep).collect();
        self.values = numbers.len();
        self.starts.clear();
    }

    pub(super) fn shrink(&mut self) {
        self.log.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        (self.log.capacity() + self.cache.capacity()) * size_of::<Pair>()
            + self.starts.capacity() * size_of::<usize>()
            + self.wide.len() * (Sketch::BYTES + 48)
    }

    fn range(&self, value: u32) -> &[Pair] {
        let at = value as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.log[start..end],
            _ => &[],
        }
    }

    pub(super) fn of(&self, value: u32) -> Keys {
        let pairs = self.range(value);
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
        let pairs = self.range(value).chunk_by(|a, b| a.key == b.key);
        let all =
            pairs.map(|pairs| (pairs[0].key, pairs.iter().map(|p| u64::from(p.records)).sum()));
        all.filter(|(_, sum): &(u64, u64)| *sum == records).map(|(key, _)| key).collect()
    }

    /// The keys of a value with their records, the most frequent first.
    pub(super) fn top(&self, value: u32) -> Vec<(u64, u64)> {
        let mut keys: Vec<(u64, u64)> = Vec::new();
        for pair in self.range(value) {
            match keys.last_mut() {
                Some(last) if last.0 == pair.key => last.1 += u64::from(pair.records),
                _ => keys.push((pair.key, u64::from(pair.records))),
            }
        }
        keys.sort_unstable_by_key(|&(key, records)| (std::cmp::Reverse(records), key));
        keys
    }
}

/// Sorts by value, in linear time; where the items of each value begin, and behind the last one.
pub(super) fn by_value<T: Copy + Default>(
    log: &mut Vec<T>,
    values: usize,
    value: impl Fn(&T) -> u32,
) -> Vec<usize> {
    let mut starts = vec![0usize; values + 1];
    for item in log.iter() {
        starts[value(item) as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut sorted = vec![T::default(); log.len()];
    for item in log.iter() {
        let place = &mut next[value(item) as usize];
        sorted[*place] = *item;
        *place += 1;
    }
    *log = sorted;
    starts
}

/// Below so many items a second thread is not worth its start.
const TOGETHER: usize = 1 << 17;

/// Does something with the items of each value, on two threads where there are many.
pub(super) fn within<T: Send>(items: &mut [T], starts: &[usize], each: impl Fn(&mut [T]) + Sync) {
    let values = starts.len() - 1;
    let run = |mut items: &mut [T], starts: &[usize]| {
        for bounds in starts.windows(2) {
            let (own, rest) = items.split_at_mut(bounds[1] - bounds[0]);
            each(own);
            items = rest;
        }
    };
    if items.len() < TOGETHER {
        return run(items, starts);
    }
    let middle = starts.partition_point(|start| *start < items.len() / 2).min(values);
    let (left, right) = items.split_at_mut(starts[middle]);
    std::thread::scope(|scope| {
        scope.spawn(|| run(left, &starts[..=middle]));
        run(right, &starts[middle..]);
    });
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
