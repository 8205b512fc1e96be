//! What values did: signatures, facts, populations.

use crate::pattern::syntax;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use streamstats_core::conduct::{self, Signature, Target};
use streamstats_core::tally::{self, InBucket};

#[pyclass(frozen, module = "streamstats._core")]
pub struct Signatures {
    pub(crate) inner: conduct::Signatures,
}

/// One of them: expression, targets, only in a failure, only with this status, background.
type Given = (String, Vec<String>, bool, String, bool);

#[pymethods]
impl Signatures {
    #[new]
    fn new(signatures: Vec<Given>) -> PyResult<Signatures> {
        let signatures = signatures
            .into_iter()
            .map(|(expression, on, failed, status, background)| {
                let on = on.iter().map(|name| target(name)).collect::<PyResult<Vec<_>>>()?;
                Ok(Signature { expression, on, failed, status, background })
            })
            .collect::<PyResult<Vec<_>>>()?;
        Ok(Signatures { inner: conduct::Signatures::new(&signatures).map_err(syntax)? })
    }
}

fn target(name: &str) -> PyResult<Target> {
    let found = Target::ALL.into_iter().find(|target| target.name() == name);
    found.ok_or_else(|| PyValueError::new_err(format!("a record has no {name}")))
}

/// Which groups tell of conduct: key, agent, status, those of a request and of a login, failure,
/// signatures.
pub(crate) type Gathered<'py> = (
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<String>,
    Vec<String>,
    Option<(String, String, String)>,
    Option<Bound<'py, Signatures>>,
);

type Probe = (i64, u64, bool, Vec<Py<PyBytes>>);
type Hit = (u8, u64, i64, Option<Py<PyBytes>>);

#[pyclass(frozen, get_all, module = "streamstats._core")]
pub struct Facts {
    key: Py<PyBytes>,
    records: u64,
    fails: u64,
    span: Option<(i64, i64)>,
    peak: InBucket,
    minute: InBucket,
    minutes: u64,
    keys: u64,
    keys_exact: bool,
    top_key: Option<Py<PyBytes>>,
    top_records: u64,
    failing: u64,
    failing_exact: bool,
    probe: Option<Probe>,
    gaps: (u64, u64, u128),
    agents: Vec<(Py<PyBytes>, u64)>,
    agents_distinct: u64,
    hits: Vec<Hit>,
}

impl Facts {
    pub(crate) fn new(py: Python<'_>, facts: &tally::Facts<'_>, most: usize) -> Facts {
        let bytes = |text: &[u8]| PyBytes::new(py, text).unbind();
        let probe = facts.probe.map(|probe| {
            let tried = facts.tried(most).into_iter().map(bytes).collect();
            (probe.bucket, probe.keys, probe.exact, tried)
        });
        let hits = facts.hits().into_iter();
        let hits =
            hits.map(|(sign, hit, text)| (sign, hit.records, hit.first.instant, text.map(bytes)));
        let called = facts.called(most).into_iter();
        Facts {
            key: bytes(facts.count.key),
            records: facts.count.records,
            fails: facts.fails,
            span: facts.span,
            peak: facts.peak,
            minute: facts.minute,
            minutes: facts.minutes,
            keys: facts.keys.distinct,
            keys_exact: facts.keys.exact,
            top_key: facts.top_key().map(bytes),
            top_records: facts.keys.records,
            failing: facts.failing.0,
            failing_exact: facts.failing.1,
            probe,
            gaps: (facts.gaps.count, facts.gaps.sum, facts.gaps.squares),
            agents: called.map(|(agent, records)| (bytes(agent), records)).collect(),
            agents_distinct: facts.agents.distinct,
            hits: hits.collect(),
        }
    }
}

#[pyclass(frozen, get_all, module = "streamstats._core")]
pub struct Population {
    fails: u64,
    counts: Vec<(u64, u64)>,
    minutes: Vec<(u64, u64)>,
    buckets: Vec<(u64, u64)>,
    breadth: Vec<(u64, u64)>,
    repetition: Vec<(u64, u64)>,
    trials: Vec<(u64, u64, u64)>,
}

impl From<tally::Population> for Population {
    fn from(population: tally::Population) -> Population {
        let tally::Population { fails, counts, minutes, buckets, breadth, repetition, trials } =
            population;
        Population { fails, counts, minutes, buckets, breadth, repetition, trials }
    }
}
