//! Known forms of attack, as regular expressions over what a record says.
//!
//! All expressions for one text are one automaton, so that it is gone through once, whatever their
//! number; what was looked at a moment ago is remembered. Texts are looked at with their percent signs
//! decoded twice, since what is attacked may decode them once and twice.

use crate::error::PatternError;
use crate::tally::Key;
use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::{Input, MatchKind, PatternSet};

/// There are at most so many signatures: they are the bits of a number.
pub const MOST: usize = 128;

/// The most memory that the automata may take, in bytes.
const SIZE_LIMIT: usize = 32 << 20;

/// So many texts are remembered, with what was found in them.
const REMEMBERED: usize = 1 << 12;

/// How often percent signs are decoded.
const DECODED: usize = 2;

/// Of a text so many bytes are looked at.
const LOOKED_AT: usize = 8192;

/// What a record says, that a signature can be looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Method, path and protocol.
    Request,
    /// What the client calls itself.
    Agent,
    /// Outcome and account of a login.
    Login,
    /// The status.
    Status,
}

/// How many targets there are.
pub(super) const TARGETS: usize = 4;

impl Target {
    /// All of them, in order.
    pub const ALL: [Target; TARGETS] =
        [Target::Request, Target::Agent, Target::Login, Target::Status];

    /// Its name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Target::Request => "request",
            Target::Agent => "agent",
            Target::Login => "login",
            Target::Status => "status",
        }
    }
}

/// A known form of attack, or of what is none.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    /// A regular expression over bytes.
    pub expression: String,
    /// Where it is looked for; one of them is enough.
    pub on: Vec<Target>,
    /// It counts only where the record failed, and asked for nothing in passing.
    pub failed: bool,
    /// It counts only where the status begins so.
    pub status: String,
    /// No attack, but what clients ask for in passing: no attempt either where it fails.
    pub background: bool,
}

/// Signatures, compiled together. A set of them is the bits of a number.
#[derive(Debug, Clone)]
pub struct Signatures {
    sets: [Option<Set>; TARGETS],
    /// Those that count only in a failure,
    failed: u128,
    /// and only where the status begins so.
    status: Vec<(u128, Vec<u8>)>,
    background: u128,
}

#[derive(Debug, Clone)]
struct Set {
    regex: Regex,
    /// The number of the signature of each expression.
    numbers: Vec<u8>,
}

/// The memory of one thread.
#[derive(Debug)]
pub(crate) struct SignState {
    sets: [Option<SetState>; TARGETS],
}

#[derive(Debug)]
struct SetState {
    cache: Cache,
    found: PatternSet,
    remembered: Vec<(u64, u128)>,
    decoded: Vec<u8>,
}

impl Signatures {
    /// Compiles signatures.
    ///
    /// # Errors
    ///
    /// Where one is no expression of the dialect that patterns are written in, or there are more than
    /// [`MOST`].
    pub fn new(signatures: &[Signature]) -> Result<Signatures, PatternError> {
        if signatures.len() > MOST {
            let message =
                format!("there are {} signatures, and at most {MOST} can be", signatures.len());
            return Err(PatternError { message, start: 0, end: 0 });
        }
        let bits = |is: fn(&Signature) -> bool| {
            let all = (0..).zip(signatures).filter(|(_, each)| is(each));
            all.fold(0, |bits, (number, _)| bits | 1u128 << number)
        };
        let mut sets = [const { None }; TARGETS];
        for (set, target) in sets.iter_mut().zip(Target::ALL) {
            *set = Set::new(signatures, target)?;
        }
        let status = (0..).zip(signatures).filter(|(_, each)| !each.status.is_empty());
        Ok(Signatures {
            sets,
            failed: bits(|each| each.failed),
            status: status.map(|(n, each)| (1 << n, each.status.as_bytes().to_vec())).collect(),
            background: bits(|each| each.background),
        })
    }

    pub(crate) fn state(&self) -> SignState {
        SignState { sets: std::array::from_fn(|at| self.sets[at].as_ref().map(Set::state)) }
    }

    /// Which signatures stand in a text, whether or not they count.
    #[inline]
    pub(crate) fn found(&self, state: &mut SignState, target: Target, text: &[u8]) -> u128 {
        let at = target as usize;
        let (Some(set), Some(state)) = (&self.sets[at], &mut state.sets[at]) else { return 0 };
        set.find(state, text)
    }

    /// Which of them count as attacks in a record that was an attempt that `failed`, or was none.
    #[inline]
    pub(crate) fn counted(&self, found: u128, failed: bool, status: &[u8]) -> u128 {
        let mut counted = found & !self.background;
        if counted == 0 {
            return 0;
        }
        if !failed {
            counted &= !self.failed;
        }
        for (bit, begins) in &self.status {
            if !status.starts_with(begins) {
                counted &= !bit;
            }
        }
        counted
    }

    /// Whether one of them says that the record asks for something in passing.
    #[inline]
    pub(crate) fn is_background(&self, found: u128) -> bool {
        found & self.background != 0
    }
}

