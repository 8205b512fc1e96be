//! Columns that lines in the file name: `#Fields:` of the W3C extended format (IIS, CloudFront), and
//! `#fields` of Zeek. They may change from one line to the next.

use super::found::{Found, Place};
use super::separated::{number, Columns};
use super::Visit;
use super::{Directive, Kind};
use crate::pattern::Vectors;
use std::sync::Arc;

/// The time of a W3C record stands in two columns; together they are asked for by this name.
pub const DATE_TIME: &str = "date-time";

/// What is wanted, by name.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    directive: Directive,
    names: Vec<String>,
}

/// The directives in force at some place, as they stand in the file.
pub(crate) type Lines = Arc<Vec<u8>>;

/// What one thread knows of the columns.
#[derive(Debug, Default)]
pub(crate) struct Headed {
    /// The lines that the columns come from, while none inside a block has changed them.
    lines: Option<Lines>,
    known: Known,
    columns: Option<Columns>,
    /// The same for a line with tabs, in W3C.
    tabbed: Option<Columns>,
    /// Slots of [`DATE_TIME`], and where date and time are put before that.
    dated: Vec<usize>,
}

/// What directives have said.
#[derive(Debug, Default, Clone)]
struct Known {
    names: Vec<Vec<u8>>,
    separator: Option<u8>,
    unset: Option<Vec<u8>>,
}

