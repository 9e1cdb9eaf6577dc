//! The suite on IMAP: our own server with each of its extensions switched off, and Dovecot.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use blinkensync::config::settings::ImapSettings;
use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::ids::AccountName;
use blinkensync::store::imap::{Credentials, Greeted, ImapRepository};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::mailbox::{Side, Traits, suite};

const LIMIT: Duration = Duration::from_secs(60);

/// What IMAP itself allows, with all its extensions.
pub const IMAP: Traits = Traits {
    takes_empty: false,
    takes_back: false,
    shows_at_once: true,
    opens_late: true,
    foreign: "B&APw-cher",
    ..Traits::OWN
};

pub fn connect(address: SocketAddr, user: &str, password: &str) -> ImapRepository {
    let settings = ImapSettings { compress: true, ..ImapSettings::plain("remote", address, user, password) };
    let greeted = Greeted::connect(&settings, &AccountName::new("test"), LIMIT, &mut |_| {}).unwrap();
    greeted.log_in(&Credentials::of_password(password)).unwrap()
}

fn on_our_server(extensions: Extensions, check: fn(&Side<'_>)) {
    let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
    let Extensions { uidplus, move_, .. } = extensions;
    let traits = Traits { tells_uid: uidplus, deletes_single: uidplus, moves: move_, ..IMAP };
    check(&Side { traits, open: &|| Box::new(connect(server.address(), server.user(), server.password())) });
}

fn with_some_extensions(check: fn(&Side<'_>)) {
    let some = Extensions::variations().map(|(_, extensions)| extensions);
    some.filter(|some| ![Extensions::ALL, Extensions::NONE].contains(some)).for_each(|some| on_our_server(some, check));
}

fn on_dovecot(check: fn(&Side<'_>)) {
    if !Path::new("/usr/sbin/dovecot").exists() {
        return;
    }
    let dovecot = Dovecot::start();
    let address = SocketAddr::from(([127, 0, 0, 1], dovecot.port));
    let traits = Traits { keeps_last_cr: false, ..IMAP };
    check(&Side { traits, open: &|| Box::new(connect(address, "me", PASSWORD)) });
}

suite!(with_all_extensions, |check| on_our_server(Extensions::ALL, check));
suite!(without_extensions, |check| on_our_server(Extensions::NONE, check));
suite!(with_each_extension_switched_off, with_some_extensions);
suite!(on_a_dovecot, on_dovecot);
