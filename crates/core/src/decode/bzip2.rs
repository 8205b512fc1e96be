//! bzip2: streams one after another.

use super::input::Input;
use super::{agrees, begins, delta, Fault, Format, Step};
use bzip2::{Decompress, Status};

pub(super) struct Bzip2 {
    /// None between two streams.
    stream: Option<Decompress>,
    first: bool,
}

impl Bzip2 {
    pub(super) fn new() -> Bzip2 {
        Bzip2 { stream: None, first: true }
    }
}

impl Format for Bzip2 {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        let Some(stream) = &mut self.stream else {
            let head = input.peek(3)?;
            if head.is_empty() && !self.first {
                return Ok(Step::End);
            }
            begins(head, 3, |head| agrees(head, b"BZh"), self.first)?;
            self.stream = Some(Decompress::new(false));
            self.first = false;
            return Ok(Step::More);
        };
        let bytes = input.some()?;
        let none_left = bytes.is_empty();
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let answer = stream.decompress(bytes, output);
        let out = delta(before_out, stream.total_out());
        input.take(delta(before_in, stream.total_in()));
        *written += out;
        match answer {
            Ok(Status::StreamEnd) => self.stream = None,
            Ok(Status::MemNeeded) => return Err(Fault::Refused("there is no memory left")),
            Ok(_) if none_left && out == 0 => return Err(Fault::Cut),
            Ok(_) => {}
            Err(_) => {
                return Err(Fault::Damaged("these bytes are no bzip2, or a checksum is wrong"))
            }
        }
        Ok(Step::More)
    }
}
