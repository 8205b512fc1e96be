//! The families of timestamps that are known without being told: one row each.

use std::sync::LazyLock;

use super::format::Format;

/// One way of writing the time.
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// For [`Format::compile`].
    pub letters: &'static str,
    /// A stamp as a real logger writes it.
    pub example: &'static str,
    pub(crate) lead: Lead,
    pub(crate) weight: Weight,
    pub(crate) order: Order,
}

/// How a stamp begins: a cheap test before its steps are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// A run of so many digits.
    Digits(usize, usize),
    /// The name of a month or weekday, or a zone.
    Word,
    /// A severity letter and digits.
    Severity,
    /// `@` or a hexadecimal digit.
    Label,
    /// `audit(`
    Audit,
}

/// How much a match inside a line is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Hardly anything else looks like it.
    Strong,
    /// Other numbers may look like it, unless it begins the line.
    Weak,
    /// A time of day, taken where nothing better is found.
    TimeOnly,
}

/// Whether the day stands before the month, where that is not clear from the shape. The row with
/// the month first follows the one with the day first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Clear,
    DayFirst,
    MonthFirst,
    /// Known only where the user has said which it is: the shape belongs to another family.
    ToldDayFirst,
    ToldMonthFirst,
}

impl Family {
    const fn new(name: &'static str, letters: &'static str, example: &'static str) -> Family {
        let (lead, weight, order) = (Lead::Digits(1, 2), Weight::Strong, Order::Clear);
        Family { name, letters, example, lead, weight, order }
    }

    const fn digits(mut self, least: usize, most: usize) -> Family {
        self.lead = Lead::Digits(least, most);
        self
    }

    const fn lead(mut self, lead: Lead) -> Family {
        self.lead = lead;
        self
    }

    const fn weight(mut self, weight: Weight) -> Family {
        self.weight = weight;
        self
    }

    const fn order(mut self, order: Order) -> Family {
        self.order = order;
        self
    }

    pub(crate) fn is_allowed(&self, day_first: Option<bool>) -> bool {
        match self.order {
            Order::Clear => true,
            Order::DayFirst => day_first != Some(false),
            Order::MonthFirst => day_first != Some(true),
            Order::ToldDayFirst => day_first == Some(true),
            Order::ToldMonthFirst => day_first == Some(false),
        }
    }
}

use Lead::{Audit, Label, Severity, Word};
use Order::{DayFirst, MonthFirst, ToldDayFirst, ToldMonthFirst};
use Weight::{TimeOnly, Weak};

const fn row(name: &'static str, letters: &'static str, example: &'static str) -> Family {
    Family::new(name, letters, example)
}

