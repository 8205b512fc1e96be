//! Lines that are laid out as one before was.
//!
//! A log has few kinds of lines: the same keys in the same order, and only what they hold is another.
//! The layout of a line is its text cut into *literals*, which are all but what texts, numbers and words
//! hold, and the *holes* between them. A line whose literals are the same bytes, and whose holes hold
//! a text or a number or word each, is JSON because the other one was, and what is wanted stands in the
//! same holes. One pass notes where all quotes are; with it the end of each hole is known without
//! a search, and no step waits for the one before.

use super::skip::Text;
use crate::pattern::{Chunk, NoVectors, Quotes, Vectors};
use crate::shape::escape::decode;
use crate::shape::found::{Found, Kind, Place};

/// So many layouts are held at once.
const HELD: usize = 8;

/// A line of more parts than this is not learned.
const MOST_PARTS: usize = 512;

/// Where fewer lines than four in five are of a known layout, looking for one takes longer than it
/// saves. So a line that is of none costs so many points, and one that is gives one back;
const COST: u32 = 4;

/// with so many spent,
const MOST_SPENT: u32 = 64;

/// so many lines are gone through as if nothing was known.
const PAUSE: u32 = 1000;

/// The layouts of the lines that one thread looked at, for the same wanted paths.
#[derive(Debug, Clone, Default)]
pub struct Layouts {
    held: Vec<Layout>,
    /// The one that was met last, and is tried first.
    last: usize,
    /// The one that a new one takes the place of.
    oldest: usize,
    quotes: Quotes,
    spent: u32,
    pause: u32,
}

/// What a line is to the layouts that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// It has one of them, and what is wanted was found.
    Known,
    /// It has none of them; its own can be learned if it turns out to be JSON.
    New,
    /// It was not looked at, or cannot be learned.
    Strange,
}

/// A line without what it holds.
#[derive(Debug, Clone)]
struct Layout {
    parts: Vec<Part>,
    /// So many quotes are in such a line.
    quotes: u32,
}

/// A literal, or so much of one as is compared at once, and what is behind it.
#[derive(Debug, Clone)]
struct Part {
    chunk: Chunk,
    /// Its bytes,
    len: u32,
    /// and one bit for each byte of the chunk that is not one of them.
    rest: u32,
    hole: Hole,
    /// Who wants what stands in the hole.
    slot: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    /// The literal goes on.
    None,
    /// A text, up to the next quote.
    Text,
    /// A number or a word that ends so many bytes before the next quote,
    Quoted(u32),
    /// so many before the end of the line,
    Last(u32),
    /// or where reading it ends.
    Open,
    /// The line ends.
    End,
}

impl Layouts {
    /// Finds the groups of the line `text.hay[at..text.end]`, if its layout is known.
    #[inline(always)]
    pub(super) fn meet<V: Vectors>(
        &mut self,
        text: Text<'_, V>,
        at: usize,
        found: &mut Found,
    ) -> Met {
        if self.pause > 0 {
            self.pause -= 1;
            return Met::Strange;
        }
        let escape = |at| text.escape(at).is_some();
        let Some(escapes) = V::quotes(text.hay, at, text.end, &mut self.quotes, escape) else {
            self.spend();
            return Met::Strange;
        };
        let quotes = &self.quotes;
        for number in 0..self.held.len() {
            // The last one, then all others once.
            let number =
                if number == 0 { self.last } else { number - usize::from(number <= self.last) };
            let layout = &self.held[number];
            if layout.quotes != quotes.many() {
                continue;
            }
            if layout.read(text, at, quotes, escapes, found).is_some() {
                self.last = number;
                self.spent = self.spent.saturating_sub(1);
                return Met::Known;
            }
            // It may have filled some places before it failed.
            found.reset(found.places.len());
        }
        self.spend();
        Met::New
    }

    fn spend(&mut self) {
        self.spent += COST;
        if self.spent > MOST_SPENT {
            (self.spent, self.pause) = (0, PAUSE);
        }
    }

    /// Holds the layout of a line that was just met and is JSON, in which `found` was found.
    #[cold]
    pub(super) fn learn<V: Vectors>(&mut self, text: Text<'_, V>, at: usize, found: &Found) {
        let text = Text::<NoVectors>::new(text.hay, text.end);
        let Some(layout) = Layout::of(text, at, &found.places) else { return };
        if self.held.len() < HELD {
            self.held.push(layout);
            return;
        }
        self.held[self.oldest] = layout;
        self.oldest = (self.oldest + 1) % HELD;
    }
}

