//! When the records of each value occurred: first and last, and how many in each bucket of time.
//!
//! Of most values the records come in the order of time, so each value keeps the bucket it is in, and
//! what a bucket had is written down, behind all others, when the next one begins. At the end these
//! runs are put in order; a bucket that was begun several times, by records out of order or on several
//! threads, is then added up. So the counts are exact whatever the order.
//!
//! Where memory is short, buckets that lie further behind the newest one than records may be late are
//! closed: of those only the fullest is kept. A record that comes later than that still counts, in the
//! totals, and is itself counted as late.

use super::bounded::doubling;
use super::runs::{self, Run};

/// So many runs are written down before those of one bucket are added up for the first time.
const TIDY_FROM: usize = 4 << 20;

/// Fewer runs than this are not worth closing buckets for.
const FEW_RUNS: usize = 256;

/// What is known of one value.
#[derive(Debug, Clone, Copy)]
struct Life {
    first: i64,
    last: i64,
    /// The bucket that is being counted, and the records in it so far.
    bucket: i64,
    records: u64,
}

/// A count of records in a bucket.
pub type InBucket = (i64, u64);

/// The times of the values of a table, which are numbered in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Times {
    lives: Vec<Life>,
    runs: Vec<Run>,
    tidy_at: usize,
    /// Where the runs of each value begin, once they are in order.
    starts: Vec<usize>,
    /// So many buckets behind the newest one are still counted, where buckets may be closed.
    lateness: Option<i64>,
    /// The newest bucket before which all came that should, up to the lateness.
    passed: Option<i64>,
    relieve_at: usize,
    /// Buckets before this one are closed, once one is.
    closed: Option<i64>,
    /// The fullest closed bucket of each value; 0 records where it has none.
    peaks: Vec<InBucket>,
    late: u64,
}

impl Times {
    /// Counts `records` of a value at an instant. A value that is new has the next number.
    #[inline(always)]
    pub(crate) fn count(&mut self, value: u32, instant: i64, bucket: i64, records: u64) {
        if value as usize == self.lives.len() {
            self.lives.push(Life { first: instant, last: instant, bucket, records });
            return;
        }
        let life = &mut self.lives[value as usize];
        life.first = life.first.min(instant);
        life.last = life.last.max(instant);
        if self.closed.is_some() && self.is_late(value, bucket, records) {
            return;
        }
        let life = &mut self.lives[value as usize];
        if life.bucket == bucket {
            life.records += records;
        } else {
            let before = std::mem::replace(&mut life.records, records);
            let closed = std::mem::replace(&mut life.bucket, bucket);
            self.push(value, closed, before);
        }
    }

    /// Buckets that lie so far behind the newest one may be closed.
    pub(crate) fn close_behind(&mut self, lateness: Option<i64>) {
        self.lateness = lateness;
    }

    /// The newest bucket, if there is one.
    pub(crate) fn newest(&self) -> Option<i64> {
        let runs = self.runs.iter().map(|run| run.bucket);
        runs.chain(self.lives.iter().map(|life| life.bucket)).max()
    }

    /// All that is to come is no further behind this bucket than it may be late.
    pub(crate) fn pass(&mut self, bucket: i64) {
        self.passed = self.passed.max(Some(bucket));
    }

    /// How many bytes it takes, and will take when it is settled: a run for each value then.
    pub(crate) fn bytes(&self) -> usize {
        (self.lives.capacity() * size_of::<Life>())
            + (self.runs.capacity() + self.lives.len()) * size_of::<Run>()
            + self.lives.len().max(self.starts.capacity()) * size_of::<usize>()
            + self.peaks.capacity() * size_of::<InBucket>()
    }

    /// How many bytes more it takes with a new value of that number.
    pub(crate) fn growth(&self, value: usize) -> usize {
        doubling(&self.lives, value)
    }

    /// Takes less memory if it can: adds up the runs of one bucket, and closes buckets. Whether it did.
    /// It does not try before there is half as much again as it left the last time.
    pub(crate) fn relieve(&mut self) -> bool {
        let before = self.runs.len();
        if before < self.relieve_at.max(FEW_RUNS) {
            return false;
        }
        self.tidy();
        if let (Some(lateness), Some(passed)) = (self.lateness, self.passed) {
            self.close(passed.saturating_sub(lateness));
        }
        self.runs.shrink_to_fit();
        self.relieve_at = self.runs.len() / 2 * 3;
        self.runs.len() < before
    }

    /// Keeps only these values, ascending or not, which are numbered anew in this order.
    pub(crate) fn keep(&mut self, kept: &[u32]) {
        let mut numbers = vec![u32::MAX; self.lives.len()];
        for (new, old) in (0..).zip(kept) {
            numbers[*old as usize] = new;
        }
        self.lives = kept.iter().map(|old| self.lives[*old as usize]).collect();
        if !self.peaks.is_empty() {
            self.peaks.resize(numbers.len(), (0, 0));
            self.peaks = kept.iter().map(|old| self.peaks[*old as usize]).collect();
        }
        self.runs.retain_mut(|run| {
            run.value = numbers[run.value as usize];
            run.value != u32::MAX
        });
        self.starts = Vec::new();
    }

