//! The plan and the general engine agree on every input.

use super::*;
use proptest::prelude::*;

/// The general engine alone.
fn plain(pattern: &Pattern, line: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
    let mut captures = pattern.regex.create_captures();
    pattern.regex.captures(line, &mut captures);
    captures.is_match().then(|| {
        (1..captures.group_len()).map(|i| captures.get_group(i).map(|span| span.range())).collect()
    })
}

/// The plan over a line inside a larger buffer, with each kind of vector.
fn planned(
    pattern: &Pattern,
    line: &[u8],
    padding: usize,
) -> Vec<Option<Vec<Option<Range<usize>>>>> {
    let all: Vec<usize> = (1..=pattern.groups.len()).collect();
    let matcher = pattern.matcher(&all);
    let mut hay = b"x y".to_vec();
    let at = hay.len();
    hay.extend_from_slice(line);
    let end = hay.len();
    hay.resize(end + padding, b' ');
    let mut state = matcher.state();
    let mut answers = Vec::new();
    let padded = [&hay[..end], &[b'"'; crate::PADDING]].concat();
    let mut answer = |matched: bool, state: &MatchState| {
        answers.push(matched.then(|| {
            all.iter().map(|&i| state.group(i).map(|span| span.start - at..span.end - at)).collect()
        }));
    };
    let matched = matcher.matches_with::<Portable>(&mut state, &hay, at, end);
    answer(matched, &state);
    #[cfg(target_arch = "x86_64")]
    if crate::pattern::has_vectors() {
        let matched = matcher.matches_with::<Avx2>(&mut state, &padded, at, end);
        answer(matched, &state);
    }
    answers
}

fn agree(pattern: &Pattern, line: &[u8], padding: usize) {
    let expected = plain(pattern, line);
    for found in planned(pattern, line, padding) {
        assert_eq!(found, expected, "{:?} on {:?}", pattern.text, String::from_utf8_lossy(line));
    }
}

const COMBINED: &str = concat!(
    r#"^(?P<ip>\S+) (?P<ident>\S+) (?P<user>.+?) \[(?P<time>[^\]]+)\] "#,
    r#""(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}|-) (?P<bytes>\d+|-)"#,
    r#"(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?"#,
);

#[test]
fn a_combined_line_is_taken_by_steps() {
    let pattern = Pattern::new(COMBINED).unwrap();
    assert_eq!(pattern.plan(), "steps");
    let line = br#"203.0.113.9 - a [b c] [05/Mar/2026:14:39:21 +0100] "GET /\"x\" HTTP/1.1" 404 - "-" "A \\" 7"#;
    let spans = pattern.spans(line).unwrap();
    let text = |i: usize| std::str::from_utf8(&line[spans[i].clone().unwrap()]).unwrap();
    assert_eq!(text(0), "203.0.113.9");
    assert_eq!(text(2), "a [b c]");
    assert_eq!(text(5), "404");
    assert_eq!(text(6), "-");
    assert_eq!(text(8), "A \\\\");
    agree(&pattern, line, 64);
}

#[test]
fn a_group_that_took_no_part_is_none() {
    let pattern = Pattern::new(COMBINED).unwrap();
    let line = br#"::1 - - [x] "GET" 200 5"#;
    assert_eq!(pattern.spans(line).unwrap()[7], None);
}

#[test]
fn plans_are_told_apart() {
    for (text, plan) in [
        (r"^(\S+) (\d{3})$", "steps"),
        (r"^\[(?P<time>.+?)\]\s*(?P<value>.+)$", "steps"),
        (r"^.*user=(\w+)", "steps"),
        (r"^(?:\d{1,3}\.){3}\d{1,3} (a|b)?", "steps"),
        (r"(\d+) ms", "automaton"),
        (r"^(\w+)\b", "automaton"),
        (r"^(a+?)", "automaton"),
        (r"^(?u:\w+)", "automaton"),
    ] {
        assert_eq!(Pattern::new(text).unwrap().plan(), plan, "{text}");
    }
}

