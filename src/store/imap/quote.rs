//! Strings as they are sent.

/// A string as IMAP quotes it (RFC 3501, section 4.3). `None` for what can't be quoted: line ends and NUL.
pub(super) fn quote(text: &str) -> Option<String> {
    if text.contains(['\r', '\n', '\0']) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_or_refused() {
        assert_eq!(quote("a \"b\" \\c").as_deref(), Some("\"a \\\"b\\\" \\\\c\""));
        assert_eq!(quote("a\r\nb1 LOGOUT"), None);
    }
}