    /// How many records came too late for their bucket.
    pub(crate) fn late(&self) -> u64 {
        self.late
    }

    #[inline(never)]
    fn is_late(&mut self, value: u32, bucket: i64, records: u64) -> bool {
        let late = self.closed.is_some_and(|closed| bucket < closed)
            && self.lives[value as usize].bucket != bucket;
        self.late += if late { records } else { 0 };
        late
    }

    /// Closes the buckets before this one.
    fn close(&mut self, closed: i64) {
        if self.closed.is_some_and(|before| before >= closed) {
            return;
        }
        self.closed = Some(closed);
        self.peaks.resize(self.lives.len(), (0, 0));
        let peaks = &mut self.peaks;
        self.runs.retain(|run| {
            let peak = &mut peaks[run.value as usize];
            let open = run.bucket >= closed;
            if !open && u64::from(run.records) > peak.1 {
                *peak = (run.bucket, run.records.into());
            }
            open
        });
        // The places of the runs have moved.
        self.starts = Vec::new();
    }

    /// Asks for the memory of a value.
    #[inline(always)]
    pub(crate) fn prefetch(&self, value: u32) {
        #[cfg(target_arch = "x86_64")]
        if let Some(life) = self.lives.get(value as usize) {
            // SAFETY: a prefetch reads nothing.
            unsafe {
                use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
                _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(life).cast());
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = value;
    }

    fn push(&mut self, value: u32, bucket: i64, records: u64) {
        if self.runs.len() >= self.tidy_at.max(TIDY_FROM) {
            self.tidy();
            // Twice as far each time it does not help, so that it takes no more than the counting.
            self.tidy_at = self.runs.len() * 2;
        }
        self.put(value, bucket, records);
    }

    #[inline(always)]
    fn put(&mut self, value: u32, bucket: i64, mut records: u64) {
        while records > 0 {
            let part = u32::try_from(records).unwrap_or(u32::MAX);
            self.runs.push(Run { value, records: part, bucket });
            records -= u64::from(part);
        }
    }

    /// Takes over the times of another table; `number` gives the number its values have here.
    pub(crate) fn absorb_value(&mut self, value: u32, other: &Times, theirs: u32) {
        let life = other.lives[theirs as usize];
        self.count(value, life.first, life.bucket, life.records);
        let own = &mut self.lives[value as usize];
        own.first = own.first.min(life.first);
        own.last = own.last.max(life.last);
        if let Some(&peak) = other.peaks.get(theirs as usize) {
            if self.peaks.len() <= value as usize {
                self.peaks.resize(value as usize + 1, (0, 0));
            }
            let own = &mut self.peaks[value as usize];
            if peak.1 > own.1 {
                *own = peak;
            }
        }
    }

    /// Takes over how many records were late in another table.
    pub(crate) fn absorb_late(&mut self, other: &Times) {
        self.late += other.late;
    }

    /// The runs that were written down: value, bucket, records.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (u32, i64, u64)> + '_ {
        self.runs.iter().map(|run| (run.value, run.bucket, u64::from(run.records)))
    }

    /// Takes over one run, of a value of this table.
    pub(crate) fn absorb_run(&mut self, value: u32, bucket: i64, records: u64) {
        if self.closed.is_some_and(|closed| bucket < closed) {
            self.late += records;
            return;
        }
        // They are in memory already, and will be put in order once all are here.
        self.put(value, bucket, records);
    }

    /// Puts the runs in the order of values and buckets, and adds up those of one bucket.
    pub(crate) fn tidy(&mut self) {
        self.tidy_on(1);
    }

    fn tidy_on(&mut self, threads: usize) {
        self.starts = runs::tidy(&mut self.runs, self.lives.len(), threads);
    }

    /// Closes the buckets that are being counted, and puts all in order, on so many threads: before
    /// anything below.
    pub(crate) fn settle(&mut self, threads: usize) {
        for value in 0..self.lives.len() {
            let life = &mut self.lives[value];
            let (bucket, records) = (life.bucket, std::mem::take(&mut life.records));
            self.put(value as u32, bucket, records);
        }
        self.tidy_on(threads);
        self.runs.shrink_to_fit();
    }

    /// The first and the last instant of a value.
    pub(crate) fn span(&self, value: u32) -> (i64, i64) {
        let life = &self.lives[value as usize];
        (life.first, life.last)
    }