impl Layout {
    /// The layout of a line that is JSON; nothing where it would be too large, and where what is
    /// wanted stands in no hole as it is.
    fn of(text: Text<'_, NoVectors>, at: usize, wanted: &[Place]) -> Option<Layout> {
        let mut layout = Layout { parts: Vec::new(), quotes: 0 };
        let mut slots = 0;
        let (mut literal, mut here) = (at, at);
        while here < text.end {
            let (start, end, hole) = match text.byte(here) {
                b'"' => {
                    let (close, _) = text.string(here + 1)?;
                    layout.quotes += 2;
                    let after = text.blanks(close + 1);
                    if text.byte(after) == b':' {
                        here = after + 1;
                        continue;
                    }
                    (here + 1, close, Hole::Text)
                }
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N' | b'I' => {
                    (here, text.scalar(here)?.0, Hole::Open)
                }
                _ => {
                    here += 1;
                    continue;
                }
            };
            let is_it = |place: &Place| {
                let plain = !matches!(place.kind, Kind::Missing | Kind::Nested) && !place.decoded;
                plain && (place.start, place.end) == (start, end)
            };
            let slot = wanted.iter().position(is_it);
            slots += usize::from(slot.is_some());
            layout.push(&text.hay[literal..start], hole, slot)?;
            literal = end;
            here = end + usize::from(hole == Hole::Text);
        }
        layout.push(&text.hay[literal..text.end], Hole::End, None)?;
        let there = wanted.iter().filter(|place| place.kind != Kind::Missing).count();
        (slots == there).then_some(layout)
    }

    /// Adds a literal and the hole behind it.
    fn push(&mut self, literal: &[u8], hole: Hole, slot: Option<usize>) -> Option<()> {
        if self.parts.len() + literal.len() / 32 >= MOST_PARTS {
            return None;
        }
        if let Some(Part { hole: before @ Hole::Open, .. }) = self.parts.last_mut() {
            *before = match literal.iter().position(|&byte| byte == b'"') {
                Some(quote) => Hole::Quoted(quote as u32),
                None if hole == Hole::End => Hole::Last(literal.len() as u32),
                None => Hole::Open,
            };
        }
        let mut rest = literal;
        loop {
            let (bytes, after) = rest.split_at(rest.len().min(32));
            let last = after.is_empty();
            self.parts.push(Part {
                chunk: Chunk::new(bytes),
                len: bytes.len() as u32,
                rest: u32::MAX.checked_shl(bytes.len() as u32).unwrap_or(0),
                hole: if last { hole } else { Hole::None },
                slot: slot.filter(|_| last).map(|slot| slot as u32),
            });
            if last {
                return Some(());
            }
            rest = after;
        }
    }

    /// Finds what is wanted in a line that has as many quotes as this layout; nothing where it is laid
    /// out in another way.
    #[inline(always)]
    fn read<V: Vectors>(
        &self,
        text: Text<'_, V>,
        at: usize,
        quotes: &Quotes,
        escapes: bool,
        found: &mut Found,
    ) -> Option<()> {
        let mut here = at;
        for part in &self.parts {
            let after = here + part.len as usize;
            if after > text.end || !V::same(text.hay, here, &part.chunk, part.rest) {
                return None;
            }
            // No backslash escapes what follows a literal, so the next quote is the one that ends a text.
            let (end, kind) = match part.hole {
                Hole::None => {
                    here = after;
                    continue;
                }
                Hole::End => return (after == text.end).then_some(()),
                Hole::Text => (at + quotes.next(after - at)?, Kind::Text),
                scalar => {
                    let end = match scalar {
                        Hole::Quoted(before) => {
                            (at + quotes.next(after - at)?).checked_sub(before as usize)?
                        }
                        Hole::Last(before) => text.end.checked_sub(before as usize)?,
                        _ => text.scalar(after)?.0,
                    };
                    (end, text.whole(after, end)?)
                }
            };
            if let Some(slot) = part.slot {
                let inside = text.hay.get(after..end)?;
                found.places[slot as usize] = if escapes && inside.contains(&b'\\') {
                    let start = found.decoded.len();
                    decode(inside, &mut found.decoded);
                    Place { kind, decoded: true, start, end: found.decoded.len() }
                } else {
                    Place::here(kind, after, end)
                };
            }
            here = end;
        }
        None
    }
}