impl Heading {
    pub(crate) fn new(directive: Directive, names: &[&str]) -> Heading {
        Heading { directive, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Begins a block before which these directives stand.
    pub(crate) fn begin(&self, headed: &mut Headed, lines: &Lines) {
        if headed.lines.as_ref().is_some_and(|known| Arc::ptr_eq(known, lines)) {
            return;
        }
        headed.known = Known::default();
        for line in lines.split(|byte| *byte == b'\n') {
            headed.known.see(self.directive, line);
        }
        headed.lines = Some(lines.clone());
        self.settle(headed);
    }

    /// Takes the columns out of a line. `None` for a line that is no record.
    #[inline(always)]
    pub(crate) fn extract<V: Vectors>(
        &self,
        headed: &mut Headed,
        hay: &[u8],
        at: usize,
        end: usize,
        found: &mut Found,
    ) -> Option<bool> {
        if at < end && hay[at] == b'#' {
            if headed.known.see(self.directive, &hay[at..end]) {
                headed.lines = None;
                self.settle(headed);
            }
            return None;
        }
        let tabs = headed.tabbed.is_some() && memchr::memchr(b'\t', &hay[at..end]).is_some();
        let columns = if tabs { &headed.tabbed } else { &headed.columns };
        let Some(columns) = columns else { return Some(false) };
        if !columns.extract::<V>(hay, at, end, found) {
            return Some(false);
        }
        if !headed.dated.is_empty() {
            self.join_date(headed, hay, found);
        }
        Some(true)
    }

    /// Date and time have the last two slots; together they fill those they are wanted in.
    fn join_date(&self, headed: &Headed, hay: &[u8], found: &mut Found) {
        let wanted = self.names.len();
        let whole = [wanted, wanted + 1].iter().all(|slot| found.places[*slot].kind == Kind::Text);
        if !whole {
            return;
        }
        let start = found.decoded.len();
        for (i, slot) in [wanted, wanted + 1].into_iter().enumerate() {
            if i > 0 {
                found.decoded.push(b' ');
            }
            let text = found.text(hay, slot).to_vec();
            found.decoded.extend_from_slice(&text);
        }
        let place = Place { kind: Kind::Text, decoded: true, start, end: found.decoded.len() };
        for &slot in &headed.dated {
            found.places[slot] = place;
        }
    }

    fn settle(&self, headed: &mut Headed) {
        let known = &headed.known;
        let column = |name: &str| {
            let position = known.names.iter().position(|known| known[..] == *name.as_bytes());
            position.or_else(|| number(name)?.checked_sub(1))
        };
        let dated = |name: &&String| {
            self.directive == Directive::W3c && name[..] == *DATE_TIME && column(name).is_none()
        };
        let mut wanted: Vec<Option<usize>> = self.names.iter().map(|name| column(name)).collect();
        headed.dated = (0..self.names.len()).filter(|at| dated(&&self.names[*at])).collect();
        if !headed.dated.is_empty() {
            wanted.extend([column("date"), column("time")]);
        }
        let (delimiter, tab) = match self.directive {
            Directive::W3c => (b' ', Some(b'\t')),
            Directive::Zeek => (known.separator.unwrap_or(b'\t'), None),
        };
        let columns = |delimiter: u8| {
            let mut columns = Columns::new(wanted.clone(), delimiter, delimiter == b' ');
            columns.unset.clone_from(&known.unset);
            columns
        };
        let named = !known.names.is_empty();
        headed.columns = named.then(|| columns(delimiter));
        headed.tabbed = tab.filter(|_| named).map(columns);
    }
}

impl Known {
    /// Reads a line that begins with `#`; whether it says anything about the columns.
    fn see(&mut self, directive: Directive, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let words = |rest: &[u8], separator: u8| -> Vec<Vec<u8>> {
            let words = rest.split(|byte| *byte == separator || *byte == b' ');
            words.filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect()
        };
        match directive {
            Directive::W3c => match strip(line, b"#fields:") {
                Some(rest) => self.names = words(rest, b'\t'),
                None => return false,
            },
            Directive::Zeek => {
                let separator = self.separator.unwrap_or(b'\t');
                let value = |rest: &[u8]| rest.strip_prefix(&[separator]).map(<[u8]>::to_vec);
                if let Some(rest) = line.strip_prefix(b"#separator ") {
                    self.separator = byte(rest);
                } else if let Some(rest) = line.strip_prefix(b"#fields") {
                    self.names = words(rest, separator);
                } else if let Some(rest) = line.strip_prefix(b"#unset_field") {
                    self.unset = value(rest);
                } else {
                    return false;
                }
            }
        }
        true
    }
}

/// What stands behind a word at the beginning of a line, whatever its case.
fn strip<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let (begin, rest) = line.split_at_checked(word.len())?;
    begin.eq_ignore_ascii_case(word).then_some(rest)
}

/// One byte, as it is or as `\x09`.
fn byte(text: &[u8]) -> Option<u8> {
    match text {
        [byte] => Some(*byte),
        [b'\\', b'x', hex @ ..] => u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok(),
        _ => None,
    }
}

/// Adds the directives in some whole lines to those before; whether there were any.
pub(crate) fn collect(directive: Directive, lines: &[u8], known: &mut Vec<u8>) -> bool {
    let mut any = false;
    let mut add = |line: &[u8]| {
        if line.len() <= LONGEST && Known::default().see(directive, line) {
            // Of each word only the last line counts.
            let word =
                |line: &[u8]| line.split(|b| matches!(b, b' ' | b'\t')).next().map(<[u8]>::to_vec);
            let others: Vec<Vec<u8>> = known
                .split(|byte| *byte == b'\n')
                .filter(|old| !old.is_empty() && word(old) != word(line))
                .map(<[u8]>::to_vec)
                .collect();
            *known = others.join(&b'\n');
            known.push(b'\n');
            known.extend_from_slice(line);
            any = true;
        }
    };
    let line = |at: usize| {
        let end = memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |feed| at + feed);
        &lines[at..end]
    };
    if lines.first() == Some(&b'#') {
        add(line(0));
    }
    for at in memchr::memmem::find_iter(lines, b"\n#") {
        add(line(at + 1));
    }
    any
}

/// A directive of more bytes is none.
const LONGEST: usize = 64 << 10;

/// Visits the columns of a line, by the numbers they have.
pub(crate) fn each(directive: Directive, line: &[u8], visit: &mut Visit<'_>) -> bool {
    if line.first() == Some(&b'#') {
        return false;
    }
    let tabs = directive == Directive::Zeek || line.contains(&b'\t');
    let columns = Columns::new(Vec::new(), if tabs { b'\t' } else { b' ' }, !tabs);
    columns.each(line, &[], visit)
}

/// The columns that a line with `#` names, if it does. `known` holds the directives before it.
pub(crate) fn names(
    directive: Directive,
    line: &[u8],
    known: &mut Vec<u8>,
) -> Option<Vec<Vec<u8>>> {
    let mut all = Known::default();
    known.split(|byte| *byte == b'\n').for_each(|line| {
        all.see(directive, line);
    });
    if line.len() > LONGEST || !all.see(directive, line) {
        return None;
    }
    collect(directive, line, known);
    Some(all.names)
}
