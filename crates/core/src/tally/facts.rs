//! What each value of a tally did, and what all of them together did: what verdicts are made of.

use super::order::{At, Life};
use super::table::{Count, Table};
use super::times::InBucket;
use super::{Key, Order, Tally};
use crate::conduct::{Hit, Keys, Probe};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The pauses between the records of a value, in buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gaps {
    /// How many.
    pub count: u64,
    /// Their sum,
    pub sum: u64,
    /// and the sum of their squares.
    pub squares: u128,
}

/// What one value did. Without times, what is of times is empty.
pub struct Facts<'a> {
    /// The value, and its records.
    pub count: Count<'a>,
    /// How many of them are failures.
    pub fails: u64,
    /// The first instant and the last, in nanoseconds.
    pub span: Option<(i64, i64)>,
    /// The fullest bucket and its records,
    pub peak: InBucket,
    /// the fullest minute of the calendar,
    pub minute: InBucket,
    /// and how many minutes have records.
    pub minutes: u64,
    /// Its distinct keys, and the most frequent one.
    pub keys: Keys,
    /// How many distinct keys failed, and whether that is exact.
    pub failing: (u64, bool),
    /// The ten minutes in which most distinct keys failed.
    pub probe: Option<Probe>,
    /// The pauses between its records.
    pub gaps: Gaps,
    /// How many distinct agents it has.
    pub agents: Keys,
    table: &'a Table,
}

impl<'a> Facts<'a> {
    /// Those of a value of a table; a minute is so many buckets.
    pub(super) fn of(table: &'a Table, count: Count<'a>, minute: i64) -> Facts<'a> {
        let (conduct, id) = (&table.conduct, count.id);
        let mut facts = Facts {
            fails: conduct.fails(id),
            span: None,
            peak: (0, 0),
            minute: (0, 0),
            minutes: 0,
            keys: conduct.keys(id),
            failing: conduct.failing(id),
            probe: None,
            gaps: Gaps::default(),
            agents: conduct.agents(id),
            count,
            table,
        };
        if table.measures().times {
            let times = &table.times;
            facts.span = Some(times.span(id));
            facts.peak = times.peak(id, 1);
            (facts.minute, facts.minutes) = times.steps(id, minute);
            facts.probe = conduct.probe(id);
            let (count, sum, squares) = times.gaps(id);
            facts.gaps = Gaps { count, sum, squares };
        }
        facts
    }

    /// Distinct keys for each minute that has records, rounded; at least 1 where there are keys.
    fn breadth(&self) -> Option<u64> {
        (self.minutes > 0).then(|| (2 * self.keys.distinct + self.minutes) / (2 * self.minutes))
    }

    /// Some of the keys that failed in the fullest ten minutes, as far as their texts are known, in order.
    pub fn tried(&self, most: usize) -> Vec<&'a [u8]> {
        let Some(probe) = self.probe else { return Vec::new() };
        let keys = self.table.conduct.tried_in(self.count.id, probe.bucket);
        let mut texts: Vec<&[u8]> = keys.iter().filter_map(|key| self.text(*key)).collect();
        texts.sort_unstable();
        texts.truncate(most);
        texts
    }

    /// The most frequent key, of several the first by its text, as far as those are known.
    pub fn top_key(&self) -> Option<&'a [u8]> {
        let keys = self.table.conduct.keys_with(self.count.id, self.keys.records);
        keys.into_iter().filter_map(|key| self.text(key)).min()
    }

    /// The agents with their records, the most frequent first, as far as their texts are known.
    pub fn called(&self, most: usize) -> Vec<(&'a [u8], u64)> {
        let agents = self.table.conduct.agents_of(self.count.id).into_iter();
        let known = agents.filter_map(|(agent, records)| Some((self.text(agent)?, records)));
        let mut known: Vec<_> = known.collect();
        known.sort_unstable_by_key(|(agent, records)| (std::cmp::Reverse(*records), *agent));
        known.truncate(most);
        known
    }

    /// The signatures that were met, by number, with the text of the first.
    pub fn hits(&self) -> Vec<(u8, Hit, Option<&'a [u8]>)> {
        let hits = self.table.conduct.hits_of(self.count.id);
        hits.map(|(sign, hit)| (sign, hit, self.text(hit.first.hash))).collect()
    }

    fn is_signed(&self) -> bool {
        self.table.conduct.hits_of(self.count.id).next().is_some()
    }

    /// The text of a hash, where it is kept.
    pub fn text(&self, hash: u64) -> Option<&'a [u8]> {
        self.table.conduct.text(hash)
    }
}

/// From which figure on a value is wanted; none where the figure does not matter.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// So many records,
    pub records: Option<u64>,
    /// so many of them in a minute,
    pub minute: Option<u64>,
    /// or in a bucket,
    pub bucket: Option<u64>,
    /// so many records and failures as one of these,
    pub trials: HashSet<(u64, u64)>,
    /// so many distinct failing keys in ten minutes,
    pub probe: Option<u64>,
    /// so many records with one key,
    pub repetition: Option<u64>,
    /// so many distinct keys a minute.
    pub breadth: Option<u64>,
    /// Or any signature.
    pub signed: bool,
}