/// No plan looks at the same bytes again and again.
#[test]
fn the_time_for_a_line_grows_with_its_length_only() {
    let long = vec![b'a'; 300_000];
    for text in [
        r"^(?P<v>(?:[a-z]*1|.)*)$",
        r"^(?P<v>(?:(?:[a-z]*1)?.)*)$",
        r"^(?P<v>(?:(?:a(?:[a-z]+b|c)?)|.)*)$",
        r"^(?P<v>(?:(?:[a-z]+1)*.)*)$",
        r"^(?P<v>(?:.*?1|.)*)$",
        r"^(?P<v>(?:.*1|.)*)$",
        r"^(?P<v>(?:(?:a|b[a-z]*2)+1|.)*)$",
        r"^(?P<v>(?:(?:a(?:a*1|b))|.)*)$",
        r"^(?P<v>(?:(?:b|a(?:b|a*1))*.)*)$",
        r"^(?P<v>(?:(?:b|a(?:b|a[^1]*1))?a?)+)",
    ] {
        let begin = std::time::Instant::now();
        let pattern = Pattern::new(text).unwrap();
        assert!(pattern.spans(&long).is_some());
        assert!(begin.elapsed().as_secs() < 5, "{text} took {:?}", begin.elapsed());
    }
}

#[test]
fn errors_point_at_the_place() {
    for (text, start, end, part) in [
        (r"^(\d+)(?=x)", 6, 9, "look-around"),
        (r"^(?<!x)a", 1, 5, "look-around"),
        (r"(a)\1", 3, 5, "back-references"),
        (r"a[b", 1, 2, "unclosed"),
        (r"(?P<a>x)(?P<a>y)", 12, 13, "duplicate"),
        ("[é]", 1, 3, "bytes"),
    ] {
        let error = Pattern::new(text).unwrap_err();
        assert!(error.message.contains(part), "{text}: {}", error.message);
        assert_eq!((error.start, error.end), (start, end), "{text}");
    }
    let error = Pattern::new(r"(\w{900}){900}").unwrap_err();
    assert!(error.message.contains("too large"), "{}", error.message);
}

#[test]
fn reach_names_the_part_that_failed() {
    let pattern = Pattern::new(r"^(?P<ip>\S+) (?P<status>\d{3}) end$").unwrap();
    let reach = pattern.reach(b"10.0.0.1 20x end");
    assert_eq!(reach.bytes, 11);
    assert_eq!(&pattern.text[reach.start..reach.end], r"\d{3}");
    let reach = pattern.reach(b"10.0.0.1 200 end");
    assert_eq!((reach.bytes, reach.start), (16, pattern.text.len()));
}

#[test]
fn words_that_nobody_wants_are_fused() {
    let regex =
        r#"^(?P<method>[^ "]*)(?: (?P<path>[^ "]*)(?: (?P<rest>[^"]*))?)?" (?P<status>\d+)"#;
    let pattern = Pattern::new(regex).unwrap();
    let count = |groups: &[usize]| {
        pattern.matcher(groups).steps.map_or(0, |steps| {
            steps.iter().map(|step| if let Step::Row(row) = step { row.len() } else { 1 }).sum()
        })
    };
    assert_eq!(count(&[4]), 4, "a field up to the quote, and the status between its two places");
    assert!(count(&[2, 4]) > 4);
    agree(&pattern, b"GET /a b c\" 200", 0);
}

