//! The dialect: what is parsed, what is refused and why.

use crate::error::PatternError;
use regex_automata::meta::{Config, Regex};
use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::Hir;
use regex_syntax::{Error, ParserBuilder};

/// The most memory the automata of one pattern may take, in bytes.
const SIZE_LIMIT: usize = 16 << 20;

/// How deep groups may stand in one another.
const NEST_LIMIT: u32 = 100;

pub(super) fn parser() -> regex_syntax::Parser {
    ParserBuilder::new().unicode(false).utf8(false).nest_limit(NEST_LIMIT).build()
}

pub(super) fn parse(text: &str) -> Result<Hir, PatternError> {
    parser().parse(text).map_err(|error| match error {
        Error::Parse(error) => {
            let span = error.span();
            let message = match error.kind() {
                ErrorKind::UnsupportedLookAround => {
                    "look-around is not supported: with it, the time for one line could grow without \
                     bound, and lines are written by strangers"
                        .to_owned()
                }
                ErrorKind::UnsupportedBackreference => {
                    "back-references are not supported: with them, the time for one line could grow \
                     without bound, and lines are written by strangers"
                        .to_owned()
                }
                kind => kind.to_string(),
            };
            PatternError { message, start: span.start.offset, end: span.end.offset }
        }
        Error::Translate(error) => {
            let span = error.span();
            let message = match error.kind() {
                regex_syntax::hir::ErrorKind::UnicodeNotAllowed => {
                    "patterns match bytes, and this needs characters: write (?u:…) around it"
                        .to_owned()
                }
                kind => kind.to_string(),
            };
            PatternError { message, start: span.start.offset, end: span.end.offset }
        }
        other => PatternError { message: other.to_string(), start: 0, end: text.len() },
    })
}

pub(super) fn build(hir: &Hir) -> Result<Regex, String> {
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT));
    Regex::builder().configure(config).build_from_hir(hir).map_err(|error| {
        if error.size_limit().is_some() {
            "the pattern is too large: a repetition count in it is too high".to_owned()
        } else {
            error.to_string()
        }
    })
}
