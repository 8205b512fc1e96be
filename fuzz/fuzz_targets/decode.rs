//! Whatever the bytes: no decoder panics or writes beyond its buffer, each comes to an end, says the
//! same at the end again and again, gives the same in whatever steps it is fed and asked, and
//! inflates what zlib inflates.
//!
//! The input is two bytes of settings, and then the stream.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{self, Read};
use streamstats_core::decode::{sniff, Decoder, Encoding};
use zlib_rs::{Inflate, InflateFlush, Status};

/// What is behind so many bytes only takes time.
const ENOUGH: usize = 4 << 20;

fuzz_target!(|input: &[u8]| {
    let [first, second, stream @ ..] = input else { return };
    let encoding = Encoding::ALL[usize::from(*first) % Encoding::ALL.len()];
    let _ = sniff(stream);
    let (whole, error) = drain(encoding, stream, stream.len() + 1, 1 << 18);
    let feed = usize::from(second & 15) + 1;
    let ask = 1 + usize::from(second >> 4) * 4099;
    let (parts, again) = drain(encoding, stream, feed, ask);
    if whole.len() >= ENOUGH || parts.len() >= ENOUGH {
        return;
    }
    assert_eq!(error.is_some(), again.is_some());
    // libbz2 gives nothing, or a part, of a block that is damaged inside.
    let damaged = encoding == Encoding::Bzip2 && error.is_some();
    assert!(whole == parts || damaged, "{} bytes and {}", whole.len(), parts.len());
    if encoding == Encoding::Deflate {
        let (other, ended) = zlib(stream);
        assert_eq!(error.is_none(), ended == Some(stream.len()), "{error:?} {ended:?}");
        assert!(whole == other, "{} bytes and {}", whole.len(), other.len());
    }
});

/// What zlib makes of it, and how many bytes it took if it came to the end.
fn zlib(stream: &[u8]) -> (Vec<u8>, Option<usize>) {
    let mut inflate = Inflate::new(false, 15);
    let mut given = vec![0; ENOUGH * 2];
    let answer = inflate.decompress(stream, &mut given, InflateFlush::NoFlush);
    given.truncate(inflate.total_out() as usize);
    (given, (answer == Ok(Status::StreamEnd)).then_some(inflate.total_in() as usize))
}

/// What a decoder gives when it is fed and asked in these steps, and its error.
fn drain(encoding: Encoding, stream: &[u8], feed: usize, ask: usize) -> (Vec<u8>, Option<String>) {
    let mut decoder = Decoder::new(encoding, Box::new(Steps { rest: stream.to_vec(), step: feed }));
    let mut given = Vec::new();
    let mut buffer = vec![0; ask];
    while given.len() < ENOUGH {
        match decoder.read(&mut buffer) {
            Ok(0) => {
                assert_eq!(decoder.read(&mut buffer).ok(), Some(0));
                assert_eq!(decoder.consumed(), stream.len() as u64);
                return (given, None);
            }
            Ok(read) => given.extend_from_slice(&buffer[..read]),
            Err(error) => {
                let error = error.to_string();
                assert_eq!(decoder.read(&mut buffer).unwrap_err().to_string(), error);
                return (given, Some(error));
            }
        }
    }
    (given, None)
}

struct Steps {
    rest: Vec<u8>,
    step: usize,
}

impl Read for Steps {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.step.min(buffer.len()).min(self.rest.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.rest.drain(..len);
        Ok(len)
    }
}