impl Needs {
    fn hold(&self, facts: &Facts<'_>) -> bool {
        let reaches = |least: Option<u64>, figure: u64| least.is_some_and(|least| figure >= least);
        reaches(self.records, facts.count.records)
            || reaches(self.minute, facts.minute.1)
            || reaches(self.bucket, facts.peak.1)
            || (!self.trials.is_empty()
                && self.trials.contains(&(facts.count.records, facts.fails)))
            || reaches(self.probe, facts.probe.map_or(0, |probe| probe.keys))
            || reaches(self.repetition, facts.keys.records)
            || reaches(self.breadth, facts.breadth().unwrap_or(0))
            || (self.signed && facts.is_signed())
    }
}

/// How many values have each figure, ascending by figure.
pub type Spectrum = Vec<(u64, u64)>;

/// What all values together did, as spectra.
#[derive(Debug, Clone, Default)]
pub struct Population {
    /// Failures of all of them.
    pub fails: u64,
    /// Records of a value.
    pub counts: Spectrum,
    /// Records of a value in its fullest minute,
    pub minutes: Spectrum,
    /// and in its fullest bucket.
    pub buckets: Spectrum,
    /// Distinct keys of a value for each of its minutes, rounded.
    pub breadth: Spectrum,
    /// Records of a value with its most frequent key.
    pub repetition: Spectrum,
    /// Records and failures of a value, and how many values have both.
    pub trials: Vec<(u64, u64, u64)>,
}

/// Counts figures. Most are small.
#[derive(Default)]
struct Tallied {
    small: Vec<u64>,
    large: BTreeMap<u64, u64>,
}

const SMALL: usize = 1024;

impl Tallied {
    fn see(&mut self, figure: u64) {
        match usize::try_from(figure) {
            Ok(at) if at < SMALL => {
                if self.small.len() <= at {
                    self.small.resize(at + 1, 0);
                }
                self.small[at] += 1;
            }
            _ => *self.large.entry(figure).or_default() += 1,
        }
    }

    fn spectrum(self) -> Spectrum {
        let small = (0..).zip(self.small).filter(|(_, values)| *values > 0);
        small.chain(self.large).collect()
    }
}

impl Tally {
    /// What all values together did; a minute is so many buckets. Only of a tally that keeps it.
    pub fn population(&self, minute: i64) -> Population {
        let [mut counts, mut minutes, mut buckets, mut breadth, mut repetition]: [Tallied; 5] =
            Default::default();
        let mut trials: HashMap<(u64, u64), u64> = HashMap::new();
        let mut population = Population::default();
        for table in self.tables() {
            for count in table.iter() {
                let facts = Facts::of(table, count, minute);
                population.fails += facts.fails;
                counts.see(count.records);
                if facts.span.is_some() {
                    minutes.see(facts.minute.1);
                    buckets.see(facts.peak.1);
                }
                if let Some(keys) = facts.breadth().filter(|_| facts.keys.distinct > 0) {
                    breadth.see(keys);
                }
                if facts.keys.records > 0 {
                    repetition.see(facts.keys.records);
                }
                *trials.entry((count.records, facts.fails)).or_default() += 1;
            }
        }
        population.counts = counts.spectrum();
        population.minutes = minutes.spectrum();
        population.buckets = buckets.spectrum();
        population.breadth = breadth.spectrum();
        population.repetition = repetition.spectrum();
        population.trials =
            trials.into_iter().map(|((records, fails), values)| (records, fails, values)).collect();
        population.trials.sort_unstable();
        population
    }

    /// The values with at least one figure that is wanted, the ones with most records first.
    pub fn wanted(&self, needs: &Needs, minute: i64) -> Order {
        let mut places: Vec<At> = Vec::new();
        for (number, table) in (0u32..).zip(self.tables()) {
            for place in 0..table.places() {
                if let Some(count) = table.at(place) {
                    if needs.hold(&Facts::of(table, count, minute)) {
                        places.push((number, place as u64));
                    }
                }
            }
        }
        Order::of(self, places)
    }

    /// What one value did; `None` where it did not occur.
    pub fn facts(&self, value: &[u8], minute: i64) -> Option<Facts<'_>> {
        let key = Key::new(value);
        let table = &self.tables[super::shards::shard(key.hash(), self.tables.len())];
        table.get(&key).map(|count| Facts::of(table, count, minute))
    }

    /// The buckets of a value and the records in each, in order; empty where it did not occur.
    pub fn buckets(&self, value: &[u8]) -> Vec<InBucket> {
        let key = Key::new(value);
        let table = &self.tables[super::shards::shard(key.hash(), self.tables.len())];
        match table.get(&key) {
            Some(count) if self.timed() => table.times.buckets(count.id).collect(),
            _ => Vec::new(),
        }
    }

    /// When the records of a value occurred, with the fullest row of `width` buckets; None where it
    /// did not, or times are not kept.
    pub fn life(&self, value: &[u8], width: i64) -> Option<Life<'_>> {
        let key = Key::new(value);
        let table = &self.tables[super::shards::shard(key.hash(), self.tables.len())];
        let found = table.get(&key).filter(|_| self.timed())?;
        Some(Life::new(&table.times, found.id, width))
    }
}
