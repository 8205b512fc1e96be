//! How the lines of a log hold their groups, where that is no regular expression.

pub mod found;

pub use found::{Found, Kind, Place};
