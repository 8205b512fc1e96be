//! Bytes as they are, as zip archives hold small members.

use super::input::Input;
use super::{Fault, Format, Step};

pub(super) struct Plain;

impl Format for Plain {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        let bytes = input.some()?;
        let len = bytes.len().min(output.len());
        output[..len].copy_from_slice(&bytes[..len]);
        input.take(len);
        *written += len;
        Ok(if len == 0 { Step::End } else { Step::More })
    }
}
