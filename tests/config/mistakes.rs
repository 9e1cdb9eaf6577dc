//! What is said about mistakes, and where.

use std::os::unix::fs::PermissionsExt as _;

use blinkensync::config::{Request, load};
use proptest::prelude::*;

use crate::{file, read, read_as};

/// The lines that are said about `text`, as an error.
fn mistakes(text: &str) -> Vec<String> {
    read(text).unwrap_err().lines().map(str::to_owned).collect()
}

#[test]
fn each_mistake_is_named_with_file_line_section_and_key() {
    for (text, wanted) in [
        (file("fsync = maybe", "", "", ""), "rc:3: [general] fsync = maybe: expected yes or no"),
        (
            file("", "autorefresh = often", "", ""),
            "rc:7: [Account A] autorefresh = often: expected a number of minutes",
        ),
        (file("", "quick = yes", "", ""), "rc:7: [Account A] quick = yes: expected a whole number, 0 for never"),
        (file("", "", "sep = --", ""), "rc:11: [Repository L] sep = --: expected one character"),
        (file("", "", "", "maxconnections = 0"), "rc:16: [Repository R] maxconnections = 0: expected a whole number"),
        (file("", "", "", "retrycount = often"), "rc:16: [Repository R] retrycount = often: expected a whole number"),
        (file("", "", "", "remoteport = imaps"), "rc:16: [Repository R] remoteport = imaps: expected a port"),
        (file("", "", "", "sslcacertfile = /none"), "rc:16: [Repository R] sslcacertfile = /none: expected a file"),
        (
            file("", "", "", "auth_mechanisms = GSSAPI"),
            "rc:16: [Repository R] auth_mechanisms = GSSAPI: expected another one beside GSSAPI",
        ),
        (
            file("", "", "", "auth_mechanisms = PLAN, LOGIN"),
            "rc:16: [Repository R] auth_mechanisms = PLAN, LOGIN: PLAN is not known; expected some of GSSAPI",
        ),
        (file("", "", "", "remoteport = 143\nstarttls = no"), "rc:17: [Repository R] starttls = no: port 143"),
        (file("", "", "", "remoteusereval = get()"), "rc:16: [Repository R] remoteusereval = get(): working out"),
        (
            file("", "", "", "oauth2_request_url = http://t.example/"),
            "rc:16: [Repository R] oauth2_request_url: expected https:// in front",
        ),
        (
            file("", "", "", "oauth2_device_url = https://id:hunter2@t.example/"),
            "rc:16: [Repository R] oauth2_device_url: expected an address without a user and a password",
        ),
        (
            file("", "", "", "oauth2_request_url_eval = nobody()"),
            "rc:16: [Repository R] oauth2_request_url_eval = nobody(): w",
        ),
        (
            file("", "", "", "oauth2_client_id_eval = 7"),
            "rc:16: [Repository R] oauth2_client_id_eval = 7: expected a quoted string",
        ),
        (file("metadata = $NONE/x", "", "", ""), "rc:3: [general] metadata = $NONE/x: the environment variable NONE"),
        (file("metadata = %(none)s", "", "", ""), "rc:3: [general] metadata = %(none)s: %(none)s is neither"),
        (
            file("", "", "", "").replace("= A\n", "= B\n"),
            "rc:2: [general] accounts = B: expected a section [Account B]; did you mean A?",
        ),
        (
            file("", "", "", "").replace("= L\n", "= M\n"),
            "rc:5: [Account A] localrepository = M: expected a section [Repository M]; did you mean L?",
        ),
        (
            file("", "", "", "").replace("= Maildir", "= Maildri"),
            "rc:9: [Repository L] type = Maildri: expected Maildir, IMAP, Gmail or GmailMaildir; did you mean Maildir?",
        ),
        (
            file("", "", "", "").replace("type = IMAP", "type = Maildir"),
            "rc:13: [Repository R] type = Maildir: expected IMAP or Gmail",
        ),
        (
            file("", "", "", "").replace("remotehost", "remotehots"),
            "rc:12: [Repository R] remotehost is missing: expected the server's name; did you mean it by remotehots?",
        ),
        (
            file("", "", "", "").replace("localfolders = ~/Mail", ""),
            "rc:8: [Repository L] localfolders is missing: expected the directory",
        ),
        (
            file("", "", "", "").replace("= A\n", "= ../A\n").replace("Account A", "Account ../A"),
            "rc:4: [Account ../A]: expected a name without /",
        ),
        (
            file("[ui.Curses.Blinkenlights]\nstatuschar = **", "", "", ""),
            "rc:4: [ui.Curses.Blinkenlights] statuschar = **: expected one character that takes one column",
        ),
        (file("nonsense", "", "", ""), "rc:3: expected [section] or option = value"),
        (String::new(), "rc: [general] accounts is missing: expected the names of the accounts to synchronise"),
    ] {
        let mut said = mistakes(&text);
        // What is passed over because of the mistake is told after it.
        said.retain(|line| !line.contains("nothing comes of it"));
        assert!(said.len() == 1 && said[0].starts_with(wanted), "{wanted}\n{said:#?}");
    }
}

