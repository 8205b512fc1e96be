//! What was read to an instant, with what is known besides the stamp: the zone, the reference
//! for missing years, and the record before.

use super::fast::Plain;
use super::format::Format;
use super::memo::{Key, Memo};
use super::parse::{Reading, When};
use super::words::ZoneWord;
use super::year::{Cycles, Winding};
use super::zone::{Clock, Zone, FURTHEST};

const SECOND: i64 = 1_000_000_000;

/// How much earlier than the record before it a record may be without the clocks having been put
/// back, in nanoseconds. Servers log a request when it ends with the time when it began.
const DISORDER: i64 = 300 * SECOND;

/// What the stamps of one chunk of one source are read with; one for each thread.
///
/// # Invariants
/// The answer depends on the order of the lines in one case only: a stamp without a zone, within
/// the hour that happens twice when clocks are put back, is of the first time unless that would be
/// more than five minutes before the record before it. A chunk that begins within such an hour therefore needs
/// the last instant of the chunk before: [`State::has_leaned`] says that a stamp was read without
/// it, and the chunk is then to be read again after [`State::follow`]. All else is a function of
/// the stamp, the zone and the reference, so that any split of the input gives the same answers.
pub struct State {
    clock: Clock,
    cycles: Cycles,
    previous: Option<i64>,
    leaned: bool,
    latest: Memo,
}

impl State {
    /// `reference` is the latest instant that a stamp without a year can mean, in nanoseconds
    /// since 1970: when the source was last written to, or now.
    pub fn new(zone: &Zone, reference: i64) -> State {
        State {
            clock: Clock::new(zone),
            cycles: Cycles::new(reference),
            previous: None,
            leaned: false,
            latest: Memo::EMPTY,
        }
    }

    /// Moves the reference; for a stream that is still being written to, to the time of reading.
    pub fn set_reference(&mut self, reference: i64) {
        self.cycles.set_reference(reference);
        self.latest = Memo::EMPTY;
    }

    /// How far after the reference a stamp without a year may be, in nanoseconds; 0 unless told.
    /// Clocks of other machines are ahead, logs are in other zones, and file systems keep the time
    /// of writing coarsely: without any allowance such a stamp falls back by a whole year. For
    /// stamps without a date no more than a minute is allowed.
    pub fn allow(&mut self, nanoseconds: i64) {
        self.cycles.allow(nanoseconds);
        self.latest = Memo::EMPTY;
    }

    /// Tells the instant of the record before the first one of this chunk, or that there is none.
    pub fn follow(&mut self, previous: Option<i64>) {
        self.previous = previous;
        self.leaned = false;
        self.latest = Memo::EMPTY;
    }

    /// The first stamp to come without a year is of this year (or, without a date, of this day
    /// since 1970), and those that follow wind on from it. See [`Winding`].
    pub fn begin_in(&mut self, cycle: i64) {
        self.cycles.begin_in(cycle);
        self.latest = Memo::EMPTY;
    }

    /// The instant of the last record, in nanoseconds since 1970.
    pub fn previous(&self) -> Option<i64> {
        self.previous
    }

    /// True where a stamp of an hour that happens twice was read without knowing what was before.
    pub fn has_leaned(&self) -> bool {
        self.leaned
    }

    /// How the stamps without a year have gone through the years so far.
    pub fn winding(&self) -> Winding {
        self.cycles.winding
    }

    /// The same as [`State::resolve`] of what a hand-made reading has found.
    #[inline(always)]
    fn resolve_plain(&mut self, plain: &Plain) -> Option<i64> {
        let east = match plain.east {
            Plain::NO_ZONE if is_in_range(plain.local) => match self.clock.stretch(plain.local) {
                stretch if stretch.first == stretch.second => stretch.first,
                _ => return self.resolve(&Reading::from(*plain)),
            },
            east if is_in_range(plain.local) => east,
            _ => return None,
        };
        let instant = (plain.local - i64::from(east)) * SECOND + i64::from(plain.fraction);
        self.previous = Some(instant);
        Some(instant)
    }

