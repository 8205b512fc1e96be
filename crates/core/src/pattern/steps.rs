//! From the syntax tree of a regular expression to steps: the cheapest plan that means the same.
//!
//! Most log patterns are literals and classes in a row. Such a pattern needs no automaton: each step
//! takes what leftmost-first matching would try *first* (the longest run of a greedy class, the
//! nearest end of a lazy one, the first branch that fits), and where the steps reach the end, that
//! path is the match, since every earlier path in the order of preference has been seen to fail.
//!
//! Where they do not reach the end, there is no match only if no step had another choice. That is
//! mostly known beforehand: after `[^ ]+` a blank must follow, so a shorter run cannot help. Such a
//! step is `sure`. A failure behind a step that was not sure is left to the general engine.

use super::class::{ByteSet, Class};
use super::fuse::{fields, fuse, Field};
use super::text::{Simple, Text};
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

/// What one step does, at a place in the line.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// These bytes.
    Literal(Text),
    /// The longest run of at least `min` and at most `max` members.
    Run { class: Class, min: usize, max: usize, sure: bool },
    /// Members up to the nearest place, at least `min` and at most `max` on, where `stop` stands.
    RunTo { class: Class, min: usize, max: usize, stop: Text },
    /// Members up to the furthest place where `stop` stands.
    RunBack { class: Class, min: usize, max: usize, stop: Text },
    /// Members of `plain`, and pairs of `escape` and a member of `escaped`: `(?:[^"\\]|\\.)*`.
    Escaped { plain: Class, escape: u8, escaped: ByteSet, sure: bool },
    /// The steps, if they fit.
    Optional { steps: Vec<Step>, slots: Vec<usize>, sure: bool },
    /// The steps as often as they fit, at least `min` times.
    Loop { steps: Vec<Step>, slots: Vec<usize>, min: usize, sure: bool },
    /// The first branch that fits.
    Either { branches: Vec<Vec<Step>>, slots: Vec<usize>, sure: bool },
    /// The only branch that can fit: they are of one step and begin with different bytes.
    OneOf(Vec<Simple>),
    /// Fields, of which most plans consist.
    Row(Vec<Field>),
    /// Remember the place.
    Save(usize),
    /// The end of the line.
    End,
}

impl Step {
    /// Whether the step, taken again and again in a loop, may look at the same bytes each time: where
    /// a branch can run far ahead and fail, and another one then takes a single byte. The time for a
    /// line would grow with the square of its length.
    fn repeats_work(&self) -> bool {
        match self {
            // Where a sure branch has failed nothing else fits, and the loop ends.
            Step::Optional { steps, sure: true, .. } | Step::Loop { steps, sure: true, .. } => {
                steps.iter().any(Step::repeats_work)
            }
            Step::Either { branches, sure: true, .. } => {
                branches.iter().flatten().any(Step::repeats_work)
            }
            Step::Optional { steps, .. } | Step::Loop { steps, .. } => runs_ahead(steps),
            Step::Either { branches, .. } => branches.iter().any(|steps| runs_ahead(steps)),
            Step::RunTo { .. } | Step::RunBack { .. } => true,
            _ => false,
        }
    }

    /// Whether there is no bound to how many bytes the step looks at.
    fn is_unbounded(&self) -> bool {
        match self {
            Step::Run { max, .. } => *max == usize::MAX,
            Step::Literal(_) | Step::Save(_) | Step::End => false,
            Step::OneOf(branches) => branches.iter().any(Simple::is_unbounded),
            Step::Optional { steps, .. } => steps.iter().any(Step::is_unbounded),
            Step::Either { branches, .. } => branches.iter().flatten().any(Step::is_unbounded),
            _ => true,
        }
    }

    /// Whether the step fits everywhere, so that it need not be taken once nothing is wanted of it.
    fn always_fits(&self) -> bool {
        match self {
            Step::Run { min, .. } => *min == 0,
            Step::Escaped { .. } => true,
            Step::Optional { slots, .. } => slots.is_empty(),
            Step::Loop { slots, min, .. } => *min == 0 && slots.is_empty(),
            _ => false,
        }
    }
}

/// The bytes a match of the rest of the pattern can begin with.
#[derive(Clone)]
struct First {
    set: ByteSet,
    /// Whether the rest can match nothing at all, and so cannot fail.
    nullable: bool,
}

impl First {
    fn then(self, next: &First) -> First {
        if self.nullable {
            First { set: self.set.union(&next.set), nullable: next.nullable }
        } else {
            self
        }
    }
}

/// The most steps a repetition with a count is written out to.
const MOST_COPIES: u32 = 8;

/// The most places that may be remembered inside one branch.
pub(super) const MOST_SLOTS: usize = 16;