#[test]
fn all_mistakes_are_found_together_in_the_order_of_the_file() {
    let said = mistakes(&file("fsync = x", "autorefresh = x", "sep = xx", "ssl = x\nremoteport = x"));
    let lines: Vec<&str> = said.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(lines, ["rc:3", "rc:7", "rc:11", "rc:16", "rc:17"]);
}

#[test]
fn what_is_looked_at_says_what_is_wrong_with_it() {
    let day = "expected a day, as in 2024-01-31";
    let days = "expected a number of days, at least 1, or a day, as in 2024-01-31";
    for (account, local, remote, line, words) in [
        ("maxage = 0", "", "", 7, days),
        ("maxage = a month", "", "", 7, days),
        ("maxage = 31.1.2024", "", "", 7, days),
        ("maxsize = 2M", "", "", 7, "expected a whole number, at least 1"),
        ("maxsize = 0", "", "", 7, "expected a whole number, at least 1"),
        ("", "startdate = 30", "", 11, day),
        ("", "", "startdate = 2024-02-30", 16, day),
        ("maxage = 30", "startdate = 2024-01-31", "", 11, "the account has a maxage as well; expected one of the two"),
        ("", "", "copy_ignore_eval = ['INBOX']", 16, "expected a function, as in lambda folder: "),
    ] {
        let said = mistakes(&file("", account, local, remote));
        assert!(said.len() == 1 && said[0].starts_with(&format!("rc:{line}: ")) && said[0].contains(words), "{said:?}");
    }
}

#[test]
fn labels_are_kept_in_a_field_of_their_own() {
    for name in ["X:Keywords", "X Keywords", "a,b", "subject", "Message-ID"] {
        let said = mistakes(&file("", &format!("labelsheader = {name}"), "", ""));
        assert!(said.len() == 1 && said[0].starts_with("rc:7: "), "{name}: {said:?}");
        assert!(said[0].contains("expected the name of a header field that nothing else is in"), "{name}: {said:?}");
    }
    let said = mistakes(&file("", "synclabels = perhaps", "", ""));
    assert!(said.len() == 1 && said[0].contains("synclabels"), "{said:?}");
}

#[test]
fn rules_for_folders_say_what_is_wrong_with_them() {
    for (line, words) in [
        ("folderpatterns = INBOX, !", "expected a folder's name after !"),
        ("namemap = INBOX", "expected s/expression/replacement/"),
        ("namemap = s/(/x/", "expected a regular expression"),
        ("folderincludes = 'names'", "expected a list of names in quotes"),
        ("folderincludes = nobody()", "working out [Repository R] folderincludes: NameError: nobody()"),
        ("remotehosteval = names()", "expected a quoted string, or Python that comes to text"),
        ("folderfilter = 'INBOX'", "expected a function"),
        ("newmail_hook = 'beep'", "expected a function, as in lambda: os.system('beep')"),
        ("folderpatterns = a\nfolderfilter = lambda f: True", "expected one of the two"),
        ("namemap = s/a/b/\nnametrans = lambda f: f", "expected one of the two"),
    ] {
        let said = mistakes(&file("", "", "", line));
        assert!(said.len() == 1 && said[0].starts_with("rc:16: ") && said[0].contains(words), "{said:?}");
    }
}

