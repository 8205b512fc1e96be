//! Letters to a compiled form: what a stamp is made of, step by step.
//!
//! The letters are those of strptime, with a few of our own for what strptime cannot say; the
//! whole list is at [`Format::compile`].

use std::fmt;
use std::sync::Arc;

use super::fast::Fast;

/// How a timestamp is written. Cheap to clone; may be shared between threads.
#[derive(Clone)]
pub struct Format(pub(crate) Arc<Program>);

pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) letters: String,
    pub(crate) steps: Vec<Step>,
    /// A hand-made reading of the same.
    pub(crate) fast: Option<Fast>,
}

/// The letters of a format cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// What is wrong.
    pub message: String,
    /// In bytes from the start of the letters.
    pub position: usize,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.position)
    }
}

impl std::error::Error for FormatError {}

/// A part of a date or time that is written in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    ShortYear,
    Month,
    Day,
    OrdinalDay,
    Hour,
    HalfHour,
    Minute,
    Second,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Byte(u8),
    /// One to [`super::parse::BLANKS`] blanks or tabs.
    Blank,
    /// A comma or none, then blanks or none, but not nothing.
    Comma,
    /// Between date and time.
    Between,
    Number {
        part: Part,
        least: u8,
        most: u8,
    },
    MonthName {
        dot: bool,
    },
    Weekday,
    OptionalWeekday,
    Fraction {
        most: u8,
    },
    OptionalFraction,
    /// `:` may stand before it too; then up to three digits count milliseconds.
    ColonFraction,
    Half,
    OptionalHalf,
    Offset,
    ZoneName,
    OptionalZone,
    ZoneBefore,
    /// Whole seconds since 1970.
    Seconds,
    /// A whole stamp, with sign and fraction.
    Epoch(Unit),
    Tai64n,
    Severity,
    Digits,
}

const fn number(part: Part, least: u8, most: u8) -> Step {
    Step::Number { part, least, most }
}

const KEYWORDS: [(&str, Step); 5] = [
    ("epoch", Step::Epoch(Unit::Seconds)),
    ("epoch_ms", Step::Epoch(Unit::Milliseconds)),
    ("epoch_us", Step::Epoch(Unit::Microseconds)),
    ("epoch_ns", Step::Epoch(Unit::Nanoseconds)),
    ("tai64n", Step::Tai64n),
];

const TIME: [Step; 5] = [
    number(Part::Hour, 1, 2),
    Step::Byte(b':'),
    number(Part::Minute, 1, 2),
    Step::Byte(b':'),
    number(Part::Second, 1, 2),
];
const DATE: [Step; 5] = [
    number(Part::Year, 4, 4),
    Step::Byte(b'-'),
    number(Part::Month, 1, 2),
    Step::Byte(b'-'),
    number(Part::Day, 1, 2),
];
const AMERICAN_DATE: [Step; 5] = [
    number(Part::Month, 1, 2),
    Step::Byte(b'/'),
    number(Part::Day, 1, 2),
    Step::Byte(b'/'),
    number(Part::ShortYear, 2, 2),
];

/// What a letter, with what may stand between `%` and it, means.
static DIRECTIVES: [(&str, &[Step]); 42] = [
    ("Y", &[number(Part::Year, 4, 4)]),
    ("y", &[number(Part::ShortYear, 2, 2)]),
    ("m", &[number(Part::Month, 1, 2)]),
    ("d", &[number(Part::Day, 1, 2)]),
    ("e", &[number(Part::Day, 1, 2)]),
    ("j", &[number(Part::OrdinalDay, 3, 3)]),
    ("H", &[number(Part::Hour, 1, 2)]),
    ("k", &[number(Part::Hour, 1, 2)]),
    ("I", &[number(Part::HalfHour, 1, 2)]),
    ("l", &[number(Part::HalfHour, 1, 2)]),
    ("M", &[number(Part::Minute, 1, 2)]),
    ("S", &[number(Part::Second, 1, 2)]),
    ("f", &[Step::Fraction { most: 9 }]),
    ("N", &[Step::Fraction { most: 9 }]),
    ("L", &[Step::Fraction { most: 3 }]),
    (".f", &[Step::OptionalFraction]),
    (":f", &[Step::ColonFraction]),
    ("b", &[Step::MonthName { dot: true }]),
    ("B", &[Step::MonthName { dot: true }]),
    ("h", &[Step::MonthName { dot: true }]),
    ("a", &[Step::Weekday]),
    ("A", &[Step::Weekday]),
    ("?a", &[Step::OptionalWeekday]),
    ("p", &[Step::Half]),
    ("P", &[Step::Half]),
    ("?p", &[Step::OptionalHalf]),
    ("z", &[Step::Offset]),
    (":z", &[Step::Offset]),
    ("Z", &[Step::ZoneName]),
    ("?z", &[Step::OptionalZone]),
    ("?Z", &[Step::ZoneBefore]),
    ("s", &[Step::Seconds]),
    ("T", &TIME),
    ("R", TIME.split_at(3).0),
    ("F", &DATE),
    ("D", &AMERICAN_DATE),
    ("~", &[Step::Between]),
    (",", &[Step::Comma]),
    ("*", &[Step::Digits]),
    ("g", &[Step::Severity]),
    ("n", &[Step::Blank]),
    ("t", &[Step::Blank]),
];

