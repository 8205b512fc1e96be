//! Nanoseconds a line of one thread that counts an access log: its addresses, and its addresses per
//! minute. The log is made here, or is the one whose path is given.

use std::io::Read;
use std::time::Instant;

use streamstats_core::pattern::Pattern;
use streamstats_core::record::{Scan, Time, TIME};
use streamstats_core::scan::{Counter, Watch};
use streamstats_core::shape::Shape;
use streamstats_core::timestamp::{Format, Zone};

/// `combined` of the library.
const COMBINED: &str = concat!(
    r#"^(?P<ip>[^ ]+) (?P<ident>[^ ]+) (?P<user>.+?) \[(?P<time>[^\[\]]+)\] "#,
    r#""(?P<request>(?P<method>(?:[^ "\\]|\\.)*)(?: (?P<path>(?:[^ "\\]|\\.)*)"#,
    r#"(?: (?P<protocol>(?:[^"\\]|\\.)*))?)?)" (?P<status>\d{3}|-) (?P<bytes>\d+|-) "#,
    r#""(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)"#,
);

const LINES: u64 = 100_000;
const MINUTE: i64 = 60_000_000_000;

/// Numbers that look drawn, the same ones in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

fn line(number: u64, dice: &mut Dice) -> String {
    let second = number / 58;
    format!(
        "{}.{}.{}.{} - - [12/Mar/2026:{:02}:{:02}:{:02} +0000] \"GET {} HTTP/1.1\" {} {} \"{}\" \"{}\"\n",
        10 + dice.below(4),
        dice.below(16),
        dice.below(8),
        dice.below(40),
        second / 3600,
        second / 60 % 60,
        second % 60,
        dice.one(&["/", "/index.html", "/search?q=chair&page=4", "/static/js/app.3f2a91.js", "/a\\\"b"]),
        dice.one(&["200", "200", "200", "304", "404", "500"]),
        dice.below(100_000),
        dice.one(&["-", "-", "https://shop.example/category/bathroom?page=9&sort=price"]),
        dice.one(&[
            "curl/8.5.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/119.0.223.0 Safari/537.36",
        ]),
    )
}

fn main() {
    let given = std::env::args().nth(1).filter(|given| !given.starts_with('-'));
    let log = given.as_ref().map_or_else(
        || {
            let mut dice = Dice(88_172_645_463_325_252);
            (0..LINES).map(|number| line(number, &mut dice)).collect::<String>().into_bytes()
        },
        |path| std::fs::read(path).expect("a log that can be read"),
    );
    let runs = if given.is_some() { 1 } else { 40 };
    let pattern = Pattern::new(COMBINED).expect("an expression");
    let shape = Shape::Pattern(pattern);
    let time = Time {
        format: Format::compile("%d/%b/%Y:%H:%M:%S %z").expect("a format"),
        zone: Zone::named("UTC").expect("a zone"),
        reference: i64::MAX,
        start: i64::MIN,
        end: i64::MAX,
    };
    let wanted = std::env::var("ONLY").unwrap_or_default();
    for (name, time) in [("addresses", None), ("addresses per minute", Some((TIME, time)))] {
        if !wanted.is_empty() && wanted != name {
            continue;
        }
        let scan = Scan::new(&shape, &["ip"], &[], None, None, time).expect("groups are there");
        let mut best = f64::INFINITY;
        for _ in 0..runs {
            let begin = Instant::now();
            let mut rest = &log[..];
            let mut read = |buffer: &mut [u8]| rest.read(buffer);
            let mut counter = Counter::new(1, scan.measures(), MINUTE);
            let report = counter.stream(&scan, &mut read, b"", &Watch::default());
            assert_eq!(report.unmatched, 0);
            best = best.min(begin.elapsed().as_nanos() as f64 / report.lines as f64);
        }
        println!("{best:>8.1} ns a line: {name}");
    }
}