#[test]
fn a_list_of_folders_says_what_is_wrong_with_it() {
    let list = |lines: &str| file(&format!("[mbnames]\nenabled = yes\n{lines}"), "", "", "");
    for (lines, wanted) in [
        ("", "rc:3: [mbnames] filename is missing: expected the file"),
        ("filename = $NONE/x", "rc:5: [mbnames] filename = $NONE/x: the environment variable NONE"),
        (
            "filename = /x\nperitem = %(account)s",
            "rc:6: [mbnames] peritem = %(account)s: expected %(accountname)s, %(foldername)s or %(localfolders)s, not %(account);",
        ),
        ("filename = /x\nsep = ,", "rc:6: [mbnames] sep = ,: working out [mbnames] sep: NameError: ,; text stands in"),
        ("filename = /x\nheader = 5", "rc:6: [mbnames] header = 5: expected text in quotes"),
        ("filename = /x\nfooter = names()", "rc:6: [mbnames] footer = names(): expected text in quotes"),
        (
            "filename = /x\nfolderfilter = 'x'",
            "rc:6: [mbnames] folderfilter = 'x': expected a function, as in lambda a",
        ),
        ("filename = /x\nincremental = often", "rc:6: [mbnames] incremental = often: expected yes or no"),
    ] {
        let said = mistakes(&list(lines));
        assert!(said.len() == 1 && said[0].starts_with(wanted), "{wanted}\n{said:#?}");
        // Where no list is wanted, nothing has to be right.
        let idle = read(&list(lines).replace("enabled = yes", "enabled = no")).unwrap();
        assert_eq!((idle.settings.mailbox_list, idle.warnings), (None, Vec::new()));
    }
}

#[test]
fn options_that_change_nothing_are_no_reason_to_refuse() {
    let remote = "expunge = 1\nsync_deletes = True\nfolderincludes = []\nnametrans =\ntls_level = tls_secure\nssl_version = tls1_2\nkeyring = no";
    assert_eq!(read(&file("", "utf8foldernames = off", "", remote)).unwrap().warnings, [""; 0]);
}

#[test]
fn harmless_options_and_unknown_names_are_warned_about() {
    for (text, wanted) in [
        (
            file("", "", "", "oauth2_refresh_token = x"),
            "rc:16: [Repository R] oauth2_refresh_token: there is no oauth2_request_url",
        ),
        (
            file("", "", "restoreatmie = yes", ""),
            "rc:11: [Repository L] restoreatmie: this option is not known, and nothing comes of it; did you mean restoreatime?",
        ),
        (file("", "", "ssl = yes", ""), "rc:11: [Repository L] ssl: this option does not belong"),
        (
            file("ui = Tk.Blinkenlights", "", "", ""),
            "rc:3: [general] ui = Tk.Blinkenlights: Tk.Blinkenlights is not known",
        ),
        (
            file("ui = MachinUI, basic", "", "", ""),
            "rc:3: [general] ui = MachinUI, basic: MachinUI is not known, and passed over; did you mean machineui?",
        ),
        (file("accounts = A", "", "", ""), "rc:3: accounts stands in line 2 already"),
        (file("[general]", "", "", ""), "rc:3: [general] stands here again; both are merged"),
        (
            file("[Acount B]", "", "", ""),
            "rc:3: [Acount B]: this section is not known, and nothing comes of it; did you mean Account B?",
        ),
        (file("", "", "", "").replace("~/Mail", "Mail"), "rc:10: [Repository L] localfolders = Mail: a relative path"),
    ] {
        let said = read(&text).unwrap().warnings;
        assert!(said.len() == 1 && said[0].starts_with(wanted), "{wanted}\n{said:#?}");
    }
}