fn directive(letter: &str) -> Option<&'static [Step]> {
    match letter {
        "%" => Some(&[Step::Byte(b'%')]),
        _ => DIRECTIVES.iter().find(|(known, _)| *known == letter).map(|(_, steps)| *steps),
    }
}

impl Format {
    /// Compiles letters as strptime has them, or one of `epoch`, `epoch_ms`, `epoch_us`,
    /// `epoch_ns` and `tai64n`.
    ///
    /// `%Y %y %m %d %e %j %H %k %I %l %M %S %p %b %B %h %a %A %z %Z %s %T %R %F %D %n %t %%`
    /// mean what they mean in strptime; numbers may lack their leading zero, or have a blank for
    /// it, where no other number follows directly. `%f`, `%N` (up to 9 digits) and `%L` (up to 3)
    /// are decimals of the second. A blank in the letters is one or more in the stamp. Our own:
    ///
    /// | letters | what it reads |
    /// |---|---|
    /// | `%.f` | `.` or `,` and 1 to 9 decimals, or nothing |
    /// | `%:f` | the same, or `:` and milliseconds |
    /// | `%?a` `%?p` | a weekday with its comma; ` PM`; or nothing |
    /// | `%?z` | an offset or zone name, a blank before it or not, or nothing |
    /// | `%?Z` | an offset or zone name with a blank after it, or nothing |
    /// | `%~` | what stands between a date and a time: `T`, `_`, `-`, `:`, `,`, `;`, `\|` or blanks |
    /// | `%,` | a comma, blanks, or both |
    /// | `%*` | digits, which are not looked at |
    /// | `%g` | a letter for the severity, as in glog |
    ///
    /// # Errors
    /// An unknown letter, a part named twice, or parts that do not make a time of day.
    pub fn compile(letters: &str) -> Result<Format, FormatError> {
        Format::named(letters, letters)
    }

    pub(crate) fn named(name: &str, letters: &str) -> Result<Format, FormatError> {
        let steps = match KEYWORDS.iter().find(|(word, _)| *word == letters) {
            Some((_, step)) => vec![*step],
            None => steps(letters)?,
        };
        let fast = Fast::of(&steps);
        let (name, letters) = (name.to_owned(), letters.to_owned());
        Ok(Format(Arc::new(Program { name, letters, steps, fast })))
    }

    /// What people call this way of writing the time; the letters, where it was compiled.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What [`Format::compile`] makes this format of.
    pub fn letters(&self) -> &str {
        &self.0.letters
    }

    /// False for a time of day alone.
    pub fn has_date(&self) -> bool {
        self.is_instant() || self.part(Part::Day) || self.part(Part::OrdinalDay)
    }

    /// False where the year is left out.
    pub fn has_year(&self) -> bool {
        self.is_instant() || self.part(Part::Year) || self.part(Part::ShortYear)
    }

    /// True where a stamp may say its zone, or needs none.
    pub fn has_zone(&self) -> bool {
        let zone = |s: &Step| {
            matches!(s, Step::Offset | Step::ZoneName | Step::OptionalZone | Step::ZoneBefore)
        };
        self.is_instant() || self.0.steps.iter().any(zone)
    }

    fn is_instant(&self) -> bool {
        let instant = |s: &Step| matches!(s, Step::Seconds | Step::Epoch(_) | Step::Tai64n);
        self.0.steps.iter().any(instant)
    }

    fn part(&self, wanted: Part) -> bool {
        self.0.steps.iter().any(|s| matches!(s, Step::Number { part, .. } if *part == wanted))
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({:?}, {:?})", self.0.name, self.0.letters)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.0.letters == other.0.letters
    }
}

impl Eq for Format {}

