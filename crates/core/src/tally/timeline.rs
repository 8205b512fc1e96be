//! All records by time, whatever their value: the span of a log, and how many in each bucket.

use super::times::InBucket;
use std::collections::HashMap;

/// With more buckets than this they are put together, so that a stream without end takes no more memory
/// for its timeline. That is many times as many as are ever drawn.
const MOST: usize = 1 << 16;

/// The lengths in nanoseconds that buckets are put together to, if they go into them, so that the steps
/// of a timeline that people know are multiples of them.
const KNOWN: [i64; 13] = {
    const SECOND: i64 = 1_000_000_000;
    [
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
        SECOND,
        60 * SECOND,
        3600 * SECOND,
        86_400 * SECOND,
        7 * 86_400 * SECOND,
    ]
};

/// Instants are nanoseconds since 1970 UTC; bucket `b` is `[b * width, (b + 1) * width)`.
#[derive(Debug, Clone)]
pub struct Timeline {
    width: i64,
    first: i64,
    last: i64,
    current: InBucket,
    /// So many buckets in a row are counted together.
    together: i64,
    /// By the number of the row.
    counts: HashMap<i64, u64>,
}

impl Timeline {
    /// Without records; buckets are `width` nanoseconds wide, at least one.
    pub fn new(width: i64) -> Timeline {
        let (first, last) = (i64::MAX, i64::MIN);
        let (width, counts) = (width.max(1), HashMap::new());
        Timeline { width, first, last, current: (0, 0), together: 1, counts }
    }

    /// How wide a bucket is, in nanoseconds.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// Counts a record; the bucket it belongs to.
    #[inline(always)]
    pub(crate) fn count(&mut self, instant: i64) -> i64 {
        self.first = self.first.min(instant);
        self.last = self.last.max(instant);
        let (bucket, records) = self.current;
        // Most records are in the bucket of the one before, and a division takes its time.
        let begin = bucket.wrapping_mul(self.width);
        if records > 0 && instant >= begin && instant - begin < self.width {
            self.current.1 += 1;
            return bucket;
        }
        let next = instant.div_euclid(self.width);
        self.add(bucket, records);
        self.current = (next, 1);
        next
    }

    #[inline]
    fn add(&mut self, bucket: i64, records: u64) {
        if records > 0 {
            *self.counts.entry(bucket.div_euclid(self.together)).or_default() += records;
            if self.counts.len() > MOST {
                self.put_together();
            }
        }
    }

    #[cold]
    fn put_together(&mut self) {
        let now = self.width.saturating_mul(self.together);
        let next = KNOWN.iter().find(|length| **length > now && *length % now == 0);
        self.widen(next.map_or(self.together.saturating_mul(10), |length| length / self.width));
    }

    fn widen(&mut self, together: i64) {
        let rows = together / self.together;
        self.together = together;
        let mut counts = HashMap::with_capacity(self.counts.len() / rows.max(1) as usize);
        for (row, records) in self.counts.drain() {
            *counts.entry(row.div_euclid(rows)).or_default() += records;
        }
        self.counts = counts;
    }

    /// Adds another timeline with buckets of the same width.
    pub(crate) fn merge(&mut self, other: &Timeline) {
        debug_assert_eq!(self.width, other.width);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        // Both go through the same lengths, so one goes into the other.
        if other.together > self.together {
            self.widen(other.together);
        }
        for (row, records) in &other.counts {
            self.add(row * other.together, *records);
        }
        self.add(other.current.0, other.current.1);
    }

    /// The first and the last instant, if there are records.
    pub fn span(&self) -> Option<(i64, i64)> {
        (self.first <= self.last).then_some((self.first, self.last))
    }

    /// The buckets that have records, in order; of those that were put together the first.
    pub fn buckets(&self) -> Vec<InBucket> {
        let mut whole = self.clone();
        whole.add(self.current.0, self.current.1);
        let together = whole.together;
        let rows = whole.counts.into_iter();
        let mut buckets: Vec<InBucket> =
            rows.map(|(row, records)| (row.saturating_mul(together), records)).collect();
        buckets.sort_unstable();
        buckets
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        // A place has a byte of its own besides, and of eight at most seven are taken.
        self.counts.capacity() / 7 * 8 * (size_of::<InBucket>() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_long_timeline_takes_bounded_memory_and_loses_no_record() {
        let mut whole = Timeline::new(SECOND);
        let mut parts = [Timeline::new(SECOND), Timeline::new(SECOND), Timeline::new(SECOND)];
        // Five years in steps of seven minutes, which are more minutes than are kept.
        for at in 0..375_000i64 {
            let instant = (1_700_000_000 + at * 420) * SECOND;
            whole.count(instant);
            parts[(at % 3) as usize].count(instant);
        }
        assert!(whole.bytes() < 4 << 20);
        let [mut merged, second, third] = parts;
        merged.merge(&third);
        merged.merge(&second);
        assert_eq!(merged.span(), whole.span());
        assert_eq!(merged.buckets(), whole.buckets());
        let records: u64 = whole.buckets().iter().map(|(_, records)| records).sum();
        assert_eq!(records, 375_000);
        assert!(whole.buckets().iter().all(|(bucket, _)| bucket % 3600 == 0), "hours");
    }
}
