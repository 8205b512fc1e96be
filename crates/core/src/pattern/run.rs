//! Taking the steps of a plan over one line.

use super::class::Vector;
use super::fuse::{Body, Field};
use super::steps::{Step, MOST_SLOTS};
use super::text::{escaped_run, one_of};

/// What taking the steps has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The line matches, and the slots hold the match.
    Match,
    /// The line does not match.
    NoMatch,
    /// A step had another choice: only the general engine knows.
    Unknown,
}

/// The place of a slot that nothing was saved in.
pub(super) const UNSET: usize = usize::MAX;

/// Takes the steps over the line `hay[at..end]`. Slots hold places in `hay`.
#[inline(always)]
pub(super) fn run<V: Vector>(
    steps: &[Step],
    hay: &[u8],
    at: usize,
    end: usize,
    slots: &mut [usize],
) -> Verdict {
    let mut choices = false;
    match take::<V>(steps, hay, at, end, slots, &mut choices) {
        Some(_) => Verdict::Match,
        None if choices => Verdict::Unknown,
        None => Verdict::NoMatch,
    }
}

/// The hot loop: the steps that most patterns consist of. The place reached, or `None`.
#[inline(always)]
fn take<V: Vector>(
    steps: &[Step],
    hay: &[u8],
    mut at: usize,
    end: usize,
    slots: &mut [usize],
    choices: &mut bool,
) -> Option<usize> {
    for step in steps {
        at = match step {
            Step::Row(fields) => row::<V>(fields, hay, at, end, slots, choices)?,
            Step::Literal(text) => text.skip::<V>(hay, at, end)?,
            Step::Run { class, min, max, sure } => {
                let limit = if end - at > *max { at + max } else { end };
                let stop = class.span::<V>(hay, at, limit);
                if stop - at < *min {
                    return None;
                }
                *choices |= !sure && stop - at > *min;
                stop
            }
            Step::Escaped { plain, escape, escaped, sure } => {
                let stop = escaped_run::<V>((plain, *escape, escaped), hay, at, end).min(end);
                *choices |= !sure && stop > at;
                stop
            }
            Step::Save(slot) => {
                slots[*slot] = at;
                at
            }
            Step::End if at == end => at,
            Step::End => return None,
            Step::OneOf(branches) => one_of::<V>(branches, hay, at, end)?,
            Step::RunTo { class, min, max, stop } => {
                let from = at.checked_add(*min).filter(|from| *from <= end)?;
                let found = stop.find::<V>(hay, from, end)?;
                if found - at > *max || class.span::<V>(hay, at, found) < found {
                    return None;
                }
                *choices = true;
                found
            }
            other => V::branch(other, hay, at, end, slots, choices)?,
        };
    }
    Some(at)
}