fn steps(letters: &str) -> Result<Vec<Step>, FormatError> {
    let bytes = letters.as_bytes();
    let mut steps: Vec<(Step, usize)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begin = at;
        if bytes[at] != b'%' {
            let blank = matches!(bytes[at], b' ' | b'\t');
            let step = if blank { Step::Blank } else { Step::Byte(bytes[at]) };
            if !blank || steps.last().map(|s| s.0) != Some(Step::Blank) {
                steps.push((step, begin));
            }
            at += 1;
            continue;
        }
        at += 1;
        if matches!(bytes.get(at), Some(b'.' | b':' | b'?')) {
            at += 1;
        }
        let Some(end) = letters[at..].chars().next().map(|c| at + c.len_utf8()) else {
            let message = "the letters end after %".to_owned();
            return Err(FormatError { message, position: begin });
        };
        let letter = &letters[begin + 1..end];
        let Some(made) = directive(letter) else {
            let message = match letter {
                "c" | "x" | "X" | "r" | "E" | "O" => {
                    format!("%{letter} depends on the locale: spell its parts out")
                }
                _ => format!("%{letter} is not known"),
            };
            return Err(FormatError { message, position: begin });
        };
        steps.extend(made.iter().map(|step| (*step, begin)));
        at = end;
    }
    check(&steps)?;
    let mut steps: Vec<Step> = steps.into_iter().map(|(step, _)| step).collect();
    settle(&mut steps);
    Ok(steps)
}

/// A number directly before another number has its full width, and a month's name leaves a dot to
/// a dot in the letters.
fn settle(steps: &mut [Step]) {
    for index in 1..steps.len() {
        let next = steps[index];
        match &mut steps[index - 1] {
            Step::Number { least, most, .. }
                if matches!(next, Step::Number { .. } | Step::Fraction { .. } | Step::Digits) =>
            {
                *least = *most;
            }
            Step::MonthName { dot } if next == Step::Byte(b'.') => *dot = false,
            _ => {}
        }
    }
    // the other way round: 20240105T9:00 is not a thing, and 093015 is read as 09, 30, 15
    for index in 1..steps.len() {
        if let (Step::Number { .. }, Step::Number { least, most, .. }) =
            (steps[index - 1], &mut steps[index])
        {
            *least = *most;
        }
    }
}

/// What a step tells; two steps that tell the same contradict each other.
fn tells(step: Step) -> Option<&'static str> {
    Some(match step {
        Step::Number { part, .. } => match part {
            Part::Year | Part::ShortYear => "year",
            Part::Month => "month",
            Part::Day => "day",
            Part::OrdinalDay => "day of the year",
            Part::Hour | Part::HalfHour => "hour",
            Part::Minute => "minute",
            Part::Second => "second",
        },
        Step::MonthName { .. } => "month",
        Step::Fraction { .. } | Step::OptionalFraction | Step::ColonFraction => "fraction",
        Step::Half | Step::OptionalHalf => "half of the day",
        Step::Offset | Step::ZoneName => "zone",
        Step::Seconds => "instant",
        _ => return None,
    })
}

fn check(steps: &[(Step, usize)]) -> Result<(), FormatError> {
    let mut told: Vec<&'static str> = Vec::new();
    for (step, position) in steps {
        if let Some(what) = tells(*step) {
            if told.contains(&what) {
                let message = format!("the {what} is named twice");
                return Err(FormatError { message, position: *position });
            }
            told.push(what);
        }
    }
    let has = |what: &str| told.contains(&what);
    let part = |wanted: Part| {
        steps.iter().any(|(s, _)| matches!(s, Step::Number { part, .. } if *part == wanted))
    };
    let calendar = has("month") || has("day");
    let message = if has("instant") {
        let clash = told.iter().any(|what| !matches!(*what, "instant" | "fraction"));
        clash.then_some("%s is a whole time: nothing else can stand beside it")
    } else if has("day of the year") && calendar {
        Some("%j is the whole date within a year: %m, %b and %d cannot stand beside it")
    } else if has("day of the year") && !has("year") {
        Some("%j needs a year")
    } else if has("month") != has("day") || (has("year") && !calendar && !has("day of the year")) {
        Some("a date needs both month and day")
    } else if !has("hour") && !calendar && !has("day of the year") {
        Some("there is no time in these letters")
    } else if has("minute") && !has("hour") {
        Some("a minute needs an hour")
    } else if has("second") && !has("minute") {
        Some("a second needs a minute")
    } else if has("fraction") && !has("second") {
        Some("a fraction needs a second")
    } else if part(Part::HalfHour) && !has("half of the day") {
        Some("%I needs %p")
    } else {
        None
    };
    match message {
        Some(message) => Err(FormatError { message: message.to_owned(), position: 0 }),
        None => Ok(()),
    }
}
