//! Numbers: what is known of those of all records, or of one value.

use pyo3::prelude::*;
use streamstats_core::amount::Billionths;
use streamstats_core::numbers::{Sketch, Whole, ERROR};

/// Exact whatever became of the numbers; in billionths, and the squares in billionths squared, as their
/// lower 128 bits and what is beyond them.
type Moments = (u64, Billionths, Billionths, Billionths, (u128, u128));

#[pyclass(frozen, module = "streamstats._core")]
pub struct Numbers {
    inner: Sketch,
}

impl From<&Sketch> for Numbers {
    fn from(sketch: &Sketch) -> Numbers {
        Numbers { inner: sketch.clone() }
    }
}

/// All that is known of the numbers of all records: these, how many records have none, and how many
/// had no unit, one of time, one of data.
pub(crate) fn whole(whole: Whole) -> (Numbers, u64, [u64; 3]) {
    (Numbers { inner: whole.sketch }, whole.absent, whole.units)
}

#[pymethods]
impl Numbers {
    /// The bound of the relative error of binned numbers.
    #[classattr]
    const ERROR: f64 = ERROR;

    #[getter]
    fn exact(&self) -> bool {
        self.inner.is_exact()
    }

    /// Their count, the least, the largest, the sum, and the sum of the squares.
    #[getter]
    fn moments(&self) -> Moments {
        moments(&self.inner)
    }

    fn at(&self, rank: u64) -> Billionths {
        self.inner.at(rank)
    }

    fn around(&self, thousandths: u32) -> (Billionths, Billionths) {
        self.inner.around(thousandths)
    }

    fn counts(&self, edges: Vec<Billionths>) -> Vec<u64> {
        self.inner.counts(&edges)
    }
}

fn moments(sketch: &Sketch) -> Moments {
    let all = sketch.moments();
    (all.count, all.least, all.most, all.sum, (all.squares.low, all.squares.high))
}

/// What a row shows of a value: its moments, whether the numbers are exact, those around each quantile,
/// and the counts between the edges.
pub(crate) type Described = (Moments, bool, Vec<(Billionths, Billionths)>, Vec<u64>);

/// Describes the numbers of a value.
pub(crate) fn describe(sketch: &Sketch, thousandths: &[u32], edges: &[Billionths]) -> Described {
    let around = thousandths.iter().map(|part| sketch.around(*part)).collect();
    let counts = if edges.is_empty() { Vec::new() } else { sketch.counts(edges) };
    (moments(sketch), sketch.is_exact(), around, counts)
}
