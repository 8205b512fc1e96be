//! Tallies and orders of their values.

use crate::conduct::{Facts, Population};
use crate::numbers::{self, Described, Numbers};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};
use std::collections::HashSet;
use streamstats_core::amount::{nearest, Billionths, ONE};
use streamstats_core::numbers::Keep;
use streamstats_core::shape::Kind;
use streamstats_core::tally::{self, Choice, Count, InBucket, Needs, Pair, Sort};
use streamstats_core::value;

/// A number of billionths as Python has it: an `int` where it is whole, else the nearest `float`.
pub(crate) fn number(py: Python<'_>, amount: Billionths) -> PyResult<Py<PyAny>> {
    if amount % ONE == 0 {
        return Ok((amount / ONE).into_pyobject(py)?.into_any().unbind());
    }
    Ok(nearest(amount).into_pyobject(py)?.into_any().unbind())
}

#[pyclass(module = "streamstats._core")]
pub struct Tally {
    pub(crate) inner: tally::Tally,
    /// Counts the changes, so that an order from before one is not used after it.
    pub(crate) version: u64,
}

impl Tally {
    pub(crate) fn new(inner: tally::Tally) -> Tally {
        Tally { inner, version: 0 }
    }

    fn gathered(&self) -> PyResult<()> {
        match self.inner.gathered() {
            true => Ok(()),
            false => Err(PyValueError::new_err("a tally without conduct knows nothing of it")),
        }
    }

    fn measure(&self, py: Python<'_>, count: &Count<'_>) -> PyResult<Py<PyAny>> {
        if self.inner.summing() {
            number(py, count.sum)
        } else {
            Ok(count.records.into_pyobject(py)?.into_any().unbind())
        }
    }
}

pub(crate) fn choice(
    sort: &str,
    reverse: bool,
    outside: Option<(f64, f64)>,
    limit: Option<usize>,
    width: i64,
) -> PyResult<Choice> {
    let sort = match sort {
        "count" => Sort::Count,
        "value" => Sort::Value,
        "peak" => Sort::Peak(width),
        "first" => Sort::First,
        "last" => Sort::Last,
        "p50" => Sort::Quantile(500),
        "p95" => Sort::Quantile(950),
        "p99" => Sort::Quantile(990),
        "max" => Sort::Quantile(1000),
        other => return Err(PyValueError::new_err(format!("values cannot be sorted by {other}"))),
    };
    Ok(Choice { sort, reverse, outside, limit, also: HashSet::new() })
}

#[pymethods]
impl Tally {
    #[getter]
    fn records(&self) -> u64 {
        self.inner.records()
    }

    /// The sum of all counts.
    #[getter]
    fn total(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if self.inner.summing() {
            return number(py, self.inner.sum());
        }
        Ok(self.inner.records().into_pyobject(py)?.into_any().unbind())
    }

    #[getter]
    fn approximation(&self, py: Python<'_>) -> PyResult<Option<Approximation>> {
        let Some(found) = self.inner.approximation() else { return Ok(None) };
        let scale = if self.inner.summing() { 1 } else { ONE };
        let error = found.error.map(|error| number(py, error * scale)).transpose()?;
        Ok(Some((error, found.distinct, found.distinct_error)))
    }

    #[getter]
    fn summing(&self) -> bool {
        self.inner.summing()
    }

    #[getter]
    fn timed(&self) -> bool {
        self.inner.timed()
    }

    #[getter]
    fn late(&self) -> u64 {
        self.inner.late()
    }

    #[getter]
    fn width(&self) -> i64 {
        self.inner.timeline().width()
    }

    #[getter]
    fn span(&self) -> Option<(i64, i64)> {
        self.inner.timeline().span()
    }

    /// What is known of the numbers of all records: `None` where none are described.
    fn numbers(&self, py: Python<'_>) -> Option<(Numbers, u64, [u64; 3])> {
        if self.inner.numbered() == Keep::Nothing {
            return None;
        }
        Some(numbers::whole(py.detach(|| self.inner.numbers())))
    }

    /// Those of one value; `None` where it has none, or they are not kept.
    fn numbers_of(&self, key: &[u8]) -> Option<Numbers> {
        self.inner.numbers_of(key).map(Numbers::from)
    }

