//! All records by time, whatever their value: the span of a log, and how many in each bucket.

use super::times::InBucket;
use std::collections::HashMap;
use std::ops::Range;

/// Instants are nanoseconds since 1970 UTC; bucket `b` is `[b * width, (b + 1) * width)`.
#[derive(Debug, Clone)]
pub struct Timeline {
    width: i64,
    first: i64,
    last: i64,
    current: InBucket,
    counts: HashMap<i64, u64>,
}

impl Timeline {
    /// Without records; buckets are `width` nanoseconds wide, at least one.
    pub fn new(width: i64) -> Timeline {
        let (first, last) = (i64::MAX, i64::MIN);
        Timeline { width: width.max(1), first, last, current: (0, 0), counts: HashMap::new() }
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
        if records > 0 {
            *self.counts.entry(bucket).or_default() += records;
        }
        self.current = (next, 1);
        next
    }

    /// Adds another timeline with buckets of the same width.
    pub(crate) fn merge(&mut self, other: &Timeline) {
        debug_assert_eq!(self.width, other.width);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for (bucket, records) in other.counts.iter().map(|(b, n)| (*b, *n)).chain([other.current]) {
            if records > 0 {
                *self.counts.entry(bucket).or_default() += records;
            }
        }
    }

    /// The records in the buckets of a range alone. Instants in a bucket that is neither the first nor
    /// the last are taken for its beginning.
    pub(crate) fn within(&self, range: &Range<i64>) -> Timeline {
        let mut part = Timeline::new(self.width);
        for (bucket, records) in self.buckets().into_iter().filter(|(b, _)| range.contains(b)) {
            let begin = bucket.saturating_mul(self.width);
            let instant = begin.clamp(self.first, self.last);
            part.first = part.first.min(instant);
            part.last = part.last.max(instant);
            if self.last >= begin && self.last - begin < self.width {
                part.last = self.last;
            }
            part.counts.insert(bucket, records);
        }
        part
    }

    /// The first and the last instant, if there are records.
    pub fn span(&self) -> Option<(i64, i64)> {
        (self.first <= self.last).then_some((self.first, self.last))
    }

    /// The buckets that have records, in order.
    pub fn buckets(&self) -> Vec<InBucket> {
        let mut counts = self.counts.clone();
        if self.current.1 > 0 {
            *counts.entry(self.current.0).or_default() += self.current.1;
        }
        let mut buckets: Vec<InBucket> = counts.into_iter().collect();
        buckets.sort_unstable();
        buckets
    }
}
