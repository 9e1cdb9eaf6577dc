use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

/// What somebody says, in turn: the client, the client in secret, the server.
#[derive(Debug, Clone, Copy)]
enum Say<'t> {
    C(&'t str),
    Secretly(&'t str),
    S(&'t str),
}
use Say::{C, S, Secretly};

fn hear(said: &[(bool, bool, Vec<u8>)], piece: usize) -> Vec<String> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let mut transcript = Transcript::new(Teller::new(move |text| heard.lock().unwrap().push(text)));
    for (ours, secret, bytes) in said {
        for part in bytes.chunks(piece) {
            if *ours { transcript.sent(part, *secret) } else { transcript.received(part) }
        }
    }
    drop(transcript);
    Arc::into_inner(told).unwrap().into_inner().unwrap()
}

#[track_caller]
fn check(said: &[Say<'_>], wanted: &[&str]) {
    let said: Vec<_> = said
        .iter()
        .map(|say| match say {
            C(text) => (true, false, text.as_bytes().to_vec()),
            Secretly(text) => (true, true, text.as_bytes().to_vec()),
            S(text) => (false, false, text.as_bytes().to_vec()),
        })
        .collect();
    // However it comes in pieces.
    for piece in [usize::MAX, 7, 1] {
        assert_eq!(hear(&said, piece), wanted, "{piece}");
    }
}

#[test]
fn commands_and_answers_are_shown_as_they_are() {
    check(
        &[
            S("* OK [CAPABILITY IMAP4rev1] ready {3}\r\n"),
            C("b1 LIST \"\" \"*\"\r\nb2 UID FETCH 1:* (FLAGS)\r\n"),
            S(
                "* LIST (\\HasNoChildren) \"/\" \"My \\\"IN]\\\" \"\r\n* 1 FETCH (UID 7 FLAGS (\\Seen))\r\nb1 OK done\r\n",
            ),
            C("b3 "),
            C("NOOP"),
            C("\r\n"),
            S("+ idling\r\n"),
        ],
        &[
            "<- * OK [CAPABILITY IMAP4rev1] ready {3}",
            "-> b1 LIST \"\" \"*\"",
            "-> b2 UID FETCH 1:* (FLAGS)",
            "<- * LIST (\\HasNoChildren) \"/\" \"My \\\"IN]\\\" \"",
            "<- * 1 FETCH (UID 7 FLAGS (\\Seen))",
            "<- b1 OK done",
            "-> b3 NOOP",
            "<- + idling",
        ],
    );
}

#[test]
fn a_log_in_is_masked_whatever_its_form() {
    let after = [C("b2 NOOP\r\n")];
    let table: [(&[Say<'_>], &[&str]); 11] = [
        (&[C("b1 LOGIN me \"se cret\"\r\n"), S("b1 OK in\r\n")], &["-> b1 LOGIN ***", "<- b1 OK ***"]),
        (&[C("b1 login \"m\\\"e\" {6+}\r\nsecret\r\n"), S("b1 OK in\r\n")], &["-> b1 login ***", "<- b1 OK ***"]),
        (
            &[C("b1 LOGIN {2}\r\n"), S("+ go on\r\n"), C("me {6}\r\n"), S("+\r\n"), C("secret\r\n"), S("b1 NO no\r\n")],
            &["-> b1 LOGIN ***", "<- + ***", "-> ***", "<- +", "<- b1 NO ***"],
        ),
        (&[C("b1 AUTHENTICATE PLAIN c2VjcmV0\r\n"), S("b1 OK\r\n")], &["-> b1 AUTHENTICATE PLAIN ***", "<- b1 OK"]),
        (
            &[
                C("b1 Authenticate SCRAM-SHA-1\r\n"),
                S("+ c2VjcmV0\r\n"),
                C("c2VjcmV0\r\n"),
                S("+ c2VjcmV0\r\n"),
                C("\r\n"),
                S("b1 OK\r\n"),
            ],
            &["-> b1 Authenticate SCRAM-SHA-1", "<- + ***", "-> ***", "<- + ***", "<- b1 OK"],
        ),
        (
            // What is sent before the answer belongs to it, and an answer to something else is none.
            &[
                C("b1 AUTHENTICATE PLAIN\r\nc2VjcmV0\r\n"),
                S("b0 OK\r\n* OK secret\r\nb1 OK [CAPABILITY IMAP4rev1 ID] secret\r\n"),
            ],
            &[
                "-> b1 AUTHENTICATE PLAIN",
                "-> ***",
                "<- b0 OK",
                "<- * OK ***",
                "<- b1 OK [CAPABILITY IMAP4rev1 ID] ***",
            ],
        ),
        (
            // A server that repeats what it was told.
            &[
                C("b1 LOGIN me secret\r\n"),
                S("* secret\r\n* CAPABILITY IMAP4rev1\r\n* BAD [SECRETS secret] LOGIN me secret\r\n"),
                S("b1 NO [AUTHENTICATIONFAILED] LOGIN me secret\r\n"),
            ],
            &[
                "-> b1 LOGIN ***",
                "<- * ***",
                "<- * CAPABILITY IMAP4rev1",
                "<- * BAD [SECRETS ***] ***",
                "<- b1 NO [AUTHENTICATIONFAILED] ***",
            ],
        ),
        // Known to be secret by whoever sends it.
        (&[C("b1 "), Secretly("LOGIN me secret\r\n"), S("b1 OK\r\n")], &["-> b1 LOGIN ***", "<- b1 OK"]),
        (&[C("b1 "), Secretly("AUTH secret\r\n"), S("b1 OK\r\n")], &["-> ***", "<- b1 OK"]),
        (&[Secretly("secret"), C(" secret\r\n")], &["-> ***"]),
        // A folder's name is no command.
        (&[C("b1 SELECT LOGIN\r\nb9 NOOP\r\n"), S("b1 OK x\r\n")], &["-> b1 SELECT LOGIN", "-> b9 NOOP", "<- b1 OK x"]),
    ];
    for (said, wanted) in table {
        check(&[said, &after].concat(), &[wanted, &["-> b2 NOOP"]].concat());
    }
}

#[test]
fn a_log_in_that_is_never_answered_stays_masked() {
    check(
        &[C("b1 LOGIN {2}\r\n"), S("* BYE secret\r\n"), C("me secret\r\n")],
        &["-> b1 LOGIN ***", "<- * BYE ***", "-> ***"],
    );
}

#[test]
fn mail_is_shown_as_its_size() {
    check(
        &[
            C("b1 APPEND \"INBOX\" (\\Seen) {17+}\r\n"),
            C("Subject: a\r\nb1 x\n"),
            C("\r\nb2 APPEND INBOX {5}\r\n"),
            S("+ OK\r\n"),
            C("a\r\nb\n"),
            C(" {1+}\r\nx more\r\n"),
            S(
                "* 1 FETCH (BODY[] {9}\r\na\r\nb1 x\r\n UID 3 BODY[HEADER.FIELDS (\"DATE\")] \"Date: \\\"now\\\"\" BODY[]<0> \"y\" ",
            ),
            S("RFC822.HEADER \"zz\" X \"short\" BODY[TEXT] NIL)\r\n"),
            S("* LIST () \"/\" {4}\r\na\r\nb\r\nb2 OK {3}\r\n"),
            S("* 2 FETCH (PREVIEW \"unfinished\r\n"),
        ],
        &[
            "-> b1 APPEND \"INBOX\" (\\Seen) {17 bytes}",
            "-> b2 APPEND INBOX {5 bytes}",
            "<- + OK",
            "-> {1 bytes}",
            "-> more",
            "<- * 1 FETCH (BODY[] {9 bytes} UID 3 BODY[HEADER.FIELDS (\"DATE\")] {13 bytes} BODY[]<0> {1 bytes} \
             RFC822.HEADER {2 bytes} X \"short\" BODY[TEXT] NIL)",
            "<- * LIST () \"/\" {4 bytes}",
            "<- b2 OK {3}",
            "<- * 2 FETCH (PREVIEW {10 bytes}",
        ],
    );
}

#[test]
fn a_literal_that_is_refused_is_not_waited_for() {
    check(
        &[
            C("b1 APPEND x {5}\r\n"),
            S("b1 NO full\r\n"),
            C("b2 NOOP\r\n"),
            C("b3 APPEND x {0+}\r\n\r\n"),
            C("b4 NOOP\r\n"),
        ],
        &["-> b1 APPEND x {5 bytes}", "<- b1 NO full", "-> b2 NOOP", "-> b3 APPEND x {0 bytes}", "-> b4 NOOP"],
    );
}

#[test]
fn a_long_line_is_cut_and_what_is_missing_counted() {
    let searched = format!("* SEARCH {}\r\n", "1 ".repeat(5000));
    let shown = format!("<- * SEARCH {}1… (9511 bytes more)", "1 ".repeat(245));
    let long = format!("* 1 FETCH (X ({}\"{}\" BODY[] {{3}}\r\nabc)\r\n", "é".repeat(400), "y".repeat(300));
    let told = hear(
        &[
            (false, false, searched.into_bytes()),
            (false, false, long.into_bytes()),
            (true, false, b"b1 NOOP\r\n".to_vec()),
        ],
        1000,
    );
    // 9 + 10,000 + 2 bytes, of which 500 are looked at.
    assert_eq!(told[0], shown);
    assert!(told[1].len() < 600 && told[1].contains("é… (") && !told[1].contains("abc"), "{}", told[1]);
    assert_eq!(told[2], "-> b1 NOOP");
}

#[test]
fn a_long_string_is_shown_as_its_size() {
    let said = format!("* 1 FETCH (ENVELOPE (\"{}\" \"{}\"))\r\n", "x".repeat(201), "y".repeat(200));
    let wanted = format!("<- * 1 FETCH (ENVELOPE ({{201 bytes}} \"{}\"))", "y".repeat(200));
    check(&[S(&said)], &[&wanted]);
}

proptest! {
    #[test]
    fn no_password_is_ever_shown(
        password in "[^\r\n\0 -~]{4,20}|[!-~]{4,20}x%7", tag in "[a-z][0-9]{1,3}", piece in 1_usize..40, form in 0_usize..3,
    ) {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let command = match form {
            0 => format!("{tag} LOGIN me \"{quoted}\"\r\n"),
            1 => format!("{tag} LOGIN me {{{}+}}\r\n{password}\r\n", password.len()),
            _ => format!("{tag} AUTHENTICATE X-OTHER\r\n{password}\r\n"),
        };
        let answer = format!("* OK {password}\r\n{tag} NO [X {password}] {password} {{7}}\r\n");
        let said = [(true, false, command.into_bytes()), (false, false, answer.into_bytes())];
        for line in hear(&said, piece) {
            prop_assert!(!line.contains(&password) && !line.contains(&quoted), "{}", line);
        }
    }

    #[test]
    fn whatever_is_said_in_whatever_pieces_is_told_the_same(
        said in proptest::collection::vec((any::<bool>(), any::<bool>(), "[ -~]{0,9}(\\{[0-9]{1,2}\\+?\\})?\r?\n|b1 LOGIN |[+*] |b1 OK|BODY\\[\\] \""), 0..12),
        piece in 1_usize..9,
    ) {
        let said: Vec<_> = said.into_iter().map(|(ours, secret, text)| (ours, secret, text.into_bytes())).collect();
        prop_assert_eq!(hear(&said, piece), hear(&said, usize::MAX));
    }
}
