//! zstd, RFC 8878: frames one after another, those that are to be skipped too.

use super::input::Input;
use super::{agrees, begins, Fault, Format, Step};
use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

const MARK: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
pub(super) const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];

/// The widest window: 128 MiB, as `zstd --long=27` makes and `zstd -d` takes.
const WINDOW_LOG: u32 = 27;

/// The bytes of the header of a block.
const BLOCK_HEADER: usize = 3;

/// The fewest bytes that say how long the header of a frame is.
const FRAME_HEADER: usize = 5;

pub(super) struct Zstd {
    context: DCtx<'static>,
    first: bool,
    /// How many bytes the decoder wants next; 0 between frames.
    wanted: usize,
}

impl Zstd {
    pub(super) fn new() -> Zstd {
        let mut context = DCtx::create();
        context
            .set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
            .expect("a window of this size can be set");
        Zstd { context, first: true, wanted: 0 }
    }
}

/// Whether the bytes begin a frame, as far as they go.
fn marks(head: &[u8]) -> bool {
    let skippable = head.first().is_some_and(|byte| byte & 0xf0 == SKIPPABLE[0])
        && agrees(&head[1..], &SKIPPABLE[1..]);
    skippable || agrees(head, MARK)
}

impl Format for Zstd {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        if self.wanted == 0 {
            let head = input.peek(MARK.len())?;
            if head.is_empty() && !self.first {
                return Ok(Step::End);
            }
            begins(head, MARK.len(), marks, self.first)?;
            self.first = false;
            self.wanted = FRAME_HEADER;
            return Ok(Step::More);
        }
        // A call that meets damage says nothing of what it has written before. So none is given more
        // than one block; the wish counts the header of the next with it.
        let most = match self.wanted {
            0..=BLOCK_HEADER => self.wanted,
            more => more - BLOCK_HEADER,
        };
        let bytes = input.some()?;
        let bytes = &bytes[..most.min(bytes.len())];
        let none_left = bytes.is_empty();
        let mut from = InBuffer::around(bytes);
        let mut to = OutBuffer::around(output);
        let answer = self.context.decompress_stream(&mut to, &mut from);
        let (taken, out) = (from.pos(), to.pos());
        input.take(taken);
        *written += out;
        match answer {
            Ok(_) if none_left && out == 0 => Err(Fault::Cut),
            Ok(wanted) => {
                self.wanted = wanted;
                Ok(Step::More)
            }
            Err(code) => Err(fault(zstd_safe::get_error_name(code))),
        }
    }
}

fn fault(what: &'static str) -> Fault {
    match what {
        "Frame requires too much memory for decoding" => Fault::Refused(
            "it needs a window of more than 128 MiB; `zstd -dc --long=31` may decode it",
        ),
        "Dictionary mismatch" => Fault::Refused("it was compressed with a dictionary"),
        "Allocation error : not enough memory" => Fault::Refused("there is no memory left"),
        "Restored data doesn't match checksum" => {
            Fault::Damaged("the checksum of its contents is wrong")
        }
        _ => Fault::Damaged("these bytes are no zstd"),
    }
}
