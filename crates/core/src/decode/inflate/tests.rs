//! Inflates what zlib deflates, and of damaged and cut-off streams as much as zlib does.

use super::super::{Decoder, Encoding};
use proptest::prelude::*;
use std::io::{self, Read};
use zlib_rs::{
    Deflate, DeflateConfig, DeflateFlush, Inflate as Zlib, InflateFlush, Status, Strategy as Way,
};

/// Gives so many bytes at a time.
struct Steps {
    rest: Vec<u8>,
    step: usize,
}

impl Read for Steps {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.rest.len().min(self.step).min(buffer.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.rest.drain(..len);
        Ok(len)
    }
}

fn ours(stream: &[u8], feed: usize, ask: usize) -> (Vec<u8>, Option<io::Error>) {
    let steps = Steps { rest: stream.to_vec(), step: feed };
    let mut decoder = Decoder::new(Encoding::Deflate, Box::new(steps));
    let (mut all, mut buffer) = (Vec::new(), vec![0; ask]);
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return (all, None),
            Ok(read) => all.extend_from_slice(&buffer[..read]),
            Err(error) => return (all, Some(error)),
        }
    }
}

/// What zlib makes of it, and whether it comes to the end of stream and bytes.
fn zlib(stream: &[u8], room: usize) -> (Vec<u8>, bool) {
    let mut inflate = Zlib::new(false, 15);
    let mut all = vec![0; room];
    let answer = inflate.decompress(stream, &mut all, InflateFlush::NoFlush);
    all.truncate(inflate.total_out() as usize);
    let whole = answer == Ok(Status::StreamEnd) && inflate.total_in() == stream.len() as u64;
    (all, whole)
}

fn deflated(plain: &[u8], level: i32, strategy: Way) -> Vec<u8> {
    let config = DeflateConfig { level, window_bits: -15, strategy, ..Default::default() };
    let mut stream = vec![0; plain.len() * 2 + 1000];
    let mut deflate = Deflate::new_with_config(config);
    deflate.compress(plain, &mut stream, DeflateFlush::Finish).unwrap();
    stream.truncate(deflate.total_out() as usize);
    stream
}

fn way() -> impl Strategy<Value = Way> {
    prop::sample::select(vec![Way::Default, Way::Filtered, Way::HuffmanOnly, Way::Rle, Way::Fixed])
}

/// Bytes that repeat themselves from near and far, some of them in patterns of a few bytes.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let part = (prop::collection::vec(any::<u8>(), 1..40), 1..60_usize, any::<u64>(), 2..256_usize);
    prop::collection::vec(part, 0..40).prop_map(|parts| {
        let mut all: Vec<u8> = Vec::new();
        for (bytes, times, draw, kinds) in parts {
            match draw % 3 {
                0 => bytes.iter().for_each(|byte| all.push((usize::from(*byte) % kinds) as u8)),
                1 => (0..times).for_each(|_| all.extend_from_slice(&bytes[..bytes.len().min(9)])),
                _ => {
                    let from = draw as usize / 3 % (all.len() + 1);
                    let to = all.len().min(from + times * times);
                    all.extend_from_within(from..to);
                }
            }
        }
        all
    })
}

proptest! {
    #[test]
    fn inflates_what_was_deflated(
        plain in text(), level in 0..10, way in way(), feed in 1..200_usize, ask in 1..5000_usize,
    ) {
        let stream = deflated(&plain, level, way);
        for feed in [feed, stream.len()] {
            let (given, error) = ours(&stream, feed, ask);
            prop_assert!(error.is_none(), "{error:?}");
            prop_assert_eq!(&given, &plain);
        }
    }

    #[test]
    fn gives_as_much_of_a_damaged_stream_as_zlib(
        plain in text(), level in 0..10, way in way(), flips in prop::collection::vec(any::<(u16, u8)>(), 0..4),
        cut in any::<u16>(), cuts: bool,
    ) {
        let mut stream = deflated(&plain, level, way);
        for (at, bits) in flips {
            let at = usize::from(at) % stream.len();
            stream[at] ^= bits;
        }
        if cuts {
            stream.truncate(usize::from(cut) % stream.len());
        }
        const ROOM: usize = 4 << 20;
        let (other, whole) = zlib(&stream, ROOM);
        prop_assume!(other.len() < ROOM);
        for feed in [1, 37, stream.len().max(1)] {
            let (given, error) = ours(&stream, feed, 1 << 16);
            prop_assert_eq!(error.is_none(), whole, "{:?}", error);
            prop_assert!(given == other, "{} and {}: {:?}", given.len(), other.len(), error);
        }
    }

    #[test]
    fn noise_is_what_zlib_makes_of_it(stream in prop::collection::vec(any::<u8>(), 0..300)) {
        let (other, whole) = zlib(&stream, 1 << 20);
        let (given, error) = ours(&stream, 1 << 10, 1 << 16);
        prop_assert_eq!(error.is_none(), whole, "{:?}", error);
        prop_assert!(given == other, "{} and {}: {:?}", given.len(), other.len(), error);
    }
}

#[test]
fn long_streams_go_over_the_window_many_times() {
    let mut plain = Vec::new();
    let mut number = 1_u64;
    while plain.len() < 3 << 20 {
        number =
            number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        plain
            .extend_from_slice(format!("10.0.{} GET /{}\n", number >> 58, number >> 50).as_bytes());
        if number >> 60 == 3 && plain.len() > 40_000 {
            let from = plain.len() - 32_768 + (number >> 52) as usize % 64;
            plain.extend_from_within(from..from + 1000);
        }
    }
    for level in [0, 1, 6, 9] {
        let stream = deflated(&plain, level, Way::Default);
        for (feed, ask) in [(stream.len(), 1 << 16), (4096, 70_001), (7, 1 << 20)] {
            let (given, error) = ours(&stream, feed, ask);
            assert!(error.is_none(), "{error:?}");
            assert!(given == plain);
        }
    }
}
