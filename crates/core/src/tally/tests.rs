//! The table counts as a plain map does, and any split merges to the same tally.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(super) const SUMS: Measures =
    Measures { sums: true, times: false, numbers: Keep::Nothing, conduct: false };

pub(super) type Plain = BTreeMap<Vec<u8>, (u64, Billionths)>;

pub(super) fn plain(records: &[(Vec<u8>, i64)]) -> Plain {
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

pub(super) fn opened(tally: &Tally) -> Plain {
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
        let order = tally.order(&Choice { sort, reverse, outside: None, limit, also: Default::default() });
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
    let choice = Choice {
        sort: Sort::Count,
        reverse: false,
        outside: Some((1.5, 8.5)),
        limit: Some(1),
        also: Default::default(),
    };
    let order = tally.order(&choice);
    assert_eq!((order.len(), order.chosen(), order.records()), (1, 2, 10));
    assert_eq!(order.slice(&tally, 0, 9).next().unwrap().key, b"c");
}

#[test]
fn numbers_are_the_same_however_they_are_split() {
    use crate::numbers::{Reading, Unit};
    let measures = Measures { numbers: Keep::Each, ..Measures::default() };
    let records: Vec<(Vec<u8>, Reading)> = (0..30_000i128)
        .map(|n| {
            let number = match n % 7 {
                0 => Reading::Absent,
                1 => Reading::Number(-n, Unit::Seconds),
                _ => Reading::Number(n * n * 1000, Unit::None),
            };
            (format!("value {}", n % 3).into_bytes(), number)
        })
        .collect();
    let of = |part: &[(Vec<u8>, Reading)]| {
        let mut table = Table::new(measures, 0);
        for (value, number) in part {
            let id = table.add(&Key::new(value), 1, 0);
            table.numbers.count(id, *number);
        }
        table
    };
    let facts = |tally: &Tally| {
        let whole = tally.numbers();
        let each: Vec<_> = ["value 0", "value 1", "value 2", "other"]
            .map(|value| {
                let sketch = tally.numbers_of(value.as_bytes())?;
                Some((
                    sketch.moments(),
                    sketch.is_exact(),
                    sketch.around(990),
                    sketch.counts(&[0, 5_000]),
                ))
            })
            .into();
        (whole.sketch.moments(), whole.absent, whole.units, whole.sketch.around(500), each)
    };
    let gather =
        |tables: Vec<Table>, shards| Tally::gather(tables, shards, measures, Timeline::new(1));
    let whole = facts(&gather(vec![of(&records)], None));
    assert_eq!(whole.4[3], None);
    assert_eq!(whole.4[0].as_ref().map(|each| each.1), Some(true), "below ten thousand each");
    for parts in [2, 3, 7] {
        let size = records.len() / parts + 1;
        let tables: Vec<Table> = records.rchunks(size).map(of).collect();
        assert_eq!(facts(&gather(tables, None)), whole);
        let mut merged = Tally::new(measures, Timeline::new(1));
        for part in records.chunks(size) {
            merged.merge(&gather(vec![of(part)], None));
        }
        assert_eq!(facts(&merged), whole);
        let shards = Shards::new(measures, None, None);
        let mut own = of(&records[..size]);
        shards.take(&mut own);
        assert_eq!(own.numbers.whole().sketch.count(), 0);
        let rest = of(&records[size..]);
        assert_eq!(facts(&gather(vec![own, rest], Some(shards))), whole);
    }
}

#[test]
fn values_can_be_ordered_by_their_numbers() {
    use crate::numbers::{Reading, Unit};
    let measures = Measures { numbers: Keep::Each, ..Measures::default() };
    let mut table = Table::new(measures, 0);
    for (value, number) in
        [("a", Some(5)), ("b", Some(9)), ("c", None), ("a", Some(8)), ("b", Some(1))]
    {
        let id = table.add(&Key::new(value.as_bytes()), 1, 0);
        let reading = number.map_or(Reading::Absent, |n| Reading::Number(n, Unit::None));
        table.numbers.count(id, reading);
    }
    let tally = Tally::gather(vec![table], None, measures, Timeline::new(1));
    let order = |thousandths, reverse| {
        let sort = Sort::Quantile(thousandths);
        let order = tally.order(&Choice {
            sort,
            reverse,
            outside: None,
            limit: None,
            also: Default::default(),
        });
        order.slice(&tally, 0, 9).map(|count| count.key[0]).collect::<Vec<u8>>()
    };
    assert_eq!(order(1000, false), b"bac");
    assert_eq!(order(500, false), b"abc");
    assert_eq!(order(0, true), b"cba");
}

#[test]
fn numbers_can_be_purged_and_bounded() {
    use crate::numbers::{Reading, Unit};
    let mut table = Table::new(Measures { numbers: Keep::Each, ..Measures::default() }, 0);
    for n in 0..20_000u32 {
        let id = table.add(&Key::new(&(n % 5).to_le_bytes()), 1, 0);
        table.numbers.count(id, Reading::Number(n.into(), Unit::None));
    }
    let before = table.numbers.bytes();
    table.numbers.lower(1000);
    assert!(table.numbers.bytes() < before);
    assert!(!table.numbers.each(4).unwrap().is_exact());
    table.numbers.compact(&[4, 2]);
    assert_eq!(table.numbers.each(0).map(|each| each.at(0)), Some(4));
    assert_eq!(table.numbers.each(1).map(|each| each.at(0)), Some(2));
    assert!(table.numbers.each(2).is_none());
    assert_eq!(table.numbers.whole().sketch.count(), 20_000);
    assert!(table.numbers.bytes() < before / 2);
}

/// What a counter would hold of these records, in buckets of ten.
fn timed(records: &[(u8, i64)]) -> Tally {
    let measures = Measures { times: true, ..Measures::default() };
    let (mut table, mut timeline) = (Table::new(measures, 0), Timeline::new(10));
    for (value, instant) in records {
        let bucket = timeline.count(*instant);
        let id = table.add(&Key::new(&[*value]), 1, 0);
        table.times.count(id, *instant, bucket, 1);
    }
    Tally::gather(vec![table], None, measures, timeline)
}

/// Of each value its records and its buckets.
fn by_time(tally: &Tally) -> BTreeMap<Vec<u8>, (u64, Vec<InBucket>)> {
    tally.counts().map(|c| (c.key.to_vec(), (c.records, tally.buckets(c.key)))).collect()
}

proptest! {
    #[test]
    fn a_part_in_time_is_the_tally_of_its_records(
        records in proptest::collection::vec((0u8..4, -200i64..200), 0..100),
        start in -22i64..22, length in 0i64..30, cut in 0usize..100,
    ) {
        let (head, tail) = records.split_at(cut.min(records.len()));
        let mut all = timed(head);
        all.merge(&timed(tail));
        let range = start..start + length;
        let inside: Vec<(u8, i64)> =
            records.iter().copied().filter(|(_, i)| range.contains(&i.div_euclid(10))).collect();
        let (part, expected) = (all.within(&range), timed(&inside));
        prop_assert_eq!(by_time(&part), by_time(&expected));
        prop_assert_eq!(part.records(), expected.records());
        prop_assert_eq!(part.timeline().buckets(), expected.timeline().buckets());
        // Instants are known to their bucket, and exactly at the ends of a life.
        let (first, last) = part.timeline().span().unwrap_or_default();
        let (begin, end) = expected.timeline().span().unwrap_or_default();
        prop_assert_eq!(first.div_euclid(10), begin.div_euclid(10));
        prop_assert_eq!(last.div_euclid(10), end.div_euclid(10));
    }

    #[test]
    fn what_is_forgotten_still_counts_and_keeps_its_peak(
        records in proptest::collection::vec((0u8..4, 0i64..300), 1..100), before in 0i64..32,
    ) {
        let all = timed(&records);
        let mut less = timed(&records);
        less.forget(before);
        prop_assert!(less.runs() <= all.runs());
        prop_assert_eq!(opened(&less), opened(&all));
        for count in all.counts() {
            let kept: Vec<InBucket> =
                all.buckets(count.key).into_iter().filter(|(b, _)| *b >= before).collect();
            prop_assert_eq!(less.buckets(count.key), kept);
        }
        let choice = Choice {
            sort: Sort::Peak(1),
            reverse: false,
            outside: None,
            limit: None,
            also: std::collections::HashSet::new(),
        };
        let peaks = |tally: &Tally| -> Vec<(i64, i64, u64)> {
            let order = tally.order(&choice);
            let lives = order.lives(tally, (0, tally.len()), 1);
            lives.map(|life| (life.first, life.last, life.peak.1)).collect()
        };
        prop_assert_eq!(peaks(&less), peaks(&all));
    }
}

#[test]
fn a_limit_that_is_set_later_holds_from_the_next_merge_on() {
    let words = |from: u32| -> Vec<(Vec<u8>, i64)> {
        (from..from + 20_000).map(|n| (n.to_string().into_bytes(), 1)).collect()
    };
    let mut all = tally(&words(0));
    all.limit(256 << 10);
    assert!(all.approximation().is_none());
    all.merge(&tally(&words(20_000)));
    assert!(all.tables.iter().map(Table::bytes).sum::<usize>() <= 256 << 10);
    assert_eq!(all.records(), 40_000);
    assert!(all.approximation().is_some());
}
