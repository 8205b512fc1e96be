//! Keys: the bytes of a value, as the table holds them.

use crate::PADDING;
use foldhash::quality::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;

/// Keys of up to so many bytes stand inside the entries of the table.
pub(super) const INLINE: usize = 16;

/// The hash of this process. It is seeded at random, because values are written by strangers, who
/// must not be able to make them collide; it is one for all tables, so that merging them goes through
/// memory in one direction.
pub(crate) fn hasher() -> &'static RandomState {
    static HASHER: OnceLock<RandomState> = OnceLock::new();
    HASHER.get_or_init(RandomState::default)
}

/// A key on its way into a table.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The bytes, padded with zeros, of a key of up to 16 bytes; 0 for a longer one.
    pub(super) inline: u128,
    pub(super) len: u32,
    pub(super) hash: u64,
    /// The bytes of a longer key.
    pub(super) long: &'a [u8],
}

impl<'a> Key<'a> {
    /// The key of these bytes.
    pub fn new(bytes: &'a [u8]) -> Key<'a> {
        if bytes.len() > INLINE {
            return Key::of_long(bytes, hasher());
        }
        let mut padded = [0; INLINE];
        padded[..bytes.len()].copy_from_slice(bytes);
        Key::of_inline(u128::from_le_bytes(padded), bytes.len(), hasher())
    }

    /// The key `hay[start..end]`; quicker where the bytes behind it can be loaded too.
    #[inline(always)]
    pub(crate) fn within(hay: &'a [u8], start: usize, end: usize, state: &RandomState) -> Key<'a> {
        let len = end - start;
        if len > INLINE {
            return Key::of_long(&hay[start..end], state);
        }
        const { assert!(PADDING >= INLINE) };
        match hay.get(start..start + INLINE) {
            Some(bytes) => {
                let bytes: [u8; INLINE] = bytes.try_into().expect("a slice of sixteen");
                Key::of_inline(u128::from_le_bytes(bytes) & mask(len), len, state)
            }
            None => Key::new(&hay[start..end]),
        }
    }

    #[inline(always)]
    pub(super) fn of_inline(inline: u128, len: usize, state: &RandomState) -> Key<'a> {
        Key {
            inline,
            len: len as u32,
            hash: state.hash_one(inline ^ ((len as u128) << 121)),
            long: &[],
        }
    }

    #[inline(always)]
    fn of_long(bytes: &'a [u8], state: &RandomState) -> Key<'a> {
        Key { inline: 0, len: bytes.len() as u32, hash: hash_long(bytes, state), long: bytes }
    }

    /// The hash, whose highest bits choose the place in a table.
    #[inline(always)]
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// How many bytes the value has.
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }
}

/// Kept out of the hot loop; only the hash, since a whole key would be handed back through memory.
#[inline(never)]
fn hash_long(bytes: &[u8], state: &RandomState) -> u64 {
    state.hash_one(bytes)
}

/// All bits of the first `len` bytes: looked up, which is sooner done than a shift of 128 bits.
#[inline(always)]
fn mask(len: usize) -> u128 {
    static MASKS: [u128; INLINE + 1] = {
        let mut masks = [u128::MAX; INLINE + 1];
        let mut len = 0;
        while len < INLINE {
            masks[len] = (1 << (len * 8)) - 1;
            len += 1;
        }
        masks
    };
    MASKS[len]
}
