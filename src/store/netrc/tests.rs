use std::os::unix::fs::PermissionsExt;

use super::*;

const FILE: &str = "\
# machine mail.example.org login me password commented
machine other.example.org login me password not-this
machine mail.example.org login boss password the-boss's
macdef init
machine mail.example.org login me password in-a-macro
cd /tmp

machine mail.example.org
    login me # a comment
    account whatever
    password \"two words \\\"quoted\\\"\"
machine MAIL.example.org login me password too-late
machine any.example.org password for-anybody
machine any.example.org login you password yours
machine hash.example.org login me password a#b\\ c
machine sharp.example.org login me password #1 # one
machine empty.example.org login me
default login me password everywhere
";

#[test]
fn the_entry_of_host_and_user_is_found() {
    for (host, user, wanted) in [
        ("mail.example.org", "me", Some("two words \"quoted\"")),
        ("Mail.Example.Org", "boss", Some("the-boss's")),
        ("mail.example.org", "nobody", None),
        ("any.example.org", "me", Some("for-anybody")),
        ("any.example.org", "you", Some("yours")),
        ("hash.example.org", "me", Some("a#b c")),
        ("sharp.example.org", "me", Some("#1")),
        ("empty.example.org", "me", Some("everywhere")),
        ("unheard-of.example.org", "me", Some("everywhere")),
        ("unheard-of.example.org", "you", None),
        ("cd", "me", Some("everywhere")),
    ] {
        let found = pick(FILE, host, user);
        assert_eq!(found.as_ref().map(Secret::reveal), wanted, "{user} on {host}");
    }
    assert_eq!(pick(&FILE.replace('\n', "\r\n"), "mail.example.org", "me").unwrap().reveal(), "two words \"quoted\"");
}

#[test]
fn no_text_is_too_odd_to_be_read() {
    for text in [
        "",
        "machine",
        "machine m login",
        "login me password x",
        "password",
        "machine m login me password \"open",
        "machine m login me password \\",
        "macdef x",
        "macdef x\nno end",
        "\u{feff}machine m login me password x",
        "machine \"m\" login \"me\" password \"\"",
        "#",
    ] {
        let _ = pick(text, "m", "me");
    }
    assert_eq!(pick("\u{feff}machine m login me password x", "m", "me").unwrap().reveal(), "x");
    assert_eq!(pick("machine m login me password \"open", "m", "me").unwrap().reveal(), "open");
}

#[test]
fn a_file_that_others_can_read_is_refused_where_it_matters() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("netrc");
    fs::write(&path, FILE).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    let files = [directory.path().join("missing"), path.clone()];
    assert_eq!(find(&files, "unheard-of.example.org", "you").unwrap(), None);
    let said = find(&files, "any.example.org", "you").unwrap_err().to_string();
    assert!(said.contains("others can read it; run: chmod 600 ") && !said.contains("yours"), "{said}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(find(&files, "any.example.org", "you").unwrap().unwrap().reveal(), "yours");
    let said = find(&[directory.path().to_path_buf()], "m", "me").unwrap_err().to_string();
    assert!(said.contains("it isn't a file"), "{said}");
}
