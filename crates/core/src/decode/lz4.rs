//! The lz4 frame format, version 1.6.1: frames one after another, those that are to be skipped too.

use super::input::Input;
use super::zstd::SKIPPABLE;
use super::{agrees, begins, Fault, Format, Step};
use lz4_flex::block::decompress_into_with_dict;
use std::hash::Hasher;
use twox_hash::XxHash32;

const MARK: &[u8] = &[0x04, 0x22, 0x4d, 0x18];

/// How far back a block may reach into those before it.
const WINDOW: usize = 64 << 10;

/// The bit of the size of a block that says it is not compressed.
const PLAIN: u32 = 1 << 31;

const VERSION: u8 = 1 << 6;
const INDEPENDENT: u8 = 1 << 5;
const BLOCK_CHECKSUM: u8 = 1 << 4;
const SIZE: u8 = 1 << 3;
const CHECKSUM: u8 = 1 << 2;
const RESERVED: u8 = 1 << 1;
const DICTIONARY: u8 = 1;

enum Place {
    /// Before a frame; whether it is the first.
    Between(bool),
    /// In a frame to be skipped, of which so many bytes are left.
    Skipping(u64),
    /// Before a block.
    Block,
    /// A block is decoded and given from this byte on.
    Given(usize),
}

pub(super) struct Lz4 {
    place: Place,
    flags: u8,
    largest: usize,
    /// How long the frame says its contents are.
    size: Option<u64>,
    length: u64,
    checksum: XxHash32,
    block: Block,
    /// What the block may refer to, at the end of this one.
    before: Block,
    /// To be said once the block has been given.
    fault: Option<Fault>,
}

#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    filled: usize,
}

