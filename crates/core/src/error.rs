//! What can be wrong with what a caller asks for. Input is never an error: bad lines are counted.

use std::fmt;

/// A regular expression that does not compile, with the place in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// First byte of the offending part of the expression.
    pub start: usize,
    /// One past the last byte of it; equal to `start` where it is a point.
    pub end: usize,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.start)
    }
}

impl std::error::Error for PatternError {}

/// What is wrong with the choice of groups or conditions of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanError {
    /// The pattern has no group of this name.
    NoSuchGroup(String),
    /// The operator of a condition is none of `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `!~`.
    NoSuchOperator(String),
    /// The regular expression of a `~` condition does not compile.
    Condition(PatternError),
    /// A path into an object cannot be read, with the reason.
    Path(String, String),
    /// No group to count was named.
    NothingToCount,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScanError::NoSuchGroup(name) => write!(f, "the pattern has no group '{name}'"),
            ScanError::NoSuchOperator(op) => write!(f, "'{op}' is not an operator"),
            ScanError::Condition(error) => error.fmt(f),
            ScanError::Path(path, reason) => write!(f, "'{path}' is no path: {reason}"),
            ScanError::NothingToCount => write!(f, "no group to count"),
        }
    }
}

impl std::error::Error for ScanError {}
