//! Which family some texts belong to.

use std::fmt;

use super::evidence::{settle, Ambiguous};
use super::family::{self, Beginning, Order};
use super::find::find;
use super::format::Format;
use super::resolve::{is_end_mark, trim};

/// What the user has said about the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Whether numeric dates begin with the day; `None` where that is not known.
    pub day_first: Option<bool>,
}

/// Why no format was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrecognised {
    /// There was no text to look at.
    Empty,
    /// No family reads nearly all samples. The first sample that the nearest family does not
    /// read, and that family with how many of the samples it reads, if it reads any.
    Unknown {
        /// The first stamp that the nearest family does not read.
        sample: Vec<u8>,
        /// That family, and how many of the stamps it reads.
        nearest: Option<(Format, usize)>,
        /// How many stamps there were.
        samples: usize,
    },
    /// The samples are dates with the day first and just as well with the month first.
    Ambiguous(Box<Ambiguous>),
}

impl fmt::Display for Unrecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrecognised::Empty => write!(f, "there is no time to look at"),
            Unrecognised::Unknown { sample, nearest, samples } => {
                write!(f, "{} is not a time that is known", sample.escape_ascii())?;
                match nearest {
                    Some((format, read)) => {
                        write!(f, " ({read} of {samples} are {})", format.name())
                    }
                    None => Ok(()),
                }
            }
            Unrecognised::Ambiguous(two) => write!(
                f,
                "{} is {} with the day first and {} with the month first",
                two.sample.escape_ascii(),
                two.day_first_date,
                two.month_first_date
            ),
        }
    }
}

impl std::error::Error for Unrecognised {}

/// The one family that reads at least nine of ten samples, the texts of a `time` group.
///
/// # Errors
/// Where there is none, or where day and month could change places.
pub fn recognise(samples: &[&[u8]], hints: Hints) -> Result<Format, Unrecognised> {
    best(samples, hints, 9)
}

/// The family of the first timestamp in at least half of those lines that have one.
///
/// # Errors
/// As for [`recognise`]; the sample is then the stamp, not the line.
pub fn recognise_lines(lines: &[&[u8]], hints: Hints) -> Result<Format, Unrecognised> {
    let stamp = |line: &&'_ [u8]| find(line, hints).map(|found| found.range);
    let stamps: Vec<&[u8]> =
        lines.iter().filter_map(|line| stamp(line).map(|range| &line[range])).collect();
    best(&stamps, hints, 5)
}

/// Whether a format reads the whole of a text, whatever the zone and the year.
fn reads(format: &Format, text: &[u8]) -> bool {
    let rest = |(_, used): (_, usize)| text[used..].is_empty() || is_end_mark(&text[used..]);
    format.read(text).is_some_and(rest)
}

fn best(samples: &[&[u8]], hints: Hints, of_ten: usize) -> Result<Format, Unrecognised> {
    let texts: Vec<&[u8]> =
        samples.iter().map(|sample| trim(sample)).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return Err(Unrecognised::Empty);
    }
    let mut counts = vec![0; family::FAMILIES.len()];
    for text in &texts {
        let beginning = Beginning::of(text);
        for ((row, format), count) in family::all().zip(&mut counts) {
            let known = row.is_allowed(hints.day_first) && beginning.suits(row.lead);
            *count += usize::from(known && reads(format, text));
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let index = counts.iter().position(|count| *count == most).unwrap_or(0);
    let (row, format) = family::at(index);
    if most == 0 || most * 10 < texts.len() * of_ten {
        let unread = texts.iter().find(|text| most == 0 || !reads(format, text));
        return Err(Unrecognised::Unknown {
            sample: unread.unwrap_or(&texts[0]).to_vec(),
            nearest: (most > 0).then(|| (format.clone(), most)),
            samples: texts.len(),
        });
    }
    if hints.day_first.is_none() && row.order == Order::DayFirst {
        let other = (family::at(index + 1).1, counts[index + 1]);
        return settle(&texts, (format, most), other)
            .map_err(|two| Unrecognised::Ambiguous(Box::new(two)));
    }
    Ok(format.clone())
}
