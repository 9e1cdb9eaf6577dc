//! Names in modified UTF-7 and decoded ones, and folders that are left out by the list itself.

use super::super::naming::Rules;
use super::tests::{infos, run_on};
use super::*;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;

/// With these terms and rules for the names there.
fn run_with(remote: &[&str], there: Rules<'_>, local: &[&str], terms: Terms<'_>) -> (Vec<String>, Vec<String>) {
    run_on((&infos(remote), there), (&infos(local), Rules::default()), terms)
}

fn decoding(remote: &[&str], local: &[&str], known: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    run_with(remote, Rules::default(), local, Terms { decode: true, known, ..Terms::default() })
}

#[test]
fn decoded_names_meet_and_are_written_as_imap_does() {
    let (pairs, faults) = decoding(&["Entw&APw-rfe/M&AOQ-rz", "A&-B"], &["Entwürfe.März", "Grüße.2024", "C&D"], &[]);
    let known = ["A&-B = A&B (new here)", "C&-D = C&D (new there)", "Entw&APw-rfe/M&AOQ-rz = Entwürfe.März"];
    assert_eq!(pairs, [&known[..], &["Gr&APwA3w-e/2024 = Grüße.2024 (new there)"]].concat());
    assert_eq!(faults, [""; 0]);
}

#[test]
fn rules_see_decoded_names() {
    let map = NameMap::parse("s/ü/ue/; s/^/x-/").unwrap();
    let there = Rules { map: Some(&map), ..Rules::default() };
    let terms = Terms { decode: true, ..Terms::default() };
    let (pairs, _) = run_with(&["Entw&APw-rfe"], there, &[], terms);
    assert_eq!(pairs, ["Entw&APw-rfe = x-Entwuerfe (new here)"]);
    let map = NameMap::parse("s/^Entwürfe/E/").unwrap();
    let there = Rules { map: Some(&map), ..Rules::default() };
    let (pairs, faults) = run_with(&["Entw&APw-rfe"], there, &["E.2024", "E.neu"], terms);
    let made = ["Entw&APw-rfe/2024 = E.2024 (new there)", "Entw&APw-rfe/neu = E.neu (new there)"];
    assert_eq!(pairs, [&["Entw&APw-rfe = E (new here)"], &made[..]].concat(), "{faults:?}");
}

#[test]
fn folders_are_included_in_either_spelling() {
    let patterns = Patterns::parse(["INBOX"]).unwrap();
    for decode in [true, false] {
        let here = if decode { "Entwürfe" } else { "Entw&APw-rfe" };
        for name in ["Entwürfe", "Entw&APw-rfe"] {
            let includes = [name.to_owned()];
            let there = Rules { patterns: Some(&patterns), includes: &includes, ..Rules::default() };
            let (pairs, _) = run_with(&["Entw&APw-rfe", "Other"], there, &[], Terms { decode, ..Terms::default() });
            assert_eq!(pairs, [format!("Entw&APw-rfe = {here} (new here)")]);
        }
    }
}

#[test]
fn what_cannot_be_decoded_stays_as_it_is() {
    let odd = ["&AC8-", "&", "&2AA-", "Entwürfe", "&AAo-"];
    let (pairs, faults) = decoding(&odd, &[], &[]);
    let mut same: Vec<String> = odd.iter().map(|name| format!("{name} = {name} (new here)")).collect();
    same.sort();
    let mut found = pairs.clone();
    found.sort();
    assert_eq!((found, faults), (same, Vec::new()));
    // Two names for one folder are not one of them.
    let (pairs, faults) = decoding(&["Entwürfe", "Entw&APw-rfe"], &[], &[]);
    assert!(pairs.is_empty() && faults[0].contains("both would be the local folder Entwürfe"), "{faults:?}");
}

#[test]
fn a_local_name_that_looks_like_the_other_spelling_is_not_made_there() {
    let (pairs, faults) = decoding(&["INBOX"], &["INBOX", "Entw&APw-rfe"], &[]);
    assert_eq!(pairs, ["INBOX = INBOX"]);
    assert!(faults[0].contains("Entwürfe in IMAP's own spelling"), "{faults:?}");
    for name in ["tab\there", "Entwürfe\u{1b}"] {
        let (pairs, faults) = decoding(&[], &[name], &[]);
        assert!(pairs.is_empty() && faults[0].contains("control characters"), "{faults:?}");
    }
}

