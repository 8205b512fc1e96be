//! The scan core of streamstats: bytes become lines, lines become records, records become a tally.
//!
//! One way, no way back: [`source`] gives bytes, [`lines`] cuts them, [`pattern`] and [`record`] take
//! the value out of a line, [`tally`] counts it, [`scan`] drives all of it on several threads. This
//! crate knows no Python; `crates/py` is the only one that does.

pub mod amount;
pub mod conduct;
mod cut;
pub mod decode;
pub mod error;
pub mod filter;
pub mod job;
mod joined;
pub mod lines;
pub mod numbers;
pub mod pattern;
pub mod prefix;
pub mod profile;
pub mod record;
pub mod scan;
pub mod seek;
pub mod shape;
pub mod source;
pub mod tally;
pub mod timestamp;
mod turns;
pub mod value;

/// A line of more bytes than this counts as unmatched and is reported, so that an input without line
/// ends is read in bounded memory.
pub const MAX_LINE: usize = 1 << 20;

/// Bytes that every buffer handed to the matcher has behind its contents, so that a vector or a key
/// can be loaded whole at any place in it.
pub const PADDING: usize = 64;
