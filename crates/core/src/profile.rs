//! What can be counted in a log: for each group or key how many lines have it, how many distinct values
//! it has, some of them, and the numbers among them.
//!
//! Memory is bounded, whatever the input: so many keys, of each so many hashes and then a sketch, and
//! of all keys together so many hashes.

use crate::amount;
use crate::pattern::NoVectors;
use crate::shape::heading::{self, DATE_TIME};
use crate::shape::separated::{quoted_end, Failed};
use crate::shape::{Directive, Header, Kind, Separated, Shape};
use crate::tally::{Distinct, Key};
use crate::MAX_LINE;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// So many keys are known; of others it is only said that there are some.
pub const KEYS: usize = 1000;

/// So many distinct values of a key are counted exactly,
const EXACT: usize = 10_000;
/// and so many of all keys together; then sketches take their place.
const EXACT_IN_ALL: usize = 1_000_000;

/// So many examples are kept of a key,
const EXAMPLES: usize = 3;
/// each of so many bytes at the most.
const CLIPPED: usize = 200;

/// Takes the hash that a value has already.
#[derive(Default)]
struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

enum Values {
    Exact(HashSet<u64, BuildHasherDefault<Given>>),
    About(Box<Distinct>),
}

/// What is known of one key.
pub struct Column {
    /// Its name, as it is asked for.
    pub name: Vec<u8>,
    /// How many lines have it,
    pub lines: u64,
    /// and how many of those hold a number.
    pub numbers: u64,
    /// The first distinct values, clipped.
    pub examples: Vec<Vec<u8>>,
    /// The least and the largest number, as they are written.
    pub range: Option<(Vec<u8>, Vec<u8>)>,
    least: amount::Billionths,
    largest: amount::Billionths,
    values: Values,
    /// The line that it was seen in last, so that of a key that stands twice one counts.
    seen: u64,
    recent: u64,
}

impl Column {
    fn new(name: &[u8]) -> Column {
        Column {
            name: name.to_vec(),
            lines: 0,
            numbers: 0,
            examples: Vec::new(),
            range: None,
            least: 0,
            largest: 0,
            values: Values::Exact(HashSet::default()),
            seen: 0,
            recent: 0,
        }
    }

    /// How many distinct values it has, and whether that is exact.
    pub fn distinct(&self) -> (u64, bool) {
        match &self.values {
            Values::Exact(hashes) => (hashes.len() as u64, true),
            Values::About(sketch) => (sketch.estimate().round() as u64, false),
        }
    }

    fn see(&mut self, kind: Kind, text: &[u8], line: u64, exact: &mut usize) {
        if self.seen == line {
            return;
        }
        self.seen = line;
        self.lines += 1;
        if matches!(kind, Kind::Text | Kind::Number) {
            self.number(text);
        }
        let hash = Key::new(text).hash() ^ ((kind != Kind::Text) as u64 * kind as u64);
        if hash == self.recent {
            return;
        }
        self.recent = hash;
        let fresh = match &mut self.values {
            Values::Exact(hashes) => hashes.insert(hash),
            Values::About(sketch) => {
                sketch.see(hash);
                return;
            }
        };
        if !fresh {
            return;
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(text[..text.len().min(CLIPPED)].to_vec());
        }
        *exact += 1;
        self.bound(exact);
    }

    fn bound(&mut self, exact: &mut usize) {
        let Values::Exact(hashes) = &self.values else { return };
        let len = hashes.len();
        if len <= EXACT && (*exact <= EXACT_IN_ALL || len < EXACT_IN_ALL / KEYS) {
            return;
        }
        let mut sketch = Box::new(Distinct::new());
        hashes.iter().for_each(|hash| sketch.see(*hash));
        *exact -= len;
        self.values = Values::About(sketch);
    }

