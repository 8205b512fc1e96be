//! JSON lines: each line is an object, and a group is a path in it.
//!
//! A line is gone through once, from left to right, and nothing is built of it: what no path leads to is
//! checked and skipped (`skip`), and of the rest the places are noted. A line that is no JSON is one
//! that does not match, wherever it is broken.
//!
//! Most lines of a log are laid out as one before was (`layout`): such a line is compared with that one
//! and not gone through. Both ways give the same answer, which property tests and a fuzz target hold.

mod each;
mod layout;
mod path;
mod skip;

#[cfg(test)]
mod met;
#[cfg(test)]
mod tests;

pub use each::each;
pub use layout::Layouts;

use super::escape::decode;
use super::found::{Found, Kind, Place};
use crate::error::ScanError;
use crate::pattern::{NoVectors, Task, Vectors};
use layout::Met;
use path::{Tree, ROOT};
use skip::{End, Text, DEEPEST};

/// The paths that are wanted, ready for many lines.
#[derive(Debug, Clone)]
pub struct Json {
    tree: Tree,
    groups: usize,
    /// Groups that are wanted again, perhaps written otherwise, and the first of the same path.
    again: Vec<(usize, usize)>,
}

impl Json {
    /// Takes these paths out of each line: `request.headers.host`, `tags[0]`, and `"a.b".c` or
    /// `a["b.c"]` for keys with dots in them.
    ///
    /// # Errors
    ///
    /// Where one is no path.
    pub fn new(names: &[&str]) -> Result<Json, ScanError> {
        let mut tree = Tree::new();
        let mut again = Vec::new();
        for (slot, name) in names.iter().enumerate() {
            let first = tree.add(&path::parse(name)?, slot);
            if first != slot {
                again.push((slot, first));
            }
        }
        Ok(Json { tree, groups: names.len(), again })
    }