    fn timeline(&self, py: Python<'_>) -> Vec<InBucket> {
        py.detach(|| self.inner.timeline().buckets())
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn merge(&mut self, py: Python<'_>, other: &Bound<'_, Tally>) -> PyResult<()> {
        let Ok(other) = other.try_borrow() else {
            return Err(PyValueError::new_err("a tally cannot be merged with itself"));
        };
        if other.inner.summing() != self.inner.summing() {
            return Err(PyValueError::new_err("one tally has sums and the other has none"));
        }
        if other.inner.gathered() != self.inner.gathered() {
            return Err(PyValueError::new_err("one tally knows of conduct and the other does not"));
        }
        if other.inner.numbered() != self.inner.numbered() {
            return Err(PyValueError::new_err("the tallies do not keep the same numbers"));
        }
        if (other.inner.timed(), other.inner.timeline().width())
            != (self.inner.timed(), self.inner.timeline().width())
        {
            return Err(PyValueError::new_err("the tallies keep times in different buckets"));
        }
        let (own, other) = (&mut self.inner, &other.inner);
        py.detach(|| own.merge(other));
        self.version += 1;
        Ok(())
    }

    /// Keeps to so many bytes for values from the next merge on.
    fn limit(&mut self, bytes: usize) {
        self.inner.limit(bytes);
    }

    /// Forgets the buckets before this one.
    fn forget(&mut self, py: Python<'_>, before: i64) {
        let inner = &mut self.inner;
        py.detach(|| inner.forget(before));
        self.version += 1;
    }

    #[getter]
    fn runs(&self) -> usize {
        self.inner.runs()
    }

    /// The records in some buckets alone.
    fn within(&self, py: Python<'_>, start: i64, stop: i64) -> PyResult<Tally> {
        let counts = !self.inner.summing() && self.inner.numbered() == Keep::Nothing;
        if !self.inner.timed() || !counts || self.inner.gathered() {
            return Err(PyValueError::new_err("only counts with times have a part of them"));
        }
        Ok(Tally::new(py.detach(|| self.inner.within(&(start..stop)))))
    }

    fn get(&self, py: Python<'_>, key: &[u8]) -> PyResult<Option<(u64, Py<PyAny>)>> {
        let count = self.inner.get(key);
        count.map(|count| Ok((count.records, self.measure(py, &count)?))).transpose()
    }

    fn spectrum(&self, py: Python<'_>) -> PyResult<Vec<(Py<PyAny>, u64)>> {
        let spectrum = py.detach(|| self.inner.spectrum());
        let scale = if self.inner.summing() { 1 } else { ONE };
        spectrum.into_iter().map(|(n, values)| Ok((number(py, n * scale)?, values))).collect()
    }

    #[pyo3(signature = (sort="count", reverse=false, outside=None, limit=None, width=1, also=Vec::new()))]
    #[allow(clippy::too_many_arguments)] // of Python, by name
    fn order(
        slf: &Bound<'_, Tally>,
        sort: &str,
        reverse: bool,
        outside: Option<(f64, f64)>,
        limit: Option<usize>,
        width: i64,
        also: Vec<Vec<u8>>,
    ) -> PyResult<Order> {
        let mut choice = choice(sort, reverse, outside, limit, width)?;
        choice.also = also.into_iter().collect();
        let tally = slf.borrow();
        let numbered = matches!(choice.sort, Sort::Quantile(_));
        if numbered && tally.inner.numbered() != Keep::Each {
            return Err(PyValueError::new_err(format!("a tally without numbers has no {sort}")));
        }
        let plain = numbered || matches!(choice.sort, Sort::Count | Sort::Value);
        if !tally.inner.timed() && !plain {
            return Err(PyValueError::new_err(format!("a tally without times has no {sort}")));
        }
        let own = &tally.inner;
        let inner = slf.py().detach(|| own.order(&choice));
        Ok(Order { inner, tally: slf.clone().unbind(), version: tally.version })
    }

    /// What all values together did; a minute is so many buckets.
    fn population(&self, py: Python<'_>, minute: i64) -> PyResult<Population> {
        self.gathered()?;
        Ok(py.detach(|| self.inner.population(minute.max(1))).into())
    }

    /// The values that reach at least one of these figures.
    #[pyo3(signature = (minute, *, records=None, per_minute=None, per_bucket=None, trials=HashSet::new(), probe=None, repetition=None, breadth=None, signed=false))]
    #[allow(clippy::too_many_arguments)] // of Python, by name
    fn wanted(
        slf: &Bound<'_, Tally>,
        minute: i64,
        records: Option<u64>,
        per_minute: Option<u64>,
        per_bucket: Option<u64>,
        trials: HashSet<(u64, u64)>,
        probe: Option<u64>,
        repetition: Option<u64>,
        breadth: Option<u64>,
        signed: bool,
    ) -> PyResult<Order> {
        let tally = slf.borrow();
        tally.gathered()?;
        let needs = Needs {
            records,
            minute: per_minute,
            bucket: per_bucket,
            trials,
            probe,
            repetition,
            breadth,
            signed,
        };
        let own = &tally.inner;
        let inner = slf.py().detach(|| own.wanted(&needs, minute.max(1)));
        Ok(Order { inner, tally: slf.clone().unbind(), version: tally.version })
    }

    /// What one value did; `None` where it did not occur.
    fn facts(
        &self,
        py: Python<'_>,
        key: &[u8],
        minute: i64,
        most: usize,
    ) -> PyResult<Option<Facts>> {
        self.gathered()?;
        let found = self.inner.facts(key, minute.max(1));
        Ok(found.map(|facts| Facts::new(py, &facts, most)))
    }

    /// The buckets of a value with their records, in order.
    fn buckets(&self, key: &[u8]) -> Vec<InBucket> {
        self.inner.buckets(key)
    }

    /// First, last, the fullest row of `width` buckets and its records, of one value.
    fn life(&self, key: &[u8], width: i64) -> Option<(i64, i64, i64, u64)> {
        let life = self.inner.life(key, width)?;
        Some((life.first, life.last, life.peak.0, life.peak.1))
    }

    /// How many values have each pair of records in this tally and in another.
    fn pairs(&self, py: Python<'_>, other: &Bound<'_, Tally>) -> Vec<(u64, u64, u64)> {
        let other = other.borrow();
        let (own, other) = (&self.inner, &other.inner);
        let pairs = py.detach(|| own.pairs(other));
        pairs.into_iter().map(|((before, after), values)| (before, after, values)).collect()
    }

    /// The first values that have one of these pairs, in the order of the pairs.
    fn paired(
        &self,
        py: Python<'_>,
        other: &Bound<'_, Tally>,
        pairs: Vec<Pair>,
        limit: usize,
    ) -> Vec<Paired> {
        let other = other.borrow();
        let (own, other) = (&self.inner, &other.inner);
        let rows = py.detach(|| own.paired(other, &pairs, limit));
        let row = |row: tally::Paired| {
            let [before, after] = row.spans;
            (PyBytes::new(py, &row.key).unbind(), row.pair.0, row.pair.1, before, after)
        };
        rows.into_iter().map(row).collect()
    }

    /// The same records under the values that `rename` gives for each.
    fn renamed(&self, py: Python<'_>, rename: &Bound<'_, PyAny>) -> PyResult<Tally> {
        let inner = self
            .inner
            .renamed(|key| rename.call1((PyBytes::new(py, key),))?.extract::<Vec<u8>>())?;
        Ok(Tally::new(inner))
    }

    #[pyo3(signature = (by, requested_schema=None))]
    fn arrow_stream<'py>(
        slf: &Bound<'py, Tally>,
        by: Vec<String>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A consumer may ask for other types; the interface allows to answer with one's own.
        let _ = requested_schema;
        crate::arrow::stream(slf, &by)
    }
}