/// Where two rows read a text equally well, the first is taken.
pub static FAMILIES: [Family; 53] = [
    row("ISO 8601", "%Y-%m-%d%~%H:%M:%S%.f%?p%?z", "2015-01-21T10:56:10.123+02:00").digits(4, 4),
    row("Apache", "%d/%b/%Y%~%H:%M:%S%.f%?z", "05/Mar/2007:14:39:21 +0100"),
    row("syslog", "%?Z%?a%b %d %H:%M:%S%.f%?z", "Feb 15 16:23:00").lead(Word),
    row("year/month/day", "%Y/%m/%d%~%H:%M:%S%:f%?p%?z", "2015/01/21 10:56:10").digits(4, 4),
    row("year.month.day", "%Y.%m.%d%~%H:%M:%S%.f%?p%?z", "2011.11.21 14:29:16").digits(4, 4),
    row(
        "ISO 8601, milliseconds after a colon",
        "%Y-%m-%d%~%H:%M:%S%:f%?z",
        "2020-05-26 19:46:43:259",
    )
    .digits(4, 4),
    row("ISO 8601 without seconds", "%Y-%m-%d%~%H:%M%?z", "2015-01-21T10:56Z").digits(4, 4),
    row("ISO 8601 after a weekday", "%a %Y-%m-%d%~%H:%M:%S%.f%?z", "Sun 2024-03-10 08:30:00 UTC")
        .lead(Word),
    row("ISO 8601 ordinal", "%Y-%j%~%H:%M:%S%.f%?z", "2012-025T10:22:40").digits(4, 4),
    row("DB2", "%Y-%m-%d-%H.%M.%S%.f", "2005-06-03-15.42.50.675872").digits(4, 4),
    row("day-month name-year", "%d-%b-%Y%~%H:%M:%S%.f%?z", "11-Aug-2013 03:36:11.372"),
    row("day month name year", "%d %b %Y%~%H:%M:%S%.f%?p%?z", "25 Apr 2024 05:32:35.018"),
    row("mail", "%a %d %b %Y %H:%M:%S%.f%?p%?z", "Tue 15 Nov 1994 08:12:31 GMT").lead(Word),
    row("mail", "%a, %d %b %Y %H:%M:%S%.f%?p%?z", "Tue, 15 Nov 1994 08:12:31 +0200").lead(Word),
    row("day month name", "%d %b %H:%M:%S%.f%?z", "13 Apr 12:52:30.731"),
    row("asctime", "%?Z%?a%b %d %H:%M:%S%:f%?z %Y%?z", "Thu Jun 27 11:55:44.569531 2013")
        .lead(Word),
    row("month name day year", "%?Z%?a%b %d%,%Y%,%H:%M:%S%:f%?p%?z", "Jul 30, 2020 3:00:21 PM")
        .lead(Word),
    row("year month name day", "%Y %b %d %H:%M:%S%.f%?z", "2015 Oct 27 12:35:40.123").digits(4, 4),
    row("month name-day-year", "%b-%d-%y %H:%M:%S%.f", "Apr-07-13 07:08:36").lead(Word),
    row("month name-day", "%b-%d %H:%M:%S%.f", "Mar-18 21:41:15.684").lead(Word),
    row("day/month/year", "%d/%m/%Y%~%H:%M:%S%:f%?p%?z", "27/06/2014 15:50:41").order(DayFirst),
    row("month/day/year", "%m/%d/%Y%~%H:%M:%S%:f%?p%?z", "06/27/2014 02:49:59:447 PM UTC")
        .order(MonthFirst),
    row("day-month-year", "%d-%m-%Y%~%H:%M:%S%:f%?p%?z", "22-06-2014 09:56:12").order(DayFirst),
    row("month-day-year", "%m-%d-%Y%~%H:%M:%S%:f%?p%?z", "06-22-2014 09:56:12").order(MonthFirst),
    row("day.month.year", "%d.%m.%Y%~%H:%M:%S%:f%?p%?z", "22.06.2014 09:56:12").order(DayFirst),
    row("month.day.year", "%m.%d.%Y%~%H:%M:%S%:f%?p%?z", "06.22.2014 09:56:12").order(MonthFirst),
    row("day/month/short year", "%d/%m/%y %H:%M:%S%.f%?p", "09/06/17 20:10:40").order(ToldDayFirst),
    row("month/day/short year", "%m/%d/%y %H:%M:%S%.f%?p", "06/09/17 20:10:40")
        .order(ToldMonthFirst),
    row("Spark", "%y/%m/%d %H:%M:%S%.f", "17/06/09 20:10:40"),
    row("month-day", "%m-%d %H:%M:%S%.f", "03-17 16:13:38.811"),
    row("day/month", "%d/%m %H:%M:%S%.f", "30/10 16:49:06").order(DayFirst).weight(Weak),
    row("month/day", "%m/%d %H:%M:%S%.f", "10/30 16:49:06").order(MonthFirst).weight(Weak),
    row("day.month", "%d.%m %H:%M:%S%.f", "30.10 16:49:06").order(DayFirst).weight(Weak),
    row("month.day", "%m.%d %H:%M:%S%.f", "10.30 16:49:06").order(MonthFirst).weight(Weak),
    row("ISO 8601 compact", "%Y%m%dT%H%M%S%.f%?z", "20050123T215959").digits(8, 8),
    row("compact date, colons", "%Y%m%d%~%H:%M:%S%:f%?z", "20220407-12:11:06").digits(8, 8),
    row("compact", "%Y%m%d%~%H%M%S%.f%?z", "20220407-121106").digits(8, 8).weight(Weak),
    row("compact, in one", "%Y%m%d%H%M%S%.f%?z", "20220407121106").digits(14, 14).weight(Weak),
    row("MySQL", "%y%m%d %H:%M:%S%.f", "130324  0:04:00").digits(6, 6),
    row("HDFS", "%y%m%d %H%M%S%.f", "081109 203615").digits(6, 6).weight(Weak),
    row("glog", "%g%m%d %H:%M:%S%.f", "E0517 15:04:22.619632").lead(Severity),
    row("glog with the year", "%g%Y%m%d %H:%M:%S%.f", "I20200308 23:47:32.089828").lead(Severity),
    row("audit", "audit(%s%.f:%*)", "audit(1373330717.000:3418)").lead(Audit),
    row("audit", "audit(%s%.f", "audit(1373330717.000").lead(Audit),
    row("epoch", "epoch", "1403884279.512").digits(10, 10).weight(Weak),
    row("epoch, milliseconds", "epoch_ms", "1403884279512").digits(13, 13).weight(Weak),
    row("epoch, microseconds", "epoch_us", "1403884279512123").digits(16, 16).weight(Weak),
    row("epoch, nanoseconds", "epoch_ns", "1403884279512123456").digits(19, 19).weight(Weak),
    row("TAI64N", "tai64n", "@4000000052f2a8cc3b0d1a2c").lead(Label),
    row("month/day, 12 hours", "%m/%d %I:%M:%S%.f %p", "10/30 4:49:06 PM").order(ToldMonthFirst),
    row("day/month, 12 hours", "%d/%m %I:%M:%S%.f %p", "30/10 4:49:06 PM").order(ToldDayFirst),
    row("time of day, 12 hours", "%I:%M:%S%.f %p", "4:49:06 PM").weight(TimeOnly),
    row("time of day", "%H:%M:%S%.f", "08:09:33.814936").weight(TimeOnly),
];

