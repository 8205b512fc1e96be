//! Whatever the lines: with vectors and without, in whatever order and at whatever place, what JSON
//! holds is what serde_json says of it; so is what is no JSON.
//!
//! The input is lines. Each is read several times, so that layouts are learned and met again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use streamstats_core::shape::json::{Json, Layouts};
use streamstats_core::shape::{Found, Kind};
use streamstats_core::PADDING;

/// Paths that are wanted together.
const WANTED: [&str; 5] = ["a", "b", "a.b", "a[0]", "c.a.b"];

type Answer = Option<Vec<(Kind, Vec<u8>)>>;

fuzz_target!(|input: &[u8]| {
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let json = Json::new(&WANTED).expect("these are paths");
    let fresh: Vec<Answer> =
        lines.iter().map(|line| read(&json, line, 0, 0, &mut Layouts::default())).collect();
    for (line, answer) in lines.iter().zip(&fresh) {
        told(line, answer.as_deref());
    }
    let (mut with, mut without) = (Layouts::default(), Layouts::default());
    for before in [0, 1, 31, 63] {
        for (line, answer) in lines.iter().zip(&fresh) {
            assert_eq!(read(&json, line, before, PADDING, &mut with), *answer, "{line:?}");
            assert_eq!(read(&json, line, before, 0, &mut without), *answer, "{line:?}");
        }
    }
});

/// What the paths hold in a line with other bytes around it; vectors need those behind it.
fn read(json: &Json, line: &[u8], before: usize, behind: usize, layouts: &mut Layouts) -> Answer {
    let hay = [&vec![b'\\'; before][..], line, &vec![b'"'; behind]].concat();
    let mut found = Found::default();
    let fits = json.read(&hay, before, before + line.len(), layouts, &mut found);
    let holds = |slot: usize| (found.places[slot].kind, found.text(&hay, slot).to_vec());
    fits.then(|| (0..WANTED.len()).map(holds).collect())
}

/// Holds an answer against serde_json's, where that reads all that JSON is.
fn told(line: &[u8], answer: Option<&[(Kind, Vec<u8>)]>) {
    let value = match serde_json::from_slice::<Value>(line) {
        Ok(value) => value,
        Err(error) => {
            // It takes no half pairs of surrogates, no text that is not UTF-8, no huge numbers, no
            // depth beyond 128, and no NaN or Infinity.
            let reason = error.to_string();
            let words = ["surrogate", "hex escape", "unicode", "range", "recursion", "expected"];
            if !words.iter().any(|word| reason.contains(word)) {
                assert!(answer.is_none(), "{line:?}: {reason}");
            }
            return;
        }
    };
    assert_eq!(answer.is_some(), value.is_object(), "{line:?}");
    let Some(answer) = answer else { return };
    let paths = [&["a"][..], &["b"], &["a", "b"], &["a", "0"], &["c", "a", "b"]];
    for (slot, path) in paths.iter().enumerate() {
        let held = path.iter().try_fold(&value, |value, step| match value {
            Value::Array(items) if *step == "0" => items.first(),
            Value::Object(keys) if *step != "0" => keys.get(*step),
            _ => None,
        });
        let (kind, text) = &answer[slot];
        match held {
            None => assert_eq!(*kind, Kind::Missing, "{line:?}"),
            Some(Value::Null) => assert_eq!(*kind, Kind::Null, "{line:?}"),
            Some(Value::Bool(truth)) => {
                assert_eq!((*kind, &text[..]), (Kind::Boolean, truth.to_string().as_bytes()));
            }
            Some(Value::String(held)) => {
                assert_eq!((*kind, &text[..]), (Kind::Text, held.as_bytes()), "{line:?}");
            }
            Some(held @ Value::Number(_)) => {
                assert_eq!(*kind, Kind::Number, "{line:?}");
                assert_eq!(serde_json::from_slice::<Value>(text).ok().as_ref(), Some(held));
            }
            Some(held) => {
                assert_eq!(*kind, Kind::Nested, "{line:?}");
                assert_eq!(serde_json::from_slice::<Value>(text).ok().as_ref(), Some(held));
            }
        }
    }
}
