//! What each value did: how often it failed, which keys it asked for and which of them in vain, what it
//! called itself, and which known forms of attack it used. Verdicts are made of this.
//!
//! Keys (paths, users) and agents are known by their hashes, which are seeded for each process; the
//! texts of those that failed are kept apart, as far as they fit (`texts.rs`). Every part is a set or
//! a sum, so that any split of the input gives the same, as long as sets are exact; where they are not,
//! they say so.

mod gather;
mod log;
mod pairs;
mod signatures;
mod texts;
mod tried;

pub(crate) use gather::{Detail, GatherState};
pub use gather::{Gather, Wanted};
pub use pairs::Keys;
pub use signatures::{Signature, Signatures, Target, MOST};
pub use texts::Texts;
pub use tried::Probe;

use pairs::Pairs;
use std::collections::{BTreeMap, HashMap};
use tried::Tried;

/// Lengths of the buckets in which failing keys are counted: ten minutes, in nanoseconds.
pub const PROBE_WIDTH: i64 = 600 * 1_000_000_000;

/// How often a value used a form of attack, and when it did first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Records in which it stands.
    pub records: u64,
    /// The earliest of them.
    pub first: First,
}

/// Where a form of attack was found: of those of one instant the one that is the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct First {
    /// When, in nanoseconds.
    pub instant: i64,
    /// What orders the texts of one instant, whatever the seed of this process.
    pub(crate) order: u64,
    /// The hash of the text.
    pub hash: u64,
}

/// The conduct of the values of a table, which are numbered in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    fails: Vec<u64>,
    keys: Pairs,
    agents: Pairs,
    tried: Tried,
    /// By value and signature: in order, so that those of a value stand together.
    hits: BTreeMap<(u32, u8), Hit>,
    texts: Texts,
}

impl Conduct {
    /// Takes a record of a value into account.
    #[inline]
    pub(crate) fn count(&mut self, value: u32, detail: &Detail, instant: i64) {
        let at = value as usize;
        if at >= self.fails.len() {
            self.fails.resize(at + 1, 0);
        }
        if let Some(key) = detail.key {
            self.keys.add(value, key, 1);
            if detail.failed && !detail.background {
                self.tried.add(value, instant.div_euclid(PROBE_WIDTH), key);
            }
        }
        self.fails[at] += u64::from(detail.failed);
        if let Some(agent) = detail.agent {
            self.agents.add(value, agent, 1);
        }
        if detail.signs | detail.agent_signs != 0 {
            self.hit(value, detail.signs, First { instant, ..detail.signed });
            self.hit(value, detail.agent_signs, First { instant, ..detail.agent_signed });
        }
    }

    #[cold]
    fn hit(&mut self, value: u32, mut signs: u128, first: First) {
        while signs != 0 {
            let sign = signs.trailing_zeros() as u8;
            signs &= signs - 1;
            self.absorb_hit((value, sign), Hit { records: 1, first });
        }
    }

    fn absorb_hit(&mut self, at: (u32, u8), hit: Hit) {
        let own = self.hits.entry(at).or_insert(Hit { records: 0, first: hit.first });
        own.records += hit.records;
        own.first = own.first.min(hit.first);
    }

    /// Takes over texts.
    pub(crate) fn learn(&mut self, texts: &mut Texts) {
        self.texts.absorb(texts);
    }

    /// Takes over what one value of another table did. That one has to be tidy.
    pub(crate) fn absorb(&mut self, value: u32, other: &Conduct, theirs: u32) {
        let at = value as usize;
        if at >= self.fails.len() {
            self.fails.resize(at + 1, 0);
        }
        self.fails[at] += other.fails.get(theirs as usize).copied().unwrap_or(0);
        self.keys.absorb(value, &other.keys, theirs);
        self.agents.absorb(value, &other.agents, theirs);
        self.tried.absorb(value, &other.tried, theirs);
        for (sign, hit) in other.hits_of(theirs) {
            self.absorb_hit((value, sign), hit);
        }
    }

    /// Takes over what is not kept value by value.
    pub(crate) fn absorb_texts(&mut self, other: &Conduct) {
        self.texts.absorb_all(&other.texts);
    }

    /// Keeps only these values, which are numbered anew in this order.
    pub(crate) fn compact(&mut self, kept: &[u32]) {
        let fails = std::mem::take(&mut self.fails);
        self.fails =
            kept.iter().map(|old| fails.get(*old as usize).copied().unwrap_or(0)).collect();
        let mut numbers = HashMap::new();
        for (new, old) in (0u32..).zip(kept) {
            numbers.insert(*old, new);
        }
        self.keys.renumber(&numbers);
        self.agents.renumber(&numbers);
        self.tried.renumber(&numbers);
        let hits = std::mem::take(&mut self.hits);
        let keep = |((value, sign), hit)| Some(((*numbers.get(&value)?, sign), hit));
        self.hits = hits.into_iter().filter_map(keep).collect();
    }

    /// Puts all in order: before anything is read, or taken over from here.
    pub(crate) fn tidy(&mut self) {
        let values = self.fails.len();
        self.keys.tidy(values);
        self.agents.tidy(values);
        self.tried.tidy(values);
    }

    /// The same, and gives back what is not needed.
    pub(crate) fn settle(&mut self) {
        self.tidy();
        self.keys.shrink();
        self.agents.shrink();
        self.tried.shrink();
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.fails.capacity() * size_of::<u64>()
            + self.keys.bytes()
            + self.agents.bytes()
            + self.tried.bytes()
            + self.hits.len() * 64
            + self.texts.bytes()
    }

    pub(crate) fn fails(&self, value: u32) -> u64 {
        self.fails.get(value as usize).copied().unwrap_or(0)
    }

    pub(crate) fn keys(&self, value: u32) -> Keys {
        self.keys.of(value)
    }

    pub(crate) fn agents(&self, value: u32) -> Keys {
        self.agents.of(value)
    }

    /// The keys of a value with so many records.
    pub(crate) fn keys_with(&self, value: u32, records: u64) -> Vec<u64> {
        self.keys.with(value, records)
    }

    /// The agents of a value and the records of each, the most frequent first.
    pub(crate) fn agents_of(&self, value: u32) -> Vec<(u64, u64)> {
        self.agents.top(value)
    }

    /// The bucket in which most distinct keys failed.
    pub(crate) fn probe(&self, value: u32) -> Option<Probe> {
        self.tried.fullest(value)
    }

    /// Some of the keys that failed in a bucket.
    pub(crate) fn tried_in(&self, value: u32, bucket: i64) -> Vec<u64> {
        self.tried.keys_in(value, bucket)
    }

    /// How many distinct keys of a value failed, and whether that is exact.
    pub(crate) fn failing(&self, value: u32) -> (u64, bool) {
        self.tried.distinct(value)
    }

    /// The forms of attack that a value used, by their numbers.
    pub(crate) fn hits_of(&self, value: u32) -> impl Iterator<Item = (u8, Hit)> + '_ {
        self.hits.range((value, 0)..=(value, u8::MAX)).map(|(&(_, sign), &hit)| (sign, hit))
    }

    pub(crate) fn text(&self, hash: u64) -> Option<&[u8]> {
        self.texts.get(hash)
    }
}
