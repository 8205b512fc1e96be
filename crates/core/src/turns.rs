//! One stream and several threads: who reads, who counts, and the blocks in between.
//!
//! Reading is one thread's at a time. Where it takes as long as counting does, as decoding can, the
//! thread that reads goes on reading, since what it decodes by is in its cache, and puts its blocks
//! into a queue for the others. Where reading is quick, a thread counts what it read out of its own
//! cache, and the next one reads meanwhile. Which of the two it is shows by whether threads starve.

use crate::job::lock;
use crate::source::{Buffer, Stream, Turn};
use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many blocks may wait to be counted: 1 MiB.
const MOST: usize = 16;

/// A waiting thread is woken for so many. Waking takes as long as decoding a block can.
const WORTH_WAKING: usize = 2;

/// A block that was read, and where its lines are.
pub(crate) struct Ready {
    pub(crate) turn: Turn,
    pub(crate) buffer: Buffer,
}

/// A stream that threads share.
pub(crate) struct Turns<'a> {
    state: Mutex<State<'a>>,
    changed: Condvar,
}

struct State<'a> {
    /// Nothing while a thread reads from it.
    stream: Option<Stream<'a>>,
    ready: VecDeque<Ready>,
    spare: Vec<Buffer>,
    /// So many blocks should wait: as many as may once a thread has none, and one fewer each time that
    /// enough wait. So where reading takes longest the queue is hardly ever full and the reader goes
    /// on, and where it is quick no block waits.
    wanted: usize,
    waiting: usize,
    ended: bool,
}

/// What a thread does next.
enum Task<'a> {
    Read(Stream<'a>),
    Count(Ready),
}

impl<'a> Turns<'a> {
    pub(crate) fn new(stream: Stream<'a>) -> Turns<'a> {
        let (ready, spare) = (VecDeque::new(), Vec::new());
        let stream = Some(stream);
        let state = State { stream, ready, spare, wanted: 0, waiting: 0, ended: false };
        Turns { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Reads and counts with whoever else does, until all is read and no block waits.
    pub(crate) fn work(&self, cancelled: &AtomicBool, mut count: impl FnMut(&Ready)) {
        while let Some(task) = self.task() {
            let ready = match task {
                Task::Count(ready) => ready,
                Task::Read(stream) => match self.read(stream, cancelled) {
                    Some(ready) => ready,
                    None => continue,
                },
            };
            count(&ready);
            self.spare(ready.buffer);
        }
    }

    /// The next thing to do; nothing at the end. Waits while another thread reads.
    fn task(&self) -> Option<Task<'a>> {
        let mut state = lock(&self.state);
        loop {
            let low = state.ready.len() <= state.wanted / 2;
            if low && !state.ended {
                if let Some(stream) = state.stream.take() {
                    return Some(Task::Read(stream));
                }
            }
            if let Some(ready) = state.ready.pop_front() {
                return Some(Task::Count(ready));
            }
            if state.ended {
                return None;
            }
            state.wanted = MOST;
            state.waiting += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// Reads while others have too little to count; gives the first block that they do not need.
    fn read(&self, stream: Stream<'a>, cancelled: &AtomicBool) -> Option<Ready> {
        let mut reading = Reading { turns: self, stream: Some(stream) };
        loop {
            let mut buffer = lock(&self.state).spare.pop().unwrap_or_else(Buffer::new);
            let turn = reading.stream.as_mut()?.next(&mut buffer, cancelled);
            let mut state = lock(&self.state);
            let Some(turn) = turn else {
                state.ended = true;
                return None;
            };
            let ready = Ready { turn, buffer };
            if state.ready.len() >= state.wanted {
                state.wanted = state.wanted.saturating_sub(1);
                return Some(ready);
            }
            state.ready.push_back(ready);
            let wake = state.waiting > 0 && state.ready.len() >= WORTH_WAKING.min(state.wanted);
            drop(state);
            if wake {
                self.changed.notify_one();
            }
        }
    }

    /// Keeps a buffer for the next block, unless a long line has made it large.
    fn spare(&self, buffer: Buffer) {
        if !buffer.is_large() {
            lock(&self.state).spare.push(buffer);
        }
    }

    /// The stream, when nobody else can hold it any more.
    pub(crate) fn into_stream(self) -> Option<Stream<'a>> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).stream
    }
}

/// The stream while a thread reads from it. It is given back whatever becomes of the thread: the others
/// would wait for ever.
struct Reading<'t, 'a> {
    turns: &'t Turns<'a>,
    stream: Option<Stream<'a>>,
}

impl Drop for Reading<'_, '_> {
    fn drop(&mut self) {
        let mut state: MutexGuard<'_, _> = lock(&self.turns.state);
        state.stream = self.stream.take();
        let (waiting, ended) = (state.waiting, state.ended);
        drop(state);
        match (waiting, ended) {
            (0, _) => {}
            (_, true) => self.turns.changed.notify_all(),
            (_, false) => self.turns.changed.notify_one(),
        }
    }
}
