//! gzip, RFC 1952: members one after another, and zeros behind the last, as tapes had them.

use super::deflate::Inflate;
use super::input::Input;
use super::{agrees, begins, Fault, Format, Step};
use crc32fast::Hasher;

const MARK: &[u8] = &[0x1f, 0x8b, 8];
const CHECKED: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// Where the decoder stands.
enum Place {
    /// Before a member; whether it is the first.
    Between(bool),
    /// In the header, of which these fields are still to come.
    Header(u8),
    Body,
    Trailer,
}

pub(super) struct Gzip {
    place: Place,
    inflate: Inflate,
    /// Of the header, and then of the contents.
    checksum: Hasher,
    length: u32,
    /// What is left of the extra field, once its length is known.
    extra: Option<usize>,
}

impl Gzip {
    pub(super) fn new() -> Gzip {
        Gzip {
            place: Place::Between(true),
            inflate: Inflate::new(),
            checksum: Hasher::new(),
            length: 0,
            extra: None,
        }
    }

    fn between(&mut self, input: &mut Input, first: bool) -> Result<Step, Fault> {
        let bytes = input.some()?;
        if bytes.is_empty() {
            return if first { Err(Fault::Cut) } else { Ok(Step::End) };
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        if zeros > 0 && !first {
            input.take(zeros);
            return Ok(Step::More);
        }
        let head = input.peek(10)?;
        begins(head, 10, |head| agrees(head, MARK), first)?;
        let flags = head[3];
        if flags & RESERVED != 0 {
            return Err(Fault::Damaged("its header has flags that mean nothing"));
        }
        self.checksum = Hasher::new();
        self.checksum.update(head);
        input.take(10);
        self.inflate.reset();
        self.length = 0;
        self.extra = None;
        self.place = Place::Header(flags);
        Ok(Step::More)
    }

    /// Takes a field of the header, or a part of one.
    fn header(&mut self, input: &mut Input, flags: u8) -> Result<(), Fault> {
        let done = if flags & EXTRA != 0 {
            self.extra(input)?.then_some(EXTRA)
        } else if flags & NAME != 0 {
            self.text(input)?.then_some(NAME)
        } else if flags & COMMENT != 0 {
            self.text(input)?.then_some(COMMENT)
        } else if flags & CHECKED != 0 {
            let Ok(stored) = input.peek(2)?.try_into() else { return Err(Fault::Cut) };
            if u16::from_le_bytes(stored) != self.checksum.clone().finalize() as u16 {
                return Err(Fault::Damaged("the checksum of its header is wrong"));
            }
            input.take(2);
            Some(CHECKED)
        } else {
            self.checksum = Hasher::new();
            self.place = Place::Body;
            return Ok(());
        };
        self.place = Place::Header(flags & !done.unwrap_or(0));
        Ok(())
    }

    fn extra(&mut self, input: &mut Input) -> Result<bool, Fault> {
        let Some(left) = self.extra else {
            let head = input.peek(2)?;
            let Ok(length) = head.try_into() else { return Err(Fault::Cut) };
            self.checksum.update(head);
            self.extra = Some(usize::from(u16::from_le_bytes(length)));
            input.take(2);
            return Ok(false);
        };
        let bytes = input.some()?;
        let bytes = &bytes[..left.min(bytes.len())];
        if bytes.is_empty() && left > 0 {
            return Err(Fault::Cut);
        }
        let len = bytes.len();
        self.checksum.update(bytes);
        input.take(len);
        self.extra = Some(left - len);
        Ok(left == len)
    }

    /// A text of any length with a zero at its end.
    fn text(&mut self, input: &mut Input) -> Result<bool, Fault> {
        let bytes = input.some()?;
        if bytes.is_empty() {
            return Err(Fault::Cut);
        }
        let zero = memchr::memchr(0, bytes);
        let len = zero.map_or(bytes.len(), |zero| zero + 1);
        self.checksum.update(&bytes[..len]);
        input.take(len);
        Ok(zero.is_some())
    }

    fn trailer(&mut self, input: &mut Input) -> Result<(), Fault> {
        let Ok::<[u8; 8], _>(stored) = input.peek(8)?.try_into() else { return Err(Fault::Cut) };
        let [a, b, c, d, length @ ..] = stored;
        if u32::from_le_bytes([a, b, c, d]) != self.checksum.clone().finalize() {
            return Err(Fault::Damaged("the checksum of its contents is wrong"));
        }
        if u32::from_le_bytes(length) != self.length {
            return Err(Fault::Damaged("the length of its contents is wrong"));
        }
        input.take(8);
        self.place = Place::Between(false);
        Ok(())
    }
}

impl Format for Gzip {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        match self.place {
            Place::Between(first) => return self.between(input, first),
            Place::Header(flags) => self.header(input, flags)?,
            Place::Body => {
                let answer = self.inflate.step(input, output, written);
                self.checksum.update(&output[..*written]);
                self.length = self.length.wrapping_add(*written as u32);
                if answer? == Step::End {
                    self.place = Place::Trailer;
                }
            }
            Place::Trailer => self.trailer(input)?,
        }
        Ok(Step::More)
    }
}
