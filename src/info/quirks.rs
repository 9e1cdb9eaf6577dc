//! What a server can't do, and what that costs.

/// A capability and what is missing without it. Of several that are named, one is enough.
const TABLE: [(&str, &[&str], &str); 8] = [
    (
        "UIDPLUS",
        &["UIDPLUS", "IMAP4REV2"],
        "after an upload the message's number has to be looked up, and what is deleted is only marked where somebody else \
         has marked messages too",
    ),
    (
        "CONDSTORE",
        &["CONDSTORE", "QRESYNC"],
        "it can't tell what has changed: in each synchronisation every folder is looked at, with the flags of all its \
         messages (with -q only where messages have come or gone)",
    ),
    (
        "QRESYNC",
        &["QRESYNC"],
        "it can't tell which messages are gone: the numbers of all messages are asked for where something has changed",
    ),
    ("LIST-STATUS", &["LIST-STATUS", "IMAP4REV2"], "the folders are asked one by one whether something is new"),
    ("MOVE", &["MOVE", "IMAP4REV2"], "messages that are moved here are copied there, and then deleted"),
    ("LITERAL+", &["LITERAL+"], "uploads wait for the server's word before each message"),
    ("COMPRESS", &["COMPRESS=DEFLATE"], "what goes over the wire is not compressed"),
    (
        "IDLE or NOTIFY",
        &["IDLE", "NOTIFY", "IMAP4REV2"],
        "it can't tell of new mail by itself; it is found when it is looked for",
    ),
];

/// What is missing, each in a sentence.
pub fn quirks(capabilities: &[String]) -> Vec<String> {
    let has = |name: &str| capabilities.iter().any(|one| one == name);
    let mut found: Vec<String> = TABLE
        .iter()
        .filter(|(_, names, _)| !names.iter().any(|name| has(name)))
        .map(|(name, _, costs)| {
            format!("no {name}: {}", if *name == "LITERAL+" && has("LITERAL-") { SMALL } else { costs })
        })
        .collect();
    if !has("IMAP4REV1") && !has("IMAP4REV2") {
        found.push("it doesn't say that it speaks IMAP4rev1".to_owned());
    }
    found
}

/// What LITERAL- leaves.
const SMALL: &str = "uploads of more than 4 KB wait for the server's word before each message";

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        quirks(&names)
    }

    #[test]
    fn each_thing_that_is_missing_is_told_once() {
        let everything = [
            "IMAP4REV1",
            "UIDPLUS",
            "CONDSTORE",
            "QRESYNC",
            "LIST-STATUS",
            "MOVE",
            "LITERAL+",
            "COMPRESS=DEFLATE",
            "IDLE",
        ];
        assert_eq!(all(&everything), [""; 0]);
        for missing in &everything[1..] {
            let rest: Vec<&str> = everything.iter().copied().filter(|name| name != missing).collect();
            let found = all(&rest);
            // QRESYNC implies CONDSTORE.
            assert_eq!(found.len(), usize::from(*missing != "CONDSTORE"), "{missing}: {found:?}");
        }
        assert!(all(&["IMAP4REV1", "LITERAL-"]).iter().any(|quirk| quirk.contains("more than 4 KB")));
        assert_eq!(all(&[]).len(), TABLE.len() + 1);
    }
}
