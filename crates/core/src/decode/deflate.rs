//! Deflate, RFC 1951: by itself, as in zip archives, and inside of gzip.

use super::input::Input;
use super::{delta, Fault, Format, Step};
use zlib_rs::{InflateFlush, Status};

/// A stream of deflate, up to its own end.
pub(super) struct Inflate {
    stream: zlib_rs::Inflate,
}

impl Inflate {
    pub(super) fn new() -> Inflate {
        Inflate { stream: zlib_rs::Inflate::new(false, 15) }
    }

    /// Makes ready for a further stream.
    pub(super) fn reset(&mut self) {
        self.stream.reset(false);
    }

    /// Decodes some; `End` behind the last block.
    pub(super) fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        let bytes = input.some()?;
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let answer = self.stream.decompress(bytes, output, InflateFlush::NoFlush);
        let none_left = bytes.is_empty();
        input.take(delta(before_in, self.stream.total_in()));
        let out = delta(before_out, self.stream.total_out());
        *written += out;
        match answer {
            Ok(Status::StreamEnd) => Ok(Step::End),
            Ok(_) if none_left && out == 0 => Err(Fault::Cut),
            Ok(_) => Ok(Step::More),
            Err(_) => Err(Fault::Damaged("these bytes are no deflate")),
        }
    }
}

/// One stream, and nothing behind it.
pub(super) struct Deflate {
    inflate: Inflate,
    ended: bool,
}

impl Deflate {
    pub(super) fn new() -> Deflate {
        Deflate { inflate: Inflate::new(), ended: false }
    }
}

impl Format for Deflate {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        if self.ended {
            return if input.some()?.is_empty() { Ok(Step::End) } else { Err(Fault::Trailing) };
        }
        self.ended = self.inflate.step(input, output, written)? == Step::End;
        Ok(Step::More)
    }
}