    fn number(&mut self, text: &[u8]) {
        if !text.last().is_some_and(u8::is_ascii_digit) {
            return;
        }
        let Some(number) = amount::parse(text) else { return };
        self.numbers += 1;
        match &mut self.range {
            None => {
                self.range = Some((text.to_vec(), text.to_vec()));
                (self.least, self.largest) = (number, number);
            }
            Some((least, _)) if number < self.least => {
                self.least = number;
                *least = text.to_vec();
            }
            Some((_, largest)) if number > self.largest => {
                self.largest = number;
                *largest = text.to_vec();
            }
            Some(_) => {}
        }
    }
}

/// The profile of lines of one shape.
pub struct Profile {
    shape: Shape,
    /// How many lines were looked at,
    pub lines: u64,
    /// and how many have the shape.
    pub matched: u64,
    /// The keys in the order in which they were met.
    pub columns: Vec<Column>,
    /// There are more keys than are known.
    pub more: bool,
    places: HashMap<Vec<u8>, usize>,
    /// How many hashes are kept.
    exact: usize,
    /// What stands behind the last line feed, or quote, of what was given.
    rest: Vec<u8>,
    /// It is looked at again when there is so much of it: twice as much each time that no quote closes
    /// the record, so that it is not gone through again for each few bytes that come.
    wanted: usize,
    most: Option<u64>,
    /// A line that is too long is passed over up to its end.
    overlong: bool,
    /// The columns that directives named last, where they do.
    heading: Vec<u8>,
    names: Vec<Vec<u8>>,
    first: bool,
}

impl Profile {
    /// Of nothing yet.
    pub fn new(shape: Shape) -> Profile {
        Profile {
            shape,
            lines: 0,
            matched: 0,
            columns: Vec::new(),
            more: false,
            places: HashMap::new(),
            exact: 0,
            rest: Vec::new(),
            wanted: 0,
            most: None,
            overlong: false,
            heading: Vec::new(),
            names: Vec::new(),
            first: true,
        }
    }

    /// Looks at the next bytes, up to so many lines in all; whether it has seen as many.
    pub fn feed(&mut self, bytes: &[u8], most: Option<u64>) -> bool {
        self.most = most;
        if self.rest.len() + bytes.len() < self.wanted {
            self.rest.extend_from_slice(bytes);
            return false;
        }
        self.look(bytes, false)
    }

    /// Looks at what was left and at these bytes, the last of a file perhaps.
    fn look(&mut self, bytes: &[u8], last: bool) -> bool {
        let most = self.most;
        let mut rest = std::mem::take(&mut self.rest);
        let joined;
        let bytes = if rest.is_empty() {
            bytes
        } else {
            rest.extend_from_slice(bytes);
            joined = rest;
            &joined[..]
        };
        let mut at = 0;
        let mut failed = Failed::default();
        while most.is_none_or(|most| self.lines < most) {
            let Some(feed) = self.end(bytes, at, last, &mut failed) else { break };
            if self.overlong {
                self.overlong = false;
                self.lines += 1;
            } else {
                self.line(&bytes[at..feed]);
            }
            at = feed + 1;
        }
        if most.is_some_and(|most| self.lines >= most) {
            return true;
        }
        self.wanted = 0;
        if bytes.len() - at > MAX_LINE {
            self.overlong = true;
        } else {
            self.rest = bytes[at..].to_vec();
            if memchr::memchr(b'\n', &self.rest).is_some() {
                self.wanted = 2 * self.rest.len();
            }
        }
        false
    }

    /// There are no more bytes: the last line may lack its end. The next ones begin another file.
    pub fn finish(&mut self) {
        if self.wanted > 0 {
            self.look(&[], true);
            self.wanted = 0;
        }
        let rest = std::mem::take(&mut self.rest);
        if self.overlong {
            self.lines += 1;
        } else if !rest.is_empty() {
            self.line(&rest);
        }
        self.overlong = false;
        self.first = true;
        self.heading.clear();
        self.names.clear();
    }

