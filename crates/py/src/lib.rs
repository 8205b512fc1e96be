//! The Python surface of the scan core: converts, releases the GIL, maps errors. The only crate that
//! knows Python. What each name means to Python is documented in `python/streamstats/_core.pyi`.

#![allow(missing_docs)]

mod arrow;
mod conduct;
mod decode;
mod numbers;
mod pattern;
mod profile;
mod scan;
mod shape;
mod tally;
mod times;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    #[pymodule_export]
    use super::conduct::{Facts, Population, Signatures};
    #[pymodule_export]
    use super::decode::{sniff, Decoder};
    #[pymodule_export]
    use super::numbers::Numbers;
    #[pymodule_export]
    use super::pattern::{Pattern, PatternSyntax};
    #[pymodule_export]
    use super::profile::Profile;
    #[pymodule_export]
    use super::scan::{Counter, Report, Scan};
    #[pymodule_export]
    use super::shape::Shape;
    #[pymodule_export]
    use super::tally::{join, split, Order, Tally};
    #[pymodule_export]
    use super::times::{
        check_letters, parse_stamp, recognise_time, Time, TimeAmbiguous, TimeSyntax, TimeUnknown,
    };
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    const MAX_LINE: usize = streamstats_core::MAX_LINE;
}
