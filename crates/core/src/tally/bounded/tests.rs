//! A tally within a budget keeps its bounds, whatever comes in whatever order.

use crate::tally::tests::{opened, plain, SUMS};
use crate::tally::*;
use proptest::prelude::*;
use std::sync::Arc;

/// Counts values one after another in tables of their own, as threads do, within a budget.
fn bounded(measures: Measures, bytes: usize, values: &[(Vec<u8>, i64)], own: usize) -> Tally {
    let budget = Arc::new(Budget::new(bytes, 2));
    let shards = Shards::new(measures, Some(&budget), None);
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
                format!("{kind}{i}{}", "-".repeat(if i.is_multiple_of(3) { long * 20 } else { 0 }))
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

const COUNTS: Measures =
    Measures { sums: false, times: false, numbers: Keep::Nothing, conduct: false };

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_sketch_keeps_its_bounds(
        values in adversarial(), sums: bool, times: bool, bytes in 100_000usize..1_000_000, own in 1usize..5000,
    ) {
        let tally = bounded(Measures { sums, times, ..COUNTS }, bytes, &values, own);
        keeps_its_bounds(&tally, &values)?;
        let taken: usize = tally.tables().iter().map(Table::bytes).sum();
        prop_assert!(taken <= bytes, "{taken} of {bytes}");
    }

    #[test]
    fn sketches_merge_in_any_tree_and_keep_their_bounds(
        values in adversarial(), sums: bool, cuts in proptest::collection::vec(0usize..6000, 0..4), left: bool,
    ) {
        let measures = Measures { sums, ..COUNTS };
        let mut parts = Vec::new();
        let mut rest = &values[..];
        for (i, cut) in cuts.into_iter().enumerate() {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            // One of them is exact.
            let bytes = if i == 1 { 1 << 30 } else { 100_000 };
            parts.push(bounded(measures, bytes, head, 500));
            rest = tail;
        }
        parts.push(bounded(measures, 100_000, rest, 500));
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
    let tally = bounded(COUNTS, 100_000, &values, 2);
    keeps_its_bounds(&tally, &values).unwrap();
    assert_eq!(tally.approximation().unwrap().error, Some(3));
}
