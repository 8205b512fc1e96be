//! Times: how they are written, and what they mean.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use streamstats_core::record;
use streamstats_core::timestamp::{find, recognise, Format, Hints, State, Unrecognised, Zone};

pyo3::create_exception!(_core, TimeSyntax, PyValueError);
pyo3::create_exception!(_core, TimeUnknown, PyValueError);
pyo3::create_exception!(_core, TimeAmbiguous, PyValueError);

#[pyclass(frozen, module = "streamstats._core")]
pub struct Time {
    pub(crate) inner: record::Time,
}

/// A zone by the name that Python has for it: an IANA name, or `localtime` for the machine's.
fn zone(name: &str) -> PyResult<Zone> {
    let found = match name {
        "localtime" => Zone::machine(),
        name => Zone::named(name),
    };
    found.map_err(|error| PyValueError::new_err(error.to_string()))
}

fn format(letters: &str) -> PyResult<Format> {
    Format::compile(letters)
        .map_err(|error| TimeSyntax::new_err((error.message.clone(), error.position)))
}

#[pymethods]
impl Time {
    #[new]
    #[pyo3(signature = (letters, zone, reference, start=None, end=None))]
    fn new(
        letters: &str,
        zone: &str,
        reference: i64,
        start: Option<i64>,
        end: Option<i64>,
    ) -> PyResult<Time> {
        let inner = record::Time {
            format: format(letters)?,
            zone: self::zone(zone)?,
            reference,
            start: start.unwrap_or(i64::MIN),
            end: end.unwrap_or(i64::MAX),
        };
        Ok(Time { inner })
    }

    #[getter]
    fn name(&self) -> String {
        self.inner.format.name().to_owned()
    }

    #[getter]
    fn has_zone(&self) -> bool {
        self.inner.format.has_zone()
    }

    /// How many of the stamps can be read.
    fn reads(&self, stamps: Vec<Vec<u8>>) -> usize {
        let mut state = self.inner.state();
        stamps.iter().filter(|text| self.inner.format.parse(text, &mut state).is_some()).count()
    }

    fn parse(&self, stamp: &[u8]) -> Option<i64> {
        self.inner.format.parse(stamp, &mut self.inner.state())
    }
}

#[pyfunction]
#[pyo3(signature = (stamps, day_first=None))]
pub fn recognise_time(
    py: Python<'_>,
    stamps: Vec<Vec<u8>>,
    day_first: Option<bool>,
) -> PyResult<String> {
    let texts: Vec<&[u8]> = stamps.iter().map(Vec::as_slice).collect();
    match py.detach(|| recognise(&texts, Hints { day_first })) {
        Ok(format) => Ok(format.letters().to_owned()),
        Err(Unrecognised::Empty) => {
            Err(TimeUnknown::new_err(("there is no time to look at", None::<()>)))
        }
        Err(Unrecognised::Unknown { sample, .. }) => {
            let sample = PyBytes::new(py, &sample).unbind();
            Err(TimeUnknown::new_err(("a time is written in no way that is known", sample)))
        }
        Err(Unrecognised::Ambiguous(two)) => {
            let sample = PyBytes::new(py, &two.sample).unbind();
            let (day, month) = (two.day_first_date.clone(), two.month_first_date.clone());
            Err(TimeAmbiguous::new_err((sample, day, month)))
        }
    }
}

/// The instant of a text that is a stamp as a whole; `None` where it is none.
#[pyfunction]
#[pyo3(signature = (text, zone, now, day_first=None))]
pub fn parse_stamp(
    text: &str,
    zone: &str,
    now: i64,
    day_first: Option<bool>,
) -> PyResult<Option<i64>> {
    let text = text.trim().as_bytes();
    let Some(found) = find(text, Hints { day_first }) else { return Ok(None) };
    if found.range != (0..text.len()) || found.other.is_some() {
        return Ok(None);
    }
    let mut state = State::new(&self::zone(zone)?, now);
    Ok(found.format.parse(text, &mut state))
}

/// Checks letters: raises `TimeSyntax`.
#[pyfunction]
pub fn check_letters(letters: &str) -> PyResult<()> {
    format(letters).map(|_| ())
}