/// The steps of a pattern that begins with `^`, remembering the places of the `wanted` slots (twice
/// the number of a group, and one more); `spare` is a slot that nobody reads. `None` where the pattern needs the general engine.
pub(super) fn compile(hir: &Hir, wanted: &[usize], spare: usize) -> Option<Vec<Step>> {
    let mut items = Vec::new();
    flatten(hir, &mut items);
    match items.first() {
        Some(Item::Hir(first)) if matches!(first.kind(), HirKind::Look(Look::Start)) => {}
        _ => return None,
    }
    let end = First { set: ByteSet::EMPTY, nullable: true };
    let mut steps = compile_items(&items[1..], &end, wanted)?;
    while steps.last().is_some_and(Step::always_fits) {
        steps.pop();
    }
    Some(fields(steps, spare))
}

/// A pattern as a flat row: groups are opened to their two places.
enum Item<'a> {
    Hir(&'a Hir),
    Save(usize),
}

fn flatten<'a>(hir: &'a Hir, items: &mut Vec<Item<'a>>) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, items)),
        HirKind::Capture(capture) => {
            let slot = capture.index as usize * 2;
            items.push(Item::Save(slot));
            flatten(&capture.sub, items);
            items.push(Item::Save(slot + 1));
        }
        _ => items.push(Item::Hir(hir)),
    }
}

fn first_of(hir: &Hir) -> Option<First> {
    Some(match hir.kind() {
        HirKind::Empty => First { set: ByteSet::EMPTY, nullable: true },
        HirKind::Literal(literal) => First { set: ByteSet::of(literal.0[0]), nullable: false },
        HirKind::Class(class) => First { set: ByteSet::of_class(class)?, nullable: false },
        // Where bytes are left, the end is not reached: no byte can follow, and nothing fits.
        HirKind::Look(Look::End) => First { set: ByteSet::EMPTY, nullable: false },
        HirKind::Look(_) => return None,
        HirKind::Repetition(rep) => {
            let sub = first_of(&rep.sub)?;
            First { nullable: sub.nullable || rep.min == 0, set: sub.set }
        }
        HirKind::Capture(capture) => first_of(&capture.sub)?,
        HirKind::Concat(parts) => {
            let mut first = First { set: ByteSet::EMPTY, nullable: true };
            for part in parts {
                first = first.then(&first_of(part)?);
            }
            first
        }
        HirKind::Alternation(branches) => {
            let mut first = First { set: ByteSet::EMPTY, nullable: false };
            for branch in branches {
                let branch = first_of(branch)?;
                first.set = first.set.union(&branch.set);
                first.nullable |= branch.nullable;
            }
            first
        }
    })
}

fn compile_items(items: &[Item<'_>], after: &First, wanted: &[usize]) -> Option<Vec<Step>> {
    // What follows each item, from the last to the first.
    let mut follows = vec![after.clone(); items.len()];
    for i in (1..items.len()).rev() {
        let here = match items[i] {
            Item::Save(_) => follows[i].clone(),
            Item::Hir(hir) => first_of(hir)?.then(&follows[i]),
        };
        follows[i - 1] = here;
    }
    let mut steps = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match item {
            Item::Save(slot) if wanted.contains(slot) => steps.push(Step::Save(*slot)),
            Item::Save(_) => {}
            Item::Hir(hir) => {
                let next = items[i + 1..].iter().find_map(|item| match item {
                    Item::Hir(hir) => Some(*hir),
                    Item::Save(_) => None,
                });
                compile_one(hir, next, &follows[i], wanted, &mut steps)?;
            }
        }
    }
    fuse(&mut steps);
    Some(steps)
}

fn compile_one(
    hir: &Hir,
    next: Option<&Hir>,
    follow: &First,
    wanted: &[usize],
    steps: &mut Vec<Step>,
) -> Option<()> {
    match hir.kind() {
        HirKind::Literal(literal) => steps.push(Step::Literal(Text::new(&literal.0))),
        HirKind::Class(class) => steps.push(Step::Run {
            class: Class::new(ByteSet::of_class(class)?),
            min: 1,
            max: 1,
            sure: true,
        }),
        HirKind::Look(Look::End) => steps.push(Step::End),
        HirKind::Repetition(rep) => compile_repetition(rep, next, follow, wanted, steps)?,
        HirKind::Alternation(parts) => {
            let mut sure = true;
            let mut seen = ByteSet::EMPTY;
            let mut branches = Vec::new();
            for part in parts {
                let first = first_of(part)?;
                sure &= !first.nullable && first.set.disjoint(&seen);
                seen = seen.union(&first.set);
                let mut items = Vec::new();
                flatten(part, &mut items);
                branches.push(compile_items(&items, follow, wanted)?);
            }
            if sure {
                if let Some(parts) = branches.iter().map(|branch| Simple::of(branch)).collect() {
                    steps.push(Step::OneOf(parts));
                    return Some(());
                }
            }
            let slots = few(branches.iter().flat_map(|branch| saved(branch)).collect())?;
            steps.push(Step::Either { branches, slots, sure });
        }
        // Opened by `flatten`, or a look that is not the end of the line.
        HirKind::Empty | HirKind::Concat(_) | HirKind::Capture(_) | HirKind::Look(_) => {
            return None
        }
    }
    Some(())
}

