//! How many distinct values there were, when not all of them could be kept: HyperLogLog.
//!
//! Flajolet, Fusy, Gandouet, Meunier: HyperLogLog, the analysis of a near-optimal cardinality
//! estimation algorithm, 2007; with the estimator of Ertl, New cardinality estimation algorithms for
//! HyperLogLog sketches, 2017, algorithm 6, which needs no correction at either end.

/// What is kept of the hashes that were seen. Two merge into one. So many of the lowest `BITS` of a hash
/// choose a register, an even number of them; the highest ones choose the shard.
#[derive(Debug, Clone)]
pub struct Distinct<const BITS: u32 = 14> {
    registers: Box<[u8]>,
}

impl<const BITS: u32> Distinct<BITS> {
    const REGISTERS: usize = 1 << BITS;
    /// So many bits are left of a hash.
    const REST: u32 = u64::BITS - BITS;

    /// The standard error of an estimate, relative to it: 1.04 / sqrt(registers).
    pub const ERROR: f64 = 1.04 / (1 << (BITS / 2)) as f64;

    /// How many bytes it takes, beside itself.
    pub const BYTES: usize = Self::REGISTERS;

    /// Of nothing.
    pub fn new() -> Self {
        const { assert!(BITS.is_multiple_of(2) && BITS < 32) };
        Distinct { registers: vec![0; Self::REGISTERS].into_boxed_slice() }
    }

    /// Sees a hash.
    #[inline(always)]
    pub fn see(&mut self, hash: u64) {
        let register = &mut self.registers[hash as usize & (Self::REGISTERS - 1)];
        let rank = ((hash >> BITS).trailing_zeros().min(Self::REST) + 1) as u8;
        *register = (*register).max(rank);
    }

    /// Has seen all that another has.
    pub fn merge(&mut self, other: &Self) {
        for (own, other) in self.registers.iter_mut().zip(&other.registers) {
            *own = (*own).max(*other);
        }
    }

    /// About how many distinct hashes were seen.
    pub fn estimate(&self) -> f64 {
        let m = Self::REGISTERS as f64;
        let rest = Self::REST as usize;
        let mut having = [0.0f64; u64::BITS as usize + 2];
        for register in &self.registers {
            having[usize::from(*register)] += 1.0;
        }
        let mut z = m * tau(1.0 - having[rest + 1] / m);
        for rank in (1..=rest).rev() {
            z = 0.5 * (z + having[rank]);
        }
        z += m * sigma(having[0] / m);
        m * m / (2.0 * std::f64::consts::LN_2 * z)
    }
}

impl<const BITS: u32> Default for Distinct<BITS> {
    fn default() -> Self {
        Self::new()
    }
}

/// Ertl's formula 13: the sum of x^(2^k) 2^(k-1).
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// Ertl's formula 18.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Key;

    #[test]
    fn estimates_are_near_and_merge() {
        for n in [0u64, 1, 10, 1000, 30_000, 1_000_000] {
            let (mut even, mut odd): (Distinct, Distinct) = Default::default();
            for i in 0..n {
                let half = if i % 2 == 0 { &mut even } else { &mut odd };
                half.see(Key::new(&i.to_le_bytes()).hash());
                half.see(Key::new(&i.to_le_bytes()).hash());
            }
            even.merge(&odd);
            let error = (even.estimate() - n as f64).abs();
            // Five standard errors: fails in one run of two million.
            assert!(error <= 5.0 * <Distinct>::ERROR * n as f64 + 0.5, "{n}: {}", even.estimate());
        }
    }
}
