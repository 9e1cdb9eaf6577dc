//! What the configuration says of Gmail.

use blinkensync::config::settings::{GmailSettings, Security};

use crate::{file, read};

#[test]
fn gmail_knows_its_server() {
    let text = file("", "", "", "").replace("type = IMAP\nremotehost = imap.example.org", "type = Gmail");
    let loaded = read(&text).unwrap();
    let remote = &loaded.settings.accounts[0].remote;
    assert_eq!((remote.host.as_str(), remote.port, remote.security), ("imap.gmail.com", 993, Security::Tls));
    assert_eq!(loaded.warnings, [""; 0]);
    assert_eq!(remote.gmail, Some(GmailSettings::default()));
    // All of it may be said otherwise.
    let other =
        "type = Gmail\nremotehost = imap.example.org\nremoteport = 143\nssl = no\ntrashfolder = [Gmail]/Entwürfe";
    let loaded = read(&text.replace("type = Gmail", other)).unwrap();
    let remote = &loaded.settings.accounts[0].remote;
    assert_eq!((remote.host.as_str(), remote.port, remote.security), ("imap.example.org", 143, Security::StartTls));
    let gmail = remote.gmail.as_ref().unwrap();
    assert_eq!((gmail.trash.as_deref(), gmail.spam.as_deref()), (Some("[Gmail]/Entw&APw-rfe"), None));
}

#[test]
fn the_trash_is_another_folder_than_inbox() {
    let text = file("", "", "", "").replace("type = IMAP\nremotehost = imap.example.org", "type = Gmail");
    let said = read(&format!("{text}trashfolder = INBOX\n")).unwrap_err();
    assert!(said.contains("[Repository R] trashfolder = INBOX: expected another folder than INBOX"), "{said}");
}
