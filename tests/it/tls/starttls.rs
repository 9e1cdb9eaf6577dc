//! STARTTLS that is not what it should be.

use super::office::Office;
use super::overheard::Manner;
use super::{Meeting, told_nothing};

#[test]
fn without_starttls_nothing_is_said() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    for (manner, words, commands) in [
        (Manner::Stripped, "doesn't offer STARTTLS", "b1 CAPABILITY\r\n"),
        (Manner::Refused, "refuses STARTTLS", "b1 CAPABILITY\r\nb2 STARTTLS\r\n"),
        (Manner::Injected, "plain text follows STARTTLS", "b1 CAPABILITY\r\nb2 STARTTLS\r\n"),
        (Manner::Preauth, "logs us in before STARTTLS", ""),
    ] {
        let (run, heard) = Meeting { manner, ..Meeting::new(&office) }.run(&office, &paper);
        run.ends_with(1).in_one_sentence().says(words);
        told_nothing(&heard);
        let plain: Vec<&str> = heard.iter().map(|heard| heard.plain.as_str()).collect();
        assert_eq!(plain, [commands], "{words}");
    }
}

#[test]
fn what_was_said_before_tls_is_forgotten() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    let (run, heard) = Meeting { manner: Manner::StartTls, ..Meeting::new(&office) }.run(&office, &paper);
    run.ends_with(3);
    let said = heard[0].protected.as_ref().unwrap();
    // Before it, the server spoke of a way to log in that it doesn't know afterwards.
    assert!(said.starts_with("b1 CAPABILITY\r\n") && !said.contains("AUTHENTICATE"), "{said}");
}
