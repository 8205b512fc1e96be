//! Searches with AVX2, 32 or 64 bytes at a time.

use super::class::{ByteSet, Splat, Task, Vector};
use super::marks::{Chunk, Quotes};
use super::run::branch;
use super::steps::Step;
use std::arch::x86_64::*;

/// AVX2, and the instructions on bits that came with it. To be used only where two things hold, which
/// `Worker::count` sees to: the code is in a function with the target features, and the processor
/// has them ([`crate::pattern::has_vectors`]); and behind the `end` that any
/// method is given, `hay` goes on for [`crate::PADDING`] bytes at least.
#[derive(Clone, Copy)]
pub(crate) struct Avx2;

const _: () = assert!(crate::PADDING >= 64);

impl Vector for Avx2 {
    #[inline(always)]
    fn word(hay: &[u8], at: usize) -> Option<u64> {
        debug_assert!(at + 8 <= hay.len());
        // SAFETY: `at` is not behind the end of a line, so there is padding behind it.
        Some(unsafe { hay.as_ptr().add(at).cast::<u64>().read_unaligned() })
    }

    #[inline(always)]
    fn find<const N: usize>(stops: [&Splat; N], hay: &[u8], mut at: usize, end: usize) -> usize {
        debug_assert!(at <= end && end + 32 <= hay.len());
        // SAFETY: the processor has AVX2; loads begin at `end` at the latest, behind which is
        // padding.
        unsafe {
            let wanted = loaded(stops);
            loop {
                let mask = hits(&wanted, hay.as_ptr().add(at));
                if mask != 0 {
                    return at + mask.trailing_zeros() as usize;
                }
                at += 32;
                if at >= end {
                    return at;
                }
            }
        }
    }

    #[inline(always)]
    fn find_far<const N: usize>(
        stops: [&Splat; N],
        hay: &[u8],
        mut at: usize,
        end: usize,
    ) -> usize {
        debug_assert!(at <= end && end + 64 <= hay.len());
        // SAFETY: as above.
        unsafe {
            let wanted = loaded(stops);
            loop {
                let near = hits(&wanted, hay.as_ptr().add(at));
                let far = hits(&wanted, hay.as_ptr().add(at + 32));
                let mask = u64::from(far) << 32 | u64::from(near);
                if mask != 0 {
                    return at + mask.trailing_zeros() as usize;
                }
                at += 64;
                if at >= end {
                    return at;
                }
            }
        }
    }

    #[inline(always)]
    fn span_range(first: &Splat, behind: &Splat, hay: &[u8], mut at: usize, end: usize) -> usize {
        debug_assert!(at <= end && end + 32 <= hay.len());
        // SAFETY: as above.
        unsafe {
            let first = _mm256_load_si256(first.0.as_ptr().cast());
            let behind = _mm256_load_si256(behind.0.as_ptr().cast());
            loop {
                let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                let after = _mm256_sub_epi8(bytes, first);
                let outside = _mm256_cmpeq_epi8(_mm256_max_epu8(after, behind), after);
                let mask = _mm256_movemask_epi8(outside) as u32;
                if mask != 0 {
                    return at + mask.trailing_zeros() as usize;
                }
                at += 32;
                if at >= end {
                    return at;
                }
            }
        }
    }

    #[inline(always)]
    fn text_end(hay: &[u8], mut at: usize, end: usize) -> usize {
        debug_assert!(end + 32 <= hay.len());
        // SAFETY: as above.
        unsafe {
            let quote = _mm256_set1_epi8(b'"' as i8);
            let backslash = _mm256_set1_epi8(b'\\' as i8);
            while at < end {
                let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                let hit = _mm256_or_si256(
                    _mm256_or_si256(
                        _mm256_cmpeq_epi8(bytes, quote),
                        _mm256_cmpeq_epi8(bytes, backslash),
                    ),
                    control(bytes),
                );
                let mask = _mm256_movemask_epi8(hit) as u32;
                if mask != 0 {
                    return at + mask.trailing_zeros() as usize;
                }
                at += 32;
            }
            at
        }
    }

