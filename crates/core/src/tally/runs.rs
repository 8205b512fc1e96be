//! Puts runs of records in the order of values and buckets, on several threads where there are many.

use std::ops::Range;

/// Below so many runs, starting threads takes longer than they save.
const WORTH_THREADS: usize = 1 << 16;

/// Records of one value in one bucket; perhaps not all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) value: u32,
    pub(super) records: u32,
    pub(super) bucket: i64,
}

/// Puts the runs of values below `values` in order, and adds up those of one bucket. Where the runs of
/// each value begin, and behind the last one where they end.
pub(super) fn tidy(runs: &mut Vec<Run>, values: usize, threads: usize) -> Vec<usize> {
    let mut starts = vec![0usize; values + 1];
    for run in runs.iter() {
        starts[run.value as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let threads = if runs.len() < WORTH_THREADS { 1 } else { threads.max(1) };
    // Each thread takes values in a row that have about as many runs as those of any other.
    let cut = |part: usize| match part {
        0 => 0,
        last if last == threads => values,
        part => starts[..values].partition_point(|start| *start < runs.len() / threads * part),
    };
    let parts: Vec<Range<usize>> = (0..threads).map(|part| cut(part)..cut(part + 1)).collect();
    let sorted: Vec<(Vec<Run>, Vec<usize>)> = if let [only] = &parts[..] {
        vec![tidy_values(runs, only.clone(), &starts)]
    } else {
        std::thread::scope(|scope| {
            let (all, starts) = (&runs[..], &starts[..]);
            let begun: Vec<_> = parts
                .iter()
                .map(|part| scope.spawn(move || tidy_values(all, part.clone(), starts)))
                .collect();
            begun.into_iter().map(|thread| thread.join().expect("no panic in sorting")).collect()
        })
    };
    let kept = sorted.iter().map(|(runs, _)| runs.len()).sum::<usize>();
    let mut sorted = sorted.into_iter();
    let (first, mut begins) = sorted.next().unwrap_or_default();
    *runs = first;
    runs.reserve_exact(kept - runs.len());
    for (more, further) in sorted {
        begins.extend(further.iter().map(|begin| begin + runs.len()));
        runs.extend(more);
    }
    begins.push(runs.len());
    begins
}

/// The runs of some values in a row, in order and added up, and where those of each value begin.
fn tidy_values(all: &[Run], values: Range<usize>, starts: &[usize]) -> (Vec<Run>, Vec<usize>) {
    let base = starts[values.start];
    let mut begins: Vec<usize> = starts[values.clone()].iter().map(|start| start - base).collect();
    // A counting sort by value keeps the order of time that most runs have already.
    let mut next = begins.clone();
    let mut sorted = vec![Run { value: 0, records: 0, bucket: 0 }; starts[values.end] - base];
    for run in all {
        // Values before the first wrap round, and are beyond the last as well.
        if let Some(place) = next.get_mut((run.value as usize).wrapping_sub(values.start)) {
            sorted[*place] = *run;
            *place += 1;
        }
    }
    let mut kept = 0;
    for (own_begin, own_end) in begins.iter_mut().zip(next) {
        let range = *own_begin..own_end;
        let begin = kept;
        sorted[range.clone()].sort_unstable_by_key(|run| run.bucket);
        for at in range {
            let run = sorted[at];
            if kept > begin && sorted[kept - 1].bucket == run.bucket {
                if let Some(sum) = sorted[kept - 1].records.checked_add(run.records) {
                    sorted[kept - 1].records = sum;
                    continue;
                }
            }
            sorted[kept] = run;
            kept += 1;
        }
        *own_begin = begin;
    }
    sorted.truncate(kept);
    (sorted, begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn threads_put_runs_in_the_order_that_one_does() {
        // Few values and many, some of them without runs, and buckets begun again and again.
        for values in [1, 2, 3, 1000, 100_000] {
            let run = |n: u32| Run {
                value: n.wrapping_mul(2_654_435_761) % values / 2 * 2,
                records: n % 5 + 1,
                bucket: i64::from(n / 300) - i64::from(n % 3),
            };
            let runs: Vec<Run> = (0..2 * WORTH_THREADS as u32).map(run).collect();
            let mut alone = runs.clone();
            let starts = tidy(&mut alone, values as usize, 1);
            for threads in [2, 3, 8] {
                let mut shared = runs.clone();
                assert_eq!(tidy(&mut shared, values as usize, threads), starts, "{values} values");
                assert!(shared == alone, "{values} values on {threads} threads");
            }
        }
    }

    proptest! {
        #[test]
        fn runs_are_in_order_and_add_up(
            given in proptest::collection::vec((0u32..6, 1u32..4, -9i64..9), 0..200),
        ) {
            let mut expected = BTreeMap::<(u32, i64), u32>::new();
            for (value, records, bucket) in &given {
                *expected.entry((*value, *bucket)).or_default() += records;
            }
            let mut runs: Vec<Run> = given
                .iter()
                .map(|&(value, records, bucket)| Run { value, records, bucket })
                .collect();
            let starts = tidy(&mut runs, 6, 2);
            let found: Vec<_> = runs.iter().map(|run| ((run.value, run.bucket), run.records)).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            for value in 0..6 {
                let own = &runs[starts[value]..starts[value + 1]];
                prop_assert!(own.iter().all(|run| run.value as usize == value));
            }
            prop_assert_eq!(starts[6], runs.len());
        }
    }
}
