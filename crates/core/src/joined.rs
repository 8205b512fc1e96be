//! Puts together what threads saw of the blocks of a source, in the order of the blocks.
//!
//! Threads hand over what they have seen every few hundred blocks, so that a stream without end takes no
//! more memory for what was seen of it: only blocks before which one is missing have to wait.

use crate::lines::{Bad, BlockSeen, Seen, SAMPLES};
use crate::scan::{Report, Sample};
use crate::timestamp::Winding;
use std::collections::BTreeMap;

/// After so many blocks a thread hands over what it has seen.
pub(crate) const BLOCKS: usize = 256;

/// What was seen of the blocks before one of them, and of some behind it.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// All blocks before this one are put together.
    next: u64,
    /// Their lines,
    lines: u64,
    /// the last time in them,
    last: Option<i64>,
    out_of_order: u64,
    winding: Option<Winding>,
    waiting: BTreeMap<u64, BlockSeen>,
    samples: Samples,
    undated: Samples,
}

/// The first lines of some kind.
#[derive(Debug, Default)]
struct Samples {
    /// Those whose blocks have not been put together.
    waiting: Vec<Bad>,
    numbered: Vec<Sample>,
}

impl Joined {
    /// Takes over what a thread has seen of blocks. What it concludes from its last one goes on to its
    /// next, so that stays with the thread unless it was the last of `all`.
    pub(crate) fn take(&mut self, seen: &mut Seen, all: bool) {
        self.samples.waiting.append(&mut seen.samples);
        self.undated.waiting.append(&mut seen.undated_samples);
        let stay = if all { 0 } else { 1 };
        let go = seen.blocks.len().saturating_sub(stay);
        self.waiting.extend(seen.blocks.drain(..go).map(|block| (block.number, block)));
        while let Some(block) = self.waiting.remove(&self.next) {
            self.join(&block);
        }
    }

    fn join(&mut self, block: &BlockSeen) {
        self.samples.number(block.number, self.lines);
        self.undated.number(block.number, self.lines);
        self.lines += block.lines;
        self.out_of_order += block.out_of_order;
        if let Some((first, end)) = block.ends {
            self.out_of_order += u64::from(self.last.is_some_and(|last| first < last));
            self.last = Some(end);
        }
        self.winding = match (self.winding, block.winding) {
            (Some(before), Some(next)) => Some(before.then(next)),
            (before, next) => before.or(next),
        };
        self.next = block.number + 1;
    }

    /// Tells a report, when all threads have handed over all they have seen.
    pub(crate) fn tell(mut self, report: &mut Report) {
        // Where a scan was cancelled, blocks are missing.
        for block in std::mem::take(&mut self.waiting).into_values() {
            self.join(&block);
        }
        report.samples = self.samples.numbered;
        report.undated_samples = self.undated.numbered;
        report.out_of_order += self.out_of_order;
        report.folded = self.winding.is_some_and(|winding| winding.is_folded());
    }
}

impl Samples {
    /// Gives the lines of a block their numbers; `before` it are so many lines.
    fn number(&mut self, block: u64, before: u64) {
        let mut own: Vec<Bad> = self.waiting.extract_if(.., |bad| bad.0 == block).collect();
        own.sort_unstable();
        let room = SAMPLES - self.numbered.len();
        let samples = own.into_iter().take(room);
        self.numbered.extend(samples.map(|(_, at, text)| Sample { line: before + at + 1, text }));
    }
}