#[test]
fn accounts_do_not_share_a_maildir() {
    let second = |place: &str, sep: &str| {
        file("", "", &format!("sep = {sep}"), "").replace("accounts = A", "accounts = A, B")
            + &format!(
                "[Account B]\nlocalrepository = L2\nremoterepository = R\n[Repository L2]\ntype = Maildir\nlocalfolders = {place}\n"
            )
    };
    for (place, sep) in [("~/Mail", "."), ("/home/u/Mail/", "."), ("~/Mail/b", "/")] {
        let said = mistakes(&second(place, sep));
        assert!(said.len() == 1 && said[0].starts_with("rc:5: [Account A] localrepository = L: "), "{said:?}");
        assert!(said[0].contains("account B"), "{said:?}");
    }
    let request = Request { accounts: vec!["B".into()], ..Request::default() };
    assert!(read_as(&second("~/Mail", "."), &request).unwrap_err().contains("account A"));
    assert!(read(&second("~/Mail/b", ".")).is_ok());
    assert!(read(&second("~/Mailbox", "/")).is_ok());
}

#[test]
fn the_command_lines_mistakes_are_its_own() {
    let request = Request { accounts: vec!["Z".into()], ..Request::default() };
    let said = read_as(&file("", "", "", ""), &request).unwrap_err();
    assert_eq!(said, "command line: there is no account Z; the file has A");
    let request = Request { overrides: vec!["fsync=perhaps".into(), "fsync".into()], ..Request::default() };
    let said = read_as(&file("", "", "", ""), &request).unwrap_err();
    assert_eq!(
        said,
        "command line: [general] fsync = perhaps: expected yes or no\ncommand line: expected [section:]option=value"
    );
}

#[test]
fn secrets_are_in_no_message_and_no_debug_output() {
    for remote in [
        "remotepass = hunter2%",
        "remotepass = %(hunter2)s",
        "remotepass hunter2",
        "remotepass =\nhunter2",
        "remotepas = hunter2",
        "oauth2_client_secret = hunter2",
        "oauth2_refresh_token = hunter2",
        "oauth2_refresh_token = hunter2\noauth2_request_url = https://t/",
        "oauth2_access_token_eval = get('hunter2')",
        "oauth2_request_url = https://id:hunter2@t.example/",
        "remotepasseval = get('hunter2')",
        "remotepasscmd = echo hunter2",
        "remotepass = hunter2",
        "remotepass = hunter2\nssl = no\nstarttls = no",
    ] {
        let said = format!("{:?}", read(&file("", "", "", remote)));
        assert!(!said.contains("hunter2"), "{said}");
    }
    let said = mistakes(&file("", "", "", "remotepass = 50% off"));
    assert!(
        said[0].starts_with("rc:16: [Repository R] remotepass = (not shown): a single % must be written %%"),
        "{said:?}"
    );
}

#[test]
fn a_file_that_others_can_read_should_hold_no_password() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rc");
    let warnings = |remote: &str, mode: u32| {
        std::fs::write(&path, file("", "", "", remote)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        load(&Request { file: Some(path.clone()), ..Request::default() }, &|_, _, _| Err(String::new()))
            .unwrap()
            .warnings
    };
    let said = warnings("remotepass = x", 0o644);
    assert!(said.len() == 1 && said[0].ends_with(&format!("run: chmod 600 '{}'", path.display())), "{said:?}");
    assert_eq!(warnings("remotepass = x", 0o600), [""; 0]);
    assert_eq!(warnings("", 0o644), [""; 0]);
    for secret in ["oauth2_access_token = x", "oauth2_client_secret_eval = 'x'"] {
        assert_eq!(warnings(secret, 0o644).len(), 1, "{secret}");
    }
    assert_eq!(warnings("oauth2_access_token_eval = get()\noauth2_client_id_eval = 'x'", 0o644), [""; 0]);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rc");
    let said = || {
        load(&Request { file: Some(path.clone()), ..Request::default() }, &|_, _, _| Err(String::new())).unwrap_err()
    };
    assert!(said().contains("No such file"));
    std::fs::write(&path, b"[general]\nui = \xe9\n").unwrap();
    assert!(said().starts_with(&format!("{}:2: expected text in UTF-8", path.display())));
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "(?s).{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn any_values_get_an_answer(value in "(?s).{0,30}|[%()s$~'\"\\[\\]0-9.,-]{0,12}", at in 0usize..12) {
        let keys = ["metadata", "autorefresh", "localfolders", "sep", "remotehost", "remoteport", "remotepass", "ssl",
            "maxconnections", "remoteporteval", "socktimeout", "accounts"];
        let line = format!("{} = {value}", keys[at]);
        let _ = read(&file(&line, &line, &line, &line));
    }
}