impl Set {
    fn new(signatures: &[Signature], target: Target) -> Result<Option<Set>, PatternError> {
        let mut expressions = Vec::new();
        let mut numbers = Vec::new();
        for (number, signature) in
            (0u8..).zip(signatures).filter(|(_, each)| each.on.contains(&target))
        {
            expressions.push(crate::pattern::parsed(&signature.expression)?);
            numbers.push(number);
        }
        if numbers.is_empty() {
            return Ok(None);
        }
        let config = Config::new()
            .utf8_empty(false)
            .match_kind(MatchKind::All)
            .nfa_size_limit(Some(SIZE_LIMIT))
            .hybrid_cache_capacity(8 << 20);
        let regex = Regex::builder()
            .configure(config)
            .build_many_from_hir(&expressions)
            .map_err(|error| PatternError { message: error.to_string(), start: 0, end: 0 })?;
        Ok(Some(Set { regex, numbers }))
    }

    fn state(&self) -> SetState {
        SetState {
            cache: self.regex.create_cache(),
            found: PatternSet::new(self.regex.pattern_len()),
            remembered: vec![(0, 0); REMEMBERED],
            decoded: Vec::new(),
        }
    }

    #[inline]
    fn find(&self, state: &mut SetState, text: &[u8]) -> u128 {
        let hash = Key::new(text).hash();
        let place = hash as usize % REMEMBERED;
        let (known, bits) = state.remembered[place];
        if known == hash {
            return bits;
        }
        let bits = self.look(state, &text[..text.len().min(LOOKED_AT)]);
        state.remembered[place] = (hash, bits);
        bits
    }

    #[inline(never)]
    fn look(&self, state: &mut SetState, text: &[u8]) -> u128 {
        if memchr::memchr(b'%', text).is_none() {
            return self.bits(state, text);
        }
        let mut plain = std::mem::take(&mut state.decoded);
        plain.clear();
        plain.extend_from_slice(text);
        for _ in 0..DECODED {
            if !decode(&mut plain) {
                break;
            }
        }
        let bits = self.bits(state, &plain);
        state.decoded = plain;
        bits
    }

    fn bits(&self, state: &mut SetState, text: &[u8]) -> u128 {
        let input = Input::new(text).earliest(true);
        if self.regex.search_half_with(&mut state.cache, &input).is_none() {
            return 0;
        }
        state.found.clear();
        let input = Input::new(text);
        self.regex.which_overlapping_matches_with(&mut state.cache, &input, &mut state.found);
        state.found.iter().fold(0, |bits, found| bits | 1 << self.numbers[found.as_usize()])
    }
}

/// Decodes percent signs, in place; whether there were any.
fn decode(text: &mut Vec<u8>) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let mut byte = text[from];
        if byte == b'%' && from + 2 < text.len() {
            if let (Some(high), Some(low)) = (digit(text[from + 1]), digit(text[from + 2])) {
                byte = high << 4 | low;
                from += 2;
            }
        }
        text[to] = byte;
        (from, to) = (from + 1, to + 1);
    }
    text.truncate(to);
    from != to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(signatures: &Signatures, target: Target, text: &str) -> u128 {
        let mut state = signatures.state();
        let first = signatures.found(&mut state, target, text.as_bytes());
        // Out of the memory of what was looked at.
        assert_eq!(signatures.found(&mut state, target, text.as_bytes()), first);
        first
    }

    fn signature(expression: &str, on: &[Target]) -> Signature {
        Signature { expression: expression.to_owned(), on: on.to_vec(), ..Signature::default() }
    }

    #[test]
    fn texts_are_decoded_twice() {
        use Target::{Agent, Request};
        let signatures = Signatures::new(&[
            signature(r"\.\./", &[Request]),
            signature("(?i)sqlmap", &[Agent]),
            signature(r"\x00", &[Request, Agent]),
        ])
        .unwrap();
        for hidden in ["/a/../b", "/a/%2e%2E/b", "/a/%252e%252e%252fb"] {
            assert_eq!(found(&signatures, Request, hidden), 1, "{hidden}");
        }
        assert_eq!(found(&signatures, Request, "/a/%25252e%25252e/b"), 0);
        assert_eq!(found(&signatures, Request, "/../%00.php%"), 5);
        assert_eq!(found(&signatures, Request, "/sqlmap"), 0);
        assert_eq!(found(&signatures, Agent, "SQLMap/1.0 %2500"), 6);
        assert_eq!(found(&signatures, Target::Login, "../"), 0);
    }

    #[test]
    fn some_count_only_in_a_failure_or_with_a_status_and_some_never() {
        let on = &[Target::Request];
        let signatures = Signatures::new(&[
            signature("a", on),
            Signature { failed: true, ..signature("b", on) },
            Signature { status: "40".to_owned(), ..signature("c", on) },
            Signature { background: true, ..signature("d", on) },
        ])
        .unwrap();
        let all = found(&signatures, Target::Request, "abcd");
        assert_eq!(all, 15);
        assert!(signatures.is_background(all) && !signatures.is_background(7));
        assert_eq!(signatures.counted(all, false, b"200"), 1);
        assert_eq!(signatures.counted(all, true, b"404"), 7);
        assert_eq!(signatures.counted(all, true, b"500"), 3);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let on = &[Target::Request];
        assert!(Signatures::new(&[signature("(", on)]).is_err());
        assert!(Signatures::new(&[signature("(?=a)", on)]).is_err());
        assert!(Signatures::new(&vec![signature("a", on); MOST + 1]).is_err());
        let none = Signatures::new(&[]).unwrap();
        assert_eq!(found(&none, Target::Request, "/../"), 0);
    }

    #[test]
    fn percent_signs_that_stand_for_nothing_stay() {
        let mut text = b"%g%41%zz%".to_vec();
        assert!(decode(&mut text));
        assert_eq!(text, b"%gA%zz%");
        assert!(!decode(&mut text));
    }
}
