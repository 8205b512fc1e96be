//! Memory for the places of a table: zeroed, and in large pages where there is much of it.

use std::alloc::{alloc_zeroed, dealloc, handle_alloc_error, Layout};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Memory of so many bytes and more is mapped, so that it goes back to the system as soon as a table
/// has outgrown it.
const MAPPED: usize = 128 << 10;

/// Memory of so many bytes and more asks for large pages: places are looked up at random, and with
/// pages of 4 KiB most look-ups would also have to find the page.
const LARGE: usize = 4 << 20;

/// Types of which all zeros is a value.
///
/// # Safety
///
/// All zeros must be a valid value, and dropping a value must do nothing.
pub(super) unsafe trait Zeroed {}

/// A slice that begins as zeros.
#[derive(Debug)]
pub(super) struct Places<T: Zeroed> {
    start: NonNull<T>,
    len: usize,
}

// SAFETY: it owns its values, as a box does.
unsafe impl<T: Zeroed + Send> Send for Places<T> {}
// SAFETY: as above.
unsafe impl<T: Zeroed + Sync> Sync for Places<T> {}

impl<T: Zeroed> Default for Places<T> {
    fn default() -> Places<T> {
        Places { start: NonNull::dangling(), len: 0 }
    }
}

impl<T: Zeroed> Places<T> {
    /// So many zeros, at least one.
    pub(super) fn new(len: usize) -> Places<T> {
        let layout = layout::<T>(len);
        // SAFETY: the size is not zero.
        let start = unsafe {
            if layout.size() >= MAPPED {
                map(layout.size())
            } else {
                alloc_zeroed(layout)
            }
        };
        let Some(start) = NonNull::new(start.cast()) else { handle_alloc_error(layout) };
        Places { start, len }
    }
}

impl<T: Zeroed> Places<T> {
    /// Makes all zeros again.
    pub(super) fn clear(&mut self) {
        // SAFETY: `len` values, and all zeros is a value that needs no dropping.
        unsafe { self.start.as_ptr().write_bytes(0, self.len) };
    }
}

fn layout<T>(len: usize) -> Layout {
    Layout::array::<T>(len).expect("a table that fits into the address space")
}

/// Fresh pages, which are zeros; null where there is no memory.
unsafe fn map(size: usize) -> *mut u8 {
    // SAFETY: an anonymous mapping at any address; the advice is of no consequence if it fails.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let start = libc::mmap(std::ptr::null_mut(), size, protection, flags, -1, 0);
        if start == libc::MAP_FAILED {
            return std::ptr::null_mut();
        }
        #[cfg(target_os = "linux")]
        {
            if size >= LARGE {
                libc::madvise(start, size, libc::MADV_HUGEPAGE);
            }
            // A place is read before it is written. Read first, a page is the page of zeros that all
            // share, and has to be taken out of the sight of all threads when it is written: that took
            // a third of the time of twenty million values. Entries lie all over a table, so no page
            // is made that would not be needed. Systems older than Linux 5.14 refuse.
            libc::madvise(start, size, libc::MADV_POPULATE_WRITE);
        }
        start.cast()
    }
}

impl<T: Zeroed> Drop for Places<T> {
    fn drop(&mut self) {
        if self.len == 0 {
            return;
        }
        let layout = layout::<T>(self.len);
        // SAFETY: made by `new` with this very layout.
        unsafe {
            if layout.size() >= MAPPED {
                libc::munmap(self.start.as_ptr().cast(), layout.size());
            } else {
                dealloc(self.start.as_ptr().cast(), layout);
            }
        }
    }
}

impl<T: Zeroed> Deref for Places<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `len` values, zeros or written, all valid; dangling only with a length of zero.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Zeroed> DerefMut for Places<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}
