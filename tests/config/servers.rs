//! Servers on both sides.

use std::fmt::Write;

use blinkensync::config::settings::{ImapSettings, Security};

use crate::read;

/// Accounts that keep these pairs of users and hosts the same.
fn file(pairs: &[(&str, &str)]) -> String {
    let names: Vec<String> = (0..pairs.len()).map(|number| format!("A{number}")).collect();
    let mut text = format!("[general]\naccounts = {}\n", names.join(", "));
    for (name, (local, remote)) in names.iter().zip(pairs) {
        let _ = writeln!(text, "[Account {name}]\nlocalrepository = L{name}\nremoterepository = R{name}");
        for (side, place) in [("L", local), ("R", remote)] {
            let (user, host) = place.split_once('@').unwrap();
            let (host, port) = host.split_once(':').unwrap_or((host, "993"));
            let _ = writeln!(
                text,
                "[Repository {side}{name}]\ntype = IMAP\nremotehost = {host}\nremoteport = {port}\nremoteuser = {user}"
            );
        }
    }
    text
}

fn said(pairs: &[(&str, &str)]) -> String {
    read(&file(pairs)).map_or_else(|said| said, |loaded| loaded.warnings.join("\n"))
}

#[test]
fn a_server_may_be_on_either_side_with_all_that_is_said_of_servers() {
    let text = file(&[("me@new.example.org", "me@old.example.org")]).replace(
        "remotehost = new.example.org\n",
        "remotehost = new.example.org\nssl = no\nexpunge = no\nmaxconnections = 7\nidlefolders = ['INBOX']\n\
         remotepasscmd = pass new\nreadonly = yes\n",
    );
    let loaded = read(&text).unwrap();
    assert_eq!(loaded.warnings, [""; 0]);
    let account = &loaded.settings.accounts[0];
    assert!(account.local.maildir().is_none());
    let ImapSettings { host, security, expunge, max_connections, watch, common, .. } = account.local.imap().unwrap();
    assert_eq!((host.as_str(), *security, *expunge), ("new.example.org", Security::StartTls, false));
    assert_eq!((*max_connections, watch.folders.len(), common.read_only), (7, 1, true));
    let gmail = text.replacen("type = IMAP", "type = Gmail", 1);
    assert!(read(&gmail).unwrap().settings.accounts[0].local.imap().is_some());
    let maildirs = text.replacen("type = IMAP", "type = Maildir\nlocalfolders = /m", 1);
    assert!(read(&maildirs).unwrap().warnings[0].contains("remotehost"));
}

#[test]
fn the_same_mailboxes_on_both_sides_are_refused_by_any_port_of_a_host() {
    for (local, refused) in [
        ("me@mail.example.org", true),
        ("me@MAIL.example.org:143", true),
        ("you@mail.example.org", false),
        ("me@other.example.org", false),
    ] {
        let said = said(&[(local, "me@mail.example.org")]);
        assert_eq!(said.contains("[Account A0] localrepository = LA0: expected other mailboxes"), refused, "{said}");
        assert_eq!(said.is_empty(), !refused, "{said}");
    }
    // Tunnels to several servers may end here.
    assert_eq!(said(&[("me@localhost:1143", "me@localhost:2143")]), "");
    assert!(said(&[("me@localhost:1143", "me@localhost:1143")]).contains("other mailboxes"));
}

#[test]
fn accounts_that_would_copy_mail_in_a_circle_are_refused() {
    let (a, b, c, d) = ("me@a.example", "me@b.example", "me@c.example", "me@d.example");
    for fine in [&[(a, b), (c, d)][..], &[(a, b), (b, c), (d, b)], &[(a, b), (c, d), (b, c)]] {
        assert_eq!(said(fine), "", "{fine:?}");
    }
    for circle in
        [&[(a, b), (b, a)][..], &[(a, b), (a, b)], &[(a, b), (b, c), (c, a)], &[(a, b), (c, d), (b, c), (a, d)]]
    {
        let said = said(circle);
        let last = format!("[Account A{}]", circle.len() - 1);
        assert!(
            said.contains(&last) && said.contains("other accounts don't keep the same already"),
            "{circle:?}: {said}"
        );
    }
}

#[test]
fn names_are_kept_as_servers_spell_them() {
    let text = file(&[("me@new.example.org", "me@old.example.org")])
        .replace("remoterepository = RA0\n", "remoterepository = RA0\nutf8foldernames = yes\n");
    let loaded = read(&text).unwrap();
    assert!(loaded.warnings[0].contains("two servers spell names in the same way"), "{:?}", loaded.warnings);
    assert!(!loaded.settings.accounts[0].remote.listing.decode);
}
