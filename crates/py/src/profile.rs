//! What can be counted in a log.

use crate::shape::shape_of;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use streamstats_core::profile;

/// Name, lines, distinct values and whether that is exact, numbers, least and largest, examples.
type Row = (Py<PyBytes>, u64, u64, bool, u64, Option<(Py<PyBytes>, Py<PyBytes>)>, Vec<Py<PyBytes>>);

#[pyclass(module = "streamstats._core")]
pub struct Profile {
    inner: profile::Profile,
}

#[pymethods]
impl Profile {
    #[new]
    fn new(shape: &Bound<'_, PyAny>) -> PyResult<Profile> {
        Ok(Profile { inner: profile::Profile::new(shape_of(shape)?) })
    }

    #[pyo3(signature = (data, most=None))]
    fn feed(&mut self, py: Python<'_>, data: &[u8], most: Option<u64>) -> bool {
        let inner = &mut self.inner;
        py.detach(|| inner.feed(data, most))
    }

    fn finish(&mut self) {
        self.inner.finish();
    }

    #[getter]
    fn lines(&self) -> u64 {
        self.inner.lines
    }

    #[getter]
    fn matched(&self) -> u64 {
        self.inner.matched
    }

    #[getter]
    fn more(&self) -> bool {
        self.inner.more
    }

    fn keys(&self, py: Python<'_>) -> Vec<Row> {
        let bytes = |text: &[u8]| PyBytes::new(py, text).unbind();
        let row = |column: &profile::Column| {
            let (distinct, exact) = column.distinct();
            let range = column.range.as_ref().map(|(least, most)| (bytes(least), bytes(most)));
            let examples = column.examples.iter().map(|text| bytes(text)).collect();
            (bytes(&column.name), column.lines, distinct, exact, column.numbers, range, examples)
        };
        self.inner.columns.iter().map(row).collect()
    }
}
