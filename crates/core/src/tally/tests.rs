//! The table counts as a plain map does, and any split merges to the same tally.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const SUMS: Measures = Measures { sums: true, times: false };

type Plain = BTreeMap<Vec<u8>, (u64, Billionths)>;

fn plain(records: &[(Vec<u8>, i64)]) -> Plain {
    let mut map = Plain::new();
    for (value, amount) in records {
        let count = map.entry(value.clone()).or_default();
        *count = (count.0 + 1, count.1 + Billionths::from(*amount));
    }
    map
}

fn tally(records: &[(Vec<u8>, i64)]) -> Tally {
    let mut tally = Tally::new(SUMS, Timeline::new(1));
    for (value, amount) in records {
        tally.add(value, (*amount).into());
    }
    tally
}

fn opened(tally: &Tally) -> Plain {
    tally.counts().map(|count| (count.key.to_vec(), (count.records, count.sum))).collect()
}

fn values() -> impl Strategy<Value = Vec<(Vec<u8>, i64)>> {
    let value = prop_oneof![
        proptest::collection::vec(0u8..3, 0..4),
        proptest::collection::vec(any::<u8>(), 14..19),
        Just(vec![b'x'; 100]),
        Just(vec![0; 16]),
        Just(vec![0; 17]),
    ];
    proptest::collection::vec((value, any::<i64>()), 0..300)
}

proptest! {
    #[test]
    fn counts_as_a_plain_map_does(records in values()) {
        let tally = tally(&records);
        let plain = plain(&records);
        prop_assert_eq!(tally.len(), plain.len());
        prop_assert_eq!(tally.records(), records.len() as u64);
        for (value, (records, sum)) in &plain {
            let count = tally.get(value).unwrap();
            prop_assert_eq!((count.key, count.records, count.sum), (&value[..], *records, *sum));
        }
        prop_assert!(tally.get(b"not there").is_none());
        prop_assert_eq!(opened(&tally), plain);
    }

    #[test]
    fn any_split_merges_to_the_same(records in values(), cuts in proptest::collection::vec(0usize..300, 0..4), shards: bool) {
        let mut tables = Vec::new();
        let mut rest = &records[..];
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            tables.push(tally(head).tables.remove(0));
            rest = tail;
        }
        let shared = shards.then(|| {
            let shards = Shards::new(SUMS, None, None);
            for table in &mut tables {
                shards.take(table);
            }
            shards
        });
        let mut merged = Tally::gather(tables, shared, SUMS, Timeline::new(1));
        merged.merge(&tally(rest));
        prop_assert_eq!(opened(&merged), plain(&records));
        prop_assert_eq!(merged.records(), records.len() as u64);
        for value in plain(&records).keys() {
            prop_assert!(merged.get(value).is_some());
        }
    }

    #[test]
    fn orders_are_those_of_a_plain_sort(
        records in values(), by_value: bool, reverse: bool,
        limit in proptest::option::of(0usize..40),
    ) {
        let tally = tally(&records);
        let sort = if by_value { Sort::Value } else { Sort::Count };
        let order = tally.order(&Choice { sort, reverse, outside: None, limit });
        let mut rows: Vec<(Vec<u8>, Billionths)> =
            plain(&records).into_iter().map(|(value, (_, sum))| (value, sum)).collect();
        if !by_value {
            rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            if reverse {
                rows.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
            }
        } else if reverse {
            rows.reverse();
        }
        prop_assert_eq!(order.chosen(), rows.len());
        rows.truncate(limit.unwrap_or(usize::MAX));
        let found: Vec<_> = order.slice(&tally, 0, usize::MAX).map(|c| (c.key.to_vec(), c.sum)).collect();
        prop_assert_eq!(found, rows);
    }
}

#[test]
fn many_values_grow_the_table() {
    let mut tally = Tally::new(Measures::default(), Timeline::new(1));
    for i in 0..200_000u32 {
        tally.add(format!("value-{}", i % 50_000).as_bytes(), 0);
        tally.add(format!("a value of more than sixteen bytes {}", i % 1000).as_bytes(), 0);
    }
    assert_eq!(tally.len(), 51_000);
    assert_eq!(tally.spectrum(), [(4, 50_000), (200, 1000)]);
}

#[test]
fn outliers_are_chosen_by_bounds() {
    let mut tally = Tally::new(Measures::default(), Timeline::new(1));
    for (value, count) in [("a", 1), ("b", 5), ("c", 9)] {
        (0..count).for_each(|_| tally.add(value.as_bytes(), 0));
    }
    let choice =
        Choice { sort: Sort::Count, reverse: false, outside: Some((1.5, 8.5)), limit: Some(1) };
    let order = tally.order(&choice);
    assert_eq!((order.len(), order.chosen(), order.records()), (1, 2, 10));
    assert_eq!(order.slice(&tally, 0, 9).next().unwrap().key, b"c");
}

/// Counts values one after another in tables of their own, as threads do, within a budget.
fn bounded(measures: Measures, bytes: usize, values: &[(Vec<u8>, i64)], own: usize) -> Tally {
    let shards = Shards::new(measures, Some(Budget { bytes, threads: 2 }), None);
    let mut tables = Vec::new();
    for part in values.chunks(own) {
        let mut table = Table::new(measures, 0);
        for (at, (value, amount)) in part.iter().enumerate() {
            let id = table.add(&Key::new(value), 1, (*amount).into());
            if measures.times {
                table.times.count(id, at as i64, at as i64, 1);
            }
        }
        shards.take(&mut table);
        tables.push(table);
    }
    Tally::gather(tables, Some(shards), measures, Timeline::new(1))
}

