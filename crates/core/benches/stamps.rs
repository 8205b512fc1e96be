//! Nanoseconds per stamp, for each family; every stamp differs from the one before it.

#[allow(dead_code)]
#[path = "../tests/written/mod.rs"]
mod written;

use std::hint::black_box;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::Timestamp;
use streamstats_core::timestamp::{find, Format, Hints, State, Zone, FAMILIES};
use written::{write, Written};

/// So few that they stay in the cache: it is reading that is measured, not memory.
const STAMPS: usize = 2000;

fn stamps(letters: &str, zone: usize, step: i64) -> Vec<Vec<u8>> {
    let one = |index: usize| {
        let at = Timestamp::new(1_400_000_000 + step * index as i64, 123_456_789).unwrap();
        let at = TimeZone::UTC.to_datetime(at);
        let clf = letters.starts_with("%d/%b/%Y");
        let between = if clf { 3 } else { usize::from(!letters.contains("%Y-%m")) };
        let decimals = if clf { 0 } else { 3 };
        let (twelve, weekday) = (false, false);
        let written = Written { at, decimals, between, zone, twelve, weekday, padded: true };
        write(letters, &written).text.into_bytes()
    };
    (0..STAMPS).map(one).collect()
}

/// The best of many runs: other work on the machine only ever adds time.
fn measure(mut run: impl FnMut() -> usize) -> f64 {
    let mut times: Vec<f64> = (0..200)
        .map(|_| {
            let begin = Instant::now();
            assert_eq!(run(), STAMPS);
            begin.elapsed().as_nanos() as f64 / STAMPS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[0]
}

/// Says how fast the machine is just now: other work on it slows everything alike.
fn calibrate() -> f64 {
    let mut product = black_box(3_u64);
    measure(|| {
        for _ in 0..STAMPS {
            product = product.wrapping_mul(black_box(0x9E37_79B9_7F4A_7C15) | product);
        }
        STAMPS
    })
}

fn main() {
    let zone = Zone::named("Europe/Zurich").unwrap();
    let now = 1_500_000_000_000_000_000;
    println!("one step of a chain of or and multiply (4 cycles): {:.2} ns", calibrate());
    println!("{:>8} {:>9} {:>8} {:>8}  family: example", "ns", "other day", "same", "find");
    for family in &FAMILIES {
        let zones: &[usize] = if family.letters.contains("%?z") { &[0, 4, 5] } else { &[0] };
        for with in zones {
            let format = Format::compile(family.letters).unwrap();
            let scattered = stamps(family.letters, *with, 40_007);
            let stamps = stamps(family.letters, *with, 7);
            let mut state = State::new(&zone, now);
            let mut all = |stamps: &[Vec<u8>]| {
                measure(|| {
                    let read =
                        |s: &&Vec<u8>| black_box(format.parse(black_box(s), &mut state)).is_some();
                    stamps.iter().filter(read).count()
                })
            };
            let same = vec![stamps[0].clone(); STAMPS];
            let (fresh, scattered, repeated) = (all(&stamps), all(&scattered), all(&same));
            let found = measure(|| {
                stamps.iter().filter(|s| black_box(find(s, Hints::default())).is_some()).count()
            });
            let example = String::from_utf8_lossy(&stamps[1]);
            println!(
                "{fresh:>8.1} {scattered:>9.1} {repeated:>8.1} {found:>8.1}  {}: {example}",
                family.name
            );
        }
    }
}
