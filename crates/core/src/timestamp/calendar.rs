//! Days and dates of the proleptic Gregorian calendar, for years 0 to 9999.

/// Days before each month of a common year; the index is the month, 1 to 12.
const BEFORE: [u16; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const LENGTH: [u8; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Days from year 0 to 1970-01-01.
const EPOCH: i64 = 719_528;

/// 9999-12-31.
const LAST: i64 = 2_932_896;

#[inline]
pub(crate) const fn is_leap(year: i32) -> bool {
    // a multiple of 25 and 4 is one of 100, and then 16 must divide it for 400 to
    year & (if year % 25 == 0 { 15 } else { 3 }) == 0
}

/// Days in a month; 0 where `month` is not 1 to 12.
#[inline]
pub(crate) const fn month_length(year: i32, month: u8) -> u8 {
    if month > 12 {
        return 0;
    }
    LENGTH[month as usize] + (month == 2 && is_leap(year)) as u8
}

/// Leap days before the first day of `year`, which must be 0 to 9999.
///
/// Counted from 400 years earlier, in which there are 97, so that nothing is negative; the one of
/// year 0 itself comes after its first day.
#[inline]
const fn leap_days(year: i32) -> u32 {
    let past = year as u32 + 399;
    past / 4 - past / 100 + past / 400 - 96
}

/// Days since 1970-01-01 of a date; the date must exist and its year be 0 to 9999.
#[inline]
pub(crate) const fn days(year: i32, month: u8, day: u8) -> i64 {
    let leap = (month > 2 && is_leap(year)) as u32;
    let of_year = BEFORE[month as usize] as u32 + leap + day as u32 - 1;
    (year as u32 * 365 + leap_days(year) + of_year) as i64 - EPOCH
}

/// The same, or nothing where there is no such date.
#[inline(always)]
pub(crate) const fn checked_days(year: i32, month: u8, day: u8) -> Option<i64> {
    if year < 0 || year > 9999 || month == 0 || month > 12 {
        return None;
    }
    let leap = is_leap(year);
    let length = LENGTH[month as usize] + (month == 2 && leap) as u8;
    if day == 0 || day > length {
        return None;
    }
    let of_year = BEFORE[month as usize] as u32 + (month > 2 && leap) as u32 + day as u32 - 1;
    Some((year as u32 * 365 + leap_days(year) + of_year) as i64 - EPOCH)
}

/// Days since 1970-01-01 of the `ordinal`th day (from 1) of a year.
pub(crate) const fn ordinal_days(year: i32, ordinal: u16) -> Option<i64> {
    if year < 0 || year > 9999 || ordinal == 0 || ordinal > 365 + is_leap(year) as u16 {
        return None;
    }
    Some(days(year, 1, 1) + ordinal as i64 - 1)
}

/// Year, month and day of a day since 1970-01-01; days outside the years 0 to 9999 are taken to
/// the nearest inside.
///
/// The year is guessed from the mean length of a year, and is then at most one off.
pub(crate) const fn civil(day: i64) -> (i32, u8, u8) {
    let from_zero = if day < -EPOCH {
        0
    } else if day > LAST {
        LAST + EPOCH
    } else {
        day + EPOCH
    };
    let mut year = (from_zero * 400 / 146_097) as i32;
    if year > 9999 || days(year, 1, 1) + EPOCH > from_zero {
        year -= 1;
    } else if year < 9999 && days(year + 1, 1, 1) + EPOCH <= from_zero {
        year += 1;
    }
    let mut left = from_zero - EPOCH - days(year, 1, 1);
    let mut month = 1;
    while left >= month_length(year, month) as i64 {
        left -= month_length(year, month) as i64;
        month += 1;
    }
    (year, month, left as u8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_follows_the_one_before() {
        let mut expected = -719_528;
        for year in 0..=9999 {
            for month in 1..=12 {
                for day in 1..=month_length(year, month) {
                    assert_eq!(days(year, month, day), expected);
                    assert_eq!(civil(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(9999, 12, 31), LAST);
        assert_eq!(civil(i64::MAX), (9999, 12, 31));
        assert_eq!(civil(i64::MIN), (0, 1, 1));
    }

    #[test]
    fn dates_that_are_not_there_are_refused() {
        for (year, month, day) in [(2023, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1)] {
            assert_eq!(checked_days(year, month, day), None);
        }
        assert_eq!(checked_days(2024, 13, 1), None);
        assert_eq!(checked_days(2024, 1, 0), None);
        assert_eq!(ordinal_days(2023, 366), None);
        assert_eq!(ordinal_days(2024, 366), checked_days(2024, 12, 31));
    }
}