/// What a sketch promises, whatever came in whatever order.
fn keeps_its_bounds(tally: &Tally, values: &[(Vec<u8>, i64)]) -> Result<(), TestCaseError> {
    let plain = plain(values);
    let error = tally.approximation().map_or(Some(0), |found| found.error);
    let error = error.expect("no amount is below zero");
    prop_assert_eq!(tally.records(), values.len() as u64);
    if tally.summing() {
        prop_assert_eq!(
            tally.sum(),
            values.iter().map(|(_, n)| Billionths::from(*n)).sum::<Billionths>()
        );
    }
    for (value, (records, sum)) in &plain {
        let truth = if tally.summing() { *sum } else { (*records).into() };
        let held = tally.get(value).map_or(0, |count| {
            if tally.summing() {
                count.sum
            } else {
                count.records.into()
            }
        });
        prop_assert!(
            held <= truth && truth <= held + error,
            "{truth} as {held}, at most {error} more"
        );
        prop_assert!(truth <= error || tally.get(value).is_some());
    }
    if let Some(found) = tally.approximation() {
        let off = (found.distinct - plain.len() as f64).abs();
        prop_assert!(off <= 8.0 * found.distinct_error * plain.len() as f64 + 1.0);
    }
    Ok(())
}

/// Many values once and some often, in an order that is bad for whoever forgets.
fn adversarial() -> impl Strategy<Value = Vec<(Vec<u8>, i64)>> {
    (1usize..6000, 0usize..40, 1usize..300, 0u8..5, 0usize..40).prop_map(
        |(many, heavy, often, order, long)| {
            let name = |kind: char, i: usize| {
                format!("{kind}{i}{}", "-".repeat(if i % 3 == 0 { long * 20 } else { 0 }))
                    .into_bytes()
            };
            let light = (0..many).map(|i| (name('l', i), 1));
            let heavy = (0..heavy).flat_map(|i| (0..often).map(move |n| (i, n as i64)));
            let heavy = heavy.map(|(i, n)| (name('h', i), n));
            let mut all: Vec<(Vec<u8>, i64)> = match order {
                0 => light.chain(heavy).collect(),
                1 => heavy.chain(light).collect(),
                2 => light.clone().chain(heavy).chain(light).collect(),
                _ => heavy.chain(light).collect(),
            };
            if order > 2 {
                all.sort_by_key(|(name, _)| {
                    Key::new(name).hash() % if order == 3 { 7 } else { u64::MAX }
                });
            }
            all
        },
    )
}

const COUNTS: Measures = Measures { sums: false, times: false };

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_sketch_keeps_its_bounds(
        values in adversarial(), sums: bool, times: bool, bytes in 40_000usize..400_000, own in 1usize..5000,
    ) {
        let tally = bounded(Measures { sums, times }, bytes, &values, own);
        keeps_its_bounds(&tally, &values)?;
        let taken: usize = tally.tables().iter().map(Table::bytes).sum();
        prop_assert!(taken <= bytes.max(16 * 64 * 32), "{taken} of {bytes}");
    }

    #[test]
    fn sketches_merge_in_any_tree_and_keep_their_bounds(
        values in adversarial(), sums: bool, cuts in proptest::collection::vec(0usize..6000, 0..4), left: bool,
    ) {
        let measures = Measures { sums, times: false };
        let mut parts = Vec::new();
        let mut rest = &values[..];
        for (i, cut) in cuts.into_iter().enumerate() {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            // One of them is exact.
            let bytes = if i == 1 { 1 << 30 } else { 50_000 };
            parts.push(bounded(measures, bytes, head, 500));
            rest = tail;
        }
        parts.push(bounded(measures, 50_000, rest, 500));
        let fold = |parts: &mut dyn Iterator<Item = Tally>| {
            let mut whole = parts.next().expect("there is a part");
            parts.for_each(|part| whole.merge(&part));
            whole
        };
        let whole = if left { fold(&mut parts.into_iter()) } else { fold(&mut parts.into_iter().rev()) };
        keeps_its_bounds(&whole, &values)?;
    }
}

#[test]
fn nothing_is_approximate_while_there_is_room() {
    let values: Vec<(Vec<u8>, i64)> =
        (0..1000).map(|i| (format!("{}", i % 300).into_bytes(), 1)).collect();
    let tally = bounded(COUNTS, 4 << 20, &values, 100);
    assert_eq!(tally.approximation(), None);
    assert_eq!(opened(&tally).len(), 300);
}

#[test]
fn amounts_below_zero_take_the_bound_away() {
    let values: Vec<(Vec<u8>, i64)> =
        (0..5000).map(|i| (format!("{i}").into_bytes(), -1)).collect();
    let tally = bounded(SUMS, 50_000, &values, 100);
    assert_eq!(tally.approximation().unwrap().error, None);
    assert_eq!(tally.sum(), -5000);
}

#[test]
fn a_key_that_is_too_large_is_left_out_and_bounds_hold() {
    let mut values = vec![(vec![b'x'; 100_000], 1); 3];
    values.extend((0..50).map(|i| (format!("{i}").into_bytes(), 1)));
    let tally = bounded(COUNTS, 80_000, &values, 2);
    keeps_its_bounds(&tally, &values).unwrap();
    assert_eq!(tally.approximation().unwrap().error, Some(3));
}
