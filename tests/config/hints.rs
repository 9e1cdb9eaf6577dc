//! What is said beside a mistake, so that a person finds it, and of what is only probably one.

use blinkensync::config::Request;

use crate::{file, read, read_as};

/// What is said about `text`, as an error.
fn said(text: &str) -> Vec<String> {
    read(text).unwrap_err().lines().map(str::to_owned).collect()
}

#[test]
fn what_may_be_a_mistake_is_told_together_with_mistakes() {
    let text = file("metadat = ~/x", "", "", "").replace("[Account A]", "[Acount A]");
    let lines = said(&text);
    assert!(lines[0].starts_with("rc:2: [general] accounts = A: expected a section [Account A]"), "{lines:#?}");
    assert!(lines[1].contains("metadat: this option is not known") && lines[1].ends_with("did you mean metadata?"));
    assert!(lines[2].starts_with("rc:4: [Acount A]") && lines[2].ends_with("did you mean Account A?"), "{lines:#?}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_comment_after_a_value_is_pointed_out() {
    for value in ["no ; plain", "no # plain", "no\t; plain"] {
        let lines = said(&file("", "", "", &format!("ssl = {value}")));
        assert!(lines[0].ends_with("expected yes or no; a comment has a line of its own"), "{lines:#?}");
    }
    let warnings = read(&file("", "", "", "").replace("~/Mail", "~/Mail ; mine")).unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "rc:10: [Repository L] localfolders = ~/Mail ; mine: all of this is the value; a comment has a line of its own"
        ]
    );
    // In a password, and where a shell reads it, it may well be meant.
    let meant = file("", "presynchook = a ; b # c", "", "remotepass = hunter2 ;x #");
    assert_eq!(read(&meant).unwrap().warnings, [""; 0]);
}

#[test]
fn an_account_without_a_name_is_no_account() {
    let request = Request { accounts: vec![" ".into(), String::new()], ..Request::default() };
    let said = read_as(&file("", "", "", ""), &request).unwrap_err();
    assert_eq!(said, "command line: expected the name of an account; the file has A");
}

#[test]
fn an_override_for_a_section_that_is_not_there_is_pointed_out() {
    let overrides = ["Acount_A:quick=1", "Repository_X:readonly=yes", "general:fsync=no", "mbnames:enabled=no"];
    let request = Request { overrides: overrides.map(str::to_owned).to_vec(), ..Request::default() };
    let warnings = read_as(&file("", "", "", ""), &request).unwrap().warnings;
    let about =
        |section: &str| warnings.iter().find(|line| line.contains(&format!("the file has no section [{section}]")));
    assert!(about("Acount A").unwrap().ends_with("did you mean Account A?"), "{warnings:#?}");
    assert!(about("Repository X").unwrap().starts_with("command line: "), "{warnings:#?}");
    assert!(about("mbnames").is_none() && about("general").is_none(), "{warnings:#?}");
}