#[pyclass(frozen, module = "streamstats._core")]
pub struct Order {
    inner: tally::Order,
    tally: Py<Tally>,
    version: u64,
}

#[pymethods]
impl Order {
    fn __len__(&self) -> usize {
        self.inner.len()
    }

    #[getter]
    fn chosen(&self) -> usize {
        self.inner.chosen()
    }

    #[getter]
    fn total(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if self.tally.borrow(py).inner.summing() {
            number(py, self.inner.sum())
        } else {
            Ok(self.inner.records().into_pyobject(py)?.into_any().unbind())
        }
    }

    /// (first, last, first bucket of the peak, records of the peak) of some values.
    fn lives(&self, py: Python<'_>, start: usize, stop: usize, width: i64) -> PyResult<Lives> {
        let tally = self.unchanged(py)?;
        let lives = self.inner.lives(&tally.inner, (start, stop), width);
        Ok(lives.map(|life| (life.first, life.last, life.peak.0, life.peak.1)).collect())
    }

    /// The numbers of some values: see [`numbers::describe`].
    fn numbers(
        &self,
        py: Python<'_>,
        start: usize,
        stop: usize,
        thousandths: Vec<u32>,
        edges: Vec<Billionths>,
    ) -> PyResult<Vec<Option<Described>>> {
        let tally = self.unchanged(py)?;
        let all = self.inner.numbers(&tally.inner, start, stop);
        let describe = |sketch| numbers::describe(sketch, &thousandths, &edges);
        Ok(all.map(|sketch| sketch.map(describe)).collect())
    }

