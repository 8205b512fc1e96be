//! Makes one step of several, where that means the same and takes less time.

use super::class::{ByteSet, Class, Splat};
use super::steps::Step;
use super::text::{Simple, Text};

/// Takes `A*(?:cB*)?` as `B*` where B is A and c: of a request whose words are groups that nobody
/// wants, what remains is the whole request.
pub(super) fn fuse(steps: &mut Vec<Step>) {
    while let Some(at) = steps.windows(2).position(|pair| fused(&pair[0], &pair[1]).is_some()) {
        if let Some(one) = fused(&steps[at], &steps[at + 1]) {
            steps.splice(at..at + 2, [one]);
        }
    }
}

fn fused(first: &Step, second: &Step) -> Option<Step> {
    let Step::Optional { steps, slots, sure: true } = second else { return None };
    let [Step::Literal(text), rest] = &steps[..] else { return None };
    let ([byte], true) = (text.bytes(), slots.is_empty()) else { return None };
    let wider = |class: &Class| {
        let mut set = *class.set();
        set.add(*byte);
        set
    };
    match (first, rest) {
        (
            Step::Escaped { plain, escape, escaped, sure: true },
            Step::Escaped { plain: wide, escape: same, escaped: pair, sure: true },
        ) => {
            (wider(plain) == *wide.set() && escape == same && escaped == pair).then(|| rest.clone())
        }
        (
            Step::Run { class, min: 0, max: usize::MAX, sure: true },
            Step::Run { class: wide, min: 0, max: usize::MAX, sure: true },
        ) => (wider(class) == *wide.set()).then(|| rest.clone()),
        _ => None,
    }
}

/// A part, and the text behind it: what most log lines are made of.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Whether the two places of the part are remembered. Where only one of them is wanted, the other
    /// is a slot that nobody reads.
    pub(super) wanted: bool,
    pub(super) from: usize,
    pub(super) body: Body,
    pub(super) to: usize,
    /// Of up to eight bytes.
    pub(super) text: Text,
}

/// The part of a field before its text. All but `To` have no other choice, so that a failure behind
/// them is final.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// As [`Step::Run`], of all bytes but one.
    Except1 { stop: Splat, min: usize },
    /// As [`Step::Run`], of all bytes but two.
    Except2 { stops: [Splat; 2], min: usize },
    /// As [`Step::Run`].
    Run { class: Class, min: usize },
    /// As [`Step::Escaped`], where a quote and the escape are all that ends a run of plain bytes.
    Quoted { stops: [Splat; 2], escape: u8, escaped: ByteSet },
    /// As [`Step::Escaped`].
    Escaped { plain: Class, escape: u8, escaped: ByteSet },
    /// As [`Step::OneOf`], where the first branch is a run of bytes in a row: `\d+|-`.
    Range { first: Splat, behind: Splat, min: usize, max: usize, others: Vec<Simple> },
    /// As [`Step::OneOf`].
    OneOf(Vec<Simple>),
    /// As [`Step::RunTo`] with any bytes, up to the text of the field.
    To { min: usize },
}

/// Gathers steps to fields, and fields to rows.
pub(super) fn fields(steps: Vec<Step>, spare: usize) -> Vec<Step> {
    let mut fused = Vec::with_capacity(steps.len());
    let mut rest = &steps[..];
    while let Some((first, others)) = rest.split_first() {
        match field(rest, spare) {
            Some((field, len)) => {
                match fused.last_mut() {
                    Some(Step::Row(fields)) => fields.push(field),
                    _ => fused.push(Step::Row(vec![field])),
                }
                rest = &rest[len..];
            }
            None => {
                fused.push(first.clone());
                rest = others;
            }
        }
    }
    fused
}

/// The field that these steps begin with, and of how many of them it consists.
fn field(steps: &[Step], spare: usize) -> Option<(Field, usize)> {
    let save = |at: usize| match steps.get(at) {
        Some(Step::Save(slot)) => (*slot, at + 1),
        _ => (spare, at),
    };
    let (from, at) = save(0);
    let body = steps.get(at)?;
    let (to, at) = save(at + 1);
    let Some(Step::Literal(text)) = steps.get(at) else { return None };
    if !text.is_short() {
        return None;
    }
    let body = match body {
        Step::Run { class, min, max: usize::MAX, sure: true } if !class.is_all() => {
            match class.stops()[..] {
                [stop] => Body::Except1 { stop, min: *min },
                [a, b] => Body::Except2 { stops: [a, b], min: *min },
                _ => Body::Run { class: class.clone(), min: *min },
            }
        }
        Step::Escaped { plain, escape, escaped, sure: true } => match plain.stops()[..] {
            [a, b] => Body::Quoted { stops: [a, b], escape: *escape, escaped: *escaped },
            _ => Body::Escaped { plain: plain.clone(), escape: *escape, escaped: *escaped },
        },
        Step::OneOf(branches) => range(branches).unwrap_or_else(|| Body::OneOf(branches.clone())),
        Step::RunTo { class, min, max: usize::MAX, stop }
            if class.is_all() && stop.bytes() == text.bytes() =>
        {
            Body::To { min: *min }
        }
        _ => return None,
    };
    let wanted = from != spare || to != spare;
    Some((Field { wanted, from, body, to, text: text.clone() }, at + 1))
}

/// The body of branches of which the first is a run of bytes in a row.
fn range(branches: &[Simple]) -> Option<Body> {
    let (Simple::Run { class, min, max }, others) = branches.split_first()? else { return None };
    let (first, behind) = class.range()?;
    Some(Body::Range { first, behind, min: *min, max: *max, others: others.to_vec() })
}
