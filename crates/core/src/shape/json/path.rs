//! Paths into objects, and the tree of those that are wanted.

use crate::error::ScanError;
use crate::shape::escape::decode;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the value of a key.
    Key(Vec<u8>),
    /// Into an item of an array, from 0.
    Item(usize),
}

/// Reads a path: keys divided by dots, `[0]` for items, and quotes around a key that has dots,
/// brackets or quotes in it.
pub(super) fn parse(name: &str) -> Result<Vec<Step>, ScanError> {
    let wrong = |message: &str| ScanError::Path(name.to_owned(), message.to_owned());
    let mut steps = Vec::new();
    let mut rest = name;
    loop {
        // A key, at the beginning and behind a dot.
        if rest.starts_with('"') {
            let (key, after) = quoted(rest).ok_or_else(|| wrong("a quote is not closed"))?;
            steps.push(Step::Key(key));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let begins_with_item = end == 0 && rest.starts_with('[') && steps.is_empty();
            if end == 0 && !begins_with_item {
                return Err(wrong("a key is empty; put \"\" where that is meant"));
            }
            if !begins_with_item {
                steps.push(Step::Key(rest.as_bytes()[..end].to_vec()));
            }
            rest = &rest[end..];
        }
        while let Some(inside) = rest.strip_prefix('[') {
            if inside.starts_with('"') {
                let (key, after) = quoted(inside).ok_or_else(|| wrong("a quote is not closed"))?;
                steps.push(Step::Key(key));
                rest = after.strip_prefix(']').ok_or_else(|| wrong("a bracket is not closed"))?;
            } else {
                let end = inside.find(']').ok_or_else(|| wrong("a bracket is not closed"))?;
                // A sign would be read too.
                let digits = inside[..end].bytes().all(|byte| byte.is_ascii_digit());
                let item = inside[..end].parse().ok().filter(|_| digits);
                let item = item.ok_or_else(|| {
                    wrong("in brackets stands a whole number from 0, or a key in quotes")
                })?;
                steps.push(Step::Item(item));
                rest = &inside[end + 1..];
            }
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(steps),
            None => return Err(wrong("behind a quote or a bracket stands a dot")),
        }
    }
}

/// The key in quotes that a text begins with, and what stands behind it.
fn quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    let inside = &text[1..];
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                let mut key = Vec::new();
                decode(&inside.as_bytes()[..at], &mut key);
                return Some((key, &inside[at + 1..]));
            }
            _ => {}
        }
    }
    None
}

/// Appends a key to a path, in quotes where it would be read otherwise.
pub(super) fn push_key(key: &[u8], path: &mut Vec<u8>) {
    if !path.is_empty() {
        path.push(b'.');
    }
    let special =
        |byte: &u8| matches!(byte, b'.' | b'[' | b']' | b'"' | b'\\' | b',') || *byte <= b' ';
    if !key.is_empty() && !key.iter().any(special) {
        path.extend_from_slice(key);
        return;
    }
    path.push(b'"');
    for &byte in key {
        match byte {
            b'"' | b'\\' => path.extend_from_slice(&[b'\\', byte]),
            0..=0x1f => path.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => path.push(byte),
        }
    }
    path.push(b'"');
}

/// The root of a tree.
pub(super) const ROOT: usize = 0;

/// The wanted paths, put together where they begin alike.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// What is wanted at one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    keys: Vec<(Vec<u8>, usize)>,
    items: Vec<(usize, usize)>,
    /// The value itself is wanted.
    pub(super) slot: Option<usize>,
    /// Something in it is wanted.
    pub(super) inner: bool,
    /// The slots of all that is wanted here and below.
    pub(super) slots: Vec<usize>,
    /// So many objects and arrays are around it.
    pub(super) depth: usize,
}

impl Tree {
    pub(super) fn new() -> Tree {
        Tree { nodes: vec![Node::default()] }
    }

    /// Wants a path. Where it is wanted already, however that was written, the slot it has then.
    pub(super) fn add(&mut self, steps: &[Step], slot: usize) -> usize {
        let mut at = ROOT;
        for step in steps {
            self.nodes[at].slots.push(slot);
            self.nodes[at].inner = true;
            let fresh = self.nodes.len();
            let node = &mut self.nodes[at];
            let known = match step {
                Step::Key(key) => node.keys.iter().find(|(held, _)| held == key).map(|(_, n)| *n),
                Step::Item(item) => {
                    node.items.iter().find(|(held, _)| held == item).map(|(_, n)| *n)
                }
            };
            at = match known {
                Some(known) => known,
                None => {
                    match step {
                        Step::Key(key) => node.keys.push((key.clone(), fresh)),
                        Step::Item(item) => node.items.push((*item, fresh)),
                    }
                    let depth = node.depth + 1;
                    self.nodes.push(Node { depth, ..Node::default() });
                    fresh
                }
            };
        }
        if self.nodes[at].slot.is_none() {
            self.nodes[at].slots.push(slot);
        }
        *self.nodes[at].slot.get_or_insert(slot)
    }

    pub(super) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    /// What is wanted of the value of the key that stands in `hay[start..end]`.
    #[inline(always)]
    pub(super) fn key(
        &self,
        node: usize,
        hay: &[u8],
        start: usize,
        end: usize,
        escaped: bool,
    ) -> Option<usize> {
        let keys = &self.nodes[node].keys;
        if escaped {
            let mut key = Vec::new();
            decode(&hay[start..end], &mut key);
            return keys.iter().find(|(held, _)| *held == key).map(|(_, child)| *child);
        }
        let len = end - start;
        let found = keys.iter().find(|(held, _)| held.len() == len && held[..] == hay[start..end]);
        found.map(|(_, child)| *child)
    }

    /// What is wanted of an item of an array.
    pub(super) fn item(&self, node: usize, index: usize) -> Option<usize> {
        let items = &self.nodes[node].items;
        items.iter().find(|(held, _)| *held == index).map(|(_, child)| *child)
    }
}
