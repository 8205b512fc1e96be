//! How far a pattern got into a line that it does not match: for people who write patterns.

use super::syntax;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::Anchored;
use regex_syntax::ast::{self, Ast};

/// How far a pattern got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// So many bytes from the beginning of the line can still be the beginning of a match.
    pub bytes: usize,
    /// The part of the expression that did not fit behind them: its first byte,
    pub start: usize,
    /// and one past its last.
    pub end: usize,
}

/// The expression must be one that compiles. It is tried at the beginning of the line only, where
/// log patterns begin.
pub(super) fn reach(text: &str, line: &[u8]) -> Reach {
    let whole = Reach { bytes: 0, start: 0, end: text.len() };
    let Ok(tree) = ast::parse::ParserBuilder::new().build().parse(text) else { return whole };
    let mut parts = Vec::new();
    open(&tree, &mut parts);
    let bytes = alive(text, line).unwrap_or(0);
    // The longest row of parts that fits; the next one is what failed.
    let mut fits = 0;
    for (i, end) in parts.iter().map(|part| part.1).enumerate() {
        let Some(row) = closed(text, &tree, end) else { break };
        match alive_to_match(&row, line) {
            true => fits = i + 1,
            false => break,
        }
    }
    let (start, end) = parts.get(fits).copied().unwrap_or((text.len(), text.len()));
    Reach { bytes, start, end }
}

/// The parts in a row, groups opened; each as its place in the text.
fn open(tree: &Ast, parts: &mut Vec<(usize, usize)>) {
    match tree {
        Ast::Concat(concat) => concat.asts.iter().for_each(|part| open(part, parts)),
        Ast::Group(group) => open(&group.ast, parts),
        other => parts.push((other.span().start.offset, other.span().end.offset)),
    }
}

/// The expression up to `end`, with the groups that are open there closed.
fn closed(text: &str, tree: &Ast, end: usize) -> Option<String> {
    let mut row = text.get(..end)?.to_owned();
    row.extend(std::iter::repeat_n(')', open_groups(tree, end)));
    Some(row)
}

fn open_groups(tree: &Ast, end: usize) -> usize {
    match tree {
        Ast::Concat(concat) => concat.asts.iter().map(|part| open_groups(part, end)).sum(),
        Ast::Group(group) => {
            let span = &group.span;
            let here = span.start.offset < end && end < span.end.offset;
            usize::from(here) + open_groups(&group.ast, end)
        }
        _ => 0,
    }
}

fn automaton(text: &str) -> Option<DFA> {
    let hir = syntax::parse(text).ok()?;
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false).nfa_size_limit(Some(8 << 20)))
        .build_from_hir(&hir)
        .ok()?;
    DFA::builder().configure(DFA::config().skip_cache_capacity_check(true)).build_from_nfa(nfa).ok()
}

/// How many bytes can be read before no match is possible any more.
fn alive(text: &str, line: &[u8]) -> Option<usize> {
    walk(&automaton(text)?, line).map(|(bytes, _)| bytes)
}

/// Whether the expression matches a beginning of the line.
fn alive_to_match(text: &str, line: &[u8]) -> bool {
    automaton(text).and_then(|dfa| walk(&dfa, line)).is_some_and(|(_, matched)| matched)
}

fn walk(dfa: &DFA, line: &[u8]) -> Option<(usize, bool)> {
    let mut cache = dfa.create_cache();
    let begin = start::Config::new().anchored(Anchored::Yes);
    let mut state = dfa.start_state(&mut cache, &begin).ok()?;
    let mut matched = false;
    for (i, &byte) in line.iter().enumerate() {
        state = dfa.next_state(&mut cache, state, byte).ok()?;
        matched |= state.is_match();
        if state.is_dead() {
            return Some((i, matched));
        }
    }
    state = dfa.next_eoi_state(&mut cache, state).ok()?;
    Some((line.len(), matched || state.is_match()))
}
