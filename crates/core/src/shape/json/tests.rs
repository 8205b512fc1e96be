use super::*;
use crate::pattern::NoVectors;
use proptest::prelude::*;
use serde_json::Value;

/// What the paths hold: kind and text.
fn take(line: &[u8], names: &[&str]) -> Option<Vec<(Kind, Vec<u8>)>> {
    let json = Json::new(names).unwrap();
    let mut found = Found::default();
    let mut hay = b"before".to_vec();
    let at = hay.len();
    hay.extend_from_slice(line);
    let end = hay.len();
    hay.extend_from_slice(&[b'"'; crate::PADDING]);
    let mut layouts = Layouts::default();
    let fits = json.extract::<NoVectors>(&hay, at, end, &mut layouts, &mut found);
    let answer = |found: &Found| -> Vec<(Kind, Vec<u8>)> {
        let texts = (0..names.len()).map(|i| (found.places[i].kind, found.text(&hay, i).to_vec()));
        texts.collect()
    };
    let plain = fits.then(|| answer(&found));
    #[cfg(target_arch = "x86_64")]
    if crate::pattern::has_vectors() {
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
        fn with(
            json: &Json,
            hay: &[u8],
            (at, end): (usize, usize),
            layouts: &mut Layouts,
            found: &mut Found,
        ) -> bool {
            json.extract::<crate::pattern::Avx2>(hay, at, end, layouts, found)
        }
        // SAFETY: the processor has AVX2, and the padding is there.
        let fits = unsafe { with(&json, &hay, (at, end), &mut layouts, &mut found) };
        assert_eq!(fits.then(|| answer(&found)), plain);
    }
    plain
}

fn one(line: &str, name: &str) -> Option<(Kind, String)> {
    let (kind, text) = take(line.as_bytes(), &[name])?.pop()?;
    Some((kind, String::from_utf8(text).unwrap()))
}

fn is(kind: Kind, text: &str) -> Option<(Kind, String)> {
    Some((kind, text.to_owned()))
}

