//! GB a second of one thread that takes paths out of JSON lines, with and without vector
//! instructions.

use std::hint::black_box;
use std::time::Instant;

use streamstats_core::shape::json::{Json, Layouts};
use streamstats_core::shape::Found;
use streamstats_core::PADDING;

/// So much that it does not stay in the first two caches, as a log does not.
const BYTES: usize = 16 << 20;

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

const PAGES: [&str; 6] =
    ["/", "/index.html", "/api/v1/users/42", "/static/app.js", "/a?b=c&d=e", "/login"];
const AGENTS: [&str; 4] = [
    "curl/8.5.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Go-http-client/1.1",
];
const METHODS: [&str; 5] = ["GET", "GET", "GET", "POST", "HEAD"];

fn nginx(dice: &mut Dice) -> String {
    let second = dice.below(60);
    let address: Vec<String> = (0..4).map(|_| dice.below(256).to_string()).collect();
    format!(
        "{{\"time\":\"2026-03-12T10:{:02}:{second:02}+00:00\",\"remote_addr\":\"{}\",\"remote_user\":\"-\",\
         \"request_method\":\"{}\",\"request_uri\":\"{}\",\"status\":{},\"body_bytes_sent\":{},\
         \"request_time\":{}.{:03},\"http_referer\":\"{}\",\"http_user_agent\":\"{}\",\
         \"host\":\"www.example.com\",\"upstream_response_time\":\"0.{:03}\"}}",
        dice.below(60),
        address.join("."),
        dice.one(&METHODS),
        dice.one(&PAGES),
        dice.one(&["200", "200", "304", "404", "500"]),
        dice.below(100_000),
        dice.below(3),
        dice.below(1000),
        dice.one(&["-", "https://www.example.com/", "https://search.example/?q=streams"]),
        dice.one(&AGENTS),
        dice.below(1000),
    )
}

/// As a request is written by Caddy: objects in the object, lists of one text.
fn caddy(dice: &mut Dice) -> String {
    format!(
        "{{\"level\":\"info\",\"ts\":17732{}.{:04},\"logger\":\"http.log.access\",\"msg\":\"handled request\",\
         \"request\":{{\"remote_ip\":\"10.0.{}.{}\",\"remote_port\":\"{}\",\"proto\":\"HTTP/2.0\",\
         \"method\":\"{}\",\"host\":\"example.com\",\"uri\":\"{}\",\"headers\":{{\"User-Agent\":[\"{}\"],\
         \"Accept-Encoding\":[\"gzip, br\"]}}}},\"duration\":0.00{},\"size\":{},\"status\":{},\
         \"resp_headers\":{{\"Server\":[\"Caddy\"],\"Content-Type\":[\"text/html\"]}}}}",
        10_000 + dice.below(90_000),
        dice.below(10_000),
        dice.below(256),
        dice.below(256),
        dice.below(65_536),
        dice.one(&METHODS),
        dice.one(&PAGES),
        dice.one(&AGENTS),
        dice.below(1000),
        dice.below(100_000),
        dice.one(&["200", "304", "404"]),
    )
}

/// As Python writes it: a blank behind each colon and comma.
fn spaced(dice: &mut Dice) -> String {
    nginx(dice).replace("\":", "\": ").replace(",\"", ", \"")
}

/// As a log in a log: each quote has a backslash before it.
fn docker(dice: &mut Dice) -> String {
    let inside = nginx(dice).replace('"', "\\\"");
    format!(
        "{{\"log\":\"{inside}\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-12T10:00:00.123Z\"}}"
    )
}

struct Log {
    text: Vec<u8>,
    lines: Vec<(usize, usize)>,
}

fn log(line: fn(&mut Dice) -> String) -> Log {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut text, mut lines) = (Vec::new(), Vec::new());
    while text.len() < BYTES {
        let at = text.len();
        text.extend_from_slice(line(&mut dice).as_bytes());
        lines.push((at, text.len()));
        text.push(b'\n');
    }
    text.resize(text.len() + PADDING, 0);
    Log { text, lines }
}

/// The best of many runs: other work on the machine only ever adds time.
fn measure(log: &Log, mut run: impl FnMut(&[u8], usize, usize) -> bool) -> f64 {
    let runs = (0..30).map(|_| {
        let begin = Instant::now();
        let fit = log.lines.iter().filter(|&&(at, end)| run(&log.text, at, end)).count();
        let took = begin.elapsed();
        assert_eq!(fit, log.lines.len());
        took.as_secs_f64()
    });
    let best = runs.fold(f64::INFINITY, f64::min);
    (log.text.len() - PADDING) as f64 / best / 1e9
}

fn main() {
    #[allow(clippy::type_complexity)] // a table, read once
    let works: [(&str, fn(&mut Dice) -> String, &[&str]); 7] = [
        ("nginx, first key", nginx, &["time"]),
        ("nginx, status", nginx, &["status"]),
        ("nginx, four keys", nginx, &["time", "remote_addr", "request_time", "status"]),
        ("nginx, no such key", nginx, &["absent"]),
        ("spaced, status", spaced, &["status"]),
        ("caddy, inside", caddy, &["request.host"]),
        ("docker, stream", docker, &["stream"]),
    ];
    println!("{:>8} {:>8} {:>8}  work", "GB/s", "portable", "bytes");
    for (name, line, paths) in works {
        let log = log(line);
        let json = Json::new(paths).expect("these are paths");
        let mut found = Found::default();
        let mut layouts = Layouts::default();
        let vectors = measure(&log, |hay, at, end| {
            black_box(json.read(hay, at, end, &mut layouts, &mut found))
        });
        // Cut at its end, the line has no padding.
        let plain = measure(&log, |hay, at, end| {
            black_box(json.read(&hay[..end], at, end, &mut layouts, &mut found))
        });
        let each = log.text.len() / log.lines.len();
        println!("{vectors:>8.2} {plain:>8.2} {each:>8}  {name}");
    }
}
