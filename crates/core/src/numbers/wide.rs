//! Sums of squares in 256 bits, so that a variance does not depend on the order of the numbers.

/// A whole number from 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wide {
    /// Its lower 128 bits,
    pub low: u128,
    /// and its higher ones.
    pub high: u128,
}

impl Wide {
    /// Adds the square of a number.
    #[inline]
    pub fn add_square(&mut self, number: u128) {
        let (low, carry) = match u64::try_from(number) {
            Ok(small) => self.low.overflowing_add(u128::from(small) * u128::from(small)),
            Err(_) => return self.add(square(number)),
        };
        self.low = low;
        self.high = self.high.saturating_add(u128::from(carry));
    }

    /// Adds another. What is beyond 256 bits stays at their end.
    #[inline]
    pub fn add(&mut self, other: Wide) {
        let (low, carry) = self.low.overflowing_add(other.low);
        self.low = low;
        self.high = self.high.saturating_add(other.high).saturating_add(u128::from(carry));
    }
}

/// `(high · 2⁶⁴ + low)²`, in three products that each fit into 128 bits.
fn square(number: u128) -> Wide {
    let (high, low) = (number >> 64, number & u128::from(u64::MAX));
    let (outer, middle) = (high * high, high * low);
    let mut square = Wide { low: low * low, high: outer };
    // Twice the middle one, 64 bits further up.
    square.add(Wide { low: middle << 65, high: middle >> 63 });
    square
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of 32 bits each, the lowest first: schoolbook, to compare with.
    fn digits(number: u128) -> Vec<u64> {
        (0..4).map(|at| (number >> (32 * at)) as u64 & 0xffff_ffff).collect()
    }

    fn plain(numbers: &[u128]) -> Vec<u64> {
        let mut sum = vec![0u64; 9];
        for number in numbers {
            let digits = digits(*number);
            for (i, a) in digits.iter().enumerate() {
                for (j, b) in digits.iter().enumerate() {
                    let (mut carry, mut at) = (a * b, i + j);
                    while carry > 0 {
                        let part = sum[at] + (carry & 0xffff_ffff);
                        sum[at] = part & 0xffff_ffff;
                        carry = (carry >> 32) + (part >> 32);
                        at += 1;
                    }
                }
            }
        }
        sum.truncate(8);
        sum
    }

    proptest! {
        #[test]
        fn adds_as_by_hand(numbers in proptest::collection::vec((any::<u128>(), 0u32..120), 0..50)) {
            let numbers: Vec<u128> = numbers.iter().map(|(n, bits)| n >> (8 + bits)).collect();
            let mut sum = Wide::default();
            numbers.iter().for_each(|n| sum.add_square(*n));
            let found: Vec<u64> = digits(sum.low).into_iter().chain(digits(sum.high)).collect();
            prop_assert_eq!(found, plain(&numbers));
        }
    }
}
