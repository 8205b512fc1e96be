//! Scans: what to take out of lines, and the counting of sources.

use crate::conduct::Gathered;
use crate::decode::Decoder;
use crate::pattern::refused;
use crate::shape::shape_of;
use crate::tally::Tally as PyTally;
use crate::times::Time;
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::time::Duration;
use streamstats_core::conduct::Wanted;
use streamstats_core::job::Job;
use streamstats_core::numbers::Keep;
use streamstats_core::prefix::Prefix;
use streamstats_core::record;
use streamstats_core::scan::{self, Watch};
use streamstats_core::seek;
use streamstats_core::source::read_descriptor;
use streamstats_core::tally::Measures;

/// How often a waiting scan looks for signals and reports how far it is.
const TICK: Duration = Duration::from_millis(40);

#[pyclass(frozen, module = "streamstats._core")]
pub struct Scan {
    inner: record::Scan,
}

#[pymethods]
impl Scan {
    #[new]
    #[pyo3(signature = (shape, by, r#where=Vec::new(), sum=None, numbers=None, time=None, multiline=false, gather=None, prefixes=Vec::new(), arrival=false))]
    #[allow(clippy::too_many_arguments)] // of Python, by name
    fn new(
        shape: &Bound<'_, PyAny>,
        by: Vec<String>,
        r#where: Vec<(String, String, String)>,
        sum: Option<&str>,
        numbers: Option<(String, bool)>,
        time: Option<(String, Bound<'_, Time>)>,
        multiline: bool,
        gather: Option<Gathered<'_>>,
        prefixes: Vec<Option<(u32, u32)>>,
        arrival: bool,
    ) -> PyResult<Scan> {
        let by: Vec<&str> = by.iter().map(String::as_str).collect();
        let conditions: Vec<(&str, &str, &str)> =
            r#where.iter().map(|(group, op, value)| (&group[..], &op[..], &value[..])).collect();
        let shape = shape_of(shape)?;
        let time = time.as_ref().map(|(group, time)| (&group[..], time.get().inner.clone()));
        let numbers = numbers.as_ref().map(|(group, each)| (&group[..], keep(*each)));
        let inner = match &gather {
            None => record::Scan::new(&shape, &by, &conditions, sum, numbers, time),
            Some((key, agent, status, request, login, failure, signatures)) => {
                if sum.is_some() || numbers.is_some() {
                    return Err(PyValueError::new_err("conduct is gathered of counts alone"));
                }
                let request: Vec<&str> = request.iter().map(String::as_str).collect();
                let login: Vec<&str> = login.iter().map(String::as_str).collect();
                let failure = failure
                    .as_ref()
                    .map(|(group, op, value)| (group.as_str(), op.as_str(), value.as_str()));
                let wanted = Wanted {
                    key: key.as_deref(),
                    agent: agent.as_deref(),
                    status: status.as_deref(),
                    request: &request,
                    login: &login,
                    failure,
                    signatures: signatures.as_ref().map(|signatures| &signatures.get().inner),
                };
                record::Scan::gathering(&shape, &by, &conditions, time, &wanted)
            }
        }
        .map_err(refused)?;
        if !(prefixes.is_empty() || prefixes.len() == by.len()) {
            return Err(PyValueError::new_err("there is not one prefix for each group"));
        }
        let prefix = |bits: Option<(u32, u32)>| match bits {
            Some((v4, v6)) => Prefix::new(v4, v6).map(Some).ok_or_else(|| {
                PyValueError::new_err(format!("an address has not {v4} or {v6} bits"))
            }),
            None => Ok(None),
        };
        let inner = inner.rolled_up(prefixes.into_iter().map(prefix).collect::<PyResult<_>>()?);
        let inner = if arrival { inner.by_arrival() } else { inner };
        Ok(Scan { inner: if multiline { inner.multiline() } else { inner } })
    }

    /// The lines that are counted next came in at this instant.
    fn arrived(&self, instant: i64) {
        self.inner.arrived(instant);
    }

    /// Where the last record of some lines begins.
    fn last_record(&self, lines: &[u8]) -> usize {
        self.inner.last_record(lines)
    }

    fn seek(
        &self,
        py: Python<'_>,
        fd: i32,
        size: u64,
        lateness: i64,
    ) -> PyResult<Option<(u64, u64, usize, bool)>> {
        let file = File::from(borrowed(&fd)?.try_clone_to_owned()?);
        let found = py.detach(|| seek::seek(&self.inner, &file, size, lateness))?;
        Ok(found.map(|found| (found.range.start, found.range.end, found.probes, found.disordered)))
    }
}

fn keep(each: bool) -> Keep {
    if each {
        Keep::Each
    } else {
        Keep::Whole
    }
}

#[pyclass(frozen, get_all, module = "streamstats._core")]
pub struct Report {
    bytes: u64,
    lines: u64,
    unmatched: u64,
    overlong: u64,
    records: u64,
    samples: Vec<(u64, Py<PyBytes>)>,
    undated: u64,
    undated_samples: Vec<(u64, Py<PyBytes>)>,
    out_of_order: u64,
    not_numbers: u64,
    leaned: bool,
    folded: bool,
    interrupted: bool,
    error: Option<Py<PyAny>>,
}

impl Report {
    fn new(py: Python<'_>, report: scan::Report) -> PyResult<Report> {
        let numbered = |samples: &[scan::Sample]| -> Vec<(u64, Py<PyBytes>)> {
            samples.iter().map(|s| (s.line, PyBytes::new(py, &s.text).unbind())).collect()
        };
        let error = report.error.map(|error| PyErr::from(error).into_value(py).into_any());
        Ok(Report {
            bytes: report.bytes,
            lines: report.lines,
            unmatched: report.unmatched,
            overlong: report.overlong,
            records: report.records,
            samples: numbered(&report.samples),
            undated: report.undated,
            undated_samples: numbered(&report.undated_samples),
            out_of_order: report.out_of_order,
            not_numbers: report.not_numbers,
            leaned: report.leaned,
            folded: report.folded,
            interrupted: report.cancelled,
            error,
        })
    }
}

#[pyclass(module = "streamstats._core")]
pub struct Counter {
    inner: Option<scan::Counter>,
    measures: Measures,
}

#[pymethods]
impl Counter {
    #[new]
    #[pyo3(signature = (threads=None, summing=false, width=None, numbers=None, conduct=false))]
    fn new(
        threads: Option<usize>,
        summing: bool,
        width: Option<i64>,
        numbers: Option<bool>,
        conduct: bool,
    ) -> Counter {
        let threads = threads.filter(|threads| *threads > 0).unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
        });
        let numbers = numbers.map_or(Keep::Nothing, keep);
        let measures = Measures { sums: summing, times: width.is_some(), numbers, conduct };
        Counter { inner: Some(scan::Counter::new(threads, measures, width.unwrap_or(1))), measures }
    }

    /// Bounds the memory; to be told before anything is counted.
    fn budget(&mut self, bytes: usize) -> PyResult<()> {
        self.inner.as_mut().ok_or_else(finished)?.budget(bytes);
        Ok(())
    }

    /// Lets buckets be closed when memory is short; for a counter on one thread.
    fn close_behind(&mut self, lateness: i64) -> PyResult<()> {
        self.inner.as_mut().ok_or_else(finished)?.close_behind(lateness);
        Ok(())
    }

    #[pyo3(signature = (scan, fd, start, stop, progress=None))]
    fn file(
        &mut self,
        py: Python<'_>,
        scan: &Bound<'_, Scan>,
        fd: i32,
        start: u64,
        stop: u64,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Report> {
        let scan = &scan.get().inner;
        let counter = self.counter(scan)?;
        let file = File::from(borrowed(&fd)?.try_clone_to_owned()?);
        let range = start..stop.max(start);
        let report =
            watched(py, progress, counted, || {}, |watch| counter.file(scan, &file, range, watch))?;
        Report::new(py, report)
    }

    #[pyo3(signature = (scan, fd, prefix, progress=None))]
    fn stream(
        &mut self,
        py: Python<'_>,
        scan: &Bound<'_, Scan>,
        fd: i32,
        prefix: &[u8],
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Report> {
        let scan = &scan.get().inner;
        let counter = self.counter(scan)?;
        let fd = borrowed(&fd)?;
        let report = watched(
            py,
            progress,
            counted,
            || {},
            |watch| {
                let mut read = read_descriptor(fd, &watch.cancelled);
                counter.stream(scan, &mut read, prefix, watch)
            },
        )?;
        Report::new(py, report)
    }

    /// Counts what decoders give, several at once. Progress is told the compressed bytes.
    #[pyo3(signature = (jobs, progress=None))]
    fn decoded(
        &mut self,
        py: Python<'_>,
        jobs: Vec<(Py<Scan>, Py<Decoder>, Vec<u8>)>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Report>> {
        let decoders: Vec<&Decoder> = jobs.iter().map(|(_, decoder, _)| decoder.get()).collect();
        let mut works = Vec::new();
        for ((scan, _, prefix), decoder) in jobs.iter().zip(&decoders) {
            let scan = &scan.get().inner;
            self.counter(scan)?;
            let decoder: &Decoder = decoder;
            let read = move |buffer: &mut [u8]| decoder.decoder().read(buffer);
            works.push(Job::of_decoder(scan, Box::new(read), prefix));
        }
        let counter = self.inner.as_mut().ok_or_else(finished)?;
        let bytes = |_: &Watch| {
            decoders.iter().map(|decoder| decoder.counter().load(Ordering::Relaxed)).sum()
        };
        let cancel = || decoders.iter().for_each(|decoder| decoder.cancel());
        let reports = watched(py, progress, bytes, cancel, |watch| counter.all(works, watch))?;
        reports.into_iter().map(|report| Report::new(py, report)).collect()
    }

    /// Reading is Python's here and holds the GIL, so a signal is met by Python itself, inside
    /// `read`, and nothing has to be watched.
    fn chunks(
        &mut self,
        py: Python<'_>,
        scan: &Bound<'_, Scan>,
        read: Py<PyAny>,
        prefix: &[u8],
    ) -> PyResult<Report> {
        let scan = &scan.get().inner;
        let counter = self.counter(scan)?;
        let mut raised = None;
        let mut pending: Vec<u8> = Vec::new();
        let mut given = 0;
        let report = py.detach(|| {
            let watch = Watch::default();
            let mut next = |buffer: &mut [u8]| {
                if given == pending.len() {
                    given = 0;
                    let answer = Python::attach(|py| read.call0(py)?.extract::<Vec<u8>>(py));
                    match answer {
                        Ok(bytes) => pending = bytes,
                        Err(error) => {
                            raised = Some(error);
                            return Err(io::Error::other("the reader raised"));
                        }
                    }
                }
                let len = buffer.len().min(pending.len() - given);
                buffer[..len].copy_from_slice(&pending[given..given + len]);
                given += len;
                Ok(len)
            };
            counter.stream(scan, &mut next, prefix, &watch)
        });
        match raised {
            Some(error) => Err(error),
            None => Report::new(py, report),
        }
    }

    fn finish(&mut self, py: Python<'_>) -> PyResult<PyTally> {
        let counter = self.inner.take().ok_or_else(finished)?;
        Ok(PyTally::new(py.detach(|| counter.finish())))
    }
}

impl Counter {
    fn counter(&mut self, scan: &record::Scan) -> PyResult<&mut scan::Counter> {
        if scan.measures() != self.measures {
            return Err(PyValueError::new_err("the counter was made for scans of another kind"));
        }
        self.inner.as_mut().ok_or_else(finished)
    }
}

fn finished() -> PyErr {
    PyRuntimeError::new_err("the counter is finished")
}

fn borrowed(fd: &i32) -> PyResult<BorrowedFd<'_>> {
    if *fd < 0 {
        return Err(PyValueError::new_err("not a file descriptor"));
    }
    // SAFETY: the caller keeps the descriptor open for the call; one that is not open gives EBADF.
    Ok(unsafe { BorrowedFd::borrow_raw(*fd) })
}

/// The bytes that were counted.
fn counted(watch: &Watch) -> u64 {
    watch.bytes.load(Ordering::Relaxed)
}

/// Runs a scan on a thread of its own, while this one looks for signals and tells `progress` the
/// `bytes` and lines so far. Ctrl-C ends the scan with what was counted until then; `cancel` wakes it
/// where it waits for something.
fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    bytes: impl Fn(&Watch) -> u64 + Send + Sync,
    cancel: impl Fn() + Send + Sync,
    work: impl FnOnce(&Watch) -> T + Send,
) -> PyResult<T> {
    let watch = Watch::default();
    let (answer, error) = py.detach(|| {
        std::thread::scope(|scope| {
            let (done, waiting) = channel::<()>();
            let watch = &watch;
            let scan = scope.spawn(move || {
                // Dropped at the end, by a panic too, which wakes the one who waits.
                let _done = done;
                work(watch)
            });
            let mut error = None;
            while waiting.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let tick = Python::attach(|py| {
                    py.check_signals()?;
                    if let Some(progress) = &progress {
                        let lines = watch.lines.load(Ordering::Relaxed);
                        progress.call1(py, (bytes(watch), lines))?;
                    }
                    PyResult::Ok(())
                });
                if let Err(raised) = tick {
                    watch.cancelled.store(true, Ordering::Relaxed);
                    cancel();
                    error.get_or_insert(raised);
                }
            }
            (scan.join(), error)
        })
    });
    let answer = answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    match error {
        Some(error) if !error.is_instance_of::<PyKeyboardInterrupt>(py) => Err(error),
        _ => Ok(answer),
    }
}