    /// Takes the groups out of the line `hay[at..end]`; false where that is no object. Vector
    /// instructions are used where the processor has them and `hay` goes on for
    /// [`crate::PADDING`] bytes behind `end`, whatever they hold. `layouts` are those of the lines before,
    /// of which the same paths were taken.
    pub fn read(
        &self,
        hay: &[u8],
        at: usize,
        end: usize,
        layouts: &mut Layouts,
        found: &mut Found,
    ) -> bool {
        assert!(at <= end && end <= hay.len());
        #[cfg(target_arch = "x86_64")]
        if hay.len() - end >= crate::PADDING && crate::pattern::has_vectors() {
            // SAFETY: the processor has AVX2, and the padding is there.
            return unsafe { self.read_avx2(hay, at, end, layouts, found) };
        }
        self.extract::<NoVectors>(hay, at, end, layouts, found)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn read_avx2(
        &self,
        hay: &[u8],
        at: usize,
        end: usize,
        layouts: &mut Layouts,
        found: &mut Found,
    ) -> bool {
        self.extract::<crate::pattern::Avx2>(hay, at, end, layouts, found)
    }

    /// Takes the groups out of the line `hay[at..end]`; false where that is no object. Of a key that
    /// stands several times in an object the last one counts.
    #[inline(always)]
    pub(crate) fn extract<V: Vectors>(
        &self,
        hay: &[u8],
        at: usize,
        end: usize,
        layouts: &mut Layouts,
        found: &mut Found,
    ) -> bool {
        let text = Text::<V>::new(hay, end);
        found.reset(self.groups);
        let met = layouts.meet(text, at, found);
        if met != Met::Known {
            if !V::run(Through { json: self, text, at, found }) {
                return false;
            }
            if met == Met::New {
                layouts.learn(text, at, found);
            }
        }
        for &(slot, first) in &self.again {
            found.places[slot] = found.places[first];
        }
        true
    }

    /// Goes through a line whose layout is not known.
    #[inline(always)]
    fn through<V: Vectors>(&self, text: Text<'_, V>, at: usize, found: &mut Found) -> bool {
        found.reset(self.groups);
        let at = text.blanks(at);
        text.byte(at) == b'{'
            && self.object(text, at, ROOT, found).is_some_and(|end| text.blanks(end) == text.end)
    }

    /// Goes through the object that begins at `at`, of which the paths below `node` are wanted; where
    /// it ends.
    #[inline(always)]
    fn object<V: Vectors>(
        &self,
        text: Text<'_, V>,
        at: usize,
        node: usize,
        found: &mut Found,
    ) -> End {
        let inside = self.tree.node(node).depth + 1;
        let mut at = text.blanks(at + 1);
        if text.byte(at) == b'}' {
            return Some(at + 1);
        }
        loop {
            if text.byte(at) != b'"' {
                return None;
            }
            let (close, escaped) = text.string(at + 1)?;
            let child = self.tree.key(node, text.hay, at + 1, close, escaped);
            at = text.blanks(close + 1);
            if text.byte(at) != b':' {
                return None;
            }
            at = text.blanks(at + 1);
            at = match child {
                None => text.skip(at, inside)?,
                Some(child) => self.value(text, at, child, found)?,
            };
            at = text.blanks(at);
            match text.byte(at) {
                b',' => at = text.blanks(at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// The same for an array.
    #[inline(always)]
    fn array<V: Vectors>(
        &self,
        text: Text<'_, V>,
        at: usize,
        node: usize,
        found: &mut Found,
    ) -> End {
        let inside = self.tree.node(node).depth + 1;
        let mut at = text.blanks(at + 1);
        if text.byte(at) == b']' {
            return Some(at + 1);
        }
        for index in 0.. {
            at = match self.tree.item(node, index) {
                None => text.skip(at, inside)?,
                Some(child) => self.value(text, at, child, found)?,
            };
            at = text.blanks(at);
            match text.byte(at) {
                b',' => at = text.blanks(at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
        None
    }

    /// Notes the value that begins at `at`, and goes into it where more is wanted.
    #[inline(always)]
    fn value<V: Vectors>(
        &self,
        text: Text<'_, V>,
        at: usize,
        node: usize,
        found: &mut Found,
    ) -> End {
        let node_of = self.tree.node(node);
        if node_of.inner {
            // What an earlier key of this name held is gone.
            for &slot in &node_of.slots {
                found.places[slot] = Place::MISSING;
            }
        }
        let (after, place) = match text.byte(at) {
            b'"' => {
                let (close, escaped) = text.string(at + 1)?;
                let place = match (node_of.slot, escaped) {
                    (Some(_), true) => {
                        let start = found.decoded.len();
                        decode(&text.hay[at + 1..close], &mut found.decoded);
                        let end = found.decoded.len();
                        Place { kind: Kind::Text, decoded: true, start, end }
                    }
                    _ => Place::here(Kind::Text, at + 1, close),
                };
                (close + 1, place)
            }
            open @ (b'{' | b'[') => {
                let object = open == b'{';
                let after = match node_of.inner {
                    false => text.skip(at, node_of.depth)?,
                    true if node_of.depth == DEEPEST => return None,
                    true => V::run(Inside { json: self, text, at, node, object, found })?,
                };
                (after, Place::here(Kind::Nested, at, after))
            }
            _ => {
                let (after, kind) = text.scalar(at)?;
                (after, Place::here(kind, at, after))
            }
        };
        if let Some(slot) = node_of.slot {
            found.places[slot] = place;
        }
        Some(after)
    }
}

/// A line that is gone through.
struct Through<'a, 'f, V> {
    json: &'a Json,
    text: Text<'a, V>,
    at: usize,
    found: &'f mut Found,
}

impl<V: Vectors> Task for Through<'_, '_, V> {
    type Answer = bool;

    #[inline(always)]
    fn run(self) -> bool {
        self.json.through(self.text, self.at, self.found)
    }
}

/// An object or array in which something is wanted. One leads into the next as often as a wanted path
/// is long, whatever the line holds.
struct Inside<'a, 'f, V> {
    json: &'a Json,
    text: Text<'a, V>,
    at: usize,
    node: usize,
    object: bool,
    found: &'f mut Found,
}

impl<V: Vectors> Task for Inside<'_, '_, V> {
    type Answer = End;

    #[inline(always)]
    fn run(self) -> End {
        let Inside { json, text, at, node, object, found } = self;
        if object {
            json.object(text, at, node, found)
        } else {
            json.array(text, at, node, found)
        }
    }
}
