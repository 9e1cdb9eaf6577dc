use super::super::status::Code;
use super::*;
use crate::model::ids::{ModSeq, UidValidity};

fn one(text: &str) -> Untagged {
    match parse(text.as_bytes()) {
        Response::Untagged(untagged) => untagged,
        other => panic!("{other:?}"),
    }
}

fn fetch(text: &str) -> Fetched {
    match one(text) {
        Untagged::Fetch(fetched) => fetched,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fetch_items_come_in_any_order_and_unknown_ones_are_passed_over() {
    let message = fetch(
        "* 12 FETCH (SAVEDATE NIL FLAGS (\\Seen x[y]) ENVELOPE (\"a\" (NIL (b)) NIL) UID 7  MODSEQ (99) \
         INTERNALDATE \" 1-Feb-2020 10:00:00 +0200\" RFC822.SIZE 5000000000 BODY[] NIL)\r\n",
    );
    assert_eq!(message.uid, Uid::new(7));
    assert_eq!(message.flags.unwrap().to_string(), "\\Seen x[y]");
    assert_eq!(message.date, Some(InternalDate { seconds: 1_580_544_000, offset: 7200 }));
    assert_eq!(message.size, Some(5_000_000_000));
    assert!(message.body);
}

#[test]
fn a_message_without_a_sensible_uid_has_none() {
    for text in ["* 1 FETCH (UID 0)", "* 1 FETCH (UID 99999999999)", "* 1 FETCH (UID x)", "* 1 FETCH"] {
        assert_eq!(fetch(text).uid, None, "{text}");
    }
}

#[test]
fn status_responses_keep_their_text_whatever_it_holds() {
    let Untagged::Status(status) = one("* NO [ALERT] Gr\u{fc}\u{df}e [sic]\r\n") else { panic!() };
    assert_eq!((status.word, status.text.as_str()), (Word::No, "Grüße [sic]"));
    let Response::Tagged { tag, status } = parse(b"b7 OK [APPENDUID 38 103,101:102] fine\r\n") else { panic!() };
    assert_eq!(tag, "b7");
    let uids = [103, 101, 102].map(|number| Uid::new(number).unwrap()).into();
    assert_eq!(status.code, Code::AppendUid { validity: UidValidity(38), uids });
}

#[test]
fn codes_that_make_no_sense_are_only_named() {
    for (text, code) in [
        ("* OK [UIDNEXT *] x", Code::Other("UIDNEXT".into())),
        ("* OK [HIGHESTMODSEQ 9] x", Code::HighestModSeq(ModSeq(9))),
        ("* OK [NOMODSEQ] x", Code::Other("NOMODSEQ".into())),
        ("* OK [] x", Code::None),
        ("* OK [never closed", Code::None),
    ] {
        let Untagged::Status(status) = one(text) else { panic!() };
        assert_eq!(status.code, code, "{text}");
    }
}

#[test]
fn folders_may_be_called_anything() {
    for (text, name, separator) in [
        ("* LIST (\\HasNoChildren) \"/\" INBOX\r\n", "INBOX", Some('/')),
        ("* LIST () NIL \"a \\\"b\\\\c\"\r\n", "a \"b\\c", None),
        ("* LIST () \"\\\\\" {4}\r\nx\\ y\r\n", "x\\ y", Some('\\')),
        ("* LIST () \".\" 100%\r\n", "100%", Some('.')),
        ("* LIST () \"/\" \"x\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n", "x", Some('/')),
    ] {
        let Untagged::List(item) = one(text) else { panic!("{text}") };
        assert_eq!((item.name.as_str(), item.separator), (name, separator), "{text}");
    }
}

#[test]
fn searches_and_vanished_messages_are_sets() {
    for (text, meant) in [
        ("* SEARCH 3 1 2", "1:3"),
        ("* SEARCH", ""),
        ("* SEARCH 5 (MODSEQ 917162500)", "5"),
        ("* SEARCH 9 7 8 2", "2,7:9"),
        ("* ESEARCH (TAG \"b1\") UID ALL 4:18,21", "4:18,21"),
        ("* ESEARCH (TAG \"b1\") UID COUNT 0", ""),
    ] {
        let Untagged::Found(set) = one(text) else { panic!("{text}") };
        assert_eq!(set.to_string(), meant, "{text}");
    }
    for (text, earlier) in [("* VANISHED (EARLIER) 41,43:116", true), ("* VANISHED 41,43:116", false)] {
        assert_eq!(one(text), Untagged::Vanished { uids: UidSet::parse("41,43:116").unwrap(), earlier });
    }
    for text in ["* SEARCH 1 2x 3", "* SEARCH 1 0", "* SEARCH 1,2", "* SEARCH 1 99999999999"] {
        assert_eq!(one(text), Untagged::Other, "{text}");
    }
    assert_eq!(one("* VANISHED nonsense"), Untagged::Other);
}

#[test]
fn status_of_a_mailbox() {
    let Untagged::StatusOf(items) = one("* STATUS \"a b\" (MESSAGES 2 SIZE 9 HIGHESTMODSEQ 8589934592)") else {
        panic!()
    };
    assert_eq!(items.name, "a b");
    assert_eq!((items.messages, items.uid_next, items.highest_modseq), (Some(2), None, Some(8_589_934_592)));
    let odd = "* STATUS x (MESSAGES X-ODD (1 2) UIDNEXT NIL HIGHESTMODSEQ 99999999999999999999 UIDVALIDITY 7 8)";
    let Untagged::StatusOf(items) = one(odd) else { panic!() };
    assert_eq!((items.messages, items.uid_next, items.uid_validity), (None, None, Some(7)));
}

#[test]
fn dates_are_written_as_they_are_read() {
    let date = InternalDate { seconds: 1_580_544_000, offset: -12600 };
    let text = write_date(date).unwrap();
    assert_eq!(text, "01-Feb-2020 04:30:00 -0330");
    assert_eq!(fetch(&format!("* 1 FETCH (INTERNALDATE \"{text}\")")).date, Some(date));
    assert_eq!(write_date(InternalDate { seconds: i64::MAX, offset: 0 }), None);
}

#[test]
fn nil_is_an_empty_list_and_no_flag() {
    assert_eq!(fetch("* 1 FETCH (FLAGS NIL UID 7)").flags.unwrap(), Flags::default());
    assert_eq!(one("* FLAGS NIL"), Untagged::Flags(Flags::default()));
}

#[test]
fn data_that_names_two_messages_is_of_neither() {
    assert_eq!(fetch("* 1 FETCH (UID 7 FLAGS () UID 8)").uid, None);
    assert_eq!(fetch("* 1 FETCH (UID 7 FLAGS () UID 7)").uid, Uid::new(7));
}

#[test]
fn keywords_are_limited_and_system_flags_are_not() {
    let many: Vec<String> = (0..20_000).map(|number| format!("k{number}")).collect();
    let flags = fetch(&format!("* 1 FETCH (FLAGS ({} \\Seen))", many.join(" "))).flags.unwrap();
    assert!(flags.keywords().len() <= MOST_KEYWORDS);
    assert_eq!(flags.system, crate::model::flags::System::SEEN);
}

#[test]
fn labels_are_read_without_loss_however_they_are_written() {
    let message = fetch(
        "* 1 FETCH (X-GM-LABELS (\\Inbox \"\\\\Sent\" Work/2024 \"Sea \\\"food\\\" (\\\\)\" {7}\r\na) \"b\r\n &AOQ-pfel NIL) \
         X-GM-MSGID 18446744073709551615 X-GM-THRID 2 UID 7)",
    );
    let labels = message.labels.unwrap();
    assert_eq!(labels, ["\\Inbox", "\\Sent", "Work/2024", "Sea \"food\" (\\)", "a) \"b\r\n", "&AOQ-pfel", "NIL"]);
    assert_eq!((message.identity, message.uid), (Some(u64::MAX), Uid::new(7)));
    assert_eq!(fetch("* 1 FETCH (X-GM-LABELS () UID 7)").labels, Some(Vec::new()));
    assert_eq!(fetch("* 1 FETCH (X-GM-LABELS NIL UID 7)").labels, Some(Vec::new()));
    assert_eq!(fetch("* 1 FETCH (UID 7)").labels, None);
}

#[test]
fn what_a_folder_is_for_is_read() {
    for (text, special) in [
        ("(\\HasNoChildren \\trash)", Some(Special::Trash)),
        ("(\\All)", Some(Special::All)),
        ("(\\Junk \\HasNoChildren)", Some(Special::Junk)),
        ("(\\Sent)", None),
    ] {
        let Untagged::List(item) = one(&format!("* LIST {text} \"/\" \"[Google Mail]/Papierkorb\"")) else { panic!() };
        assert_eq!(item.special, special, "{text}");
    }
}