impl Block {
    fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Lz4 {
    pub(super) fn new() -> Lz4 {
        Lz4 {
            place: Place::Between(true),
            flags: 0,
            largest: 0,
            size: None,
            length: 0,
            checksum: XxHash32::with_seed(0),
            block: Block::default(),
            before: Block::default(),
            fault: None,
        }
    }

    fn between(&mut self, input: &mut Input, first: bool) -> Result<Step, Fault> {
        let head = input.peek(7)?;
        if head.is_empty() && !first {
            return Ok(Step::End);
        }
        begins(head, 7, marks, first)?;
        if head[0] != MARK[0] {
            let head = input.peek(8)?;
            let Some(length) = number(head, 4) else { return Err(Fault::Cut) };
            input.take(8);
            self.place = Place::Skipping(u64::from(length));
            return Ok(Step::More);
        }
        self.flags = head[4];
        let length =
            7 + if self.has(SIZE) { 8 } else { 0 } + if self.has(DICTIONARY) { 4 } else { 0 };
        let head = input.peek(length)?;
        if head.len() < length {
            return Err(Fault::Cut);
        }
        let sizes = head[5];
        let described = &head[4..length - 1];
        if (XxHash32::oneshot(0, described) >> 8) as u8 != head[length - 1] {
            return Err(Fault::Damaged("the checksum of its header is wrong"));
        }
        if self.flags & 0xc0 != VERSION || self.has(RESERVED) || sizes & 0x8f != 0 || sizes < 0x40 {
            return Err(Fault::Refused("it has a form that is not known"));
        }
        if self.has(DICTIONARY) {
            return Err(Fault::Refused("it was compressed with a dictionary"));
        }
        self.size =
            head[6..].first_chunk().filter(|_| self.has(SIZE)).map(|n| u64::from_le_bytes(*n));
        self.largest = 1 << (2 * (sizes >> 4) + 8);
        self.length = 0;
        self.checksum = XxHash32::with_seed(0);
        self.before.filled = 0;
        self.block.filled = 0;
        self.block.bytes.resize(self.largest, 0);
        input.take(length);
        self.place = Place::Block;
        Ok(Step::More)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Decodes the next block, or ends the frame.
    fn block(&mut self, input: &mut Input) -> Result<(), Fault> {
        let Some(size) = number(input.peek(4)?, 0) else { return Err(Fault::Cut) };
        if size == 0 {
            return self.end(input);
        }
        let length = (size & !PLAIN) as usize;
        if length > self.largest {
            return Err(Fault::Damaged("a block is larger than its frame allows"));
        }
        let whole = 4 + length + if self.has(BLOCK_CHECKSUM) { 4 } else { 0 };
        let bytes = input.peek(whole)?;
        let cut = bytes.len() < whole;
        let taken = bytes.len();
        let contents = &bytes[4..taken.min(4 + length)];
        let before = if self.has(INDEPENDENT) { &[] } else { self.before.filled() };
        let before = &before[before.len().saturating_sub(WINDOW)..];
        if size & PLAIN != 0 {
            self.block.bytes[..contents.len()].copy_from_slice(contents);
            self.block.filled = contents.len();
        } else {
            let whole = contents.len() == length;
            match decompress_into_with_dict(contents, &mut self.block.bytes[..self.largest], before)
            {
                Ok(filled) if whole => self.block.filled = filled,
                _ => {
                    self.block.filled =
                        beginning(contents, &mut self.block.bytes[..self.largest], before);
                    self.fault = Some(Fault::Damaged("these bytes are no lz4"));
                }
            }
        }
        if cut {
            self.fault = Some(Fault::Cut);
        } else if self.fault.is_none()
            && self.has(BLOCK_CHECKSUM)
            && number(bytes, 4 + length) != Some(XxHash32::oneshot(0, contents))
        {
            self.fault = Some(Fault::Damaged("the checksum of a block is wrong"));
        }
        if self.has(CHECKSUM) {
            self.checksum.write(self.block.filled());
        }
        self.length += self.block.filled as u64;
        input.take(taken);
        self.place = Place::Given(0);
        Ok(())
    }

    fn end(&mut self, input: &mut Input) -> Result<(), Fault> {
        if self.size.is_some_and(|size| size != self.length) {
            return Err(Fault::Damaged("the length of its contents is wrong"));
        }
        let length = 4 + if self.has(CHECKSUM) { 4 } else { 0 };
        let bytes = input.peek(length)?;
        if bytes.len() < length {
            return Err(Fault::Cut);
        }
        if self.has(CHECKSUM) && number(bytes, 4) != Some(self.checksum.finish_32()) {
            return Err(Fault::Damaged("the checksum of its contents is wrong"));
        }
        input.take(length);
        self.place = Place::Between(false);
        Ok(())
    }

    /// Keeps what the next block may refer to.
    fn remember(&mut self) {
        if self.block.filled >= WINDOW {
            std::mem::swap(&mut self.block, &mut self.before);
            self.block.bytes.resize(self.largest, 0);
            return;
        }
        let kept = self.before.filled.min(WINDOW - self.block.filled);
        let from = self.before.filled - kept;
        self.before.bytes.copy_within(from..self.before.filled, 0);
        self.before.filled = kept + self.block.filled;
        if self.before.bytes.len() < self.before.filled {
            self.before.bytes.resize(WINDOW, 0);
        }
        self.before.bytes[kept..self.before.filled]
            .copy_from_slice(&self.block.bytes[..self.block.filled]);
    }
}

fn marks(head: &[u8]) -> bool {
    let skippable = head.first().is_some_and(|byte| byte & 0xf0 == SKIPPABLE[0])
        && agrees(&head[1..], &SKIPPABLE[1..]);
    skippable || agrees(head, MARK)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// Decodes a block that is cut off or damaged as far as it goes; how many bytes that gives.
fn beginning(block: &[u8], output: &mut [u8], before: &[u8]) -> usize {
    let mut filled = 0;
    let mut bytes = block.iter().copied();
    // None where the block ends, or what it says is impossible.
    let mut sequence = || {
        let token = usize::from(bytes.next()?);
        for _ in 0..length(token >> 4, &mut bytes)? {
            *output.get_mut(filled)? = bytes.next()?;
            filled += 1;
        }
        let back = usize::from(u16::from_le_bytes([bytes.next()?, bytes.next()?]));
        for _ in 0..length(token & 15, &mut bytes)? + 4 {
            let byte = match filled.checked_sub(back) {
                Some(from) => *output[..filled].get(from)?,
                None => before[(before.len() + filled).checked_sub(back)?],
            };
            *output.get_mut(filled)? = byte;
            filled += 1;
        }
        Some(())
    };
    while sequence().is_some() {}
    filled
}

/// A length that began in a token and goes on while bytes are full.
fn length(mut length: usize, bytes: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let mut further = length == 15;
    while further {
        let byte = bytes.next()?;
        length += usize::from(byte);
        further = byte == 255;
    }
    Some(length)
}

impl Format for Lz4 {
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault> {
        match self.place {
            Place::Between(first) => return self.between(input, first),
            Place::Skipping(0) => self.place = Place::Between(false),
            Place::Skipping(left) => {
                let bytes = input.some()?;
                if bytes.is_empty() {
                    return Err(Fault::Cut);
                }
                let skipped = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                input.take(skipped);
                self.place = Place::Skipping(left - skipped as u64);
            }
            Place::Block => self.block(input)?,
            Place::Given(from) => {
                let rest = &self.block.filled()[from..];
                let len = rest.len().min(output.len());
                output[..len].copy_from_slice(&rest[..len]);
                *written += len;
                if len < rest.len() {
                    self.place = Place::Given(from + len);
                } else if let Some(fault) = self.fault.take() {
                    return Err(fault);
                } else {
                    self.place = Place::Block;
                    if !self.has(INDEPENDENT) {
                        self.remember();
                    }
                }
            }
        }
        Ok(Step::More)
    }
}
