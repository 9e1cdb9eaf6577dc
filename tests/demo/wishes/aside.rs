//! Messages that could not be copied: left alone, or tried again.

use std::fs;

use blinkensync::config::settings::Quick;
use blinkensync::model::command::{Aside, Command};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::folder::LeftOut;
use blinkensync::model::ids::Side;
use blinkensync::model::question::Answer;
use blinkensync::store::ledger::Ledger;

use super::{Going, account, all, warnings, write};
use crate::engine::{on_the_server, same, settings};
use crate::quiet::World;

const NAME: &str = "1.here";

/// The message that the server doesn't take, or all of its folder.
fn aside(all: bool) -> Aside {
    let message = (!all).then(|| (Side::Local, NAME.to_owned()));
    Aside { account: account(), folder: "INBOX".into(), message }
}

/// Puts a message without a byte into INBOX, which the server doesn't take.
fn spoil(world: &World) {
    write(world.root.path(), "INBOX", "1.here:2,", "");
}

/// The same file, with something in it.
fn mend(world: &World) {
    write(world.root.path(), "INBOX", "1.here:2,", "Subject: mended\n\nx\n");
}

/// What comes of a wish: the line about it, and what is left out of INBOX then.
fn granted(going: &mut Going, command: Command) -> (String, Vec<LeftOut>) {
    going.tell(command);
    let text = going.until("note", |kind| match kind {
        EventKind::Noted { text, folder: Some(folder), .. } if &**folder == "INBOX" => Some(text.clone()),
        _ => None,
    });
    let inbox = going.known().into_iter().find(|folder| &*folder.names.shown == "INBOX");
    (text, inbox.map(|inbox| inbox.aside).unwrap_or_default())
}

#[test]
fn a_message_that_is_ignored_is_not_spoken_of_and_not_tried_until_somebody_wants_it() {
    let world = World::new();
    let mut going = Going::start(settings(&world.server, world.server.address(), world.root.path()), Quick::Never);
    going.done();
    let sync = |going: &mut Going| {
        // Something else takes the folder to the server.
        let name = format!("{}.here:2,S", chrono::Utc::now().timestamp_micros());
        write(world.root.path(), "INBOX", &name, &format!("Subject: {name}\n\nx\n"));
        going.seen();
        going.tell(Command::Sync(all()));
        let (counts, failures) = going.done();
        (counts.uploads, failures, warnings(&going.seen()).join("; "))
    };
    spoil(&world);
    let (uploads, failures, said) = sync(&mut going);
    assert!(uploads == 1 && failures == 1 && said.contains("at least one byte"), "{said}");
    let (uploads, failures, said) = sync(&mut going);
    assert!(uploads == 1 && failures == 0 && said.contains("1 message is left out"), "{said}");
    let (text, left_out) = granted(&mut going, Command::Ignore(aside(false)));
    assert_eq!((text.as_str(), left_out.len()), ("1 message will be left alone until somebody wants to try again", 1));
    assert!(left_out[0].ignored && left_out[0].name == NAME, "{left_out:?}");
    mend(&world);
    assert_eq!(sync(&mut going), (1, 0, String::new()));
    // Of another message nothing is known.
    let message = Some((Side::Remote, NAME.to_owned()));
    let (text, left_out) = granted(&mut going, Command::Ignore(Aside { message, ..aside(false) }));
    assert_eq!((text.as_str(), left_out.len()), ("nothing is left out there any more", 1));
    going.seen();
    // It is not waited for: who wants it tried again wants a run as well.
    let (text, left_out) = granted(&mut going, Command::Retry(aside(true)));
    assert_eq!(text, "1 message will be tried again");
    assert!(left_out.iter().all(|one| !one.ignored && one.tried.timestamp() == 0), "{left_out:?}");
    if !going.seen().iter().any(|kind| matches!(kind, EventKind::SyncDone { .. })) {
        going.done();
    }
    let (text, left_out) = granted(&mut going, Command::Ignore(aside(true)));
    assert_eq!((text.as_str(), left_out), ("nothing is left out there any more", vec![]));
    assert_eq!(going.quit(), Exit::Success);
    same(&world.server, world.root.path(), "after all was tried again");
    assert!(on_the_server(&world.server).iter().any(|(_, text, _)| text.contains("mended")));
}

#[test]
fn a_wish_while_a_run_is_under_way_is_granted_at_once_and_not_lost() {
    let world = World::new();
    let mut settings = settings(&world.server, world.server.address(), world.root.path());
    settings.accounts[0].remote.max_connections = 1;
    settings.accounts[0].max_deletes = Some(0);
    let mut going = Going::start(settings, Quick::Never);
    going.done();
    // INBOX comes first; in the next folder the run waits for an answer.
    spoil(&world);
    fs::remove_file(&world.files("Archive")[0]).unwrap();
    going.tell(Command::Sync(all()));
    let answer = going.asked();
    let (_, left_out) = granted(&mut going, Command::Ignore(aside(false)));
    assert!(left_out[0].ignored, "{left_out:?}");
    mend(&world);
    let (_, left_out) = granted(&mut going, Command::Retry(aside(false)));
    assert!(!left_out[0].ignored, "{left_out:?}");
    going.seen();
    answer.send(Answer::Agreed).unwrap();
    assert_eq!(going.done().0.uploads, 0);
    assert_eq!(going.done().0.uploads, 1);
    // What is wished last before the end is written down, too.
    spoil(&world);
    going.tell(Command::Sync(all()));
    assert_eq!(going.done().1, 1);
    going.tell(Command::Ignore(aside(true)));
    assert_eq!(going.quit(), Exit::Partial);
    let record = world.record("INBOX");
    assert!(world.ledger().quarantined(record.id).unwrap()[0].ignored);
}

#[test]
fn a_run_that_tries_a_message_after_the_wish_does_not_write_over_it() {
    for ignored in [false, true] {
        let world = World::new();
        let mut settings = settings(&world.server, world.server.address(), world.root.path());
        settings.accounts[0].remote.max_connections = 1;
        settings.accounts[0].max_deletes = Some(0);
        let mut going = Going::start(settings, Quick::Never);
        going.done();
        // The run waits for an answer in one folder, and then tries the message in the next one.
        write(world.root.path(), "Lists", "1.here:2,", "");
        fs::remove_file(&world.files("Archive")[0]).unwrap();
        going.tell(Command::Sync(all()));
        let answer = going.asked();
        let lists = Aside { account: account(), folder: "Lists".into(), message: None };
        going.tell(if ignored { Command::Ignore(lists) } else { Command::Retry(lists) });
        going.known();
        answer.send(Answer::Agreed).unwrap();
        assert_eq!(going.done().1, 1);
        if ignored {
            going.tell(Command::Sync(all()));
        }
        assert_eq!(going.done().1, u64::from(!ignored), "it is tried once more, or not at all");
        let record = world.record("Lists");
        assert_eq!(world.ledger().quarantined(record.id).unwrap()[0].ignored, ignored);
        assert!(!warnings(&going.seen()).iter().any(|text| text.contains("left out")));
        going.quit();
    }
}
