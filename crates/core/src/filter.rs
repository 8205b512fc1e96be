//! Conditions on the groups of a line: `--where 'status >= 500'`.

use crate::amount;
use crate::error::ScanError;
use crate::pattern::{MatchState, Matcher, Pattern};
use crate::value;
use std::cmp::Ordering;

/// One condition. A group that took no part in the match holds the empty text.
#[derive(Debug, Clone)]
pub struct Condition {
    group: usize,
    test: Test,
    wants_missing: bool,
}

#[derive(Debug, Clone)]
enum Test {
    Compare { op: Op, text: Vec<u8>, number: Option<amount::Billionths> },
    Find { matcher: Matcher, wanted: bool },
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// A condition on the group of this number. The operator is one of `=` (or `==`), `!=`, `<`,
    /// `<=`, `>`, `>=`, and `~` and `!~` for a regular expression that is searched for.
    ///
    /// # Errors
    ///
    /// Where the operator is another, or the expression does not compile.
    pub fn new(group: usize, op: &str, value: &str) -> Result<Condition, ScanError> {
        let op = match op {
            "=" | "==" => Op::Equal,
            "!=" => Op::NotEqual,
            "<" => Op::Less,
            "<=" => Op::LessOrEqual,
            ">" => Op::Greater,
            ">=" => Op::GreaterOrEqual,
            "~" | "!~" => {
                let pattern = Pattern::new(value).map_err(ScanError::Condition)?;
                let test = Test::Find { matcher: pattern.matcher(&[]), wanted: op == "~" };
                return Ok(Condition { group, test, wants_missing: false });
            }
            other => return Err(ScanError::NoSuchOperator(other.to_owned())),
        };
        let text = value.as_bytes().to_vec();
        let wants_missing = matches!(op, Op::Equal) && text == value::MISSING;
        let test = Test::Compare { op, number: number(&text), text };
        Ok(Condition { group, test, wants_missing })
    }

    /// The group it looks at.
    pub fn group(&self) -> usize {
        self.group
    }

    /// Memory for one thread.
    pub fn state(&self) -> Option<MatchState> {
        match &self.test {
            Test::Find { matcher, .. } => Some(matcher.state()),
            Test::Compare { .. } => None,
        }
    }

    /// Whether the text of the group fulfils the condition. Both sides are compared as numbers where
    /// both are numbers, otherwise byte by byte. A group that is missing (`None`) fulfils none, unless
    /// that is what is asked for: `= (missing)`.
    pub fn holds(&self, state: Option<&mut MatchState>, text: Option<&[u8]>) -> bool {
        let Some(text) = text else { return self.wants_missing };
        match &self.test {
            Test::Find { matcher, wanted } => {
                let found = state.is_some_and(|state| matcher.matches(state, text, 0, text.len()));
                found == *wanted
            }
            Test::Compare { op, text: right, number: right_number } => {
                let order = match right_number.and_then(|right| Some((number(text)?, right))) {
                    Some((left, right)) => left.cmp(&right),
                    None => text.cmp(right.as_slice()),
                };
                match op {
                    Op::Equal => order == Ordering::Equal,
                    Op::NotEqual => order != Ordering::Equal,
                    Op::Less => order == Ordering::Less,
                    Op::LessOrEqual => order != Ordering::Greater,
                    Op::Greater => order == Ordering::Greater,
                    Op::GreaterOrEqual => order != Ordering::Less,
                }
            }
        }
    }
}

/// A number for comparing: unlike in a sum, a lone `-` is none.
fn number(text: &[u8]) -> Option<amount::Billionths> {
    if text == b"-" {
        None
    } else {
        amount::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(left: &str, op: &str, right: &str) -> bool {
        let condition = Condition::new(1, op, right).unwrap();
        condition.holds(condition.state().as_mut(), Some(left.as_bytes()))
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(holds("9", "<", "10"));
        assert!(holds("404", "=", "404.0"));
        assert!(holds("0200", "==", "200"));
        assert!(holds("500", ">=", "500"));
        assert!(!holds("499", ">=", "500"));
        assert!(holds("-5", "<=", "-4.5"));
        assert!(holds("1", "!=", "2"));
        assert!(holds("2", ">", "1"));
    }

    #[test]
    fn other_text_is_compared_byte_by_byte() {
        assert!(holds("GET", "=", "GET"));
        assert!(holds("-", "!=", "0"));
        assert!(holds("b", ">", "a"));
        assert!(holds("", "=", ""));
        assert!(!holds("9", "<", "10x"));
    }

    #[test]
    fn expressions_are_searched_for() {
        assert!(holds("/wp-login.php", "~", r"\.php$"));
        assert!(holds("/index.html", "!~", r"\.php$"));
        assert!(!holds("/a.php", "!~", "^/a"));
    }

    #[test]
    fn what_cannot_be_a_condition_is_refused() {
        assert_eq!(
            Condition::new(1, "=~", "x").unwrap_err(),
            ScanError::NoSuchOperator("=~".to_owned())
        );
        assert!(matches!(Condition::new(1, "~", "("), Err(ScanError::Condition(_))));
    }
}
