//! `synclabels` and what belongs to it: Gmail's labels in a field of each message's header.

use super::settings::LabelSettings;
use super::source::Source;
use super::value;
use crate::model::labels::Labels;

/// The field that is used unless another one is named.
const FIELD: &str = "X-Keywords";

/// How the account in this section keeps labels the same; `None` where it doesn't. The others are the sections of its
/// repositories.
pub fn labels(source: &mut Source, section: &str, local: Option<&str>, remote: Option<&str>) -> Option<LabelSettings> {
    let wanted = source.read(section, "synclabels", value::boolean).unwrap_or(false);
    let field = source.read(section, "labelsheader", field).unwrap_or_else(|| FIELD.to_owned());
    let ignored: Option<Labels> =
        source.read(section, "ignorelabels", |text| Ok(value::list(text).into_iter().collect()));
    let is = |repository: Option<&str>, kind: &str| {
        let written = repository.and_then(|section| source.peek(section, "type")).and_then(Result::ok);
        written.is_some_and(|text| text.trim().eq_ignore_ascii_case(kind))
    };
    if wanted && !(is(remote, "Gmail") && is(local, "GmailMaildir")) {
        let message = "no labels are kept the same, since that needs a remote repository of type Gmail and a local one of type \
                       GmailMaildir";
        source.doubtful(section, "synclabels", message);
        return None;
    }
    wanted.then(|| LabelSettings { field, ignored: ignored.unwrap_or_default() })
}

/// The fields that files have on account of their labels, in lower case, which never go to a server: that of the labels, and what
/// mutt adds when it changes them.
pub fn left_out(settings: &LabelSettings) -> Vec<String> {
    let mutts = ["status", "x-status", "content-length", "lines"].map(str::to_owned);
    mutts.into_iter().chain([settings.field.to_ascii_lowercase()]).collect()
}

/// The name of a header field (RFC 5322, section 2.2), which is not one that messages can't do without.
fn field(text: &str) -> Result<String, String> {
    const TAKEN: [&str; 12] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "received",
        "mime-version",
        "content-type",
    ];
    let wrong = text.is_empty() || text.contains(|c: char| !c.is_ascii_graphic() || c == ':' || c == ',');
    if wrong || TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(text)) {
        return Err(
            "expected the name of a header field that nothing else is in, without a colon, as X-Keywords".to_owned()
        );
    }
    Ok(text.to_owned())
}
