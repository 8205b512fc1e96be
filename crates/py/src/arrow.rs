//! A tally as an Arrow stream, which data frames take over without a copy.

use crate::tally::{choice, Tally};
use arrow_array::builder::{Float64Builder, LargeStringBuilder, UInt64Builder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::borrow::Cow;
use std::sync::Arc;
use streamstats_core::amount::nearest;
use streamstats_core::shape::Kind;
use streamstats_core::{tally, value};

/// So many values go into one batch.
const BATCH: usize = 64 << 10;

struct Batches {
    tally: Py<Tally>,
    order: tally::Order,
    version: u64,
    next: usize,
    groups: usize,
    schema: SchemaRef,
}

/// The stream of a tally whose values consist of the groups `by`: `value`, the groups where there are
/// several, `count`, and `records` where `count` is a sum; ordered by count, the largest first.
pub(crate) fn stream<'py>(
    tally: &Bound<'py, Tally>,
    by: &[String],
) -> PyResult<Bound<'py, PyCapsule>> {
    let py = tally.py();
    let borrowed = tally.borrow();
    let order = borrowed.inner.order(&choice("count", false, None, None, 1)?);
    let groups = if by.len() > 1 { by } else { &[] };
    let mut fields = vec![Field::new("value", DataType::LargeUtf8, true)];
    fields.extend(groups.iter().map(|name| Field::new(name, DataType::LargeUtf8, true)));
    if borrowed.inner.summing() {
        fields.push(Field::new("count", DataType::Float64, false));
        fields.push(Field::new("records", DataType::UInt64, false));
    } else {
        fields.push(Field::new("count", DataType::UInt64, false));
    }
    let batches = Batches {
        tally: tally.clone().unbind(),
        order,
        version: borrowed.version,
        next: 0,
        groups: groups.len(),
        schema: Arc::new(Schema::new(fields)),
    };
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// A group that is missing, or null, has no text.
fn append(builder: &mut LargeStringBuilder, (kind, bytes): &(Kind, Vec<u8>)) {
    match kind {
        Kind::Missing | Kind::Null => builder.append_null(),
        _ => builder.append_value(text(bytes)),
    }
}

impl Batches {
    fn batch(&self, tally: &Tally) -> Result<RecordBatch, ArrowError> {
        if tally.version != self.version {
            return Err(ArrowError::ComputeError("the tally has changed since".to_owned()));
        }
        let mut texts: Vec<LargeStringBuilder> =
            (0..=self.groups).map(|_| LargeStringBuilder::new()).collect();
        let mut sums = Float64Builder::new();
        let mut records = UInt64Builder::new();
        for count in self.order.slice(&tally.inner, self.next, self.next + BATCH) {
            if self.groups == 0 {
                append(&mut texts[0], &value::single(count.key));
            } else {
                let groups = value::split(count.key);
                let words: Vec<&[u8]> = groups.iter().map(|(_, text)| &text[..]).collect();
                texts[0].append_value(text(&words.join(&b' ')));
                for (builder, group) in texts[1..].iter_mut().zip(&groups) {
                    append(builder, group);
                }
            }
            if tally.inner.summing() {
                sums.append_value(nearest(count.sum));
            }
            records.append_value(count.records);
        }
        let mut columns: Vec<ArrayRef> =
            texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        if tally.inner.summing() {
            columns.push(Arc::new(sums.finish()));
        }
        columns.push(Arc::new(records.finish()));
        RecordBatch::try_new(self.schema.clone(), columns)
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.order.len() {
            return None;
        }
        let batch = Python::attach(|py| self.batch(&self.tally.borrow(py)));
        self.next += BATCH;
        Some(batch)
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// A value as text. One that is not UTF-8 is shown with `\xNN` for the bytes that are not, and with
/// its backslashes doubled, as in JSON.
fn text(value: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(value) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(value.len() * 2);
    for chunk in value.utf8_chunks() {
        shown.push_str(&chunk.valid().replace('\\', "\\\\"));
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    Cow::Owned(shown)
}
