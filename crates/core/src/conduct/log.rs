//! What values did, written down one behind the other, and put in order from time to time: by value,
//! with what belongs together added up.

use std::collections::HashMap;

/// So many items are written down before the log is put in order for the first time.
const TIDY_FROM: usize = 1 << 20;

/// Below so many items a second thread is not worth its start.
const TOGETHER: usize = 1 << 17;

/// Something that a value did.
pub(super) trait Item: Copy + Default + Send {
    /// The number of the value.
    fn value(&self) -> u32;
    /// The same of a value with another number.
    fn of(self, value: u32) -> Self;
    /// Puts the items of one value in order, equal ones side by side.
    fn sort(items: &mut [Self]);
}

/// Items, those of each value side by side once they are in order.
#[derive(Debug, Default)]
pub(super) struct Log<T> {
    items: Vec<T>,
    tidy_at: usize,
    /// Where the items of each value begin, and behind the last one; empty while they are not in order.
    starts: Vec<usize>,
    values: usize,
}

impl<T: Item> Log<T> {
    /// Writes an item down; whether it is time to put all in order.
    #[inline]
    pub(super) fn push(&mut self, item: T) -> bool {
        self.touch(item.value());
        self.items.push(item);
        self.items.len() > self.tidy_at.max(TIDY_FROM)
    }

    /// Something about a value has changed, here or beside the log.
    #[inline]
    pub(super) fn touch(&mut self, value: u32) {
        self.values = self.values.max(value as usize + 1);
        self.starts.clear();
    }

    /// There are so many values in all; whether the log has to be put in order for them.
    pub(super) fn spans(&mut self, values: usize) -> bool {
        self.values = self.values.max(values);
        self.starts.len() != self.values + 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Puts all in order. `keep` is given the sorted items of each value, and says how many of them,
    /// at their beginning, are kept; it may change them, but not whose they are.
    pub(super) fn order(&mut self, mut keep: impl FnMut(u32, &mut [T]) -> usize) {
        let bounds = self.by_value();
        within(&mut self.items, &bounds, T::sort);
        let mut starts = Vec::with_capacity(bounds.len());
        let mut kept = 0;
        for (value, bound) in (0u32..).zip(bounds.windows(2)) {
            starts.push(kept);
            let count = keep(value, &mut self.items[bound[0]..bound[1]]);
            self.items.copy_within(bound[0]..bound[0] + count, kept);
            kept += count;
        }
        starts.push(kept);
        self.items.truncate(kept);
        self.starts = starts;
        // Twice as far each time it does not help, so that it takes no more than the counting.
        self.tidy_at = kept * 2;
    }

    /// Sorts by value, in linear time; where the items of each value begin, and behind the last one.
    fn by_value(&mut self) -> Vec<usize> {
        let mut starts = vec![0usize; self.values + 1];
        for item in &self.items {
            starts[item.value() as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![T::default(); self.items.len()];
        for item in &self.items {
            let place = &mut next[item.value() as usize];
            sorted[*place] = *item;
            *place += 1;
        }
        self.items = sorted;
        starts
    }

    /// Keeps the values that have a new number.
    pub(super) fn renumber(&mut self, numbers: &HashMap<u32, u32>) {
        self.items.retain_mut(|item| {
            let number = numbers.get(&item.value());
            *item = item.of(number.copied().unwrap_or_default());
            number.is_some()
        });
        self.values = numbers.len();
        self.starts.clear();
    }

    pub(super) fn shrink(&mut self) {
        self.items.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.starts.capacity() * size_of::<usize>()
    }

    /// The items of a value; none while they are not in order.
    pub(super) fn range(&self, value: u32) -> &[T] {
        let at = value as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.items[start..end],
            _ => &[],
        }
    }
}

/// Does something with the items of each value, on two threads where there are many.
fn within<T: Send>(items: &mut [T], starts: &[usize], each: impl Fn(&mut [T]) + Sync) {
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
