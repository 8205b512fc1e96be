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
        if !self.fits(bytes.len()) {
            let size = self.next().max(bytes.len());
            self.taken += size;
            self.chunks.push(Vec::with_capacity(size));
        }
        let chunk = self.chunks.len() - 1;
        let last = &mut self.chunks[chunk];
        let offset = last.len();
        last.extend_from_slice(bytes);
        (chunk as u64) << 32 | offset as u64
    }

    /// Whether so many bytes go into the last chunk.
    pub(super) fn fits(&self, len: usize) -> bool {
        self.chunks.last().is_some_and(|last| last.capacity() - last.len() >= len)
    }

    /// How large the next chunk is. Small tallies stay small: the first ones double up to the full size.
    pub(super) fn next(&self) -> usize {
        (1024 << self.chunks.len().min(6)).min(CHUNK)
    }

    /// The bytes at a place.
    pub(super) fn get(&self, place: u64, len: usize) -> &[u8] {
        let (chunk, offset) = ((place >> 32) as usize, place as u32 as usize);
        &self.chunks[chunk][offset..offset + len]
    }
}
