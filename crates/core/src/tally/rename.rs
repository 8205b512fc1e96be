//! The same records under other values: an address becomes the country it is in.

use super::distinct::Distinct;
use super::{Key, Tally};

impl Tally {
    /// Counts each value under the one that `rename` gives for it; values that get the same one are
    /// put together.
    ///
    /// # Errors
    ///
    /// What `rename` returns.
    pub fn renamed<E>(
        &self,
        mut rename: impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Tally, E> {
        let mut renamed = Tally::new(self.measures, self.timeline.clone());
        let mut distinct = self.distinct.is_some().then(Distinct::new);
        for table in &self.tables {
            let mut names = vec![Vec::new(); table.len()];
            for count in table.iter() {
                let name = rename(count.key)?;
                if let Some(distinct) = &mut distinct {
                    distinct.see(Key::new(&name).hash());
                }
                names[count.id as usize] = name;
            }
            renamed.absorb(table, Some(&names));
        }
        renamed.records = self.records;
        renamed.distinct = distinct;
        if renamed.distinct.is_some() {
            // Of each value that was left out nobody knows its new one, and they may share it.
            renamed.tables.iter_mut().for_each(|table| table.left.unbounded = true);
        }
        renamed.settle(1);
        Ok(renamed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Measures, Timeline};
    use super::*;
    use crate::amount::ONE;
    use proptest::prelude::*;
    use std::convert::Infallible;

    proptest! {
        #[test]
        fn renaming_is_counting_under_the_other_name(
            values in proptest::collection::vec((any::<u16>(), -9i64..9), 0..300),
        ) {
            let measures = Measures { sums: true, ..Measures::default() };
            let new = || Tally::new(measures, Timeline::new(1));
            let (mut tally, mut wanted) = (new(), new());
            let name = |value: u16| format!("a group of values {}", value % 7).into_bytes();
            for (value, amount) in &values {
                let amount = i128::from(*amount) * ONE;
                tally.add(&value.to_be_bytes(), amount);
                wanted.add(&name(*value), amount);
            }
            let renamed = tally
                .renamed(|key| Ok::<_, Infallible>(name(u16::from_be_bytes([key[0], key[1]]))))
                .unwrap();
            prop_assert_eq!(renamed.records(), wanted.records());
            prop_assert_eq!(renamed.len(), wanted.len());
            prop_assert_eq!(renamed.spectrum(), wanted.spectrum());
            for count in wanted.counts() {
                let own = renamed.get(count.key).unwrap();
                prop_assert_eq!((own.records, own.sum), (count.records, count.sum));
            }
        }
    }

    #[test]
    fn what_the_caller_cannot_name_is_an_error() {
        let mut tally = Tally::new(Measures::default(), Timeline::new(1));
        tally.add(b"a", ONE);
        assert_eq!(tally.renamed(|_| Err::<Vec<u8>, _>("no")).err(), Some("no"));
    }
}
