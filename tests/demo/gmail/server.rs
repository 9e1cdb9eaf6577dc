//! The server's Gmail mode, as a client sees it.

use blinkensync::demo::{Extensions, Names, Options, Server};

use crate::client::Client;

fn start(names: Names) -> (Server, Client) {
    let server = Server::start(Options { extensions: Extensions::GMAIL, names, ..Options::default() }).unwrap();
    let client = Client::logged_in(server.address(), server.user(), server.password());
    (server, client)
}

fn append(client: &mut Client, folder: &str, text: &str) -> String {
    client.run(&format!("APPEND \"{folder}\" «Subject: {text}⏎⏎{text}⏎»")).pop().unwrap()
}

/// What a folder shows: UID, X-GM-MSGID, flags, labels.
fn shows(client: &mut Client, folder: &str) -> Vec<String> {
    client.run(&format!("EXAMINE \"{folder}\""));
    let mut lines = client.run("UID FETCH 1:* (FLAGS X-GM-LABELS)");
    lines.pop();
    lines.iter().map(|line| line.split_once("FETCH ").unwrap().1.to_owned()).collect()
}

#[test]
fn special_folders_have_names_in_the_users_language_and_their_uses_in_any() {
    for (names, trash) in [(Names::ENGLISH, "[Gmail]/Trash"), (Names::GERMAN, "[Google Mail]/Papierkorb")] {
        let (_server, mut client) = start(names);
        let listed = client.run("LIST \"\" \"*\"");
        assert!(listed.iter().any(|line| line.contains("\\Noselect") && line.contains(&format!("\"{}\"", names.root))));
        for word in ["\\All", "\\Drafts", "\\Important", "\\Sent", "\\Junk", "\\Flagged"] {
            assert!(listed.iter().any(|line| line.contains(word)), "{word} in {listed:?}");
        }
        assert!(listed.iter().any(|line| line.contains("\\Trash") && line.contains(trash)), "{listed:?}");
        let all = client.run("CAPABILITY").remove(0);
        assert!(all.contains("X-GM-EXT-1") && !all.contains("QRESYNC") && !all.contains("NOTIFY"), "{all}");
        assert!(client.run(&format!("SELECT \"{}\"", names.root)).pop().unwrap().starts_with("NO"));
    }
}

#[test]
fn one_message_is_in_several_folders_and_its_flags_are_the_same_in_all() {
    let (_server, mut client) = start(Names::ENGLISH);
    client.run("CREATE Work");
    assert!(append(&mut client, "INBOX", "a").starts_with("OK [APPENDUID"));
    append(&mut client, "Work", "a");
    assert_eq!(shows(&mut client, "[Gmail]/All Mail"), ["(X-GM-LABELS (\"\\\\Inbox\" Work) FLAGS () UID 1)"]);
    // A second time into the same folder is once.
    assert!(append(&mut client, "Work", "a").contains(" 1] "));
    assert_eq!(shows(&mut client, "Work"), ["(X-GM-LABELS (\"\\\\Inbox\") FLAGS () UID 1)"]);
    client.run("SELECT Work");
    client.run("UID STORE 1 +FLAGS (\\Flagged \\Deleted)");
    assert_eq!(
        shows(&mut client, "INBOX"),
        ["(X-GM-LABELS (Work \"\\\\Starred\") FLAGS (\\Flagged) UID 1)"],
        "what is deleted in one folder isn't in the other"
    );
    // The label goes with the message; it stays in the other folders.
    client.run("SELECT Work");
    client.run("UID EXPUNGE 1");
    assert_eq!(shows(&mut client, "Work"), [""; 0]);
    assert_eq!(shows(&mut client, "[Gmail]/Starred").len(), 1);
    // Nothing leaves All Mail like that.
    client.run("SELECT \"[Gmail]/All Mail\"");
    client.run("UID STORE 1 +FLAGS (\\Deleted)");
    client.run("UID EXPUNGE 1");
    assert_eq!(shows(&mut client, "[Gmail]/All Mail").len(), 1);
    let ids = ["INBOX", "[Gmail]/All Mail"].map(|folder| {
        client.run(&format!("EXAMINE \"{folder}\""));
        let line = client.run("FETCH 1 (X-GM-MSGID)").remove(0);
        line.split_once("X-GM-MSGID ").unwrap().1.to_owned()
    });
    assert_eq!(ids[0], ids[1]);
    let found = client.run(&format!("UID SEARCH X-GM-MSGID {}", ids[0].trim_end_matches(')'))).remove(0);
    assert_eq!(found, "* SEARCH 1");
    assert_eq!(client.run("UID SEARCH X-GM-MSGID 1").remove(0), "* SEARCH");
}

#[test]
fn what_goes_to_the_trash_leaves_everything_else_and_comes_back_from_there() {
    let (_server, mut client) = start(Names::GERMAN);
    let (all, trash) = (Names::GERMAN.all, Names::GERMAN.trash);
    client.run("CREATE Work");
    append(&mut client, "INBOX", "a");
    append(&mut client, "Work", "a");
    client.run("SELECT Work");
    let moved = client.run(&format!("UID COPY 1 \"{trash}\""));
    assert!(moved.iter().any(|line| line == "* 1 EXPUNGE"), "{moved:?}");
    for folder in ["INBOX", "Work", all] {
        assert_eq!(shows(&mut client, folder), [""; 0], "{folder}");
    }
    client.run(&format!("SELECT \"{trash}\""));
    client.run("UID MOVE 1 INBOX");
    assert_eq!(shows(&mut client, trash), [""; 0]);
    assert_eq!(shows(&mut client, all), ["(X-GM-LABELS (\"\\\\Inbox\") FLAGS () UID 2)"]);
    // In the trash, what is deleted is gone.
    client.run("SELECT INBOX");
    client.run(&format!("UID MOVE 2 \"{trash}\""));
    client.run(&format!("SELECT \"{trash}\""));
    client.run("UID STORE 2 +FLAGS (\\Deleted)");
    client.run("UID EXPUNGE 2");
    for folder in ["INBOX", all, trash] {
        assert_eq!(shows(&mut client, folder), [""; 0], "{folder}");
    }
}

#[test]
fn labels_are_stored_and_counted_as_changes() {
    let (_server, mut client) = start(Names::ENGLISH);
    append(&mut client, "INBOX", "a");
    client.run("SELECT \"[Gmail]/All Mail\" (CONDSTORE)");
    let before = client.run("UID FETCH 1 (MODSEQ)").remove(0);
    client.run("UID STORE 1 +X-GM-LABELS (Fish \"Sea \\\"food\\\"\" \\Starred)");
    let after = client.run("UID FETCH 1 (MODSEQ X-GM-LABELS)").remove(0);
    assert!(after.contains("X-GM-LABELS (Fish \"\\\\Inbox\" \"Sea \\\"food\\\"\" \"\\\\Starred\")"), "{after}");
    assert_ne!(before.split_once("MODSEQ").unwrap().1[..4], after.split_once("MODSEQ").unwrap().1[..4]);
    assert_eq!(shows(&mut client, "Fish").len(), 1);
    client.run("SELECT \"[Gmail]/All Mail\"");
    client.run("UID STORE 1 -X-GM-LABELS.SILENT (Fish \\Inbox)");
    assert_eq!(shows(&mut client, "INBOX"), [""; 0]);
    client.run("SELECT \"[Gmail]/All Mail\"");
    client.run("UID STORE 1 X-GM-LABELS (Birds)");
    let now = shows(&mut client, "[Gmail]/All Mail");
    assert_eq!(now, ["(X-GM-LABELS (Birds) FLAGS () UID 1)"]);
}
