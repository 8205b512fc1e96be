//! Where a block of a stream ends: behind its last whole record.
//!
//! Blocks are cut in order, by one thread at a time, so this is where it is known what stands before.

use crate::pattern::NoVectors;
use crate::record::{RecordState, Scan};
use crate::shape::heading::{self, Lines};
use crate::shape::separated::{quoted_end, Failed};
use crate::shape::{Directive, Framing};
use crate::MAX_LINE;
use std::sync::Arc;

/// How a stream is cut.
pub(crate) enum Cutter<'a> {
    Lines,
    /// Records may go on over line feeds in quotes.
    Quoted {
        delimiter: u8,
    },
    /// Columns are named by lines in between; those in force at the end of the last block.
    Headed {
        directive: Directive,
        lines: Lines,
    },
    /// A record goes on until a line begins the next.
    Joined {
        scan: &'a Scan,
        state: Box<RecordState>,
    },
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(scan: &'a Scan) -> Cutter<'a> {
        match scan.framing() {
            Framing::Lines => Cutter::Lines,
            Framing::Quoted(delimiter) => Cutter::Quoted { delimiter },
            Framing::Headed(directive) => Cutter::Headed { directive, lines: Lines::default() },
            Framing::Joined => Cutter::Joined { scan, state: Box::new(scan.state()) },
        }
    }

    /// The directives in force where the next block begins.
    pub(crate) fn heading(&self) -> Option<Lines> {
        match self {
            Cutter::Headed { lines, .. } => Some(lines.clone()),
            _ => None,
        }
    }

    /// Is told of the lines of a block, once it is certain.
    pub(crate) fn pass(&mut self, block: &[u8]) {
        if let Cutter::Headed { directive, lines } = self {
            let mut known = lines.to_vec();
            if heading::collect(*directive, block, &mut known) && known != **lines {
                *lines = Arc::new(known);
            }
        }
    }

    /// Where the last record ends that is whole in `hay[..filled]`, of which it is known that it is not
    /// in `hay[..looked]`. Nothing where there is none; it is then asked again with more behind.
    pub(crate) fn cut(&mut self, hay: &[u8], filled: usize, looked: usize) -> Option<usize> {
        match self {
            Cutter::Lines | Cutter::Headed { .. } => {
                memchr::memrchr(b'\n', &hay[looked..filled]).map(|found| looked + found + 1)
            }
            Cutter::Quoted { delimiter } => quoted(hay, filled, *delimiter),
            Cutter::Joined { scan, state } => joined(scan, state, hay, filled),
        }
    }
}

fn quoted(hay: &[u8], filled: usize, delimiter: u8) -> Option<usize> {
    let mut at = 0;
    let mut failed = Failed::default();
    while at < filled {
        let end = match quoted_end::<NoVectors>(hay, at, filled, delimiter, &mut failed) {
            Some((end, _)) => end,
            None if filled - at > MAX_LINE => {
                memchr::memchr(b'\n', &hay[at..filled]).map_or(filled, |feed| at + feed)
            }
            None => break,
        };
        if end == filled {
            break;
        }
        at = end + 1;
    }
    (at > 0).then_some(at)
}

impl Scan {
    /// Where the last record of some lines begins, where records take several lines; 0 where that is
    /// the first one. Behind all whole lines where there is more than a record may have.
    pub fn last_record(&self, lines: &[u8]) -> usize {
        joined(self, &mut self.state(), lines, lines.len()).unwrap_or(0)
    }
}

/// Before the last line that begins a record, or, where a record is too long, behind the last line.
fn joined(scan: &Scan, state: &mut RecordState, hay: &[u8], filled: usize) -> Option<usize> {
    let whole = memchr::memrchr(b'\n', &hay[..filled])? + 1;
    let mut end = whole;
    while end > 0 {
        let begin = memchr::memrchr(b'\n', &hay[..end - 1]).map_or(0, |feed| feed + 1);
        let stop = end - 1 - usize::from(hay[begin..end - 1].ends_with(b"\r"));
        if begin > 0 && scan.fits::<NoVectors>(state, hay, begin, stop) {
            return Some(begin);
        }
        end = begin;
    }
    (filled > MAX_LINE).then_some(whole)
}