    /// The line feed that ends the record at `at`; with one `failed` for all of the bytes.
    fn end(&self, bytes: &[u8], at: usize, last: bool, failed: &mut Failed) -> Option<usize> {
        let feed = memchr::memchr(b'\n', &bytes[at..]).map(|feed| at + feed)?;
        let Shape::Separated(Separated { delimiter, quoting: true, header }) = &self.shape else {
            return Some(feed);
        };
        if matches!(header, Header::Directive(_))
            || memchr::memchr(b'"', &bytes[at..feed]).is_none()
        {
            return Some(feed);
        }
        match quoted_end::<NoVectors>(bytes, at, bytes.len(), *delimiter, failed) {
            Some((end, _)) if end < bytes.len() => Some(end),
            // More may come that closes the quote, if it is not too far already.
            _ if bytes.len() - at <= MAX_LINE && !last => None,
            _ => Some(feed),
        }
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let first = std::mem::take(&mut self.first);
        if let Shape::Separated(Separated { header: Header::Directive(directive), .. }) =
            &self.shape
        {
            if line.first() == Some(&b'#') {
                self.directive(*directive, line);
                return;
            }
        }
        if line.len() > MAX_LINE {
            self.lines += 1;
            return;
        }
        if first && self.is_header(line) {
            return;
        }
        self.lines += 1;
        let number = self.lines;
        let Profile { shape, columns, more, places, exact, names, .. } = self;
        let mut guess = 0;
        let mut position = 0;
        let mut dated: [Vec<u8>; 2] = Default::default();
        let mut see = |name: &[u8], kind: Kind, text: &[u8]| {
            let at = match columns.get(guess) {
                Some(column) if column.name == name => guess,
                _ => match places.get(name) {
                    Some(&at) => at,
                    None if columns.len() < KEYS => {
                        columns.push(Column::new(name));
                        places.insert(name.to_vec(), columns.len() - 1);
                        columns.len() - 1
                    }
                    None => {
                        *more = true;
                        return;
                    }
                },
            };
            guess = at + 1;
            if kind != Kind::Missing {
                columns[at].see(kind, text, number, exact);
            }
        };
        let fits = shape.each(line, &mut |name, kind, text| {
            let named = names.get(position).map_or(name, |named| &named[..]);
            position += 1;
            if !names.is_empty() {
                match named {
                    b"date" => dated[0] = text.to_vec(),
                    b"time" => dated[1] = text.to_vec(),
                    _ => {}
                }
            }
            see(named, kind, text);
        });
        if fits && dated.iter().all(|part| !part.is_empty()) {
            see(DATE_TIME.as_bytes(), Kind::Text, &dated.join(&b' '));
        }
        self.matched += u64::from(fits);
    }

    fn is_header(&self, line: &[u8]) -> bool {
        let Shape::Separated(Separated { header: Header::Names(names), .. }) = &self.shape else {
            return false;
        };
        let mut same = 0;
        let mut others = false;
        self.shape.each(line, &mut |name, _, text| {
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            if name == text {
                same += 1;
            } else {
                others = true;
            }
        });
        same == names.len() && !others
    }