fn compile_repetition(
    rep: &Repetition,
    next: Option<&Hir>,
    follow: &First,
    wanted: &[usize],
    steps: &mut Vec<Step>,
) -> Option<()> {
    let min = rep.min as usize;
    let max = rep.max.map_or(usize::MAX, |max| max as usize);
    if let Some(set) = single_byte(&rep.sub) {
        let class = Class::new(set);
        let apart = class.set().disjoint(&follow.set);
        let sure = min == max || apart;
        if sure && (rep.greedy || min == max || !follow.nullable) {
            steps.push(Step::Run { class, min, max, sure });
            return Some(());
        }
        let stop = match next.map(Hir::kind) {
            Some(HirKind::Literal(literal)) => Some(Text::new(&literal.0)),
            _ => None,
        };
        steps.push(match (rep.greedy, stop) {
            (true, Some(stop)) => Step::RunBack { class, min, max, stop },
            (true, None) => Step::Run { class, min, max, sure },
            (false, Some(stop)) => Step::RunTo { class, min, max, stop },
            (false, None) => return None,
        });
        return Some(());
    }
    if !rep.greedy {
        return None;
    }
    if let (Some((plain, escape, escaped)), 0, None) = (escaped_string(&rep.sub), min, rep.max) {
        let mut members = plain;
        members.add(escape);
        let sure = members.disjoint(&follow.set);
        steps.push(Step::Escaped { plain: Class::new(plain), escape, escaped, sure });
        return Some(());
    }
    let inner = first_of(&rep.sub)?;
    if inner.nullable {
        return None;
    }
    let mut items = Vec::new();
    flatten(&rep.sub, &mut items);
    let sure = inner.set.disjoint(&follow.set);
    // Behind one repetition stands another one, or what follows the last.
    let again = First { set: inner.set.union(&follow.set), nullable: follow.nullable };
    match rep.max {
        None => {
            let inside = compile_items(&items, &again, wanted)?;
            if inside.iter().any(Step::repeats_work) {
                return None;
            }
            let slots = few(saved(&inside))?;
            steps.push(Step::Loop { steps: inside, slots, min, sure });
        }
        Some(most) if most <= MOST_COPIES => {
            for copy in 0..rep.min {
                let behind = if copy + 1 < rep.min { &inner } else { &again };
                let behind = if rep.min == most && copy + 1 == most { follow } else { behind };
                steps.extend(compile_items(&items, behind, wanted)?);
            }
            let mut rest: Option<Step> = None;
            for copy in (rep.min..most).rev() {
                let behind = if copy + 1 == most { follow } else { &again };
                let mut inside = compile_items(&items, behind, wanted)?;
                inside.extend(rest);
                let slots = few(saved(&inside))?;
                rest = Some(Step::Optional { steps: inside, slots, sure });
            }
            steps.extend(rest);
        }
        Some(_) => return None,
    }
    Some(())
}

/// The set of a sub-expression that is always one byte.
fn single_byte(hir: &Hir) -> Option<ByteSet> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() == 1 => Some(ByteSet::of(literal.0[0])),
        HirKind::Class(class) => ByteSet::of_class(class),
        _ => None,
    }
}

/// The parts of `[^"\\]|\\.`: the plain bytes, the escape, and what may follow it.
fn escaped_string(hir: &Hir) -> Option<(ByteSet, u8, ByteSet)> {
    let HirKind::Alternation(branches) = hir.kind() else { return None };
    let [plain, pair] = &branches[..] else { return None };
    let HirKind::Concat(pair) = pair.kind() else { return None };
    let [escape, escaped] = &pair[..] else { return None };
    let HirKind::Literal(escape) = escape.kind() else { return None };
    let [escape] = escape.0[..] else { return None };
    let plain = single_byte(plain)?;
    (!plain.has(escape)).then_some((plain, escape, single_byte(escaped)?))
}

fn few(slots: Vec<usize>) -> Option<Vec<usize>> {
    (slots.len() <= MOST_SLOTS).then_some(slots)
}

/// Whether a match may leave some of the slots alone.
pub(super) fn leaves_some(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Optional { slots, .. } | Step::Loop { slots, .. } | Step::Either { slots, .. } => {
            !slots.is_empty()
        }
        _ => false,
    })
}

/// Whether these steps may look at many bytes and then fail.
fn runs_ahead(steps: &[Step]) -> bool {
    let unbounded = steps.iter().position(Step::is_unbounded);
    unbounded.is_some_and(|at| {
        let simple = matches!(steps[at], Step::Run { .. } | Step::OneOf(_) | Step::Escaped { .. });
        !simple || !steps[at + 1..].iter().all(|step| matches!(step, Step::Save(_)))
    })
}

/// The slots that steps remember, so that a branch which did not fit leaves none behind.
fn saved(steps: &[Step]) -> Vec<usize> {
    let mut slots = Vec::new();
    for step in steps {
        match step {
            Step::Save(slot) => slots.push(*slot),
            Step::Optional { slots: inner, .. }
            | Step::Loop { slots: inner, .. }
            | Step::Either { slots: inner, .. } => slots.extend(inner),
            _ => {}
        }
    }
    slots
}
