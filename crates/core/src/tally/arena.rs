//! Where keys of more than 16 bytes stand: written once, never moved.

/// The size of a chunk of the arena; a longer key gets a chunk of its own.
const CHUNK: usize = 64 << 10;

/// Bytes that are kept until the arena goes.
#[derive(Debug, Default)]
pub(super) struct Arena {
    chunks: Vec<Vec<u8>>,
    /// How many bytes they take.
    pub(super) taken: usize,
}

impl Arena {
    /// Keeps the bytes; the place they have from now on.
    pub(super) fn keep(&mut self, bytes: &[u8]) -> u64 {
        let fits =
            self.chunks.last().is_some_and(|last| last.capacity() - last.len() >= bytes.len());
        if !fits {
            // Small tallies stay small: the first chunks double up to the full size.
            let size = (1024 << self.chunks.len().min(6)).min(CHUNK);
            self.taken += size.max(bytes.len());
            self.chunks.push(Vec::with_capacity(size.max(bytes.len())));
        }
        let chunk = self.chunks.len() - 1;
        let last = &mut self.chunks[chunk];
        let offset = last.len();
        last.extend_from_slice(bytes);
        (chunk as u64) << 32 | offset as u64
    }

    /// The bytes at a place.
    pub(super) fn get(&self, place: u64, len: usize) -> &[u8] {
        let (chunk, offset) = ((place >> 32) as usize, place as u32 as usize);
        &self.chunks[chunk][offset..offset + len]
    }
}
