//! Patterns.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use streamstats_core::error::{PatternError, ScanError};
use streamstats_core::pattern;

pyo3::create_exception!(_core, PatternSyntax, PyValueError);

/// An error of the core as Python's: (message, start, end) for an expression, a message otherwise.
pub(crate) fn syntax(error: PatternError) -> PyErr {
    PatternSyntax::new_err((error.message, error.start, error.end))
}

pub(crate) fn refused(error: ScanError) -> PyErr {
    match error {
        ScanError::Condition(error) => syntax(error),
        other => PyValueError::new_err(other.to_string()),
    }
}

#[pyclass(frozen, module = "streamstats._core")]
pub struct Pattern {
    pub(crate) inner: pattern::Pattern,
}

#[pymethods]
impl Pattern {
    #[new]
    fn new(py: Python<'_>, regex: &str) -> PyResult<Pattern> {
        let inner = py.detach(|| pattern::Pattern::new(regex)).map_err(syntax)?;
        Ok(Pattern { inner })
    }

    #[getter]
    fn regex(&self) -> &str {
        self.inner.text()
    }

    #[getter]
    fn groups(&self) -> Vec<String> {
        self.inner.groups().to_vec()
    }

    #[getter]
    fn plan(&self) -> &'static str {
        self.inner.plan()
    }

    fn matches(&self, lines: Vec<Vec<u8>>) -> usize {
        let matcher = self.inner.matcher(&[]);
        let mut state = matcher.state();
        lines.iter().filter(|line| matcher.matches(&mut state, line, 0, line.len())).count()
    }

    fn r#match<'py>(&self, py: Python<'py>, line: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(spans) = self.inner.spans(line) else { return Ok(None) };
        let groups = PyDict::new(py);
        for (name, span) in self.inner.groups().iter().zip(spans) {
            groups.set_item(name, span.map(|span| PyBytes::new(py, &line[span])))?;
        }
        Ok(Some(groups))
    }

    fn reach(&self, line: &[u8]) -> (usize, usize, usize) {
        let reach = self.inner.reach(line);
        (reach.bytes, reach.start, reach.end)
    }
}