/// Small pieces that plans are made of, over an alphabet in which they interfere.
fn piece() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just(" ".to_owned()),
        Just("ab".to_owned()),
        Just("[ab]".to_owned()),
        Just("[^ ]".to_owned()),
        Just("[^\"\\\\]".to_owned()),
        Just(".".to_owned()),
        Just("\\S".to_owned()),
        Just("\"".to_owned()),
        Just("(?:[^\"\\\\]|\\\\.)*".to_owned()),
        Just("(?:[ab]{2}|-)".to_owned()),
        Just("(?:[ab]+|x)".to_owned()),
        Just("(?:[ab]{1,3}|x|\"+)".to_owned()),
        Just("[^ ]+ab ab ab".to_owned()),
        Just("[^ \"]*(?: [^\"]*)?".to_owned()),
        Just("(?:[^ \"\\\\]|\\\\.)*(?: (?:[^\"\\\\]|\\\\.)*)?".to_owned()),
    ];
    let leaf = (
        atom,
        prop_oneof![
            4 => Just(""), 2 => Just("+"), 2 => Just("*"), 1 => Just("?"), 1 => Just("+?"),
            1 => Just("*?"), 1 => Just("{2}"), 1 => Just("{1,2}"), 1 => Just("{0,3}"),
        ],
    )
        .prop_map(|(atom, times)| {
            if times.is_empty()
                || (atom.chars().count() == 1 && atom != "\\")
                || atom.starts_with('[')
            {
                format!("{atom}{times}")
            } else {
                format!("(?:{atom}){times}")
            }
        });
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| format!("(?:{})", parts.join("|"))),
            inner.clone().prop_map(|part| format!("({part})")),
            (
                inner.clone(),
                prop_oneof![Just("?"), Just("*"), Just("+"), Just("{2}"), Just("{1,3}")]
            )
                .prop_map(|(part, times)| format!("(?:{part}){times}")),
            inner.prop_map(|part| format!("({part})?")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn plan_and_general_engine_agree(
        pieces in proptest::collection::vec(piece(), 1..6),
        end in prop_oneof![Just(""), Just("$")],
        lines in proptest::collection::vec(
            prop_oneof![3 => "[ab \"\\\\x-]{0,14}", 1 => "[ab]{0,70}[ab \"\\\\x-]{0,70}"], 1..12,
        ),
        padding in 0usize..40,
    ) {
        let text = format!("^{}{end}", pieces.concat());
        let pattern = Pattern::new(&text).unwrap();
        for line in &lines {
            agree(&pattern, line.as_bytes(), padding);
        }
    }

    /// Parts that end before, at and behind the borders of what is looked at in one go.
    #[test]
    fn combined_agrees_wherever_its_parts_end(
        lengths in proptest::array::uniform6(0usize..140),
        pairs in proptest::collection::vec((0usize..140, prop_oneof![Just("\\\""), Just("\\\\"), Just("\\"), Just("\"")]), 0..4),
        digits in 0usize..40, cut in 0usize..400, padding in 0usize..70,
    ) {
        let [ip, user, time, request, referer, agent] = lengths.map(|len| "a".repeat(len));
        let mut request = request;
        for (at, pair) in pairs {
            request.insert_str(at.min(request.len()), pair);
        }
        let digits = "7".repeat(digits);
        let line = format!("{ip} - {user} [{time}] \"{request}\" 200 {digits} \"{referer}\" \"{agent}\"");
        let pattern = Pattern::new(COMBINED).unwrap();
        agree(&pattern, line.as_bytes(), padding);
        agree(&pattern, &line.as_bytes()[..cut.min(line.len())], padding);
    }

    #[test]
    fn combined_agrees_on_anything(line in "[ab0-9 \\[\\]\"\\\\-]{0,80}", padding in 0usize..40) {
        agree(&Pattern::new(COMBINED).unwrap(), line.as_bytes(), padding);
    }

    #[test]
    fn reach_is_inside_the_line_and_the_text(text in "[ab(|)*+?.^$\\[\\]]{0,12}", line in "[ab]{0,12}") {
        if let Ok(pattern) = Pattern::new(&text) {
            let reach = pattern.reach(line.as_bytes());
            prop_assert!(reach.bytes <= line.len());
            prop_assert!(reach.start <= reach.end && reach.end <= text.len());
        }
    }
}
