//! Timestamps: how a time is written (recognised, found or given), and what instant it means.
//!
//! The way of the data: bytes → `parse` (by the steps of a `format`, some by hand in `fast`) →
//! a reading → `resolve` (with `zone` and `year`) → nanoseconds since 1970 UTC, as i64. Nothing
//! here panics or overflows on any input: what cannot be read as a time, or lies outside the
//! years 1677 to 2262, is no time.
//!
//! | word | meaning |
//! |---|---|
//! | stamp | the text of a time |
//! | letters | how a stamp is written, in the manner of strptime |
//! | family | a way of writing stamps that is known without being told |
//! | format | letters, compiled |
//! | local | seconds since 1970 as a clock on the wall counts them |
//! | cycle | what a stamp may leave out: its year, or with a time of day alone its day |

mod calendar;
mod evidence;
mod family;
mod fast;
mod find;
mod format;
mod instant;
mod memo;
mod offset;
mod parse;
mod recognise;
mod resolve;
mod words;
mod year;
mod zone;

pub use evidence::Ambiguous;
pub use family::{Family, FAMILIES};
pub use find::{find, Found};
pub use format::{Format, FormatError};
pub use recognise::{recognise, recognise_lines, Hints, Unrecognised};
pub use resolve::State;
pub use year::Winding;
pub use zone::{UnknownZone, Zone};

#[cfg(test)]
mod tests;
