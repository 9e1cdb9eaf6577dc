//! The plain text caches, of both formats.

use super::flags;
use crate::model::flags::Flags;
use crate::model::ids::Uid;

/// What the first line begins with; the number of the format follows.
const MAGIC: &str = "OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT ";

/// The messages of a cache. One that is damaged is refused as a whole: what it doesn't name would be taken for new.
pub fn read(bytes: &[u8]) -> Result<Vec<(Uid, Flags)>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text".to_owned())?;
    let mut lines = text.lines();
    let format = lines.next().and_then(|line| line.strip_prefix(MAGIC)).map(str::trim);
    let separator = match format {
        Some("1") => ':',
        Some("2") => '|',
        Some(other) => return Err(format!("its format {other:?} is not known")),
        None => return Err("it is no cache of OfflineIMAP".to_owned()),
    };
    if !text.ends_with('\n') {
        return Err("it ends in the middle of a line".to_owned());
    }
    let mut messages = Vec::new();
    for (line, number) in lines.zip(2..) {
        let mut fields = line.split(separator);
        let uid = fields.next().and_then(|uid| uid.trim().parse::<i64>().ok());
        let (Some(uid), Some(letters)) = (uid, fields.next()) else {
            return Err(format!("line {number} is damaged"));
        };
        // Numbers below 1 stood for messages that were not on both sides yet.
        messages.extend(u32::try_from(uid).ok().and_then(Uid::new).map(|uid| (uid, flags(letters))));
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let messages = read(text.as_bytes())?;
        Ok(messages.iter().map(|(uid, flags)| format!("{uid}({flags})")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn both_formats_are_read() {
        for (text, expected) in [
            ("1\n5:FS\n7:\n-3:S\n", "5(\\Flagged \\Seen) 7()"),
            ("2\n5|RS|123|a, b\n7||0|\n9|xD|0|\n", "5(\\Answered \\Seen) 7() 9(\\Draft)"),
            ("2\n", ""),
        ] {
            assert_eq!(shown(&format!("{MAGIC}{text}")).unwrap(), expected);
        }
    }

    #[test]
    fn damaged_caches_are_refused_as_a_whole() {
        for (text, why) in [
            (format!("{MAGIC}3\n"), "format"),
            (format!("{MAGIC}2\n5|S|0|\n7|S"), "middle of a line"),
            (format!("{MAGIC}2\n5\n"), "line 2"),
            (format!("{MAGIC}1\nfive:S\n"), "line 2"),
            ("5:S\n".to_owned(), "no cache"),
            (String::new(), "no cache"),
        ] {
            assert!(shown(&text).unwrap_err().contains(why), "{text:?}");
        }
        assert!(read(b"\xff").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), format in 0u8..4) {
            let _ = read(&bytes);
            let mut text = format!("{MAGIC}{format}\n").into_bytes();
            text.extend(bytes);
            let _ = read(&text);
        }
    }
}
