//! What a person is told who looks elsewhere, by the terminal and by the desktop.

use super::shell::Shell;

const MAIL: &str = "\x1b]9;blinkensync: 12 new messages (home)\x07";

#[test]
fn the_terminal_tells_of_mail_and_failures_where_there_is_no_desktop() {
    let lost = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")];
    for variables in [&[][..], &lost] {
        let mut shell = Shell::with(variables);
        shell.scene("--hold --notify", "idle");
        shell.wait_for_bytes(MAIL);
        shell.wait_for("q quit", true);
        shell.press("q");
        shell.wait_for("end-0-same", false);
        shell.assert_whole();
    }
    let mut shell = Shell::start();
    shell.scene("--hold --notify", "hostile");
    let strange = "\x1b]9;blinkensync: 1 failure (日本語のとても長いアカウント: ␛[2J␛[31mred\u{fffd}txt: ";
    shell.wait_for_bytes(strange);
    // The second one has to wait for its minute, or for the end.
    shell.wait_for("2 failures", true);
    shell.press("q");
    shell.wait_for_bytes("\x1b]9;blinkensync: 1 failure (␛]0;pwned␇: ");
    shell.wait_for("end-0-same", false);
}

#[test]
fn a_program_that_ends_at_once_tells_before_it_does() {
    let mut shell = Shell::start();
    shell.scene("--notify", "idle");
    shell.wait_for("end-0-same", false);
    assert!(shell.wrote(MAIL));
}

#[test]
fn nobody_is_told_who_did_not_ask() {
    let mut shell = Shell::start();
    shell.scene("", "idle");
    shell.wait_for("end-0-same", false);
    assert!(!shell.wrote("\x1b]9;") && !shell.wrote("\x1b]777;"));
}

#[cfg(feature = "notify")]
mod desktop {
    //! A desktop that writes down what it is told, on a bus of its own.

    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use dbus::arg::PropMap;
    use dbus::blocking::Connection;
    use dbus::channel::{Channel, MatchingReceiver, Sender};
    use dbus::message::MatchRule;

    use crate::shell::Shell;

    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        fn start() -> Self {
            let mut command = Command::new("dbus-daemon");
            command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut daemon = command.spawn().unwrap();
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
            Self { daemon, address: address.trim().to_owned() }
        }

        /// A desktop with these abilities; gives what it is told: title, body, category.
        fn desktop(&self, abilities: &'static [&'static str]) -> Receiver<(String, String, String)> {
            let mut channel_to_bus = Channel::open_private(&self.address).unwrap();
            channel_to_bus.register().unwrap();
            let connection = Connection::from(channel_to_bus);
            connection.request_name("org.freedesktop.Notifications", false, true, true).unwrap();
            let (told, heard) = channel();
            let answer = move |message: dbus::Message, connection: &Connection| {
                let reply = message.method_return();
                let reply = if message.member().is_some_and(|member| &*member == "GetCapabilities") {
                    reply.append1(abilities.to_vec())
                } else {
                    let mut words = message.iter_init();
                    let (program, _replaces, _icon) = (words.read::<&str>(), words.read::<u32>(), words.read::<&str>());
                    assert_eq!(program.unwrap(), "blinkensync");
                    let (title, body) = (words.read::<String>().unwrap(), words.read::<String>().unwrap());
                    let (_actions, hints) = (words.read::<Vec<String>>().unwrap(), words.read::<PropMap>().unwrap());
                    let category = hints["category"].0.as_str().unwrap().to_owned();
                    let _ = told.send((title, body, category));
                    reply.append1(7_u32)
                };
                connection.send(reply).unwrap();
                true
            };
            connection.start_receive(MatchRule::new_method_call(), Box::new(answer));
            std::thread::spawn(move || while connection.process(Duration::from_secs(60)).is_ok() {});
            heard
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    const SCENE: &str = r#"[
        {"at": "2026-01-01T12:00:00Z", "lamp": 1, "kind": {"event": "folder_done", "account": "home", "folder": "A <b> & C",
         "counts": {"downloads": 2, "uploads": 0, "local_deletes": 0, "remote_deletes": 0, "local_flags": 0,
         "remote_flags": 0}, "failed": false}},
        {"at": "2026-01-01T12:00:00Z", "lamp": 1, "kind": {"event": "sync_done", "account": "home",
         "counts": {"downloads": 2, "uploads": 0, "local_deletes": 0, "remote_deletes": 0, "local_flags": 0,
         "remote_flags": 0}, "folders": 1, "failures": 0, "took_ms": 1, "stopped": false}}
    ]"#;

    #[test]
    fn the_desktop_is_told_in_words_that_it_takes_for_nothing_else() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), SCENE).unwrap();
        for (abilities, body) in
            [(&["body", "body-markup"][..], "home: A &lt;b&gt; &amp; C"), (&["body"], "home: A <b> & C")]
        {
            let bus = Bus::start();
            let heard = bus.desktop(abilities);
            let mut shell = Shell::with(&[("DBUS_SESSION_BUS_ADDRESS", &bus.address)]);
            shell.play("", "--notify", file.path().to_str().unwrap());
            shell.wait_for("end-0-same", false);
            let wanted = ("2 new messages".to_owned(), body.to_owned(), "email.arrived".to_owned());
            assert_eq!(heard.recv_timeout(Duration::from_secs(30)).unwrap(), wanted);
            assert!(!shell.wrote("\x1b]9;"), "the terminal isn't told as well");
        }
    }

    #[test]
    fn over_ssh_the_terminal_is_told() {
        let bus = Bus::start();
        let heard = bus.desktop(&["body"]);
        let variables = [("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str()), ("SSH_CONNECTION", "::1 1 ::1 22")];
        let mut shell = Shell::with(&variables);
        shell.scene("--notify", "trouble");
        shell.wait_for("end-0-same", false);
        assert!(shell.wrote("\x1b]9;blinkensync: 1 failure (work: connecting to imap.work.example: no route to host"));
        assert!(heard.try_recv().is_err());
    }
}
