//! A run in which nothing is taken for unchanged.

use std::fs;

use blinkensync::config::settings::Quick;
use blinkensync::model::command::Command;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::folder::Counts;
use blinkensync::model::mark::{Mark, ServerMark};
use blinkensync::model::message::InternalDate;
use blinkensync::store::ledger::Ledger;

use super::{Going, all};
use crate::engine::{same, settings};
use crate::quiet::World;

/// Changes that nothing shows but a list of all there is: one here, one on the server, and one on the server in a folder that is
/// looked at for another reason.
fn hide(world: &World) {
    fs::remove_file(&world.files("Archive")[0]).unwrap();
    world.looked("Archive", true);
    world.server.with_mailboxes(|mailboxes| {
        let lists = mailboxes.get_mut("Lists").unwrap();
        let first = *lists.messages.keys().next().unwrap();
        lists.messages.remove(&first).unwrap();
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        inbox.messages.values_mut().next().unwrap().flags = Flags::from_imap(["\\Answered"]);
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        inbox.append(Flags::default(), date, b"Subject: new\r\n\r\ntext\r\n".as_slice().into()).unwrap();
    });
    let record = world.record("Lists");
    let Some(Mark::Server(mark)) = record.remote_mark else { panic!("no mark") };
    let fewer = Mark::Server(ServerMark { messages: mark.messages - 1, ..mark });
    world.ledger().set_marks(record.id, Some(fewer), record.local_mark).unwrap();
}

#[test]
fn what_no_watermark_shows_is_found_when_everything_is_looked_at() {
    for quick in [Quick::Always, Quick::Never] {
        let world = World::new();
        let mut settings = settings(&world.server, world.tap.address(), world.root.path());
        settings.accounts[0].remote.compress = false;
        let mut going = Going::start(settings, quick);
        assert!(going.done().0.is_nothing());
        for folder in ["INBOX", "Archive", "Lists"] {
            world.looked(folder, true);
        }
        hide(&world);
        going.tell(Command::Sync(all()));
        assert_eq!(going.done(), (Counts { downloads: 1, ..Counts::default() }, 0), "{quick:?}");
        world.tap.said();
        going.tell(Command::SyncFully(all()));
        let wanted = Counts { local_deletes: 1, remote_deletes: 1, local_flags: 1, ..Counts::default() };
        assert_eq!(going.done(), (wanted, 0), "{quick:?}");
        let said = world.tap.said();
        assert!(!said.iter().any(|line| line.contains("(QRESYNC (") || line.contains("CHANGEDSINCE")), "{said:?}");
        let lists = said.iter().filter(|line| *line == "UID FETCH 1:* (FLAGS)").count();
        assert!(lists >= 3, "{said:?}");
        // The next one is as usual again.
        going.tell(Command::Sync(all()));
        assert!(going.done().0.is_nothing());
        assert_eq!(going.quit(), Exit::Success);
        same(&world.server, world.root.path(), "after a thorough run");
    }
}
