//! How lines hold their groups.

use crate::pattern::Pattern;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use streamstats_core::shape::{self, Directive, Header, Kind, Separated};

#[pyclass(frozen, module = "streamstats._core")]
pub struct Shape {
    inner: shape::Shape,
}

/// What a scan is given: a pattern, a shape, or nothing for whole lines.
pub(crate) fn shape_of(given: &Bound<'_, PyAny>) -> PyResult<shape::Shape> {
    if given.is_none() {
        return Ok(shape::Shape::Lines);
    }
    if let Ok(pattern) = given.cast::<Pattern>() {
        return Ok(shape::Shape::Pattern(pattern.get().inner.clone()));
    }
    Ok(given.cast::<Shape>()?.get().inner.clone())
}

#[pymethods]
impl Shape {
    #[new]
    #[pyo3(signature = (kind, delimiter=None, quoting=true, names=None))]
    fn new(
        kind: &str,
        delimiter: Option<&[u8]>,
        quoting: bool,
        names: Option<Vec<Vec<u8>>>,
    ) -> PyResult<Shape> {
        let separated = |delimiter: u8, header: Header| {
            shape::Shape::Separated(Separated { delimiter, quoting, header })
        };
        let inner = match (kind, delimiter) {
            ("lines", None) => shape::Shape::Lines,
            ("json", None) => shape::Shape::Json,
            ("logfmt", None) => shape::Shape::Logfmt,
            ("blanks", None) => shape::Shape::Blanks,
            ("w3c", None) => separated(b' ', Header::Directive(Directive::W3c)),
            ("zeek", None) => separated(b'\t', Header::Directive(Directive::Zeek)),
            ("separated", Some([delimiter])) => {
                separated(*delimiter, names.map_or(Header::None, Header::Names))
            }
            _ => return Err(PyValueError::new_err(format!("there is no shape '{kind}'"))),
        };
        Ok(Shape { inner })
    }

    /// What each key of a line holds.
    fn r#match<'py>(&self, py: Python<'py>, line: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let groups = PyDict::new(py);
        let mut failed = Ok(());
        let fits = self.inner.each(line, &mut |name, kind, text| {
            let text = (kind != Kind::Missing).then(|| PyBytes::new(py, text));
            if failed.is_ok() {
                failed = groups.set_item(String::from_utf8_lossy(name), text);
            }
        });
        failed?;
        Ok(fits.then_some(groups))
    }

    /// Of which kind each key of a line is.
    fn kinds<'py>(&self, py: Python<'py>, line: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let groups = PyDict::new(py);
        let mut failed = Ok(());
        let fits = self.inner.each(line, &mut |name, kind, _| {
            if failed.is_ok() {
                failed = groups.set_item(String::from_utf8_lossy(name), kind.name());
            }
        });
        failed?;
        Ok(fits.then_some(groups))
    }

    fn matches(&self, lines: Vec<Vec<u8>>) -> usize {
        lines.iter().filter(|line| self.inner.each(line, &mut |_, _, _| {})).count()
    }
}
