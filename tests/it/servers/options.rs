//! Options of servers, on the local side.

use crate::pair::Pair;
use crate::world::Run;

/// The folders of the local server.
fn here(pair: &Pair) -> Vec<String> {
    let (_, said) = pair.python("status.py", pair.here.port, &[]);
    said.lines().map(|line| line.split(" (MESSAGES").next().unwrap().trim_matches('"').to_owned()).collect()
}

#[test]
fn what_is_said_of_servers_holds_on_the_local_side_too() {
    let mut pair = Pair::new();
    pair.world.fill(3, 4);
    pair.world.account = "filterheaders = X-Nothing\n".into();
    pair.local = "maxconnections = 1\nsinglethreadperfolder = yes\nusecompression = yes\nipv6 = no\nretrycount = 3\n\
                  holdconnectionopen = yes\nkeepalive = 60\nidlefolders = ['INBOX']\nauth_mechanisms = PLAIN, LOGIN\n\
                  folderfilter = lambda name: name != 'Private'\nfoldersort = lambda name: name\n\
                  dynamic_folderfilter = yes\ncreatefolders = yes\nreference =\n"
        .into();
    pair.world.remote.clone_from(&pair.local);
    pair.client(&["create", "Private"]);
    pair.client(&["append", "Private", "mine"]);
    pair.sync().ends_with(0).says("12 downloaded");
    let info = Run::from(&pair.world.program(&pair.config()).arg("--info").output().unwrap());
    info.ends_with(0).in_one_sentence().says("Private");
    assert!(!pair.world.status().contains("Private"), "{}", pair.world.status());
    // What is deleted there is only marked here.
    pair.local = "expunge = no\n".into();
    pair.world.remote.clear();
    pair.client(&["remove", "Private"]);
    let (code, said) = pair.python("delete.py", pair.world.dovecot.port, &["INBOX", "2"]);
    assert_eq!(code, Some(0), "{said}");
    pair.sync().ends_with(0);
    let marked = pair.client(&["list", "INBOX"]);
    assert_eq!((marked.lines().count(), marked.matches("\\Deleted").count() >= 1), (4, true), "{marked}");
    pair.sync().ends_with(0).says("nothing new");
    assert_eq!(pair.world.client(&["list", "INBOX"]).lines().count(), 3);
}

#[test]
fn only_what_is_subscribed_on_the_local_server_goes_to_the_remote_one() {
    let mut pair = Pair::new();
    for name in ["Wanted", "Unwanted", "Included"] {
        pair.client(&["create", name]);
        pair.client(&["append", name, "hello"]);
    }
    pair.client(&["subscribe", "Wanted"]);
    pair.world.client(&["create", "There"]);
    pair.local = "subscribedonly = yes\nfolderincludes = ['Included']\n".into();
    for _ in 0..2 {
        pair.sync().ends_with(0);
        let there = pair.world.status();
        for (name, expected) in [("Wanted", true), ("Included", true), ("Unwanted", false)] {
            assert_eq!(there.contains(&format!("\"{name}\" (MESSAGES 1 ")), expected, "{name}: {there}");
        }
    }
    assert!(here(&pair).contains(&"There".to_owned()));
    // Whoever unsubscribes means no deletion.
    pair.world.account = "syncfolderdeletes = yes\nmaxdeletes = 100\n".into();
    pair.client(&["unsubscribe", "Wanted"]);
    pair.sync().ends_with(0).says("nothing new");
    pair.client(&["remove", "Wanted"]);
    pair.sync().ends_with(0);
    assert!(pair.world.status().contains("\"Wanted\" (MESSAGES 1 "), "{}", pair.world.status());
    pair.local = "createfolders = no\n".into();
    pair.world.client(&["create", "Another"]);
    pair.sync().ends_with(0);
    assert!(!here(&pair).contains(&"Another".to_owned()) && pair.world.status().contains("Unwanted"));
}

#[test]
fn a_folder_that_the_local_server_does_not_list_is_not_one_that_is_gone() {
    let mut pair = Pair::new();
    pair.world.account = "syncfolderdeletes = yes\nmaxdeletes = 100\n".into();
    pair.world.fill(3, 2);
    pair.world.client(&["create", "Mail/a"]);
    pair.sync().ends_with(0);
    let before = (here(&pair), pair.world.status());
    pair.local = "reference = Mail\n".into();
    for _ in 0..2 {
        pair.sync().ends_with(0).says("nothing new");
        assert_eq!((here(&pair), pair.world.status()), before);
    }
    // A new one that no list would show is refused; below the reference it is made.
    pair.world.client(&["create", "Other"]);
    pair.world.client(&["create", "Mail/b"]);
    pair.sync().ends_with(1).in_one_sentence().says("which doesn't begin with Mail, the local reference");
    assert!(here(&pair).contains(&"Mail/b".to_owned()) && !here(&pair).contains(&"Other".to_owned()));
    pair.local.clear();
    let (code, said) = pair.python("delete.py", pair.here.port, &["INBOX", "1"]);
    assert_eq!(code, Some(0), "{said}");
    pair.sync().ends_with(0);
    pair.same();
}
