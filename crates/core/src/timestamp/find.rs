//! The first timestamp in a whole line.

use std::ops::Range;

use super::calendar;
use super::family::{self, Beginning, Lead, Order, Weight};
use super::format::Format;
use super::parse::{Reading, When};
use super::recognise::Hints;
use super::resolve::State;

/// A timestamp inside a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// How it is written.
    pub format: Format,
    /// The same with the month first, where this stamp alone does not tell the two apart.
    pub other: Option<Format>,
}

/// The first timestamp in a line: the leftmost that hardly anything but a timestamp looks like,
/// and of those that begin at the same place the longest. Bare numbers count as much only at the
/// beginning of the line; elsewhere, as a time of day alone, they are taken where there is nothing
/// better.
pub fn find(line: &[u8], hints: Hints) -> Option<Found> {
    let mut spare: Option<(Weight, Found)> = None;
    let mut bare = true;
    for at in 0..line.len() {
        if is_start(line, at) {
            if let Some((weight, found)) = longest(line, at, hints) {
                let strong = weight == Weight::Strong || (weight == Weight::Weak && bare);
                if strong {
                    return Some(found);
                }
                if spare.as_ref().is_none_or(|(known, _)| weight < *known) {
                    spare = Some((weight, found));
                }
            }
        }
        bare &= !line[at].is_ascii_alphanumeric();
    }
    spare.map(|(_, found)| found)
}

impl Format {
    /// The first stamp of this format in a line: its instant in nanoseconds since 1970, and where
    /// it stands, in bytes.
    pub fn search(&self, line: &[u8], state: &mut State) -> Option<(i64, Range<usize>)> {
        (0..line.len()).filter(|at| is_start(line, *at)).find_map(|at| {
            let (reading, used) = self.read(&line[at..])?;
            let range = at..at + used;
            let counted = matches!(reading.when, When::Instant(_));
            let weight = if counted { Weight::Weak } else { Weight::Strong };
            if !is_sensible(Lead::Word, weight, &reading, line, range.clone()) {
                return None;
            }
            Some((state.resolve(&reading)?, range))
        })
    }
}

/// A word or number begins at `at`, or a mark that may begin a stamp.
fn is_start(line: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|index| line[index]);
    match line[at] {
        b'@' => !before.is_some_and(|b| b.is_ascii_alphanumeric()),
        b'+' | b'-' => before.is_none_or(|b| b == b' ' || b == b'['),
        b if b.is_ascii_alphanumeric() || b >= 0x80 => {
            // UTF-8: only the first byte of a letter begins a word
            !before.is_some_and(|b| b.is_ascii_alphanumeric() || b >= 0x80)
        }
        _ => false,
    }
}

/// A number does not go on at `end`.
fn is_end(line: &[u8], end: usize) -> bool {
    let (last, next) = (line[end - 1], line.get(end).copied().unwrap_or(b' '));
    match last {
        b'0'..=b'9' => !next.is_ascii_digit(),
        _ => !last.is_ascii_alphabetic() || !next.is_ascii_alphanumeric(),
    }
}

/// The longest stamp that begins at `at`; the first row of the table among equals.
fn longest(line: &[u8], at: usize, hints: Hints) -> Option<(Weight, Found)> {
    let text = &line[at..];
    let beginning = Beginning::of(text);
    if beginning.is_nothing() {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    let mut rival = None;
    for (index, (row, format)) in family::all().enumerate() {
        if !beginning.suits(row.lead) || !row.is_allowed(hints.day_first) {
            continue;
        }
        let Some((reading, used)) = format.read(text) else {
            continue;
        };
        if !is_sensible(row.lead, row.weight, &reading, line, at..at + used) {
            continue;
        }
        match best {
            Some((known, length)) if used == length && row.order == Order::MonthFirst => {
                let same = family::at(known).0.order == Order::DayFirst && known + 1 == index;
                rival = same.then(|| format.clone()).or(rival);
            }
            Some((_, length)) if used <= length => {}
            _ => {
                best = Some((index, used));
                rival = None;
            }
        }
    }
    let (index, used) = best?;
    let (row, format) = family::at(index);
    let found = Found { range: at..at + used, format: format.clone(), other: rival };
    Some((row.weight, found))
}

/// Whether a stamp can stand where it does, and is of a time in which there were logs.
fn is_sensible(
    lead: Lead,
    weight: Weight,
    reading: &Reading,
    line: &[u8],
    range: Range<usize>,
) -> bool {
    const CENTURY: Range<i64> = 0..calendar::days(2200, 1, 1) * 86_400;
    const SINCE_2001: Range<i64> = 1_000_000_000_000_000_000..4_200_000_000_000_000_000;
    let time = match reading.when {
        When::Local(local) => CENTURY.contains(&local),
        When::Instant(instant) => lead == Lead::Label || SINCE_2001.contains(&instant),
        When::Partial(_) => true,
    };
    if !time || range.is_empty() || !is_end(line, range.end) {
        return false;
    }
    let before = &line[..range.start];
    let inside_number = matches!(before, [.., b'0'..=b'9', b'.' | b'/' | b':' | b'-']);
    let short = matches!(lead, Lead::Digits(_, 2));
    if weight == Weight::Strong {
        return !(short && inside_number);
    }
    let next = line.get(range.end).copied().unwrap_or(b' ');
    // the number of a process, as in sshd[1001430319]
    let process = matches!(before, [.., name, b'['] if name.is_ascii_alphanumeric());
    let glued = process
        || matches!(before.last(), Some(b'_' | b'-' | b'.'))
        || next == b'_'
        || next == b'-';
    let run_on = weight == Weight::Weak && next.is_ascii_alphabetic();
    !inside_number && !glued && !run_on
}
