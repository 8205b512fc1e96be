//! A line reads the same whether its layout is known or not.

use super::*;
use proptest::prelude::*;

type Answer = Option<Vec<(Kind, Vec<u8>)>>;

const WANTED: [&str; 4] = ["a", "b.c", "d[1]", "e"];

/// Reads a line behind so many other bytes, with vector instructions or without.
fn read(line: &[u8], before: usize, vectors: bool, layouts: &mut Layouts) -> Answer {
    let json = Json::new(&WANTED).unwrap();
    let behind = if vectors { crate::PADDING } else { 0 };
    let hay = [&vec![b'\\'; before][..], line, &vec![b'"'; behind]].concat();
    let mut found = Found::default();
    let fits = json.read(&hay, before, before + line.len(), layouts, &mut found);
    let holds = |slot: usize| (found.places[slot].kind, found.text(&hay, slot).to_vec());
    fits.then(|| (0..WANTED.len()).map(holds).collect())
}

/// One that goes through every line, because a line before was never met.
fn fresh(line: &[u8]) -> Answer {
    read(line, 0, false, &mut Layouts::default())
}

/// Lines of one kind: the same keys and blanks, with other texts and numbers, some of them broken.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let text = r#"[a-c ,:{}\[\]"]{0,70}|\\["\\nu]|\\u00e[0-9]|(\\\\){0,40}"?|["]{0,3}"#;
    let number = r"-?[0-9]{1,3}|0|[0-9]{1,35}|[0-9]{0,2}\.[0-9]{0,4}|-?1e[+-]?[0-9]{1,2}";
    let word = "true|false|null|NaN|-?Infinity|tru|\"x\"|";
    let gap = "|| |  |\t";
    let one = (text, number, word, text, number).prop_map(|(a, c, d, e, f)| [a, c, d, e, f]);
    (gap, "|x{1,40}", proptest::collection::vec(one, 2..8)).prop_map(|(gap, key, values)| {
        let line = |[a, c, d, e, f]: [String; 5]| {
            format!(
                "{gap}{{\"a\":{gap}\"{a}\",{gap}\"b\":{{\"{key}\":{c},\"c\":{d}}},\"d\":[{f},\"{e}\",1],\"e\":{c}{gap}}}"
            )
        };
        values.into_iter().map(line).collect()
    })
}

proptest! {
    #[test]
    fn at_every_place(lines in lines(), before in 0usize..70) {
        let (mut with, mut without) = (Layouts::default(), Layouts::default());
        for line in lines.iter().chain(&lines) {
            let expected = fresh(line.as_bytes());
            prop_assert_eq!(&read(line.as_bytes(), before, true, &mut with), &expected, "{}", line);
            prop_assert_eq!(&read(line.as_bytes(), before, false, &mut without), &expected, "{}", line);
        }
    }

    #[test]
    fn with_a_byte_of_it_changed(lines in lines(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut layouts = Layouts::default();
        let mut changed = lines[0].clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        read(lines[0].as_bytes(), 3, true, &mut layouts);
        read(lines[1].as_bytes(), 3, true, &mut layouts);
        prop_assert_eq!(read(&changed, 3, true, &mut layouts), fresh(&changed));
        let cut = &lines[0].as_bytes()[..at];
        prop_assert_eq!(read(cut, 3, true, &mut layouts), fresh(cut));
    }
}

#[test]
fn a_line_is_known_once_another_of_its_layout_was_read() {
    let met = |layouts: &mut Layouts, line: &str| {
        let json = Json::new(&["a", "n"]).unwrap();
        let mut found = Found::default();
        found.reset(2);
        let met = layouts.meet(Text::<NoVectors>::new(line.as_bytes(), line.len()), 0, &mut found);
        assert!(json.read(line.as_bytes(), 0, line.len(), layouts, &mut found));
        met
    };
    let mut layouts = Layouts::default();
    assert_eq!(met(&mut layouts, r#"{"a":"x","n":1}"#), Met::New);
    assert_eq!(met(&mut layouts, r#"{"a":"longer","n":2.5}"#), Met::Known);
    assert_eq!(met(&mut layouts, r#"{"a":"\"\u0061","n":null}"#), Met::Known);
    assert_eq!(met(&mut layouts, r#"{"n":1,"a":"x"}"#), Met::New);
    assert_eq!(met(&mut layouts, r#"{"n":1,"a":"x"}"#), Met::Known);
    assert_eq!(met(&mut layouts, r#"{"a":"x","n":1}"#), Met::Known);
    // What no layout is worth is left alone for a while.
    for number in 0..100 {
        met(&mut layouts, &format!(r#"{{"a":"x","n":1,"k{number}":1}}"#));
    }
    assert_eq!(met(&mut layouts, r#"{"a":"x","n":1}"#), Met::Strange);
}
