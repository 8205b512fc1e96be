//! Decoders of compressed streams.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use streamstats_core::decode::descriptor::{Descriptor, Range};
use streamstats_core::decode::{self, Encoding};

/// So much is decoded at a time when Python asks for much.
const STEP: usize = 256 << 10;

#[pyclass(frozen, module = "streamstats._core")]
pub struct Decoder {
    inner: Mutex<decode::Decoder>,
    counter: Arc<AtomicU64>,
    cancelled: Arc<AtomicBool>,
    /// What a signal raised while nothing came.
    raised: Arc<Mutex<Option<PyErr>>>,
}

#[pymethods]
impl Decoder {
    #[new]
    #[pyo3(signature = (fd, encoding, prefix=Vec::new(), start=None, stop=None, expected=None))]
    fn new(
        fd: i32,
        encoding: &str,
        prefix: Vec<u8>,
        start: Option<u64>,
        stop: Option<u64>,
        expected: Option<(u32, u64)>,
    ) -> PyResult<Decoder> {
        let encoding = Encoding::named(encoding)
            .ok_or_else(|| PyValueError::new_err(format!("no encoding is called {encoding:?}")))?;
        if fd < 0 {
            return Err(PyValueError::new_err("not a file descriptor"));
        }
        // SAFETY: it is borrowed for this call only; one that is not open gives EBADF.
        let owned = unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned()?;
        let cancelled = Arc::new(AtomicBool::new(false));
        let raised = Arc::new(Mutex::new(None));
        let rest: Box<dyn Read + Send> = if start.is_some() || stop.is_some() {
            Box::new(Range::new(File::from(owned), start.unwrap_or(0), stop))
        } else {
            let (cancelled, raised) = (Arc::clone(&cancelled), Arc::clone(&raised));
            Box::new(Descriptor::new(owned, move || idle(&cancelled, &raised)))
        };
        let input: Box<dyn Read + Send> =
            if prefix.is_empty() { rest } else { Box::new(io::Cursor::new(prefix).chain(rest)) };
        let mut inner = decode::Decoder::new(encoding, input);
        if let Some((checksum, length)) = expected {
            inner = inner.expecting(checksum, length);
        }
        let counter = inner.counter();
        Ok(Decoder { inner: Mutex::new(inner), counter, cancelled, raised })
    }

    fn read<'py>(&self, py: Python<'py>, size: usize) -> PyResult<Bound<'py, PyBytes>> {
        let answer = py.detach(|| {
            let mut decoder = self.decoder();
            let mut bytes = Vec::new();
            while bytes.len() < size {
                let from = bytes.len();
                let step = STEP.min(size - from);
                bytes.resize(from + step, 0);
                match decoder.read(&mut bytes[from..]) {
                    Ok(read) if read == step => {}
                    Ok(read) => {
                        bytes.truncate(from + read);
                        break;
                    }
                    // The decoder says it again at the next call.
                    Err(_) if from > 0 => {
                        bytes.truncate(from);
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(bytes)
        });
        if let Some(raised) = self.raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(raised);
        }
        Ok(PyBytes::new(py, &answer?))
    }

    #[getter]
    fn consumed(&self) -> u64 {
        self.counter.load(Ordering::Relaxed)
    }
}

impl Decoder {
    /// The decoder, for threads that take turns.
    pub(crate) fn decoder(&self) -> MutexGuard<'_, decode::Decoder> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many compressed bytes have been decoded; to be looked at while others read.
    pub(crate) fn counter(&self) -> &AtomicU64 {
        &self.counter
    }

    /// Ends a read that waits for a pipe, with an error, within a twentieth of a second.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Asked while nothing comes. On a thread that is not Python's first no signal is met here.
fn idle(cancelled: &AtomicBool, raised: &Mutex<Option<PyErr>>) -> io::Result<()> {
    if cancelled.load(Ordering::Relaxed) {
        return Err(io::Error::other("interrupted"));
    }
    Python::attach(|py| py.check_signals()).map_err(|error| {
        *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        io::Error::other("interrupted")
    })
}

#[pyfunction]
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    decode::sniff(head).map(Encoding::name)
}
