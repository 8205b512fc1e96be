//! Compressed streams: recognised by their content, decoded in bounded memory.
//!
//! All that can be decoded is given first. A stream that is cut off, damaged or followed by foreign
//! bytes then ends in an error that says where; no stream ends early without one.

mod bzip2;
mod deflate;
pub mod descriptor;
mod gzip;
mod input;
mod lz4;
mod plain;
mod xz;
mod zstd;

use input::Input;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::AtomicU64;
use std::sync::Arc;

/// How many bytes of a stream [`sniff`] wants to see. Skippable frames may need more, see there.
pub const HEAD: usize = 64;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952, with several members.
    Gzip,
    /// bzip2, with several streams.
    Bzip2,
    /// The xz format, with several streams and padding between them.
    Xz,
    /// RFC 8878, with several frames, skippable ones too.
    Zstd,
    /// The lz4 frame format, with several frames, skippable ones too.
    Lz4,
    /// RFC 1951 without anything around it, as in zip archives.
    Deflate,
    /// Not at all, as in zip archives.
    Plain,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Encoding; 7] = [
        Encoding::Gzip,
        Encoding::Bzip2,
        Encoding::Xz,
        Encoding::Zstd,
        Encoding::Lz4,
        Encoding::Deflate,
        Encoding::Plain,
    ];

    /// Its usual name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Gzip => "gzip",
            Encoding::Bzip2 => "bzip2",
            Encoding::Xz => "xz",
            Encoding::Zstd => "zstd",
            Encoding::Lz4 => "lz4",
            Encoding::Deflate => "deflate",
            Encoding::Plain => "plain",
        }
    }

    /// The encoding of that name.
    pub fn named(name: &str) -> Option<Encoding> {
        Encoding::ALL.into_iter().find(|encoding| encoding.name() == name)
    }
}

/// The encoding of a stream that begins with `head`; `None` for plain bytes. Never `Deflate`, which
/// has no mark of its own.
pub fn sniff(head: &[u8]) -> Option<Encoding> {
    /// Behind `BZh` and the size of a block: the beginning of a block, or the end of an empty stream.
    const BLOCK: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];
    match head {
        // The three highest flags are always zero.
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Encoding::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
            if BLOCK.iter().any(|mark| rest.starts_with(mark)) =>
        {
            Some(Encoding::Bzip2)
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Encoding::Xz),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Encoding::Zstd),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some(Encoding::Lz4),
        // A skippable frame is both zstd's and lz4's; what stands behind it decides.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] => {
            let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            match rest.get(length..) {
                Some(behind) if !behind.is_empty() => sniff(behind)
                    .filter(|encoding| matches!(encoding, Encoding::Zstd | Encoding::Lz4)),
                _ => Some(Encoding::Zstd),
            }
        }
        _ => None,
    }
}

/// Why a stream cannot be decoded further.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// The input ends inside of the stream.
    Cut,
    /// What is wrong.
    Damaged(&'static str),
    /// What follows is no further member.
    Trailing,
    /// It would need more memory than it may have, or something that is not supported.
    Refused(&'static str),
    /// The input could not be read.
    Read(io::ErrorKind, Option<i32>, String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Read(error.kind(), error.raw_os_error(), error.to_string())
    }
}

/// What a step of decoding came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// There may be more.
    More,
    /// The input ends where it should.
    End,
}

/// A decoder of one format.
trait Format: Send {
    /// Takes a step: adds the bytes that it writes into `output` to `written`, also before a fault. A
    /// step that neither takes nor writes anything changes its state, so that steps come to an end.
    fn step(
        &mut self,
        input: &mut Input,
        output: &mut [u8],
        written: &mut usize,
    ) -> Result<Step, Fault>;
}

/// Decodes a compressed stream: members, frames or streams one after another, to the last.
pub struct Decoder {
    encoding: Encoding,
    input: Input,
    format: Box<dyn Format>,
    /// Given again by every further read.
    fault: Option<Fault>,
    ended: bool,
    expected: Option<Expected>,
}

/// What an archive says of the contents of a member.
struct Expected {
    checksum: u32,
    length: u64,
    /// Of what has been decoded.
    seen: crc32fast::Hasher,
    seen_length: u64,
}

impl Expected {
    fn update(&mut self, bytes: &[u8]) {
        self.seen.update(bytes);
        self.seen_length += bytes.len() as u64;
    }