    /// Whether times and numbers of some values may cover a part of their records only.
    fn partial(&self, py: Python<'_>, start: usize, stop: usize) -> PyResult<Vec<bool>> {
        let tally = self.unchanged(py)?;
        Ok(self.inner.partial(&tally.inner, start, stop).collect())
    }

    /// The records of some values in `steps` steps of `step` buckets each, from bucket `begin` on.
    fn sparks(
        &self,
        py: Python<'_>,
        start: usize,
        stop: usize,
        begin: i64,
        step: i64,
        steps: usize,
    ) -> PyResult<Vec<Vec<u64>>> {
        let tally = self.unchanged(py)?;
        let lives = self.inner.lives(&tally.inner, (start, stop), 1);
        let spark = |life: tally::Life<'_>| {
            let mut counts = vec![0; steps];
            for (bucket, records) in life.buckets() {
                let at = bucket.saturating_sub(begin).div_euclid(step.max(1));
                if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                    *count += records;
                }
            }
            counts
        };
        Ok(lives.map(spark).collect())
    }

    /// What some values did; of each at most so many examples.
    fn facts(
        &self,
        py: Python<'_>,
        start: usize,
        stop: usize,
        minute: i64,
        most: usize,
    ) -> PyResult<Vec<Facts>> {
        let tally = self.unchanged(py)?;
        tally.gathered()?;
        let all = self.inner.facts(&tally.inner, (start, stop), minute.max(1));
        Ok(all.map(|facts| Facts::new(py, &facts, most)).collect())
    }

    fn slice(&self, py: Python<'_>, start: usize, stop: usize) -> PyResult<Vec<Row>> {
        let tally = self.unchanged(py)?;
        self.inner
            .slice(&tally.inner, start, stop)
            .map(|count| {
                let key = PyBytes::new(py, count.key).unbind();
                Ok((key, count.records, tally.measure(py, &count)?))
            })
            .collect()
    }
}

impl Order {
    fn unchanged<'py>(&'py self, py: Python<'py>) -> PyResult<PyRef<'py, Tally>> {
        let tally = self.tally.borrow(py);
        if tally.version != self.version {
            return Err(PyRuntimeError::new_err("the tally has changed since it was ordered"));
        }
        Ok(tally)
    }
}

type Lives = Vec<(i64, i64, i64, u64)>;

type Approximation = (Option<Py<PyAny>>, f64, f64);

type Row = (Py<PyBytes>, u64, Py<PyAny>);

type Span = Option<(i64, i64)>;

type Paired = (Py<PyBytes>, u64, u64, Span, Span);

#[pyfunction]
pub fn split(py: Python<'_>, key: &[u8], groups: usize) -> Vec<(&'static str, Py<PyBytes>)> {
    let parts = if groups == 1 { vec![value::single(key)] } else { value::split(key) };
    parts.iter().map(|(kind, text)| (kind.name(), PyBytes::new(py, text).unbind())).collect()
}

#[pyfunction]
pub fn join(py: Python<'_>, groups: Vec<(String, Vec<u8>)>) -> PyResult<Py<PyBytes>> {
    let groups = groups
        .iter()
        .map(|(name, text)| match Kind::named(name) {
            Some(kind) => Ok((kind, &text[..])),
            None => Err(PyValueError::new_err(format!("there is no kind '{name}'"))),
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok(PyBytes::new(py, &value::join(&groups)).unbind())
}
