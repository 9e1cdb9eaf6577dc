//! What our server does not do, and what it does when it is misused.

use blinkensync::demo::{Extensions, Options, Server};

use crate::client::Client;

fn server(extensions: Extensions) -> Server {
    Server::start(Options { extensions, ..Options::default() }).unwrap()
}

fn logged_in(server: &Server) -> Client {
    Client::logged_in(server.address(), server.user(), server.password())
}

/// How a command ends.
fn end(client: &mut Client, command: &str) -> String {
    let last = client.run(command).pop().unwrap();
    last.split(' ').next().unwrap().to_owned()
}

/// Commands that an extension is needed for.
const COMMANDS: [(&str, &[&str]); 10] = [
    ("UIDPLUS", &["UID EXPUNGE 1"]),
    (
        "CONDSTORE",
        &[
            "SELECT INBOX (CONDSTORE)",
            "ENABLE CONDSTORE",
            "FETCH 1 MODSEQ",
            "FETCH 1 FLAGS (CHANGEDSINCE 1)",
            "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
            "SEARCH MODSEQ 1",
            "STATUS INBOX (HIGHESTMODSEQ)",
        ],
    ),
    ("QRESYNC", &["SELECT INBOX (QRESYNC (1 1))", "UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)"]),
    ("IDLE", &["IDLE"]),
    ("LIST-STATUS", &["LIST \"\" * RETURN (STATUS (MESSAGES))"]),
    ("ESEARCH", &["SEARCH RETURN (ALL) ALL"]),
    ("LITERAL+", &["APPEND INBOX «+x»"]),
    ("MULTIAPPEND", &["APPEND INBOX «x» «y»"]),
    ("MOVE", &["MOVE 1 INBOX", "UID MOVE 1 INBOX"]),
    ("COMPRESS=DEFLATE", &["COMPRESS DEFLATE"]),
];

#[test]
fn what_is_switched_off_is_neither_advertised_nor_understood() {
    assert_eq!(COMMANDS.len(), Extensions::each_off().count());
    for ((name, commands), (off, extensions)) in COMMANDS.into_iter().zip(Extensions::each_off()) {
        assert_eq!(name, off);
        for (extensions, on) in [(extensions, false), (Extensions::NONE, false), (Extensions::ALL, true)] {
            let server = server(extensions);
            let mut client = logged_in(&server);
            let capabilities = client.run("CAPABILITY").remove(0);
            assert_eq!(capabilities.split(' ').any(|word| word == name), on, "{capabilities}");
            assert_eq!(end(&mut client, "APPEND INBOX «x»"), "OK");
            assert_eq!(end(&mut client, "SELECT INBOX"), "OK");
            for command in commands.iter().filter(|_| !on) {
                assert_eq!(end(&mut client, command), "BAD", "{command}");
            }
            assert_eq!(client.run("STATUS INBOX (MESSAGES)")[0], "* STATUS \"INBOX\" (MESSAGES 1)");
        }
    }
}

#[test]
fn nothing_is_done_before_the_log_in_and_nothing_wrong_logs_in() {
    let server = server(Extensions::ALL);
    let mut client = Client::new(server.address());
    for (command, ends) in [
        ("SELECT INBOX", "BAD"),
        ("LIST \"\" *", "BAD"),
        ("APPEND INBOX «x»", "BAD"),
        ("IDLE", "BAD"),
        ("COMPRESS DEFLATE", "BAD"),
        ("NOOP", "OK"),
        ("LOGIN demo wrong", "NO"),
        ("LOGIN «demo» «wrong»", "NO"),
        ("AUTHENTICATE PLAIN AGRlbW8Ad3Jvbmc=", "NO"),
        ("AUTHENTICATE CRAM-MD5", "NO"),
        ("SELECT INBOX", "BAD"),
        ("LOGIN «demo» \"lookenspeepers\"", "OK"),
        ("LOGIN demo lookenspeepers", "BAD"),
        ("NAMESPACE", "BAD"),
        ("ID NIL", "BAD"),
        ("STARTTLS", "BAD"),
        ("COMPRESS LZMA", "BAD"),
        ("SELECT INBOX", "OK"),
    ] {
        assert_eq!(end(&mut client, command), ends, "{command}");
    }
    let answers = client.run("LOGOUT");
    assert!(answers[0].starts_with("* BYE") && answers[1].starts_with("OK"), "{answers:?}");
    assert!(client.ends());
}

