//! `[Repository X]` of type Gmail: what an IMAP repository doesn't have.

use super::settings::GmailSettings;
use super::source::Source;
use crate::model::utf7;

/// Gmail's server.
pub const HOST: &str = "imap.gmail.com";

/// What is said of Gmail's special folders. Their names may be written as people read them.
pub fn gmail(source: &mut Source, section: &str) -> GmailSettings {
    let mut name = |key: &str| {
        source.read(section, key, |text| match text {
            name if name.eq_ignore_ascii_case("INBOX") => Err("expected another folder than INBOX".to_owned()),
            name => Ok(utf7::written(name)),
        })
    };
    GmailSettings { trash: name("trashfolder"), spam: name("spamfolder"), labels: None }
}
