//! Whatever the expression and the line: the plan and the general engine find the same places, the
//! scan counts the bytes that stand there, and `reach` stays inside the line and the text.
//!
//! The input is text: the expression, then a line feed, then lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use std::ops::Range;
use streamstats_core::pattern::Pattern;
use streamstats_core::record::Scan;
use streamstats_core::shape::Shape;
use streamstats_core::scan::{Counter, Watch};

/// Longer expressions and lines only take time.
const LONGEST: usize = 400;

/// A place for each group, none for one that took no part; nothing where there is no match.
type Places = Option<Vec<Option<Range<usize>>>>;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let Some(Ok(text)) = lines.next().map(std::str::from_utf8) else { return };
    if text.len() > LONGEST || high_count(text) {
        return;
    }
    let lines: Vec<&[u8]> = lines.filter(|line| line.len() <= LONGEST).take(8).collect();
    check(text, &lines);
    // Only what begins with `^` has a plan of steps.
    if !text.starts_with('^') {
        check(&format!("^{text}"), &lines);
    }
});

/// Whether a repetition may be written out to thousands of copies.
fn high_count(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_digit))
}

fn check(text: &str, lines: &[&[u8]]) {
    let Ok(pattern) = Pattern::new(text) else { return };
    let engine = general(text);
    let groups = pattern.groups().len();
    let all: Vec<usize> = (1..=groups).collect();
    // A plan depends on what is wanted of it: all, nothing, and each group alone.
    let mut choices = vec![all, Vec::new()];
    choices.extend((1..=groups.min(6)).map(|group| vec![group]));
    for line in lines {
        let places = found(&engine, line);
        for wanted in &choices {
            let planned = planned(&pattern, wanted, line);
            let expected: Places = places
                .as_ref()
                .map(|places| wanted.iter().map(|&group| places[group - 1].clone()).collect());
            assert_eq!(planned, expected, "{text:?}, groups {wanted:?}, on {line:?}");
        }
    }
    // It takes an automaton for each part of the expression, and so one line has to do.
    if let Some(line) = lines.first() {
        let reach = pattern.reach(line);
        assert!(reach.bytes <= line.len(), "{text:?} on {line:?}");
        assert!(reach.start <= reach.end && reach.end <= text.len(), "{text:?} on {line:?}");
    }
    for group in 1..=groups.min(6) {
        counted(&pattern, &engine, group, lines);
    }
}

/// The general engine, built of the text alone.
fn general(text: &str) -> Regex {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false).nest_limit(100))
        .configure(Config::new().utf8_empty(false))
        .build(text)
        .expect("a pattern that compiles is an expression")
}

fn found(engine: &Regex, line: &[u8]) -> Places {
    let mut captures = engine.create_captures();
    engine.captures(line, &mut captures);
    captures.is_match().then(|| {
        (1..captures.group_len()).map(|group| Some(captures.get_group(group)?.range())).collect()
    })
}

fn planned(pattern: &Pattern, wanted: &[usize], line: &[u8]) -> Places {
    let matcher = pattern.matcher(wanted);
    let mut state = matcher.state();
    // Signs stand before and behind the line that a plan which looks too far would take.
    let mut hay = b"a \"".to_vec();
    let at = hay.len();
    hay.extend_from_slice(line);
    let end = hay.len();
    hay.extend_from_slice(b"\" ]a1\n");
    matcher.matches(&mut state, &hay, at, end).then(|| {
        let place = |&group: &usize| state.group(group).map(|span| span.start - at..span.end - at);
        wanted.iter().map(place).collect()
    })
}

/// Counts the lines as a scan does, with vectors and with other lines around.
fn counted(pattern: &Pattern, engine: &Regex, group: usize, lines: &[&[u8]]) {
    let name = &pattern.groups()[group - 1];
    let scan = Scan::new(&Shape::Pattern(pattern.clone()), &[name], &[], None, None, None).expect("the group is there");
    let text: Vec<u8> = lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect();
    let mut rest = &text[..];
    let mut read = |buffer: &mut [u8]| std::io::Read::read(&mut rest, buffer);
    let mut counter = Counter::new(1, scan.measures(), 1);
    counter.stream(&scan, &mut read, b"", &Watch::default());
    let tally = counter.finish();
    let mut expected = std::collections::BTreeMap::<&[u8], u64>::new();
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(places) = found(engine, line) {
            let place = places[group - 1].clone().unwrap_or(0..0);
            *expected.entry(&line[place]).or_default() += 1;
        }
    }
    let values = tally.counts().map(|count| (count.key, count.records)).collect();
    assert_eq!(expected, values, "{:?}, group {name}, on {lines:?}", pattern.text());
}