    fn check(&self) -> Option<Fault> {
        match self.seen_length.cmp(&self.length) {
            Less => Some(Fault::Cut),
            Greater => Some(Fault::Damaged("it is longer than its archive says")),
            Equal if self.seen.clone().finalize() != self.checksum => {
                Some(Fault::Damaged("the checksum of its contents is wrong"))
            }
            Equal => None,
        }
    }
}

impl Decoder {
    /// Decodes what `input` gives.
    pub fn new(encoding: Encoding, input: Box<dyn Read + Send>) -> Decoder {
        let format: Box<dyn Format> = match encoding {
            Encoding::Gzip => Box::new(gzip::Gzip::new()),
            Encoding::Bzip2 => Box::new(bzip2::Bzip2::new()),
            Encoding::Xz => Box::new(xz::Xz::new()),
            Encoding::Zstd => Box::new(zstd::Zstd::new()),
            Encoding::Lz4 => Box::new(lz4::Lz4::new()),
            Encoding::Deflate => Box::new(deflate::Deflate::new()),
            Encoding::Plain => Box::new(plain::Plain),
        };
        Decoder {
            encoding,
            input: Input::new(input),
            format,
            fault: None,
            ended: false,
            expected: None,
        }
    }

    /// Holds the decoded bytes against the CRC-32 and the length that an archive says they have.
    pub fn expecting(mut self, checksum: u32, length: u64) -> Decoder {
        let seen = crc32fast::Hasher::new();
        self.expected = Some(Expected { checksum, length, seen, seen_length: 0 });
        self
    }

    /// Fills the buffer; fewer bytes only at the end and before an error, 0 at the end. An error comes
    /// once everything before it has been given, and then again with every call.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < buffer.len() && !self.ended && self.fault.is_none() {
            let mut more = 0;
            let room = &mut buffer[written..];
            match self.format.step(&mut self.input, room, &mut more) {
                Ok(step) => self.ended = step == Step::End,
                Err(fault) => self.fault = Some(fault),
            }
            if let Some(expected) = &mut self.expected {
                expected.update(&room[..more]);
                if self.ended {
                    self.fault = expected.check();
                }
            }
            written += more;
        }
        match &self.fault {
            Some(fault) if written == 0 && !buffer.is_empty() => Err(self.error(fault)),
            _ => Ok(written),
        }
    }

    /// How many compressed bytes have been decoded.
    pub fn consumed(&self) -> u64 {
        self.input.taken()
    }

    /// The same, to be looked at while another thread reads.
    pub fn counter(&self) -> Arc<AtomicU64> {
        self.input.counter()
    }

    fn error(&self, fault: &Fault) -> io::Error {
        let name = self.encoding.name();
        let at = Grouped(self.input.taken());
        let (kind, message) = match fault {
            Fault::Cut => {
                let all = Grouped(self.input.received());
                let message = format!("the {name} stream is cut off after {all} compressed bytes");
                (io::ErrorKind::UnexpectedEof, message)
            }
            Fault::Damaged(what) => (
                io::ErrorKind::InvalidData,
                format!("the {name} stream is damaged at compressed byte {at}: {what}"),
            ),
            Fault::Trailing => (
                io::ErrorKind::InvalidData,
                format!("the {name} stream ends at compressed byte {at}, and what follows is not {name}"),
            ),
            Fault::Refused(what) => (
                io::ErrorKind::Unsupported,
                format!("the {name} stream is not decoded from compressed byte {at} on: {what}"),
            ),
            Fault::Read(_, Some(code), _) => return io::Error::from_raw_os_error(*code),
            Fault::Read(kind, None, message) => (*kind, message.clone()),
        };
        io::Error::new(kind, message)
    }
}

impl Read for Decoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Decoder::read(self, buffer)
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decoder({} at {})", self.encoding.name(), self.consumed())
    }
}

/// A number with a comma before every three digits.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}

/// Whether a further member begins: bytes that begin as none of `marks` are a fault, and so is a
/// beginning that is cut off.
fn begins(
    head: &[u8],
    length: usize,
    marks: impl Fn(&[u8]) -> bool,
    first: bool,
) -> Result<(), Fault> {
    match head.len() {
        len if len >= length && marks(head) => Ok(()),
        len if len < length && marks(head) => Err(Fault::Cut),
        _ if first => Err(Fault::Damaged("it does not begin as one")),
        _ => Err(Fault::Trailing),
    }
}

/// Whether the shorter of the two begins the longer.
fn agrees(head: &[u8], mark: &[u8]) -> bool {
    head.iter().zip(mark).all(|(one, other)| one == other)
}

/// How far a library's own counter went in a call.
fn delta(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}
