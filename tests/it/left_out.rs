//! Header fields that are left out of what is uploaded.

use std::fs;

use crate::local;
use crate::world::World;

/// A message with a field that is nobody else's business; a large one has to be read in pieces.
fn message(subject: &str, large: bool) -> String {
    let body = "text\n".repeat(if large { 300_000 } else { 1 });
    format!(
        "From: a@example.org\nX-Private: one\n\ttwo\nSubject: {subject}\nMessage-ID: <{subject}@x>\n\nX-Private: {body}"
    )
}

#[test]
fn fields_are_left_out_of_what_is_uploaded_and_messages_are_recognised_without_them() {
    let mut world = World::new();
    let inbox = world.maildir().join("INBOX");
    local::write(&inbox, "open", "S", message("open", false).as_bytes());
    world.sync().ends_with(0).says("1 uploaded");
    world.account = "filterheaders = X-Other, x-private\n".to_owned();
    for (name, large) in [("small", false), ("large", true)] {
        local::write(&inbox, name, "S", message(name, large).as_bytes());
    }
    world.sync().ends_with(0).says("2 uploaded");
    let here = || {
        let files = local::messages(&inbox);
        let mut texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        texts.sort();
        texts
    };
    let kept = here();
    assert!(kept.iter().all(|text| text.contains("\nX-Private: one\n\ttwo\n")), "files keep it");
    // The ledger is lost, and so are the numbers in names: only content tells which is which.
    fs::remove_dir_all(world.metadata()).unwrap();
    for (place, file) in local::messages(&inbox).into_iter().enumerate() {
        fs::rename(&file, file.with_file_name(format!("{place}.foreign:2,S"))).unwrap();
    }
    let run = world.sync();
    assert!(!run.ends_with(0).text.contains("loaded"), "{}", run.text);
    assert_eq!(here(), kept);
    // What the server has of them.
    fs::remove_dir_all(world.metadata()).unwrap();
    fs::remove_dir_all(world.maildir()).unwrap();
    world.sync().ends_with(0).says("3 downloaded");
    for text in here() {
        let open = text.contains("Subject: open\n");
        assert_eq!(text.contains("\nX-Private: one\n\ttwo\n"), open, "{}", &text[..100]);
        assert!(text.contains("\n\nX-Private: text\n"), "the body stays as it is");
    }
    world.account = "filterheaders = X-Other: x\n".to_owned();
    world.sync().ends_with(2).says("filterheaders = X-Other: x: expected names of header fields");
}
