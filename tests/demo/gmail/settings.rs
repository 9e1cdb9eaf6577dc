//! What the configuration file says of Gmail is what happens.

use std::path::Path;

use blinkensync::config::{Environment, Request, parse};
use blinkensync::model::fault::Exit;

use super::world::{World, set};
use crate::engine::run_with;

#[test]
fn the_file_says_where_deleted_and_unwanted_messages_are() {
    let world = World::new(&["Bin", "Rubbish"]);
    for (subject, folder) in [("a", "INBOX"), ("b", "Bin"), ("c", "Rubbish"), ("d", "[Gmail]/Spam")] {
        world.arrives(subject, &[folder]);
    }
    world.settle("before");
    for (folder, subject) in [("INBOX", "a"), ("Bin", "b"), ("Rubbish", "c")] {
        world.delete(folder, subject);
    }
    let (root, port) = (world.root.path().display(), world.server.address().port());
    let (user, password) = (world.server.user(), world.server.password());
    let text = format!(
        "[general]\naccounts = test\nmetadata = {root}/metadata\nfsync = no\n\
         [Account test]\nlocalrepository = here\nremoterepository = there\n\
         [Repository here]\ntype = Maildir\nlocalfolders = {root}/mail\n\
         [Repository there]\ntype = Gmail\nremotehost = 127.0.0.1\nremoteport = {port}\nssl = no\nstarttls = no\n\
         remoteuser = {user}\nremotepass = {password}\ntrashfolder = Bin\nspamfolder = Rubbish\n"
    );
    let environment = Environment {
        home: None,
        variable: &|_| None,
        is_file: &|_| false,
        python: &|_, option, _| Err(format!("no Python for {option}")),
    };
    let loaded = parse(&text, Path::new("rc"), &Request::default(), &environment).unwrap();
    let (exit, events) = run_with(loaded.settings);
    assert_eq!(exit, Exit::Success, "{events:#?}");
    world.sync();
    assert_eq!(world.places("a"), set(&["Bin", "[Gmail].All Mail"]));
    assert_eq!(world.places("b"), set(&["[Gmail].All Mail"]), "what is deleted in the bin isn't moved there");
    assert_eq!(world.places("c"), set(&["[Gmail].All Mail"]), "nor what is deleted among the rubbish");
}
