//! What is taken from each record beside its value: its key, its agent, whether it failed.

use super::signatures::{SignState, Signatures, Target};
use super::texts::Texts;
use super::First;
use crate::error::ScanError;
use crate::filter::Condition;
use crate::pattern::MatchState;
use crate::shape::extract::Groups;
use crate::shape::{Kind, Slots};
use crate::tally::Key;

/// So many keys and agents that were met last need not be learnt again.
const FAMILIAR: usize = 1 << 12;

/// Which groups tell of the conduct of a value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The group of what is asked for: a path, a user.
    pub key: Option<&'a str>,
    /// The group in which a client says what it is.
    pub agent: Option<&'a str>,
    /// The group of the status.
    pub status: Option<&'a str>,
    /// Groups that make a request, and a login, joined by blanks.
    pub request: &'a [&'a str],
    /// See above; groups that a record does not have are left out.
    pub login: &'a [&'a str],
    /// The condition under which a record counts as a failure: group, operator, value.
    pub failure: Option<(&'a str, &'a str, &'a str)>,
    /// Known forms of attack.
    pub signatures: Option<&'a Signatures>,
}

/// The same, compiled for a shape.
#[derive(Debug, Clone)]
pub struct Gather {
    key: Option<usize>,
    agent: Option<usize>,
    status: Option<usize>,
    request: Vec<usize>,
    login: Vec<usize>,
    failure: Option<Condition>,
    signatures: Option<Signatures>,
}

/// What was taken from a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detail {
    /// Hashes of its key and its agent.
    pub(crate) key: Option<u64>,
    pub(crate) agent: Option<u64>,
    pub(crate) failed: bool,
    /// Its key is asked for in passing, and no attempt.
    pub(crate) background: bool,
    /// The signatures that count, and the text in which they stand.
    pub(crate) signs: u128,
    pub(crate) signed: First,
    /// Those that stand in its agent.
    pub(crate) agent_signs: u128,
    pub(crate) agent_signed: First,
}

/// The memory of one thread.
pub(crate) struct GatherState {
    /// One for each record since the last batch.
    pub(crate) details: Vec<Detail>,
    pub(crate) texts: Texts,
    failure: Option<MatchState>,
    signs: Option<SignState>,
    familiar: Vec<u64>,
    joined: Vec<u8>,
}

/// A number that is the same for a text in every run: FNV-1a, 64 bits.
fn order(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Gather {
    pub(crate) fn new(wanted: &Wanted<'_>, slots: &mut Slots<'_>) -> Result<Gather, ScanError> {
        let failure = match wanted.failure {
            Some((group, op, value)) => Some(Condition::new(slots.of(group)?, op, value)?),
            None => None,
        };
        let mut all =
            |names: &[&str]| names.iter().map(|name| slots.of(name)).collect::<Result<Vec<_>, _>>();
        let (request, login) = (all(wanted.request)?, all(wanted.login)?);
        let mut one = |name: Option<&str>| name.map(|name| slots.of(name)).transpose();
        Ok(Gather {
            key: one(wanted.key)?,
            agent: one(wanted.agent)?,
            status: one(wanted.status)?,
            request,
            login,
            failure,
            signatures: wanted.signatures.cloned(),
        })
    }

    pub(crate) fn state(&self) -> GatherState {
        GatherState {
            details: Vec::new(),
            texts: Texts::default(),
            failure: self.failure.as_ref().and_then(Condition::state),
            signs: self.signatures.as_ref().map(Signatures::state),
            familiar: vec![0; FAMILIAR],
            joined: Vec::new(),
        }
    }

    /// Takes down what a record tells.
    #[inline]
    pub(crate) fn note(&self, state: &mut GatherState, groups: &impl Groups, hay: &[u8]) {
        let text = |slot: usize| {
            let missing = groups.place(slot).kind == Kind::Missing;
            (!missing).then(|| groups.text(hay, slot))
        };
        let failed = self
            .failure
            .as_ref()
            .is_some_and(|failure| failure.holds(state.failure.as_mut(), text(failure.group())));
        // A group of an expression that took no part is empty, and nothing was asked for.
        let key = self.key.and_then(text).filter(|key| !key.is_empty());
        let key = key.map(|key| (Key::new(key).hash(), key));
        let agent = self.agent.and_then(text).map(|agent| (Key::new(agent).hash(), agent));
        let mut detail = Detail {
            key: key.map(|(hash, _)| hash),
            agent: agent.map(|(hash, _)| hash),
            failed,
            background: false,
            signs: 0,
            signed: First::default(),
            agent_signs: 0,
            agent_signed: First::default(),
        };
        if let (Some(signatures), Some(signs)) = (&self.signatures, &mut state.signs) {
            let status = self.status.and_then(text).unwrap_or_default();
            let mut see = |target: Target, text: &[u8]| {
                let found = signatures.found(signs, target, text);
                if found == 0 {
                    return;
                }
                detail.background |= signatures.is_background(found);
                let tried = failed && !detail.background;
                let counted = signatures.counted(found, tried, status);
                let counted = counted & !detail.signs & !detail.agent_signs;
                if counted == 0 {
                    return;
                }
                let hash = Key::new(text).hash();
                state.texts.learn(hash, text);
                let first = First { instant: 0, order: order(text), hash };
                if target == Target::Agent {
                    (detail.agent_signs, detail.agent_signed) = (counted, first);
                } else {
                    (detail.signs, detail.signed) = (detail.signs | counted, first);
                }
            };
            // First, since a fault of the server makes no attempt of what was asked for.
            if self.status.is_some() {
                see(Target::Status, status);
            }
            for (target, slots) in [(Target::Request, &self.request), (Target::Login, &self.login)]
            {
                match slots[..] {
                    [] => {}
                    [only] => see(target, text(only).unwrap_or_default()),
                    _ => {
                        state.joined.clear();
                        let texts = slots.iter().filter_map(|slot| text(*slot));
                        for text in texts.filter(|text| !text.is_empty()) {
                            if !state.joined.is_empty() {
                                state.joined.push(b' ');
                            }
                            state.joined.extend_from_slice(text);
                        }
                        see(target, &state.joined);
                    }
                }
            }
            if let Some((_, agent)) = agent {
                see(Target::Agent, agent);
            }
        }
        let familiar = |hash: u64, familiar: &mut [u64]| {
            std::mem::replace(&mut familiar[hash as usize % FAMILIAR], hash) == hash
        };
        if let Some((hash, key)) = key {
            if failed && !detail.background {
                state.texts.learn(hash, key);
            } else if !familiar(hash, &mut state.familiar) {
                state.texts.hear(hash, key);
            }
        }
        if let Some((hash, agent)) = agent {
            if !familiar(hash, &mut state.familiar) {
                state.texts.learn(hash, agent);
            }
        }
        state.details.push(detail);
    }
}
