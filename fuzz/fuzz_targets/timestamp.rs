//! No line, sample or letters make the reader of timestamps panic or run out of its range.
#![no_main]

use libfuzzer_sys::fuzz_target;
use streamstats_core::timestamp::{find, recognise, Format, Hints, State, Zone};

fuzz_target!(|input: (&[u8], &str, Option<bool>, i64, bool)| {
    let (bytes, letters, day_first, reference, local) = input;
    let hints = Hints { day_first };
    let zone = match local {
        true => Zone::named("Europe/Zurich").expect("a zone that is built in"),
        false => Zone::utc(),
    };
    let mut state = State::new(&zone, reference);
    if let Some(found) = find(bytes, hints) {
        assert!(!found.range.is_empty() && found.range.end <= bytes.len());
        let text = &bytes[found.range];
        let once = found.format.parse(text, &mut state);
        assert_eq!(once, found.format.parse(text, &mut state));
        // the hand-made reading, the memory of the last stamp and the steps agree
        let mut fresh = State::new(&zone, reference);
        let prefix = found.format.parse_prefix(text, &mut fresh).map(|(instant, _)| instant);
        assert_eq!(once, prefix);
    }
    let samples: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if let Ok(format) = recognise(&samples, hints) {
        for sample in &samples {
            format.parse(sample, &mut state);
            format.search(sample, &mut state);
        }
    }
    if let Ok(format) = Format::compile(letters) {
        if let Some((_, used)) = format.parse_prefix(bytes, &mut state) {
            assert!(used <= bytes.len());
        }
        format.parse(bytes, &mut state);
        format.search(bytes, &mut state);
    }
});
