//! All that a line holds, for those who do not know yet what to ask for.

use super::path::push_key;
use super::skip::Text;
use crate::pattern::NoVectors;
use crate::shape::escape::decode;
use crate::shape::{Kind, Visit};

/// So many values of a line are visited,
const MOST: usize = 1000;

/// and so deep is gone into it; what is deeper is visited as it is written.
const DEEPEST: usize = 32;

/// Visits every value of a line that holds no others, with its path as it would be asked for; empty
/// objects and arrays too. What stands several times in an object is visited each time, in the order of
/// the line. False where the line is no object; then nothing was visited.
pub fn each(line: &[u8], visit: &mut Visit<'_>) -> bool {
    let text = Text::<NoVectors>::new(line, line.len());
    let at = text.blanks(0);
    let whole = text.byte(at) == b'{'
        && text.nested(at, 0).is_some_and(|after| text.blanks(after) == line.len());
    if whole {
        let mut walk = Walk { text, path: Vec::new(), left: MOST, visit };
        walk.value(at, 0);
    }
    whole
}

struct Walk<'a, 'v> {
    text: Text<'a, NoVectors>,
    path: Vec<u8>,
    left: usize,
    visit: &'a mut Visit<'v>,
}

impl Walk<'_, '_> {
    /// Visits the value that begins at `at`, of a line that is known to be whole; where it ends, or
    /// nothing once enough was visited.
    fn value(&mut self, at: usize, depth: usize) -> Option<usize> {
        let text = self.text;
        match text.byte(at) {
            b'"' => {
                let (close, _) = text.string(at + 1)?;
                let mut decoded = Vec::new();
                decode(&text.hay[at + 1..close], &mut decoded);
                self.visit(Kind::Text, &decoded)?;
                Some(close + 1)
            }
            open @ (b'{' | b'[') => {
                let after = text.blanks(at + 1);
                let empty = matches!(text.byte(after), b'}' | b']');
                if empty || depth == DEEPEST {
                    let end = text.nested(at, depth)?;
                    if depth > 0 {
                        self.visit(Kind::Nested, &text.hay[at..end])?;
                    }
                    return Some(end);
                }
                self.inside(after, depth, open == b'{')
            }
            _ => {
                let (end, kind) = text.scalar(at)?;
                self.visit(kind, &text.hay[at..end])?;
                Some(end)
            }
        }
    }

    fn inside(&mut self, mut at: usize, depth: usize, object: bool) -> Option<usize> {
        let text = self.text;
        let known = self.path.len();
        for index in 0usize.. {
            if object {
                let (close, _) = text.string(at + 1)?;
                let mut key = Vec::new();
                decode(&text.hay[at + 1..close], &mut key);
                push_key(&key, &mut self.path);
                at = text.blanks(text.blanks(close + 1) + 1);
            } else {
                self.path.extend_from_slice(format!("[{index}]").as_bytes());
            }
            at = text.blanks(self.value(at, depth + 1)?);
            self.path.truncate(known);
            if text.byte(at) != b',' {
                return Some(at + 1);
            }
            at = text.blanks(at + 1);
        }
        None
    }

    fn visit(&mut self, kind: Kind, text: &[u8]) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        (self.visit)(&self.path, kind, text);
        Some(())
    }
}
