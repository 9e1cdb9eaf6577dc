//! Numbers as people read them: thousand separators, sizes, times left, singular and plural.

use std::time::Duration;

/// A number with a comma between thousands.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun, which takes an s unless there is one of it.
pub fn count(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(value), if value == 1 { "" } else { "s" })
}

/// A size in bytes, KB, MB or GB (powers of 1,000), with two or three significant digits.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS[unit];
    if value < 9.95 { format!("{value:.1} {name}") } else { format!("{value:.0} {name}") }
}

/// A length of time as m:ss, or h:mm:ss from an hour on. A part of a second counts as a whole one, so that a
/// countdown ends at 0:00 and not a second earlier.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (48_210, "48,210"), (1_234_567, "1,234,567")] {
            assert_eq!(number(value), text);
        }
        assert_eq!(count(1, "message"), "1 message");
        assert_eq!(count(0, "message"), "0 messages");
    }

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (12_345, "12 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (3_400_000, "3.4 MB"),
            (9_960_000, "10 MB"),
            (71_000_000, "71 MB"),
            (2_100_000_000, "2.1 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_rounded_up() {
        for (ms, text) in [(0, "0:00"), (1, "0:01"), (59_000, "0:59"), (59_001, "1:00"), (3_600_000, "1:00:00")] {
            assert_eq!(clock(Duration::from_millis(ms)), text);
        }
    }
}