static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let compiled = |f: &Family| Format::named(f.name, f.letters).expect("a row that compiles");
    FAMILIES.iter().map(compiled).collect()
});

/// The rows with their formats.
pub(crate) fn all() -> impl Iterator<Item = (&'static Family, &'static Format)> {
    FAMILIES.iter().zip(FORMATS.iter())
}

/// One row with its format.
pub(crate) fn at(index: usize) -> (&'static Family, &'static Format) {
    (&FAMILIES[index], &FORMATS[index])
}

/// Tells the rows that a text may begin with from those that it cannot, by its first bytes.
pub(crate) struct Beginning {
    digits: usize,
    word: bool,
    severity: bool,
    label: bool,
    audit: bool,
}

impl Beginning {
    pub(crate) fn of(text: &[u8]) -> Beginning {
        let digits = text.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
        let first = text.first().copied().unwrap_or(0);
        let hex = |t: &[u8]| t.iter().take(24).filter(|b| b.is_ascii_hexdigit()).count() == 24;
        Beginning {
            digits,
            word: first.is_ascii_alphabetic() || first >= 0x80 || matches!(first, b'+' | b'-'),
            severity: first.is_ascii_uppercase() && text.get(1).is_some_and(u8::is_ascii_digit),
            label: match first {
                b'@' => hex(&text[1..]),
                b'4' => hex(text),
                _ => false,
            },
            audit: text.starts_with(b"audit("),
        }
    }

    pub(crate) fn suits(&self, lead: Lead) -> bool {
        match lead {
            Lead::Digits(least, most) => least <= self.digits && self.digits <= most,
            Lead::Word => self.word,
            Lead::Severity => self.severity,
            Lead::Label => self.label,
            Lead::Audit => self.audit,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.digits == 0 && !(self.word || self.severity || self.label || self.audit)
    }
}
