//! Day first or month first: settled by what the samples show, or not at all.

use super::calendar;
use super::format::Format;
use super::parse::When;
use super::resolve::trim;

/// Two readings of the same samples, with nothing to choose between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// The first sample of which the two dates differ; if none, the first.
    pub sample: Vec<u8>,
    /// How it is read with the day first,
    pub day_first: Format,
    /// As people say it: `3 July 2005`.
    pub day_first_date: String,
    /// How it is read with the month first,
    pub month_first: Format,
    /// and the date that it then is.
    pub month_first_date: String,
}

/// Chooses by how many samples each order reads: a number above 12 is no month.
pub(crate) fn settle(
    samples: &[&[u8]],
    day_first: (&Format, usize),
    month_first: (&Format, usize),
) -> Result<Format, Ambiguous> {
    if day_first.1 > month_first.1 {
        return Ok(day_first.0.clone());
    }
    if month_first.1 > day_first.1 {
        return Ok(month_first.0.clone());
    }
    let dates = |sample: &[u8]| (date(day_first.0, sample), date(month_first.0, sample));
    let telling = samples.iter().find(|sample| match dates(sample) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    });
    let sample = telling.or(samples.first()).copied().unwrap_or_default();
    let (one, other) = dates(sample);
    Err(Ambiguous {
        sample: sample.to_vec(),
        day_first: day_first.0.clone(),
        day_first_date: one.unwrap_or_default(),
        month_first: month_first.0.clone(),
        month_first_date: other.unwrap_or_default(),
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The date that a format reads in a sample: `3 July 2005`, or `3 July` where it has no year.
fn date(format: &Format, sample: &[u8]) -> Option<String> {
    match format.read(trim(sample))?.0.when {
        When::Local(local) => {
            let (year, month, day) = calendar::civil(local.div_euclid(86_400));
            Some(format!("{day} {} {year}", MONTHS[usize::from(month) - 1]))
        }
        When::Partial(partial) if partial.month > 0 => {
            Some(format!("{} {}", partial.day, MONTHS[usize::from(partial.month) - 1]))
        }
        _ => None,
    }
}
