//! Counts one group of a file with the core alone, for profiling:
//! `cargo run --release --example count -- FILE REGEX GROUP [THREADS]`.

use std::error::Error;
use std::fs::File;
use streamstats_core::pattern::Pattern;
use streamstats_core::record::Scan;
use streamstats_core::scan::{Counter, Watch};
use streamstats_core::shape::Shape;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, regex, group, rest @ ..] = &arguments[..] else {
        return Err("usage: count FILE REGEX GROUP [THREADS]".into());
    };
    let pattern = Pattern::new(regex)?;
    let scan = Scan::new(&Shape::Pattern(pattern.clone()), &[group], &[], None, None, None)?;
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let threads = rest.first().map_or(Ok(2), |threads| threads.parse())?;
    let mut counter = Counter::new(threads, scan.measures(), 1);
    let report = counter.file(&scan, &file, 0..size, &Watch::default());
    println!("{} lines, {} unmatched", report.lines, report.unmatched);
    println!("{} values", counter.finish().len());
    Ok(())
}