    /// The instant of what was read, in nanoseconds since 1970.
    #[inline]
    pub(crate) fn resolve(&mut self, reading: &Reading) -> Option<i64> {
        let State { clock, cycles, previous, leaned, .. } = self;
        let instant = match reading.when {
            When::Instant(instant) => instant.checked_add(i64::from(reading.fraction))?,
            When::Local(local) => {
                place(clock, *previous, leaned, local, reading.fraction, reading.zone)?
            }
            When::Partial(partial) => cycles.resolve(partial, |local| {
                place(clock, *previous, leaned, local, reading.fraction, reading.zone)
            })?,
        };
        self.previous = Some(instant);
        Some(instant)
    }
}

/// Whether a local time is an i64 of nanoseconds with any offset; two days leave room for that.
#[inline(always)]
fn is_in_range(local: i64) -> bool {
    local.unsigned_abs() < FURTHEST as u64 - 172_800
}

/// The instant of a local time.
#[inline(always)]
fn place(
    clock: &mut Clock,
    previous: Option<i64>,
    leaned: &mut bool,
    local: i64,
    fraction: u32,
    zone: Option<ZoneWord>,
) -> Option<i64> {
    if !is_in_range(local) {
        return None;
    }
    let at = |offset: i32| (local - i64::from(offset)) * SECOND + i64::from(fraction);
    match zone {
        Some(ZoneWord::Offset(offset)) => Some(at(offset)),
        None => {
            let stretch = clock.stretch(local);
            if stretch.first == stretch.second {
                return Some(at(stretch.first));
            }
            let (first, second) = (at(stretch.first), at(stretch.second));
            let Some(previous) = previous else {
                *leaned = true;
                return Some(first);
            };
            // both the first time, or this one earlier than the record before by more than disorder
            Some(if first >= previous.saturating_sub(DISORDER) { first } else { second })
        }
        Some(ZoneWord::Local(name)) => {
            let stretch = clock.stretch(local);
            if stretch.first_name == name {
                Some(at(stretch.first))
            } else if stretch.second_name == name {
                Some(at(stretch.second))
            } else {
                None
            }
        }
    }
}

impl Format {
    /// The instant of a stamp that is the whole text, but for blanks around it and a full stop or
    /// comma after it; nanoseconds since 1970. Nothing where it is no such time.
    #[inline]
    pub fn parse(&self, text: &[u8], state: &mut State) -> Option<i64> {
        state.latest.belong_to(self.id());
        let key = Key::of(text);
        if let Some(instant) = state.latest.recall(&key) {
            return Some(instant);
        }
        let trimmed = trim(text);
        if let Some(fast) = &self.0.fast {
            if let Some(plain) = fast.read(trimmed, &mut state.latest.date) {
                if plain.end == trimmed.len() {
                    let instant = state.resolve_plain(&plain)?;
                    state.latest.keep(&key, instant);
                    return Some(instant);
                }
            }
        }
        let instant = self.parse_by_steps(trimmed, state)?;
        state.latest.keep(&key, instant);
        Some(instant)
    }

    #[inline(never)]
    fn parse_by_steps(&self, trimmed: &[u8], state: &mut State) -> Option<i64> {
        let (reading, used) = self.read_by_steps(trimmed)?;
        if used != trimmed.len() && !is_end_mark(&trimmed[used..]) {
            return None;
        }
        state.resolve(&reading)
    }

    /// The instant of a stamp at the start of the bytes, in nanoseconds since 1970, and how many
    /// of them it is made of.
    #[inline]
    pub fn parse_prefix(&self, bytes: &[u8], state: &mut State) -> Option<(i64, usize)> {
        let (reading, used) = self.read(bytes)?;
        Some((state.resolve(&reading)?, used))
    }

    fn id(&self) -> usize {
        std::sync::Arc::as_ptr(&self.0) as usize
    }
}

/// The text without the blanks around it, of which most have none.
#[inline(always)]
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    match text {
        [first, .., last] if *first > b' ' && *last > b' ' => text,
        _ => text.trim_ascii(),
    }
}

pub(crate) fn is_end_mark(rest: &[u8]) -> bool {
    matches!(rest, [b'.' | b','])
}
