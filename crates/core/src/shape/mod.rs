//! How the lines of a log hold their groups.

mod blanks;
mod escape;
pub(crate) mod extract;
pub mod found;
pub(crate) mod heading;
pub mod json;
mod logfmt;
pub(crate) mod separated;

#[cfg(test)]
mod tests;

pub use found::{Found, Kind, Place};

use crate::error::ScanError;
use crate::pattern::Pattern;
use blanks::Blanks;
use extract::Extractor;
use heading::Heading;
use json::Json;
use logfmt::Logfmt;
use separated::Columns;

/// Is told of a group: its name as it is asked for, its kind, its text.
pub type Visit<'a> = dyn FnMut(&[u8], Kind, &[u8]) + 'a;

/// How lines hold groups.
#[derive(Debug, Clone)]
pub enum Shape {
    /// The only group is the whole line, which is called [`LINE`].
    Lines,
    /// The named groups of a regular expression.
    Pattern(Pattern),
    /// A JSON object; groups are paths in it.
    Json,
    /// Pairs of `key=value`.
    Logfmt,
    /// Columns.
    Separated(Separated),
    /// Words between blanks, by number.
    Blanks,
}

/// Columns between delimiters.
#[derive(Debug, Clone)]
pub struct Separated {
    /// What stands between two columns.
    pub delimiter: u8,
    /// Whether a column may stand in quotes.
    pub quoting: bool,
    /// Where the names of the columns come from. All can be called by their number too, from 1.
    pub header: Header,
}

/// Where the names of columns come from.
#[derive(Debug, Clone)]
pub enum Header {
    /// They have none.
    None,
    /// These; a first record that reads so is none.
    Names(Vec<Vec<u8>>),
    /// Lines that begin with `#`, anywhere.
    Directive(Directive),
}

/// How lines with `#` name the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive {
    /// `#Fields:`, W3C extended log format.
    W3c,
    /// `#fields`, Zeek.
    Zeek,
}

/// The group that stands for the whole line where there is no pattern.
pub const LINE: &str = "line";

/// How input is cut into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// A record is a line.
    Lines,
    /// A record is a line, but for line feeds in quotes; with what divides its columns.
    Quoted(u8),
    /// A record is a line; some lines name the columns of those behind.
    Headed(Directive),
    /// A line that has not the shape goes on with the record before.
    Joined,
}

impl Shape {
    pub(crate) fn framing(&self) -> Framing {
        match self {
            Shape::Separated(Separated { header: Header::Directive(directive), .. }) => {
                Framing::Headed(*directive)
            }
            Shape::Separated(Separated { delimiter, quoting: true, .. }) => {
                Framing::Quoted(*delimiter)
            }
            _ => Framing::Lines,
        }
    }

    /// Visits every group of a line: its name as it is asked for, its kind and its text. False where
    /// the line has another shape.
    pub fn each(&self, line: &[u8], visit: &mut Visit<'_>) -> bool {
        match self {
            Shape::Lines => {
                visit(LINE.as_bytes(), Kind::Text, line);
                true
            }
            Shape::Pattern(pattern) => {
                let Some(spans) = pattern.spans(line) else { return false };
                for (name, span) in pattern.groups().iter().zip(spans) {
                    let kind = if span.is_some() { Kind::Text } else { Kind::Missing };
                    visit(name.as_bytes(), kind, span.map_or(&[], |span| &line[span]));
                }
                true
            }
            Shape::Json => json::each(line, visit),
            Shape::Logfmt => logfmt::each(line, visit),
            Shape::Blanks => blanks::each(line, visit),
            Shape::Separated(separated) => separated.each(line, visit),
        }
    }
}

impl Separated {
    fn extractor(&self, wanted: &[&str]) -> Result<Extractor, ScanError> {
        let names: &[Vec<u8>] = match &self.header {
            Header::Directive(directive) => {
                return Ok(Extractor::Headed(Heading::new(*directive, wanted)));
            }
            Header::Names(names) => names,
            Header::None => &[],
        };
        let column = |name: &&str| {
            let position = names.iter().position(|known| known[..] == *name.as_bytes());
            let found = position.or_else(|| separated::number(name)?.checked_sub(1));
            found.map(Some).ok_or_else(|| ScanError::NoSuchGroup((*name).to_owned()))
        };
        let wanted = wanted.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        Ok(Extractor::Columns(Columns::new(wanted, self.delimiter, self.quoting), names.to_vec()))
    }

    fn each(&self, line: &[u8], visit: &mut Visit<'_>) -> bool {
        let names: &[Vec<u8>] = match &self.header {
            Header::Directive(directive) => return heading::each(*directive, line, visit),
            Header::Names(names) => names,
            Header::None => &[],
        };
        Columns::new(Vec::new(), self.delimiter, self.quoting).each(line, names, visit)
    }
}

/// Gives each wanted group its slot.
pub(crate) struct Slots<'a> {
    shape: &'a Shape,
    /// The groups of a pattern are known by their number there, those of other shapes by their place
    /// here.
    wanted: Vec<String>,
    numbers: Vec<usize>,
}

impl<'a> Slots<'a> {
    pub(crate) fn new(shape: &'a Shape) -> Slots<'a> {
        Slots { shape, wanted: Vec::new(), numbers: Vec::new() }
    }

    /// The slot of a group.
    pub(crate) fn of(&mut self, name: &str) -> Result<usize, ScanError> {
        let missing = || ScanError::NoSuchGroup(name.to_owned());
        match self.shape {
            Shape::Lines => (name == LINE).then_some(0).ok_or_else(missing),
            Shape::Pattern(pattern) => {
                let number = pattern.group(name).ok_or_else(missing)?;
                self.numbers.push(number);
                Ok(number)
            }
            _ => Ok(self.wanted(name)),
        }
    }

    fn wanted(&mut self, name: &str) -> usize {
        let known = self.wanted.iter().position(|wanted| wanted == name);
        known.unwrap_or_else(|| {
            self.wanted.push(name.to_owned());
            self.wanted.len() - 1
        })
    }

    /// What takes the groups that were given slots.
    pub(crate) fn extractor(self) -> Result<Extractor, ScanError> {
        Ok(match self.shape {
            Shape::Lines => Extractor::Lines,
            Shape::Pattern(pattern) => Extractor::Pattern(pattern.matcher(&self.numbers)),
            Shape::Json => Extractor::Json(Json::new(&names(&self.wanted))?),
            Shape::Logfmt => Extractor::Logfmt(Logfmt::new(&names(&self.wanted))),
            Shape::Blanks => Extractor::Blanks(Blanks::new(&names(&self.wanted))?),
            Shape::Separated(separated) => separated.extractor(&names(&self.wanted))?,
        })
    }
}

fn names(wanted: &[String]) -> Vec<&str> {
    wanted.iter().map(String::as_str).collect()
}
