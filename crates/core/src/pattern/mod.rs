//! Regular expressions over the bytes of a line, compiled to the cheapest plan that means the same.
//!
//! [`Pattern`] is the compiled expression; [`Pattern::matcher`] makes it ready for the groups that
//! are wanted. Two plans exist: `steps` ([`steps`], [`run`]) for literals and classes in a row, and
//! the automata of regex-automata, which are linear in the line whatever the expression.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod class;
mod fuse;
mod marks;
mod reach;
mod run;
mod steps;
mod syntax;
mod text;

pub use reach::Reach;

use crate::error::PatternError;
use class::{Portable, Vector};
use regex_automata::meta::{Cache, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;
use run::{run, Verdict, UNSET};
use std::ops::Range;
use steps::Step;

/// A regular expression over bytes: `.` and negated classes match any byte, `\d`, `\w` and `\s` are
/// ASCII. It is searched for in a line; `^` ties it to the beginning.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    hir: Hir,
    regex: Regex,
    groups: Vec<String>,
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// Where the expression is not one, uses look-around or back-references, or would need more
    /// memory than a pattern may have; with the place in the text.
    pub fn new(text: &str) -> Result<Pattern, PatternError> {
        let hir = syntax::parse(text)?;
        let regex = syntax::build(&hir).map_err(|message| PatternError {
            message,
            start: 0,
            end: text.len(),
        })?;
        let groups = (1..regex.captures_len())
            .map(|i| {
                let name = regex.group_info().to_name(regex_automata::PatternID::ZERO, i);
                name.map_or_else(|| i.to_string(), str::to_owned)
            })
            .collect();
        Ok(Pattern { text: text.to_owned(), hir, regex, groups })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The groups in order of their number; a group without a name is called by its number.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The number of the group of this name, counted from 1.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|group| group == name).map(|i| i + 1)
    }

    /// Makes the pattern ready for taking these groups (by number, from 1) out of many lines.
    pub fn matcher(&self, groups: &[usize]) -> Matcher {
        let slots: Vec<usize> =
            groups.iter().flat_map(|&group| [group * 2, group * 2 + 1]).collect();
        let highest = slots.iter().max().map_or(0, |slot| slot + 1);
        let steps = steps::compile(&self.hir, &slots, highest);
        let clear = steps.as_deref().is_some_and(steps::leaves_some);
        Matcher { steps, clear, regex: self.regex.clone(), highest }
    }

    /// The name of the plan: `steps` or `automaton`.
    pub fn plan(&self) -> &'static str {
        let all: Vec<usize> = (1..=self.groups.len()).collect();
        self.matcher(&all).plan()
    }

    /// How far into the line a match can be built on what stands there.
    pub fn reach(&self, line: &[u8]) -> Reach {
        reach::reach(&self.text, line)
    }

    /// The place of each group in the first match, `None` for the groups that took no part.
    pub fn spans(&self, line: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        let all: Vec<usize> = (1..=self.groups.len()).collect();
        let matcher = self.matcher(&all);
        let mut state = matcher.state();
        matcher
            .matches(&mut state, line, 0, line.len())
            .then(|| all.iter().map(|&group| state.group(group)).collect())
    }
}

/// A pattern made ready for some of its groups.
#[derive(Debug, Clone)]
pub struct Matcher {
    steps: Option<Vec<Step>>,
    /// Whether slots of the line before could be taken for those of this one.
    clear: bool,
    regex: Regex,
    highest: usize,
}

/// What a thread needs to match: the places found, and the memory of the general engine.
#[derive(Debug)]
pub struct MatchState {
    slots: Vec<usize>,
    cache: Cache,
    found: Vec<Option<NonMaxUsize>>,
}

impl MatchState {
    /// Where the group stands in the buffer, if it took part in the last match.
    #[inline(always)]
    pub fn group(&self, group: usize) -> Option<Range<usize>> {
        let (start, end) = (self.slots[group * 2], self.slots[group * 2 + 1]);
        (start != UNSET && end != UNSET).then_some(start..end)
    }
}

impl Matcher {
    /// `steps` or `automaton`.
    pub fn plan(&self) -> &'static str {
        if self.steps.is_some() {
            "steps"
        } else {
            "automaton"
        }
    }

    /// Fresh memory for one thread.
    pub fn state(&self) -> MatchState {
        MatchState {
            // One more than the general engine fills, which nobody reads.
            slots: vec![UNSET; self.highest + 1],
            cache: self.regex.create_cache(),
            found: vec![None; self.highest],
        }
    }

    /// Whether the line `hay[at..end]`, which has no line feed, matches. The groups are then in
    /// `state`, as places in `hay`.
    pub fn matches(&self, state: &mut MatchState, hay: &[u8], at: usize, end: usize) -> bool {
        self.matches_with::<Portable>(state, hay, at, end)
    }

    #[inline(always)]
    pub(crate) fn matches_with<V: Vector>(
        &self,
        state: &mut MatchState,
        hay: &[u8],
        at: usize,
        end: usize,
    ) -> bool {
        if let Some(steps) = &self.steps {
            if self.clear {
                state.slots.fill(UNSET);
            }
            match run::<V>(steps, hay, at, end, &mut state.slots) {
                Verdict::Match => return true,
                Verdict::NoMatch => return false,
                Verdict::Unknown => {}
            }
        }
        self.search(state, &hay[at..end], at)
    }

    /// The general engine.
    #[inline(never)]
    fn search(&self, state: &mut MatchState, line: &[u8], at: usize) -> bool {
        let input = Input::new(line).anchored(Anchored::No);
        let MatchState { slots, cache, found } = state;
        if self.regex.search_slots_with(cache, &input, found).is_none() {
            return false;
        }
        for (slot, place) in slots.iter_mut().zip(found.iter()) {
            *slot = place.map_or(UNSET, |place| place.get() + at);
        }
        true
    }
}

/// An expression of the dialect that patterns are written in.
pub(crate) fn parsed(text: &str) -> Result<Hir, PatternError> {
    syntax::parse(text)
}

/// Whether the processor has the instructions that [`Avx2`] is compiled to.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn has_vectors() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
pub(crate) use class::Vector as Vectors;
pub(crate) use class::{Portable as NoVectors, Splat, Task};
pub(crate) use marks::{Chunk, Quotes};

#[cfg(test)]
mod tests;
