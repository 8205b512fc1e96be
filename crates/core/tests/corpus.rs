//! Real log lines with known instants.

use std::collections::BTreeMap;
use std::path::PathBuf;

use streamstats_core::timestamp::{find, recognise, recognise_lines, Format, Hints, State, Zone};

const SECOND: i64 = 1_000_000_000;

/// The folder with the corpus, from STREAMSTATS_CORPUS or beside the workspace.
fn corpus() -> Option<PathBuf> {
    let beside = || {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().map(|folder| folder.join("shared/data")).find(|data| data.is_dir())
    };
    let folder = std::env::var_os("STREAMSTATS_CORPUS").map(PathBuf::from).or_else(beside);
    if folder.is_none() {
        eprintln!("SKIPPED: no corpus: set STREAMSTATS_CORPUS to its folder");
    }
    folder
}

struct Case {
    file: String,
    line: String,
    stamp: String,
    epoch: i64,
    zone: String,
    now: i64,
}

fn cases(text: &str) -> Vec<Case> {
    let case = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        Case {
            file: text("file"),
            line: text("line"),
            stamp: text("stamp"),
            epoch: value["epoch"].as_i64().unwrap(),
            zone: text("zone"),
            now: value["now"].as_i64().unwrap(),
        }
    };
    text.lines().map(case).collect()
}

/// Lines that are read otherwise, with the reason.
const EXCEPTIONS: [(usize, &str); 1] =
    [(226, "10/06/2013 alone does not tell day and month apart; right with the month first")];

#[test]
fn every_line_with_a_known_instant() {
    let Some(folder) = corpus() else { return };
    let all = cases(&std::fs::read_to_string(folder.join("cases/timestamps.jsonl")).unwrap());
    // whether the day comes first is a fact of the file, not of the line
    let mut orders: BTreeMap<&str, Vec<Format>> = BTreeMap::new();
    for case in &all {
        let found = find(case.line.as_bytes(), Hints::default());
        if let Some(found) = found.filter(|found| found.other.is_none()) {
            orders.entry(&case.file).or_default().push(found.format);
        }
    }
    let mut wrong = Vec::new();
    for (index, case) in all.iter().enumerate() {
        let number = index + 1;
        let zone = Zone::named(&case.zone).unwrap();
        let mut state = State::new(&zone, case.now * SECOND);
        let line = case.line.as_bytes();
        let Some(found) = find(line, Hints::default()) else {
            wrong.push((number, format!("nothing found in {:?}", case.line)));
            continue;
        };
        let text = &line[found.range.clone()];
        let place = case.line.find(&case.stamp).unwrap();
        let contains = found.range.start <= place && place + case.stamp.len() <= found.range.end;
        let told = orders
            .get(&*case.file)
            .into_iter()
            .flatten()
            .find(|f| Some(*f) == found.other.as_ref());
        let settled = found.other.is_none()
            || orders.get(&*case.file).into_iter().flatten().any(|f| *f == found.format)
            || told.is_some();
        let format = told.unwrap_or(&found.format);
        let instant = format.parse(text, &mut state).map(|ns| ns.div_euclid(SECOND));
        let said = String::from_utf8_lossy(text).into_owned();
        if !contains {
            wrong.push((number, format!("found {said:?} for {:?}", case.stamp)));
        } else if !settled {
            wrong.push((number, format!("{said:?}: day first or month first")));
        } else if instant != Some(case.epoch) {
            wrong
                .push((number, format!("{said:?} is {instant:?}, not {}: {format:?}", case.epoch)));
        } else if recognise(
            &[case.stamp.as_bytes()],
            Hints { day_first: Some(format.name().starts_with("day")) },
        )
        .ok()
        .and_then(|f| f.parse(case.stamp.as_bytes(), &mut state))
        .map(|ns| ns.div_euclid(SECOND))
            != Some(case.epoch)
        {
            wrong.push((number, format!("{said:?} alone is not recognised")));
        }
    }
    println!("{} of {} read", all.len() - wrong.len(), all.len());
    for (number, what) in &wrong {
        println!("line {number}: {what}");
    }
    wrong.retain(|(number, _)| !EXCEPTIONS.iter().any(|(known, _)| known == number));
    assert!(wrong.is_empty());
}

/// How many records follow a newer one, where that is not none.
const DISORDER: [(&str, usize); 8] = [
    ("apache_combined.log", 4915),
    ("nginx_combined.log", 25443),
    ("Apache_2k.log", 33),
    ("HPC_2k.log", 1113),
    ("Linux_2k.log", 3),
    ("Mac_2k.log", 1),
    ("Proxifier_2k.log", 1),
    ("Zookeeper_2k.log", 2),
];

/// Every line of the real logs has a stamp that is found, by `find` and by the format that the
/// first lines settle, and the logs are in order where they are known to be.
#[test]
fn whole_logs() {
    let Some(folder) = corpus() else { return };
    let mut paths: Vec<PathBuf> = Vec::new();
    for part in ["loghub", "access"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "log") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).collect();
        let sample: Vec<&[u8]> = lines.iter().copied().take(200).collect();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let format = match recognise_lines(&sample, Hints::default()) {
            Ok(format) => format,
            Err(error) => panic!("{name}: {error}"),
        };
        let mut state = State::new(&Zone::utc(), 1_700_000_000 * SECOND);
        let (mut found, mut searched, mut back, mut last) = (0, 0, 0, i64::MIN);
        let (mut first, mut newest) = (i64::MAX, i64::MIN);
        for line in &lines {
            found += usize::from(find(line, Hints::default()).is_some());
            if let Some((instant, _)) = format.search(line, &mut state) {
                searched += 1;
                back += usize::from(instant < last);
                last = instant;
                first = first.min(instant);
                newest = newest.max(instant);
            }
        }
        let span = (first / SECOND, newest / SECOND);
        println!("{name}: {} lines, {format:?}, back {back}, {span:?}", lines.len());
        assert_eq!((found, searched), (lines.len(), lines.len()), "{name}");
        let known = DISORDER.iter().find(|(log, _)| *log == name).map_or(0, |(_, known)| *known);
        assert_eq!(back, known, "{name}");
    }
}
