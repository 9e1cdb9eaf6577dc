//! The dates that stand in a message's header (RFC 5322, section 3.6.1).

use chrono::DateTime;

/// Bytes of a header that are looked at.
const LONGEST: usize = 64 * 1024;

/// How far a date may lie ahead of ours, in seconds: clocks and time zones are wrong by hours. Nobody writes later than that.
const AHEAD: i64 = 24 * 3600;

/// The header of a message that is on its way.
#[derive(Debug, Default)]
pub struct Header {
    text: Vec<u8>,
    complete: bool,
}

impl Header {
    /// Takes the next bytes of the message in its wire form.
    pub fn feed(&mut self, data: &[u8]) {
        if self.complete {
            return;
        }
        // The end may lie across two pieces.
        let from = self.text.len().saturating_sub(3);
        self.text.extend_from_slice(&data[..data.len().min(LONGEST.saturating_sub(self.text.len()))]);
        if self.text.starts_with(b"\r\n") {
            // There is no header at all.
            self.text.clear();
            self.complete = true;
            return;
        }
        let end = self.text[from..].windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            self.text.truncate(from + end + 2);
        }
        self.complete = end.is_some() || self.text.len() >= LONGEST;
    }

    /// When the message was written, as its header says, in seconds since 1970; `None` where it says nothing that can be true at
    /// `now`: no date at all, one before 1970, or one to come.
    pub fn written(&self, now: i64) -> Option<i64> {
        self.date("date", now)
    }

    /// The same, or else when it was delivered.
    pub fn written_or_delivered(&self, now: i64) -> Option<i64> {
        self.written(now).or_else(|| self.date("delivery-date", now))
    }

    fn date(&self, name: &str, now: i64) -> Option<i64> {
        let seconds = parse(&self.field(name)?)?;
        (1..=now.saturating_add(AHEAD)).contains(&seconds).then_some(seconds)
    }

    /// The first field of this name, in one line.
    fn field(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.text);
        let mut found: Option<String> = None;
        for line in text.split("\r\n") {
            match (&mut found, line.starts_with([' ', '\t'])) {
                (Some(value), true) => value.push_str(line),
                (Some(_), false) => break,
                (None, _) => {
                    let split = line.split_once(':').filter(|(key, _)| key.trim_end().eq_ignore_ascii_case(name));
                    found = split.map(|(_, value)| value.to_owned());
                }
            }
        }
        found
    }
}

/// Seconds since 1970. A date without a zone is taken for one of UTC.
fn parse(text: &str) -> Option<i64> {
    // What people write in parentheses is often the zone's name, and not always closed.
    let text = text.split('(').next().unwrap_or(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let date = DateTime::parse_from_rfc2822(&text).or_else(|_| DateTime::parse_from_rfc2822(&format!("{text} +0000")));
    // A weekday that isn't the date's says nothing about the date.
    let date = date.or_else(|error| match text.split_once(',') {
        Some((_, rest)) => DateTime::parse_from_rfc2822(rest.trim()),
        None => Err(error),
    });
    date.ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-01 00:00 UTC.
    const NOW: i64 = 1_704_067_200;

    fn header(text: &str) -> Header {
        let mut header = Header::default();
        for byte in text.as_bytes() {
            header.feed(&[*byte]);
        }
        let mut at_once = Header::default();
        at_once.feed(text.as_bytes());
        assert_eq!(header.text, at_once.text);
        header
    }

    #[test]
    fn dates_are_read_as_people_write_them_and_what_can_not_be_true_is_none() {
        for (date, wanted) in [
            ("Fri, 21 Nov 1997 09:55:06 -0600", Some(880_127_706)),
            ("21 Nov 97 09:55:06 -0600", Some(880_127_706)),
            ("Fri,\r\n 21 Nov 1997\r\n\t09:55:06 -0600 (CST)", Some(880_127_706)),
            ("Fri, 21 Nov 1997 15:55:06 GMT (unclosed", Some(880_127_706)),
            ("Fri, 21 Nov 1997 15:55:06", Some(880_127_706)),
            ("Mon, 21 Nov 1997 15:55:06 +0000", Some(880_127_706)),
            ("Mon, 1 Jan 2024 12:00:00 +0000", Some(NOW + 12 * 3600)),
            ("Wed, 3 Jan 2024 12:00:00 +0000", None),
            ("Thu, 1 Jan 1970 00:00:00 +0000", None),
            ("Wed, 31 Dec 1969 23:00:00 +0000", None),
            ("Fri, 21 Nov 9999 09:55:06 -0600", None),
            ("Fri, 99 Nov 1997 09:55:06 -0600", None),
            ("yesterday", None),
            ("", None),
        ] {
            let text =
                format!("Subject: Date: no\r\nDATE: {date}\r\nDate: Sat, 1 Jan 2000 00:00:00 +0000\r\n\r\nDate: x");
            assert_eq!(header(&text).written(NOW), wanted, "{date}");
        }
    }

    #[test]
    fn what_stands_elsewhere_is_no_date() {
        let date = "Fri, 21 Nov 1997 09:55:06 -0600";
        for text in [
            format!("\r\nDate: {date}\r\n\r\n"),
            format!("Subject: x\r\n\r\nDate: {date}\r\n"),
            format!("Subject: x\r\n Date: {date}\r\n\r\n"),
            format!("X: {}\r\nDate: {date}\r\n\r\n", "x".repeat(LONGEST)),
        ] {
            assert_eq!(header(&text).written(NOW), None);
        }
        let text = format!("Delivery-Date: {date}\r\nDate: soon\r\n\r\n");
        assert_eq!((header(&text).written(NOW), header(&text).written_or_delivered(NOW)), (None, Some(880_127_706)));
    }
}