#[test]
fn values_of_every_kind() {
    let line =
        r#" { "a" : "x" , "b":-1.5e+3,"c":true,"d":null,"e":[1,{"f":"g"}],"h":{"i":{"j":0}}} "#;
    assert_eq!(one(line, "a"), is(Kind::Text, "x"));
    assert_eq!(one(line, "b"), is(Kind::Number, "-1.5e+3"));
    assert_eq!(one(line, "c"), is(Kind::Boolean, "true"));
    assert_eq!(one(line, "d"), is(Kind::Null, "null"));
    assert_eq!(one(line, "e"), is(Kind::Nested, r#"[1,{"f":"g"}]"#));
    assert_eq!(one(line, "e[0]"), is(Kind::Number, "1"));
    assert_eq!(one(line, "e[1].f"), is(Kind::Text, "g"));
    assert_eq!(one(line, "e[2]"), is(Kind::Missing, ""));
    assert_eq!(one(line, "h.i.j"), is(Kind::Number, "0"));
    assert_eq!(one(line, "h.i"), is(Kind::Nested, r#"{"j":0}"#));
    assert_eq!(one(line, "a.b"), is(Kind::Missing, ""));
    let both = take(line.as_bytes(), &["h", "h.i.j", "a"]).unwrap();
    assert_eq!(both[0].1, br#"{"i":{"j":0}}"#);
    assert_eq!(both[1], (Kind::Number, b"0".to_vec()));
}

#[test]
fn the_last_of_several_keys_counts_and_takes_the_place_of_all_before() {
    assert_eq!(one(r#"{"a":1,"a":"2"}"#, "a"), is(Kind::Text, "2"));
    assert_eq!(one(r#"{"a":{"x":1},"a":{"y":2}}"#, "a.x"), is(Kind::Missing, ""));
    assert_eq!(one(r#"{"a":{"x":1},"a":3}"#, "a.x"), is(Kind::Missing, ""));
    assert_eq!(one(r#"{"a":[{"x":1}],"\u0061":[]}"#, "a[0].x"), is(Kind::Missing, ""));
}

#[test]
fn escapes_are_decoded_in_keys_and_values() {
    let key = r#"{"remote\u005fip":1,"k":2}"#;
    assert_eq!(one(key, "remote_ip"), is(Kind::Number, "1"));
    let simple = "{\"a\":\"x\\ny\\u00e9\\ud83d\\ude00\"}";
    assert_eq!(one(simple, "a"), is(Kind::Text, "x\ny\u{e9}\u{1f600}"));
    let lone = take(b"{\"a\":\"\\ud800x\"}", &["a"]).unwrap();
    assert_eq!(lone[0].1, b"\xed\xa0\x80x");
    let not_utf8 = take(b"{\"a\":\"\xff\"}", &["a"]).unwrap();
    assert_eq!(not_utf8[0].1, b"\xff");
}

#[test]
fn keys_with_dots_stand_in_quotes() {
    let line = r#"{"id.orig_h":"1.2.3.4","a":{"b.c":{"d":1}}}"#;
    assert_eq!(one(line, r#""id.orig_h""#), is(Kind::Text, "1.2.3.4"));
    assert_eq!(one(line, "id.orig_h"), is(Kind::Missing, ""));
    assert_eq!(one(line, r#"a."b.c".d"#), is(Kind::Number, "1"));
    assert_eq!(one(line, r#"a["b.c"].d"#), is(Kind::Number, "1"));
    for wrong in
        ["", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a[+1]", "a[]", "\"a", "a[\"b\"", "\"a\"b"]
    {
        assert!(matches!(Json::new(&[wrong]), Err(ScanError::Path(..))), "{wrong}");
    }
}

#[test]
fn what_is_broken_does_not_match() {
    for line in [
        "",
        "{",
        "}",
        "[]",
        "1",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":-}",
        "{\"a\":tru}",
        "{\"a\":truex}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":{]}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"b}",
        "{\"a\":\"b\\\"}",
        "{\"a\":\"\tb\"}",
        "{a:1}",
        "{\"a\":1}}",
        "{\"a\":'b'}",
    ] {
        for name in ["a", "z", "a.b", "a[0]"] {
            assert_eq!(take(line.as_bytes(), &[name]), None, "{line} {name}");
        }
    }
    assert_eq!(one("{\"a\":NaN,\"b\":-Infinity}", "b"), is(Kind::Number, "-Infinity"));
}

#[test]
fn a_line_of_brackets_ends_in_no_time_and_no_stack() {
    let deep = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n));
    // With the object itself, 1,024 may be open: whether a path leads into them or not.
    for path in ["b", "a", "a[0][0]", "a[0][1]"] {
        assert!(one(&deep(1023), path).is_some());
        assert!(one(&deep(1024), path).is_none());
    }
    assert!(!each(deep(1024).as_bytes(), &mut |_, _, _| {}));
    let far = format!("a{}", "[0]".repeat(3000));
    assert!(one(&deep(3000), &far).is_none());
    assert_eq!(one(&deep(1023), &far), is(Kind::Missing, ""));
    assert!(one(&"{\"a\":".repeat(200_000), "a.a.a").is_none());
    let mut leaves = 0;
    let many = format!("{{\"a\":[{}1]}}", "1,".repeat(5000));
    assert!(each(many.as_bytes(), &mut |_, _, _| leaves += 1));
    assert_eq!(leaves, 1000);
    leaves = 0;
    assert!(each(deep(1000).as_bytes(), &mut |_, _, _| leaves += 1));
    assert_eq!(leaves, 1);
}

#[test]
fn all_that_is_there_is_visited_by_the_path_that_finds_it() {
    let line = r#"{"a":1,"b c":{"d.e":[true,{"f":null}]},"g":[],"":"x","h":{}}"#;
    let mut seen = Vec::new();
    assert!(each(line.as_bytes(), &mut |name, kind, text| {
        seen.push((String::from_utf8(name.to_vec()).unwrap(), kind, text.to_vec()));
    }));
    let names: Vec<&str> = seen.iter().map(|(name, ..)| &name[..]).collect();
    assert_eq!(names, ["a", "\"b c\".\"d.e\"[0]", "\"b c\".\"d.e\"[1].f", "g", "\"\"", "h"]);
    for (name, kind, text) in &seen {
        assert_eq!(take(line.as_bytes(), &[name]).unwrap(), [(*kind, text.clone())]);
    }
}

fn value() -> impl Strategy<Value = Value> {
    let text = "[a-c\"\\\\\n\u{e9}\u{1f600}]{0,40}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9f64..1e9).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((text, inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// What serde_json says of a path of keys.
fn expected(value: &Value) -> (Kind, Vec<u8>) {
    match value {
        Value::Null => (Kind::Null, b"null".to_vec()),
        Value::Bool(_) => (Kind::Boolean, value.to_string().into_bytes()),
        Value::Number(_) => (Kind::Number, value.to_string().into_bytes()),
        Value::String(text) => (Kind::Text, text.clone().into_bytes()),
        _ => (Kind::Nested, value.to_string().into_bytes()),
    }
}

proptest! {
    #[test]
    fn objects_are_read_as_serde_json_reads_them(pairs in proptest::collection::vec(("[a-c.]{0,3}", value()), 0..6)) {
        let object = Value::Object(pairs.into_iter().collect());
        let line = object.to_string();
        for (key, held) in object.as_object().unwrap() {
            let name = serde_json::to_string(key).unwrap();
            prop_assert_eq!(take(line.as_bytes(), &[&name]), Some(vec![expected(held)]));
            if let Some(inner) = held.as_object() {
                for (key, held) in inner {
                    let name = format!("{name}.{}", serde_json::to_string(key).unwrap());
                    prop_assert_eq!(take(line.as_bytes(), &[&name]), Some(vec![expected(held)]));
                }
            }
            if let Some(first) = held.as_array().and_then(|items| items.first()) {
                prop_assert_eq!(take(line.as_bytes(), &[&format!("{name}[0]")]), Some(vec![expected(first)]));
            }
        }
        let mut visited = 0;
        prop_assert!(each(line.as_bytes(), &mut |_, _, _| visited += 1));
    }

    #[test]
    fn broken_lines_are_told_as_serde_json_tells_them(
        value in value(), at in any::<prop::sample::Index>(), byte in "[\"\\\\{}\\[\\],:0-9a-e. ]", cut: bool,
    ) {
        let mut line = Value::Object([("a".to_owned(), value)].into_iter().collect()).to_string().into_bytes();
        let at = at.index(line.len());
        if cut { line.truncate(at) } else { line[at] = byte.as_bytes()[0] }
        let told = serde_json::from_slice::<Value>(&line);
        // It does not take half a pair of surrogates, text that is not UTF-8, and huge numbers.
        let lenient = told.as_ref().is_err_and(|error| {
            let reason = error.to_string();
            ["surrogate", "hex escape", "unicode", "out of range"].iter().any(|word| reason.contains(word))
        });
        prop_assume!(!lenient);
        let object = matches!(told, Ok(Value::Object(_)));
        for name in ["a", "a.b", "x"] {
            prop_assert_eq!(take(&line, &[name]).is_some(), object, "{}", String::from_utf8_lossy(&line));
        }
        prop_assert_eq!(each(&line, &mut |_, _, _| {}), object);
    }
}

#[test]
fn two_spellings_of_a_path_both_hold_what_is_there() {
    let found = take(br#"{"a":{"b":"x"}}"#, &["a.b", r#"a["b"]"#, "a.b"]).unwrap();
    assert_eq!(found, vec![(Kind::Text, b"x".to_vec()); 3]);
}
