//! Deflate by itself, RFC 1951, as in zip archives.

use super::inflate::Inflate;
use super::input::Input;
use super::{Fault, Format, Step};

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