    #[inline(always)]
    fn quotes(
        hay: &[u8],
        at: usize,
        end: usize,
        quotes: &mut Quotes,
        escape: impl Fn(usize) -> bool,
    ) -> Option<bool> {
        debug_assert!(at <= end && end + 64 <= hay.len());
        quotes.begin(end - at)?;
        let (mut escaping, mut escaped) = (0, false);
        for (word, from) in (at..end).step_by(64).enumerate() {
            let inside = u64::MAX >> 64usize.saturating_sub(end - from);
            // SAFETY: the processor has AVX2; loads end at most 64 bytes behind `end`.
            let (quote, odd, backslash) = unsafe {
                let low = _mm256_loadu_si256(hay.as_ptr().add(from).cast());
                let high = _mm256_loadu_si256(hay.as_ptr().add(from + 32).cast());
                let (quote, backslash) =
                    (_mm256_set1_epi8(b'"' as i8), _mm256_set1_epi8(b'\\' as i8));
                let quotes = mask(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote));
                let backslashes =
                    [_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash)];
                let odd = mask(
                    _mm256_or_si256(control(low), backslashes[0]),
                    _mm256_or_si256(control(high), backslashes[1]),
                );
                (quotes, odd & inside, backslashes)
            };
            let mut bits = quote & inside;
            if odd | escaping != 0 {
                // SAFETY: the processor has AVX2.
                let backslashes = unsafe { mask(backslash[0], backslash[1]) } & inside;
                if odd != backslashes {
                    return None;
                }
                // Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, as
                // simdjson does it now: the subtraction borrows through each run of
                // backslashes, and leaves every other one.
                const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
                let begin = backslashes & !escaping;
                let codes = (begin << 1 | ODD).wrapping_sub(begin) ^ ODD;
                bits &= !(codes ^ (backslashes | escaping));
                let mut escapes = codes & backslashes;
                escaping = escapes >> 63;
                escaped |= escapes != 0;
                while escapes != 0 {
                    if !escape(from + escapes.trailing_zeros() as usize) {
                        return None;
                    }
                    escapes &= escapes - 1;
                }
            }
            quotes.set(word, bits);
        }
        Some(escaped)
    }

    #[inline(always)]
    fn same(hay: &[u8], at: usize, chunk: &Chunk, rest: u32) -> bool {
        debug_assert!(at + 32 <= hay.len());
        // SAFETY: as above; a chunk is aligned to 32 bytes.
        unsafe {
            let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
            let wanted = _mm256_load_si256(chunk.bytes().as_ptr().cast());
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)) as u32 | rest == u32::MAX
        }
    }

    #[inline(always)]
    fn digits(hay: &[u8], at: usize) -> u32 {
        debug_assert!(at + 32 <= hay.len());
        // SAFETY: as above.
        unsafe {
            let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
            let value = _mm256_sub_epi8(bytes, _mm256_set1_epi8(b'0' as i8));
            let digit = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
            _mm256_movemask_epi8(digit) as u32
        }
    }

    #[inline(always)]
    fn span_table(
        tables: &[[u8; 16]; 2],
        _: &ByteSet,
        hay: &[u8],
        mut at: usize,
        end: usize,
    ) -> usize {
        debug_assert!(end + 32 <= hay.len());
        // SAFETY: as above; the table loads are of 16 bytes each.
        unsafe {
            let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(tables[0].as_ptr().cast()));
            let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(tables[1].as_ptr().cast()));
            let bits = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
            let top = _mm256_set1_epi8(-128);
            while at < end {
                let bytes = _mm256_loadu_si256(hay.as_ptr().add(at).cast());
                // A shuffle gives 0 where bit eight of its index is set, so each table answers
                // for its own half of the bytes.
                let row = _mm256_or_si256(
                    _mm256_shuffle_epi8(low, bytes),
                    _mm256_shuffle_epi8(high, _mm256_xor_si256(bytes, top)),
                );
                let bit = _mm256_shuffle_epi8(
                    bits,
                    _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7)),
                );
                let outside = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), _mm256_setzero_si256());
                let mask = _mm256_movemask_epi8(outside) as u32;
                if mask != 0 {
                    return at + mask.trailing_zeros() as usize;
                }
                at += 32;
            }
            at
        }
    }

    #[inline(always)]
    fn run<T: Task>(task: T) -> T::Answer {
        // SAFETY: the processor has AVX2.
        unsafe { run_avx2(task) }
    }

    #[inline(always)]
    fn branch(
        step: &Step,
        hay: &[u8],
        at: usize,
        end: usize,
        slots: &mut [usize],
        choices: &mut bool,
    ) -> Option<usize> {
        // SAFETY: as above.
        unsafe { branch_avx2(step, hay, at, end, slots, choices) }
    }
}

/// The stops, in vectors.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn loaded<const N: usize>(stops: [&Splat; N]) -> [__m256i; N] {
    // A closure would be a function of its own, without these instructions.
    // SAFETY: the caller's promise.
    unsafe {
        let mut wanted = [_mm256_setzero_si256(); N];
        for (wanted, stop) in wanted.iter_mut().zip(stops) {
            *wanted = _mm256_load_si256(stop.0.as_ptr().cast());
        }
        wanted
    }
}

/// Which of the 32 bytes at a place are among the wanted ones, the first one lowest.
///
/// # Safety
///
/// The processor has AVX2, and the bytes can be read.
#[inline(always)]
unsafe fn hits<const N: usize>(wanted: &[__m256i; N], at: *const u8) -> u32 {
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = _mm256_loadu_si256(at.cast());
        let mut hit = _mm256_cmpeq_epi8(bytes, wanted[0]);
        for stop in &wanted[1..] {
            hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(bytes, *stop));
        }
        _mm256_movemask_epi8(hit) as u32
    }
}

/// The highest bits of 64 bytes.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn mask(low: __m256i, high: __m256i) -> u64 {
    // SAFETY: as said above.
    let (low, high) = unsafe { (_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)) };
    u64::from(low as u32) | u64::from(high as u32) << 32
}

/// Fills the bytes that are control characters.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn control(bytes: __m256i) -> __m256i {
    // SAFETY: as said above.
    unsafe { _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn run_avx2<T: Task>(task: T) -> T::Answer {
    task.run()
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn branch_avx2(
    step: &Step,
    hay: &[u8],
    at: usize,
    end: usize,
    slots: &mut [usize],
    choices: &mut bool,
) -> Option<usize> {
    branch::<Avx2>(step, hay, at, end, slots, choices)
}