#[test]
fn a_folder_that_was_synchronised_in_the_other_spelling_is_renamed() {
    let known = [("Entw&APw-rfe/M&AOQ-rz", "Entw&APw-rfe.M&AOQ-rz")];
    let remote = ["Entw&APw-rfe/M&AOQ-rz"];
    let on = decoding(&remote, &["Entw&APw-rfe.M&AOQ-rz"], &known);
    assert_eq!(on.0, ["Entw&APw-rfe/M&AOQ-rz = Entwürfe.März (was Entw&APw-rfe.M&AOQ-rz)"]);
    // Cut off half way, as nested directories are.
    let half = decoding(&remote, &["Entwürfe.M&AOQ-rz"], &known);
    assert_eq!(half.0, ["Entw&APw-rfe/M&AOQ-rz = Entwürfe.März (was Entwürfe.M&AOQ-rz)"]);
    let known = [("Entw&APw-rfe/M&AOQ-rz", "Entwürfe.März")];
    let off = run_with(&remote, Rules::default(), &["Entwürfe.März"], Terms { known: &known, ..Terms::default() });
    assert_eq!(off.0, ["Entw&APw-rfe/M&AOQ-rz = Entw&APw-rfe.M&AOQ-rz (was Entwürfe.März)"]);
    assert_eq!([on.1, half.1, off.1].concat(), [""; 0]);
}

#[test]
fn a_folder_in_both_spellings_is_left_to_a_person() {
    let (one, other) = ("Entw&APw-rfe", "Entwürfe");
    let (pairs, faults) = decoding(&[one], &[one, other], &[(one, one)]);
    assert!(pairs.is_empty() && faults.len() == 1 && faults[0].contains("Entwürfe is here too"), "{faults:?}");
    // Nobody has synchronised it: perhaps another program did.
    let (pairs, faults) = decoding(&[one], &[one], &[]);
    assert!(pairs.is_empty() && faults.len() == 1 && faults[0].contains("rename it to Entwürfe"), "{faults:?}");
    // It is known by its name, and the other one is something else.
    let (pairs, faults) = decoding(&[one], &[one, other], &[(one, other)]);
    assert_eq!(pairs, ["Entw&APw-rfe = Entwürfe"]);
    assert!(faults.len() == 1 && faults[0].contains("own spelling"), "{faults:?}");
    // Another folder of the server has that name.
    let (pairs, faults) = decoding(&[one, "Entw&-APw-rfe"], &[one], &[(one, one)]);
    assert_eq!(pairs, ["Entw&-APw-rfe = Entw&APw-rfe", "Entw&APw-rfe = Entwürfe (new here)"]);
    assert_eq!(faults, [""; 0]);
}

#[test]
fn a_folder_that_is_not_subscribed_to_is_neither_copied_nor_made_again() {
    let mut remote = infos(&["a", "b"]);
    remote[1].subscribed = false;
    let (pairs, faults) = run_on(
        (&remote, Rules::default()),
        (&infos(&["b", "c"]), Rules::default()),
        Terms { known: &[("b", "b")], ..Terms::default() },
    );
    assert_eq!(pairs, ["a = a (new here)", "c = c (new there)"]);
    assert_eq!(faults, [""; 0]);
}

#[test]
fn new_folders_are_made_below_the_reference_only() {
    let terms = Terms { reference: "Mail/", known: &[("Old", "Old")], ..Terms::default() };
    let (pairs, faults) = run_with(&["Mail/a"], Rules::default(), &["Mail.b", "c", "Old"], terms);
    assert_eq!(pairs, ["Mail/a = Mail.a (new here)", "Mail/b = Mail.b (new there)"]);
    assert!(faults.len() == 1 && faults[0].contains("Mail/, the reference"), "{faults:?}");
    // Where the prefix is taken off, it is put on again.
    let map = NameMap::parse("s/^Mail\\///").unwrap();
    let there = Rules { map: Some(&map), ..Rules::default() };
    assert_eq!(run_with(&[], there, &["c"], terms).0, ["Mail/c = c (new there)"]);
}

#[test]
fn an_inbox_in_another_case_is_no_second_one() {
    let (pairs, faults) = run_with(&["INBOX"], Rules::default(), &["INBOX", "Inbox"], Terms::default());
    assert_eq!(pairs, ["INBOX = INBOX"]);
    assert!(faults[0].contains("its name would be INBOX there"), "{faults:?}");
}

#[test]
fn what_is_called_like_the_separator_is_the_folder_above_all() {
    let map = NameMap::parse(r"s/^INBOX\/?/\//").unwrap();
    let there = Rules { map: Some(&map), ..Rules::default() };
    let (pairs, faults) = run_with(&["INBOX", "INBOX/Sent"], there, &["", ".Sent"], Terms::default());
    assert_eq!(pairs, ["INBOX = ", "INBOX/Sent = .Sent"]);
    assert_eq!(faults, [""; 0]);
    // Without such a rule it has no name on the server.
    let (pairs, faults) = run_with(&["INBOX"], Rules::default(), &[""], Terms::default());
    assert_eq!(pairs, ["INBOX = INBOX (new here)"]);
    assert!(faults[0].contains("no name there"), "{faults:?}");
}