    /// The buckets of a value, in order.
    pub(crate) fn buckets(&self, value: u32) -> impl Iterator<Item = InBucket> + '_ {
        let range = self.starts[value as usize]..self.starts[value as usize + 1];
        // A bucket of more than 2^32 records stands in several runs.
        let mut runs = self.runs[range].iter().peekable();
        std::iter::from_fn(move || {
            let first = runs.next()?;
            let mut records = u64::from(first.records);
            while let Some(more) = runs.next_if(|run| run.bucket == first.bucket) {
                records += u64::from(more.records);
            }
            Some((first.bucket, records))
        })
    }

    /// The fullest step of `row` buckets, which begin at multiples of it, the first such step where
    /// several are as full; and how many steps have records.
    pub(crate) fn steps(&self, value: u32, row: i64) -> (InBucket, u64) {
        let (mut best, mut steps) = ((0, 0), 0);
        let (mut step, mut records) = (i64::MIN, 0);
        for (bucket, more) in self.buckets(value) {
            let next = bucket.div_euclid(row);
            if steps == 0 || next != step {
                (step, records, steps) = (next, 0, steps + 1);
            }
            records += more;
            if records > best.1 {
                best = (step * row, records);
            }
        }
        (best, steps)
    }

    /// Of the pauses between the records of a value, in buckets (0 inside of one): how many there are,
    /// their sum, and the sum of their squares.
    pub(crate) fn gaps(&self, value: u32) -> (u64, u64, u128) {
        let (mut all, mut sum, mut squares) = (0u64, 0u64, 0u128);
        let mut before = None;
        for (bucket, records) in self.buckets(value) {
            if let Some(before) = before {
                let gap = bucket.abs_diff(before);
                sum = sum.saturating_add(gap);
                squares = squares.saturating_add(u128::from(gap) * u128::from(gap));
            }
            all += records;
            before = Some(bucket);
        }
        (all.saturating_sub(1), sum, squares)
    }

    /// The most records of a value in `width` buckets in a row, and the first of those buckets. Of
    /// several such rows it is the earliest.
    pub(crate) fn peak(&self, value: u32, width: i64) -> InBucket {
        let mut best = self.peaks.get(value as usize).copied().unwrap_or_default();
        if width <= 1 {
            for (bucket, records) in self.buckets(value) {
                if records > best.1 || (records == best.1 && bucket < best.0) {
                    best = (bucket, records);
                }
            }
            return best;
        }
        // The fullest row can be taken to begin with a bucket that has records.
        let all: Vec<InBucket> = self.buckets(value).collect();
        let (mut end, mut inside) = (0, 0);
        for (start, &(bucket, records)) in all.iter().enumerate() {
            while end < all.len() && all[end].0 - bucket < width {
                inside += all[end].1;
                end += 1;
            }
            if inside > best.1 {
                best = (all[start].0, inside);
            }
            inside -= records;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_bound_keeps_memory_and_peaks_and_counts_what_is_late() {
        let mut times = Times::default();
        times.close_behind(Some(60));
        for second in 0..100_000i64 {
            let records = if second == 5_000 { 9 } else { 1 };
            times.count(0, second, second, records);
            times.count(1, second - second % 50, second - second % 50, 1);
            if times.runs.len() > 1000 {
                times.pass(second);
                times.relieve();
            }
        }
        assert!(times.runs.len() < 3000, "{} runs", times.runs.len());
        assert_eq!(times.late(), 0);
        times.count(0, 7, 7, 1);
        assert_eq!(times.late(), 1);
        times.settle(1);
        assert_eq!(times.peak(0, 1), (5_000, 9));
        assert_eq!(times.peak(1, 1), (0, 50));
        assert_eq!(times.span(0), (0, 99_999));
    }

    proptest! {
        #[test]
        fn counts_as_plain_maps_do(
            records in proptest::collection::vec((0u32..4, -50i64..50), 0..200), width in 1i64..6, tidy: bool,
        ) {
            let mut numbers: Vec<u32> = Vec::new();
            let mut times = Times::default();
            let mut plain: BTreeMap<u32, BTreeMap<i64, u64>> = BTreeMap::new();
            for (value, instant) in &records {
                let number = numbers.iter().position(|n| n == value).unwrap_or(numbers.len());
                if number == numbers.len() {
                    numbers.push(*value);
                }
                let bucket = instant.div_euclid(3);
                times.count(number as u32, *instant, bucket, 1);
                if tidy {
                    times.tidy();
                }
                *plain.entry(*value).or_default().entry(bucket).or_default() += 1;
            }
            times.settle(1);
            for (number, value) in numbers.iter().enumerate() {
                let number = number as u32;
                let buckets: Vec<InBucket> = times.buckets(number).collect();
                let expected: Vec<InBucket> = plain[value].iter().map(|(b, n)| (*b, *n)).collect();
                prop_assert_eq!(&buckets, &expected);
                let instants = records.iter().filter(|(v, _)| v == value).map(|(_, i)| *i);
                let (first, last) = times.span(number);
                prop_assert_eq!(Some(first), instants.clone().min());
                prop_assert_eq!(Some(last), instants.max());
                let row = |start: i64| -> u64 {
                    expected.iter().filter(|(b, _)| (start..start + width).contains(b)).map(|(_, n)| n).sum()
                };
                let most = (-60..60).map(row).max().unwrap();
                let (bucket, records) = times.peak(number, width);
                prop_assert_eq!(records, most);
                prop_assert_eq!(row(bucket), most);
            }
        }
    }
}
