//! xz: streams one after another, with zeros between them.

use super::input::Input;
use super::{agrees, begins, delta, Fault, Format, Step};
use liblzma::stream::{Action, Error, Status, Stream};

const MARK: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];

/// What the decoder may take: a dictionary of 256 MiB, four times what `xz -9` makes, and its state.
const MEMORY: u64 = (256 << 20) + (2 << 20);

pub(super) struct Xz {
    /// None between two streams.
    stream: Option<Stream>,
    first: bool,
    /// How many zeros there were since the last stream.
    padding: u64,
}

impl Xz {
    pub(super) fn new() -> Xz {
        Xz { stream: None, first: true, padding: 0 }
    }

    fn between(&mut self, input: &mut Input) -> Result<Step, Fault> {
        if !self.first {
            let bytes = input.some()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            if zeros > 0 {
                self.padding += zeros as u64;
                input.take(zeros);
                return Ok(Step::More);
            }
            let ended = bytes.is_empty();
            if !self.padding.is_multiple_of(4) {
                return Err(Fault::Damaged("its padding is not a multiple of four bytes"));
            }
            if ended {
                return Ok(Step::End);
            }
        }
        begins(input.peek(MARK.len())?, MARK.len(), |head| agrees(head, MARK), self.first)?;
        let stream = Stream::new_stream_decoder(MEMORY, 0)
            .map_err(|_| Fault::Refused("there is no memory left"))?;
        self.stream = Some(stream);
        self.first = false;
        self.padding = 0;
        Ok(Step::More)
    }
}

impl Format for Xz {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        let Some(stream) = &mut self.stream else { return self.between(input) };
        let bytes = input.some()?;
        let none_left = bytes.is_empty();
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let answer = stream.process(bytes, output, Action::Run);
        let out = delta(before_out, stream.total_out());
        input.take(delta(before_in, stream.total_in()));
        *written += out;
        Err(match answer {
            Ok(Status::StreamEnd) => {
                self.stream = None;
                return Ok(Step::More);
            }
            Ok(_) if none_left && out == 0 => Fault::Cut,
            Ok(_) => return Ok(Step::More),
            Err(Error::MemLimit) => {
                Fault::Refused("it needs more than 256 MiB of memory; `xz -dc` may decode it")
            }
            Err(Error::Mem) => Fault::Refused("there is no memory left"),
            Err(Error::Options) => Fault::Refused("it uses options that liblzma does not know"),
            Err(_) => Fault::Damaged("these bytes are no xz, or a checksum is wrong"),
        })
    }
}
