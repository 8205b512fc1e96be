//! Two tallies side by side: of each value its records in the one and in the other.

use super::key::hasher;
use super::shards::shard;
use super::table::Count;
use super::{Key, Tally};
use foldhash::quality::RandomState;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The records of a value in two tallies; not both are 0.
pub type Pair = (u64, u64);

/// A value that two tallies hold, or one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The bytes of the value.
    pub key: Vec<u8>,
    /// Its records in either.
    pub pair: Pair,
    /// Its first and last instant in either; `None` where it has no record, or times are not kept.
    pub spans: [Option<(i64, i64)>; 2],
}

/// Pairs of which both are below this are counted in an array.
const SMALL: usize = 64;

impl Tally {
    /// How many values have each pair of records in this tally and in another, ascending: all that
    /// any comparison of the two can tell of values whose names do not matter.
    pub fn pairs(&self, other: &Tally) -> Vec<(Pair, u64)> {
        let mut small = vec![0u64; SMALL * SMALL];
        let mut large: HashMap<Pair, u64, RandomState> = HashMap::with_hasher(hasher().clone());
        self.each_pair(other, |_, pair| match (pair.0 as usize, pair.1 as usize) {
            (own, theirs) if own < SMALL && theirs < SMALL => small[own * SMALL + theirs] += 1,
            _ => *large.entry(pair).or_default() += 1,
        });
        let small = small.into_iter().enumerate().filter(|(_, values)| *values > 0);
        let mut pairs: Vec<(Pair, u64)> = small
            .map(|(at, values)| (((at / SMALL) as u64, (at % SMALL) as u64), values))
            .chain(large)
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// The values that have one of these pairs, in the order of the pairs, and of the bytes of the
    /// values where they share one; the first `limit` of them.
    pub fn paired(&self, other: &Tally, pairs: &[Pair], limit: usize) -> Vec<Paired> {
        let mut ranks: HashMap<Pair, usize, RandomState> = HashMap::with_hasher(hasher().clone());
        for (rank, pair) in pairs.iter().enumerate() {
            ranks.entry(*pair).or_insert(rank);
        }
        // As where values are ordered, twice as many are held before the worse half goes.
        let room = limit.saturating_mul(2).max(64);
        let mut found: Vec<(usize, &[u8], Pair)> = Vec::new();
        let mut worst = None;
        self.each_pair(other, |key, pair| {
            let Some(&rank) = ranks.get(&pair) else { return };
            if worst.is_some_and(|worst| (rank, key).cmp(&worst) == Ordering::Greater) {
                return;
            }
            found.push((rank, key, pair));
            if found.len() >= room {
                found.sort_unstable();
                found.truncate(limit);
                worst = found.last().map(|(rank, key, _)| (*rank, *key));
            }
        });
        found.sort_unstable();
        found.truncate(limit);
        let spans = |key: &[u8]| [self.span_of(key), other.span_of(key)];
        let paired = |(_, key, pair): (usize, &[u8], Pair)| Paired {
            key: key.to_vec(),
            pair,
            spans: spans(key),
        };
        found.into_iter().map(paired).collect()
    }

    fn each_pair<'a>(&'a self, other: &'a Tally, mut visit: impl FnMut(&'a [u8], Pair)) {
        for count in self.counts() {
            visit(count.key, (count.records, other.get(count.key).map_or(0, |own| own.records)));
        }
        for count in other.counts().filter(|count| self.get(count.key).is_none()) {
            visit(count.key, (0, count.records));
        }
    }

    fn span_of(&self, value: &[u8]) -> Option<(i64, i64)> {
        if !self.measures.times {
            return None;
        }
        let key = Key::new(value);
        let table = &self.tables[shard(key.hash(), self.tables.len())];
        table.get(&key).map(|count: Count<'_>| table.times.span(count.id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Measures, Timeline};
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn tally(values: &[u8]) -> Tally {
        let mut tally = Tally::new(Measures::default(), Timeline::new(1));
        values.iter().for_each(|value| tally.add(&[b'v', *value], crate::amount::ONE));
        tally
    }

    fn slow(before: &[u8], after: &[u8]) -> BTreeMap<u8, Pair> {
        let mut pairs: BTreeMap<u8, Pair> = BTreeMap::new();
        before.iter().for_each(|value| pairs.entry(*value).or_default().0 += 1);
        after.iter().for_each(|value| pairs.entry(*value).or_default().1 += 1);
        pairs
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_a_plain_loop(
            before in proptest::collection::vec(0u8..40, 0..400),
            after in proptest::collection::vec(20u8..60, 0..400),
            limit in 0usize..80,
        ) {
            let (first, second) = (tally(&before), tally(&after));
            let all = slow(&before, &after);
            let mut spectrum: BTreeMap<Pair, u64> = BTreeMap::new();
            all.values().for_each(|pair| *spectrum.entry(*pair).or_default() += 1);
            prop_assert_eq!(first.pairs(&second), spectrum.clone().into_iter().collect::<Vec<_>>());
            let mirrored: BTreeMap<Pair, u64> = spectrum.iter().map(|(p, n)| ((p.1, p.0), *n)).collect();
            prop_assert_eq!(second.pairs(&first), mirrored.into_iter().collect::<Vec<_>>());

            let wanted: Vec<Pair> = spectrum.keys().rev().step_by(2).copied().collect();
            let mut rows: Vec<(usize, u8, Pair)> = Vec::new();
            for (value, pair) in &all {
                if let Some(rank) = wanted.iter().position(|each| each == pair) {
                    rows.push((rank, *value, *pair));
                }
            }
            rows.sort_unstable();
            rows.truncate(limit);
            let found: Vec<(u8, Pair)> =
                first.paired(&second, &wanted, limit).iter().map(|row| (row.key[1], row.pair)).collect();
            prop_assert_eq!(found, rows.iter().map(|(_, value, pair)| (*value, *pair)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_long_list_of_values_is_cut_as_it_grows() {
        let mut own = Tally::new(Measures::default(), Timeline::new(1));
        let other = Tally::new(Measures::default(), Timeline::new(1));
        for number in 0..5000 {
            own.add(format!("{number:05}").as_bytes(), crate::amount::ONE);
        }
        let rows = own.paired(&other, &[(1, 0)], 3);
        let keys: Vec<&[u8]> = rows.iter().map(|row| &row.key[..]).collect();
        assert_eq!(keys, [b"00000", b"00001", b"00002"]);
        assert!(rows.iter().all(|row| row.pair == (1, 0) && row.spans == [None, None]));
        assert_eq!(own.paired(&other, &[(1, 0)], usize::MAX).len(), 5000);
    }
}
