//! The bytes under which a value is counted, and the groups that it was put together of.
//!
//! Text of one group is counted as it is. Where a value has several groups they are divided by a NUL
//! byte. Anything but text carries a tag, so that the number 200 and the text "200" are two values.

use crate::shape::Kind;

/// Stands between the groups of a value of several; a byte like it in a group is written as two.
const SEPARATOR: u8 = 0;

/// Begins what is written as two bytes, and a tag.
const ESCAPE: u8 = 1;

/// Text whose key would begin with this byte has to be escaped, for it would look like a tag.
pub(crate) const MARK: u8 = ESCAPE;

/// The kinds that are tagged, at the place of their tag behind [`FIRST_TAG`].
const TAGGED: [Kind; 5] = [Kind::Missing, Kind::Null, Kind::Boolean, Kind::Number, Kind::Nested];
const FIRST_TAG: u8 = 3;

fn tag(kind: Kind) -> Option<u8> {
    let at = TAGGED.iter().position(|tagged| *tagged == kind)?;
    Some(FIRST_TAG + at as u8)
}

/// Appends one group to a key.
#[inline]
pub(crate) fn push(kind: Kind, text: &[u8], key: &mut Vec<u8>) {
    if let Some(tag) = tag(kind) {
        key.extend_from_slice(&[ESCAPE, tag]);
        if matches!(kind, Kind::Missing | Kind::Null) {
            return;
        }
    }
    push_escaped(text, key);
}

/// Appends what stands between two groups.
#[inline]
pub(crate) fn divide(key: &mut Vec<u8>) {
    key.push(SEPARATOR);
}

fn push_escaped(text: &[u8], key: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(SEPARATOR, ESCAPE, rest) {
        key.extend_from_slice(&rest[..at]);
        key.extend_from_slice(&[ESCAPE, rest[at] + 1]);
        rest = &rest[at + 1..];
    }
    key.extend_from_slice(rest);
}

/// The one group of a key that was counted alone: text as it is, unless it is marked.
pub fn single(key: &[u8]) -> (Kind, Vec<u8>) {
    if key.first() == Some(&MARK) {
        return part(key);
    }
    (Kind::Text, key.to_vec())
}

/// The groups of a key of several.
pub fn split(key: &[u8]) -> Vec<(Kind, Vec<u8>)> {
    key.split(|byte| *byte == SEPARATOR).map(part).collect()
}

fn part(part: &[u8]) -> (Kind, Vec<u8>) {
    let (kind, rest) = match part {
        [ESCAPE, tag, rest @ ..] if *tag >= FIRST_TAG => {
            match TAGGED.get(usize::from(*tag - FIRST_TAG)) {
                Some(kind) => (*kind, rest),
                None => (Kind::Text, part),
            }
        }
        _ => (Kind::Text, part),
    };
    let mut text = Vec::with_capacity(rest.len());
    let mut bytes = rest.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            ESCAPE => text.extend(bytes.next().map(|byte| byte.wrapping_sub(1))),
            byte => text.push(byte),
        }
    }
    match kind {
        Kind::Missing => text.extend_from_slice(MISSING),
        Kind::Null => text.extend_from_slice(b"null"),
        _ => {}
    }
    (kind, text)
}

/// How a group that is not there is shown.
pub const MISSING: &[u8] = b"(missing)";

/// The key of groups of these kinds and texts.
pub fn join(groups: &[(Kind, &[u8])]) -> Vec<u8> {
    let mut key = Vec::new();
    if let [(Kind::Text, text)] = groups {
        if text.first() != Some(&MARK) {
            return text.to_vec();
        }
    }
    for (i, (kind, text)) in groups.iter().enumerate() {
        if i > 0 {
            divide(&mut key);
        }
        push(*kind, text, &mut key);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind() -> impl Strategy<Value = Kind> {
        prop_oneof![Just(Kind::Text), Just(Kind::Number), Just(Kind::Boolean), Just(Kind::Nested)]
    }

    proptest! {
        #[test]
        fn values_of_several_groups_come_apart_again(
            groups in proptest::collection::vec((kind(), proptest::collection::vec(0u8..9, 0..5)), 1..4)
        ) {
            let slices: Vec<(Kind, &[u8])> = groups.iter().map(|(k, text)| (*k, &text[..])).collect();
            let key = join(&slices);
            let apart = if groups.len() == 1 { vec![single(&key)] } else { split(&key) };
            prop_assert_eq!(apart, groups);
        }
    }

    #[test]
    fn kinds_of_the_same_text_are_different_values() {
        let kinds = [Kind::Missing, Kind::Null, Kind::Number, Kind::Boolean, Kind::Text];
        let keys: std::collections::HashSet<Vec<u8>> =
            kinds.iter().map(|kind| join(&[(*kind, b"null")])).collect();
        assert_eq!(keys.len(), kinds.len());
        assert_eq!(single(&join(&[(Kind::Missing, b"")])), (Kind::Missing, MISSING.to_vec()));
        assert_eq!(single(b"plain"), (Kind::Text, b"plain".to_vec()));
    }
}