/// Takes a row of fields.
#[inline(always)]
fn row<V: Vector>(
    fields: &[Field],
    hay: &[u8],
    mut at: usize,
    end: usize,
    slots: &mut [usize],
    choices: &mut bool,
) -> Option<usize> {
    for field in fields {
        let text = &field.text;
        let (stop, behind) = match &field.body {
            Body::Except1 { stop, min } => {
                let stop = V::find([stop], hay, at, end);
                if stop - at < *min {
                    return None;
                }
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
            Body::Except2 { stops: [a, b], min } => {
                let stop = V::find([a, b], hay, at, end);
                if stop - at < *min {
                    return None;
                }
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
            Body::Quoted { stops: [a, b], escape, escaped } => {
                let mut stop = V::find_far([a, b], hay, at, end);
                // The text does not begin with an escape, so where it stands the run has ended.
                loop {
                    if let Some(behind) = text.skip_short::<V>(hay, stop, end) {
                        break (stop, behind);
                    }
                    let pair = stop + 1 < end && hay[stop] == *escape;
                    if !(pair && escaped.has(hay[stop + 1])) {
                        return None;
                    }
                    stop = V::find_far([a, b], hay, stop + 2, end);
                }
            }
            Body::Range { first, behind, min, max, others } => {
                let limit = if end - at > *max { at + max } else { end };
                let mut stop = V::span_range(first, behind, hay, at, limit).min(limit);
                if stop - at < *min {
                    stop = one_of::<V>(others, hay, at, end)?;
                }
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
            Body::OneOf(branches) => {
                let stop = one_of::<V>(branches, hay, at, end)?;
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
            Body::To { min } => {
                let from = at + min;
                if from > end {
                    return None;
                }
                let stop = text.find::<V>(hay, from, end)?;
                *choices = true;
                (stop, stop + text.bytes().len())
            }
            Body::Run { class, min } => {
                let stop = class.stop::<V>(hay, at, end);
                if stop - at < *min {
                    return None;
                }
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
            Body::Escaped { plain, escape, escaped } => {
                let stop = escaped_run::<V>((plain, *escape, escaped), hay, at, end);
                (stop, text.skip_short::<V>(hay, stop, end)?)
            }
        };
        if field.wanted {
            slots[field.from] = at;
            slots[field.to] = stop;
        }
        at = behind;
    }
    Some(at)
}

/// The places of the slots inside a branch.
type Saved = [usize; MOST_SLOTS];

#[inline(always)]
fn saved(inside: &[usize], slots: &[usize]) -> Saved {
    let mut old = [UNSET; MOST_SLOTS];
    old.iter_mut().zip(inside).for_each(|(old, &slot)| *old = slots[slot]);
    old
}

/// Steps that branch: kept out of the hot loop, which the compiler then keeps in registers.
#[inline(always)]
pub(super) fn branch<V: Vector>(
    step: &Step,
    hay: &[u8],
    mut at: usize,
    end: usize,
    slots: &mut [usize],
    choices: &mut bool,
) -> Option<usize> {
    // A branch that fails behind a choice of its own says nothing about the branch as a whole.
    let attempt = |steps: &[Step], at: usize, slots: &mut [usize], choices: &mut bool| {
        let mut inner = false;
        let stop = take::<V>(steps, hay, at, end, slots, &mut inner);
        *choices |= inner;
        (stop, inner)
    };
    // The groups of a branch that did not fit are those of the round before.
    let restore = |inside: &[usize], old: &Saved, slots: &mut [usize]| {
        inside.iter().zip(old).for_each(|(&slot, &place)| slots[slot] = place);
    };
    match step {
        Step::RunBack { class, min, max, stop } => {
            let from = at.checked_add(*min).filter(|from| *from <= end)?;
            let limit = if end - at > *max { at + max } else { end };
            let run = class.span::<V>(hay, at, limit);
            let last = (run + stop.bytes().len()).min(end);
            let window = hay.get(from..last)?;
            let found = from + memchr::memmem::rfind(window, stop.bytes())?;
            *choices = true;
            Some(found)
        }
        Step::Optional { steps, slots: inside, sure } => {
            let old = saved(inside, slots);
            match attempt(steps, at, slots, choices) {
                (Some(stop), _) => {
                    *choices |= !sure;
                    Some(stop)
                }
                (None, true) => None,
                (None, false) => {
                    restore(inside, &old, slots);
                    Some(at)
                }
            }
        }
        Step::Loop { steps, slots: inside, min, sure } => {
            let mut rounds = 0;
            loop {
                let old = saved(inside, slots);
                match attempt(steps, at, slots, choices) {
                    (Some(stop), _) => {
                        rounds += 1;
                        *choices |= !sure && rounds > *min;
                        at = stop;
                    }
                    (None, true) => return None,
                    (None, false) => {
                        restore(inside, &old, slots);
                        return (rounds >= *min).then_some(at);
                    }
                }
            }
        }
        Step::Either { branches, slots: inside, sure } => {
            let old = saved(inside, slots);
            for branch in branches {
                match attempt(branch, at, slots, choices) {
                    (Some(stop), _) => {
                        *choices |= !sure;
                        return Some(stop);
                    }
                    (None, true) => return None,
                    (None, false) => restore(inside, &old, slots),
                }
            }
            None
        }
        _ => take::<V>(std::slice::from_ref(step), hay, at, end, slots, choices),
    }
}