    fn directive(&mut self, directive: Directive, line: &[u8]) {
        if let Some(names) = heading::names(directive, line, &mut self.heading) {
            self.names = names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(shape: Shape, bytes: &[u8], step: usize) -> Profile {
        let mut profile = Profile::new(shape);
        bytes.chunks(step).for_each(|part| assert!(!profile.feed(part, None)));
        profile.finish();
        profile
    }

    fn summary(profile: &Profile) -> Vec<(String, u64, u64, u64)> {
        let name = |column: &Column| String::from_utf8(column.name.clone()).unwrap();
        let row = |c: &Column| (name(c), c.lines, c.distinct().0, c.numbers);
        profile.columns.iter().map(row).collect()
    }

    #[test]
    fn keys_of_objects_are_counted_however_the_bytes_come() {
        let lines = b"{\"a\":1,\"b\":{\"c\":\"x\"}}\n{\"a\":\"1\",\"b\":{\"c\":\"y\"}}\nno\n{\"a\":30,\"a\":2}";
        for step in [1, 7, 1000] {
            let found = profile(Shape::Json, lines, step);
            assert_eq!((found.lines, found.matched), (4, 3));
            assert_eq!(summary(&found), [("a".to_owned(), 3, 3, 3), ("b.c".to_owned(), 2, 2, 0)]);
            assert_eq!(found.columns[0].range, Some((b"1".to_vec(), b"30".to_vec())));
            assert_eq!(found.columns[1].examples, [b"x".to_vec(), b"y".to_vec()]);
        }
    }

    #[test]
    fn columns_have_the_names_of_the_header_and_quotes_may_hold_line_feeds() {
        let names = vec![b"a".to_vec(), b"b".to_vec()];
        let header = Header::Names(names);
        let shape = Shape::Separated(Separated { delimiter: b',', quoting: true, header });
        for step in [1, 5, 1000] {
            let found = profile(shape.clone(), b"a,b\n1,\"x\ny\"\n2,\n", step);
            assert_eq!((found.lines, found.matched), (2, 2));
            assert_eq!(summary(&found), [("a".to_owned(), 2, 2, 2), ("b".to_owned(), 2, 2, 0)]);
        }
    }

    #[test]
    fn quotes_that_never_close_take_linear_time() {
        let header = Header::Names(vec![b"a".to_vec(), b"b".to_vec()]);
        let shape = Shape::Separated(Separated { delimiter: b',', quoting: true, header });
        let lines = 400_000;
        // Each line begins a record that never ends.
        let text = "x\",\"y\n".repeat(lines);
        for step in [300, 1 << 20] {
            let begun = std::time::Instant::now();
            let found = profile(shape.clone(), text.as_bytes(), step);
            assert!(found.lines >= lines as u64 / 2);
            assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        }
        let found = profile(shape, b"a,b\n1,2\n\"3,4\n5,6\n", 3);
        assert_eq!((found.lines, found.matched), (3, 2), "as counting does");
    }

    #[test]
    fn headers_inside_a_file_name_what_follows() {
        let header = Header::Directive(Directive::W3c);
        let shape = Shape::Separated(Separated { delimiter: b' ', quoting: true, header });
        let text =
            b"#Fields: date time ip\n2024-03-14 09:26:53 1.1.1.1\n#Fields: ip n\n1.1.1.1 7\n";
        let found = profile(shape, text, 9);
        let ip = found.columns.iter().find(|column| column.name == b"ip").unwrap();
        assert_eq!((ip.lines, ip.distinct()), (2, (1, true)));
        assert!(found.columns.iter().any(|column| column.name == DATE_TIME.as_bytes()));
    }

    #[test]
    fn memory_is_bounded() {
        let mut profile = Profile::new(Shape::Logfmt);
        for i in 0..30_000u32 {
            profile.feed(format!("id={i} k{}=1\n", i % 5000).as_bytes(), None);
        }
        profile.finish();
        assert_eq!(profile.columns.len(), KEYS);
        assert!(profile.more);
        let (about, exact) = profile.columns[0].distinct();
        assert!(!exact);
        assert!((28_000..32_000).contains(&about), "{about}");
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let mut profile = Profile::new(Shape::Blanks);
        for _ in 0..40 {
            profile.feed(&[b'x'; 100_000], None);
            assert!(profile.rest.len() <= MAX_LINE);
        }
        profile.feed(b"\na b\n", None);
        profile.finish();
        assert_eq!((profile.lines, profile.matched), (2, 1));
        assert!(profile.feed(b"a\nb\nc\n", Some(4)));
        assert_eq!(profile.lines, 4);
    }
}