#[test]
fn garbage_is_refused_and_the_conversation_goes_on() {
    let server = server(Extensions::ALL);
    let mut client = logged_in(&server);
    for (garbage, answer) in [("", "* BAD"), ("x", "x BAD"), ("x \u{1} \u{e4}", "x BAD"), ("x NOOP extra", "x BAD")] {
        client.raw(garbage);
        let line = client.line();
        assert!(line.starts_with(answer), "{garbage:?}: {line}");
    }
    assert_eq!(end(&mut client, "NOOP"), "OK");
}

#[test]
fn a_literal_that_is_too_large_is_refused_before_it_is_sent() {
    let server = server(Extensions::ALL);
    let mut client = logged_in(&server);
    client.raw("x APPEND INBOX {999999999999}");
    assert!(client.line().starts_with("x NO [TOOBIG]"));
    assert_eq!(end(&mut client, "NOOP"), "OK");
    // Sent unasked, its bytes would be taken for commands.
    client.raw("x APPEND INBOX {999999999999+}");
    assert!(client.line().starts_with("x NO [TOOBIG]"));
    assert!(client.line().starts_with("* BYE"));
    assert!(client.ends());
}

#[test]
fn of_several_messages_a_bad_one_refuses_all() {
    let server = server(Extensions::ALL);
    let mut client = logged_in(&server);
    for messages in ["«+a» «+␀»", "«␀» (\\Seen) «+b»", "«+a» «b» «+»", "«+a␀»", "«»"] {
        assert_eq!(end(&mut client, &format!("APPEND INBOX {messages}")), "NO", "{messages}");
    }
    client.raw("x APPEND INBOX {1+}\r\na {999999999999}");
    assert!(client.line().starts_with("x NO [TOOBIG]"));
    assert_eq!(client.run("STATUS INBOX (MESSAGES UIDNEXT)")[0], "* STATUS \"INBOX\" (MESSAGES 0 UIDNEXT 1)");
    let answer = client.run("APPEND INBOX «+a» «b»").remove(0);
    assert!(answer.starts_with("OK [APPENDUID ") && answer.contains(" 1:2]"), "{answer}");
}

#[test]
fn small_literals_need_not_wait_where_large_ones_must() {
    let server = server(Extensions { literal_plus: false, literal_minus: true, ..Extensions::ALL });
    let mut client = logged_in(&server);
    for (size, ends) in [(4096, "OK"), (4097, "BAD"), (1, "OK")] {
        let unasked = format!("APPEND INBOX «+{}»", "x".repeat(size));
        assert_eq!(end(&mut client, &unasked), ends, "{size}");
        assert_eq!(end(&mut client, &unasked.replace('+', "")), "OK", "{size}");
    }
    assert_eq!(end(&mut client, &format!("APPEND INBOX «+x» «+{}»", "x".repeat(4097))), "BAD");
    assert_eq!(client.run("STATUS INBOX (MESSAGES)")[0], "* STATUS \"INBOX\" (MESSAGES 5)");
}

#[test]
fn what_cannot_be_expanded_ends_the_conversation() {
    let server = server(Extensions::ALL);
    let mut client = logged_in(&server);
    client.send("COMPRESS DEFLATE");
    assert!(client.line().ends_with("OK from here on"));
    // A block of a kind that there is not.
    client.raw("\u{7}\u{7}\u{7}");
    assert!(client.ends());
    assert_eq!(end(&mut logged_in(&server), "NOOP"), "OK");
}

#[test]
fn what_may_only_be_looked_at_stays_as_it_is() {
    let server = server(Extensions::ALL);
    let mut client = logged_in(&server);
    for (command, ends) in [
        ("APPEND INBOX (\\Deleted) «x»", "OK"),
        ("CREATE INBOX", "NO"),
        ("CREATE Other", "OK"),
        ("EXAMINE INBOX", "OK"),
        ("STORE 1 +FLAGS (\\Seen)", "NO"),
        ("EXPUNGE", "NO"),
        ("UID MOVE 1 Other", "NO"),
        ("FETCH 1 BODY[]", "OK"),
        ("CLOSE", "OK"),
    ] {
        assert_eq!(end(&mut client, command), ends, "{command}");
    }
    let flags = server.with_mailboxes(|mailboxes| {
        mailboxes.get("INBOX").unwrap().messages.values().map(|message| message.flags.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(flags, ["\\Deleted"]);
}
