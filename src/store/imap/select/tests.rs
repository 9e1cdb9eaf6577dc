use super::super::response::{Response, parse};
use super::*;
use crate::model::flags::System;
use crate::model::ids::Uid;

fn seen(lines: &[&str]) -> Seen {
    let mut seen = Seen::default();
    for line in lines {
        if let Response::Untagged(untagged) = parse(line.as_bytes()) {
            seen.untagged(untagged).unwrap();
        }
    }
    seen
}

#[test]
fn what_belongs_to_the_mailbox_before_is_forgotten() {
    let mut seen = seen(&[
        "* VANISHED 1:5",
        "* 3 EXISTS",
        "* OK [CLOSED] x",
        "* 7 EXISTS",
        "* 1 FETCH (UID 9 FLAGS (\\Seen))",
        "* VANISHED (EARLIER) 8",
        "* 8 EXISTS",
    ]);
    assert_eq!(seen.exists(), Some(7));
    assert_eq!(seen.vanished.to_string(), "8");
    assert_eq!(seen.take_messages().len(), 1);
}

#[test]
fn a_few_characters_that_name_billions_cost_nothing() {
    let seen = seen(&["* VANISHED (EARLIER) 1:4294967295", "* ESEARCH UID ALL 1:4294967295"]);
    assert_eq!((seen.vanished.len(), seen.found.len()), (4_294_967_295, 4_294_967_295));
}

#[test]
fn a_message_that_is_expunged_during_the_listing_is_gone() {
    let mut seen = seen(&["* 1 FETCH (UID 9 FLAGS ())", "* VANISHED 9"]);
    assert!(seen.take_messages().is_empty());
}

#[test]
fn a_listing_is_all_when_nothing_is_left_out_but_what_went_meanwhile() {
    let listing = ["* 4 EXISTS", "* 1 FETCH (UID 9 FLAGS ())", "* 2 FETCH (UID 10 FLAGS ())"];
    let with = |more: &[&str]| seen(&[&listing, more].concat()).is_all_listed();
    assert!(!with(&[]) && !with(&["* 3 FETCH (UID 11 FLAGS ())"]));
    assert!(with(&["* 3 FETCH (UID 11 FLAGS ())", "* 4 FETCH (UID 12 FLAGS ())"]));
    assert!(with(&["* 3 EXPUNGE", "* 3 EXPUNGE"]) && !with(&["* 3 EXPUNGE"]));
    assert!(with(&["* VANISHED 11:12"]) && !with(&["* VANISHED 11"]) && !with(&["* VANISHED (EARLIER) 11:12"]));
    // What was listed before it went explains nothing that is missing.
    assert!(!with(&["* 1 EXPUNGE", "* 1 EXPUNGE"]));
    assert!(with(&["* 1 EXPUNGE", "* 2 EXPUNGE", "* 2 EXPUNGE"]));
}

#[test]
fn without_a_number_of_messages_no_listing_is_all() {
    let listing = seen(&["* 1 FETCH (UID 9 FLAGS ())", "* SEARCH 9"]);
    assert!(!listing.is_all_listed() && !listing.is_all_found());
    assert!(!seen(&[]).is_all_listed());
    assert!(seen(&["* 0 EXISTS"]).is_all_listed());
}

#[test]
fn a_search_that_finds_what_nobody_listed_is_not_believed() {
    let known = UidSet::parse("1:3").unwrap();
    assert!(seen(&["* SEARCH 1 3"]).found_no_strangers(&known));
    assert!(seen(&["* SEARCH 1 3 7", "* 3 FETCH (UID 7 FLAGS ())"]).found_no_strangers(&known));
    assert!(!seen(&["* SEARCH 1 3 7"]).found_no_strangers(&known));
    assert!(!seen(&["* ESEARCH UID ALL 1:4294967295"]).found_no_strangers(&known));
}

#[test]
fn far_more_messages_than_there_are_are_not_kept() {
    let mut seen = seen(&["* 5 EXISTS"]);
    let message =
        |uid| Untagged::Fetch(Fetched { uid: Uid::new(uid), flags: Some(Flags::default()), ..Fetched::default() });
    let refused = (1..100_000).find(|uid| seen.untagged(message(*uid)).is_err()).unwrap();
    assert_eq!(refused as usize, 5 + MOST_UNTOLD + 1);
}

#[test]
fn flags_that_may_not_be_changed_are_shown_all_the_same() {
    let read = seen(&["* FLAGS (\\Seen \\Draft x)", "* OK [PERMANENTFLAGS ()] x"]);
    assert_eq!(read.holds().system, System::default());
    let shown = Holds { system: System::SEEN | System::DRAFT, keywords: KeywordRoom::Any };
    assert_eq!(read.shows(), shown);
    assert_eq!(seen(&[]).shows(), Holds::ALL);
}

#[test]
fn flags_that_are_not_permanent_are_not_held() {
    let some = seen(&["* FLAGS (\\Seen \\Draft x)", "* OK [PERMANENTFLAGS (\\Seen)] x"]).holds();
    assert_eq!(some, Holds { system: System::SEEN, keywords: KeywordRoom::Only(vec![]) });
    let any = seen(&["* OK [PERMANENTFLAGS (\\Seen \\*)] x"]).holds();
    assert_eq!(any.keywords, KeywordRoom::Any);
    let unsaid = seen(&["* FLAGS (\\Seen x)"]).holds();
    assert!(unsaid.keywords.includes("X"));
    assert_eq!(seen(&[]).holds(), Holds::ALL);
}
