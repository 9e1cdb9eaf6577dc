//! The desktop, told by way of D-Bus in a thread of its own, so that one that hangs holds nothing up.

use std::io;
use std::path::Path;
use std::thread::Builder;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Notice;

/// So many notices may wait; of more, a person has no use.
const WAITING: usize = 8;
/// How long the end of the program waits for the last notice to be told.
const LAST: Duration = Duration::from_secs(1);

/// Tells one notice. An error says only that nobody was told.
pub type Tell = fn(&Notice) -> Result<(), ()>;

/// The thread that tells the desktop; it ends with this.
#[derive(Debug)]
pub struct Desktop {
    queue: Sender<Notice>,
    /// What the desktop could not be told.
    pub refused: Receiver<Notice>,
}

impl Desktop {
    /// The desktop that the environment speaks of, if the person sits there: over ssh they don't.
    pub fn of(env: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let has = |name| env(name).is_some_and(|value| !value.is_empty());
        let socket = || env("XDG_RUNTIME_DIR").is_some_and(|directory| Path::new(&directory).join("bus").exists());
        if has("SSH_CONNECTION") || has("SSH_TTY") || !(has("DBUS_SESSION_BUS_ADDRESS") || socket()) {
            return None;
        }
        // Without a thread, the terminal is told.
        Self::start(TELL?).ok()
    }

    fn start(tell: Tell) -> io::Result<Self> {
        let (queue, waiting) = bounded::<Notice>(WAITING);
        let (back, refused) = bounded(WAITING);
        Builder::new().name("notices".into()).spawn(move || {
            for notice in waiting {
                if tell(&notice).is_err() {
                    // What doesn't fit is the newest of many that nobody was told.
                    let _ = back.try_send(notice);
                }
            }
        })?;
        Ok(Self { queue, refused })
    }

    /// Tells the desktop, some time soon.
    pub fn tell(&self, notice: Notice) {
        // A desktop that is behind by so many has other worries.
        let _ = self.queue.try_send(notice);
    }

    /// Waits for a moment until everything is told, and gives back what could not be.
    pub fn finish(self) -> Vec<Notice> {
        let Self { queue, refused } = self;
        drop(queue);
        let end = Instant::now() + LAST;
        std::iter::from_fn(|| refused.recv_deadline(end).ok()).collect()
    }
}

/// How it is told, if it can be.
#[cfg(feature = "notify")]
const TELL: Option<Tell> = Some(bus::tell);
#[cfg(not(feature = "notify"))]
const TELL: Option<Tell> = None;

#[cfg(feature = "notify")]
mod bus {
    //! The desktop notifications specification, as far as it is needed here.

    use std::time::Duration;

    use dbus::arg::{PropMap, Variant};
    use dbus::blocking::{Connection, Proxy};

    use crate::ui::blinken::herald::{Notice, Topic};

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    /// How long the desktop may take.
    const LIMIT: Duration = Duration::from_secs(2);

    /// Tells the desktop, over a connection of its own: notices are rare, and desktops come and go.
    pub fn tell(notice: &Notice) -> Result<(), ()> {
        notify(notice).map_err(drop)
    }

    fn notify(notice: &Notice) -> Result<(), dbus::Error> {
        let connection = Connection::new_session()?;
        let desktop = connection.with_proxy(NAME, PATH, LIMIT);
        let body = if reads_markup(&desktop)? { escaped(&notice.body) } else { notice.body.clone() };
        let (icon, category) = match notice.topic {
            Topic::Mail => ("mail-unread", "email.arrived"),
            Topic::Failures => ("dialog-error", "transfer.error"),
        };
        let mut hints = PropMap::new();
        hints.insert("category".to_owned(), Variant(Box::new(category.to_owned())));
        let (new, usual_time) = (0_u32, -1_i32);
        let actions: Vec<&str> = Vec::new();
        let words = ("blinkensync", new, icon, &notice.title, &body, actions, hints, usual_time);
        desktop.method_call::<(u32,), _, _, _>(NAME, "Notify", words).map(drop)
    }

    /// Whether it takes `<` in a body for the beginning of something.
    fn reads_markup(desktop: &Proxy<'_, &Connection>) -> Result<bool, dbus::Error> {
        let (abilities,): (Vec<String>,) = desktop.method_call(NAME, "GetCapabilities", ())?;
        Ok(abilities.iter().any(|ability| ability == "body-markup"))
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::blinken::herald::Topic;

    fn notice(title: &str) -> Notice {
        Notice { topic: Topic::Mail, title: title.to_owned(), body: String::new() }
    }

    #[test]
    fn what_the_desktop_refuses_comes_back() {
        let tell = |notice: &Notice| if notice.title == "no" { Err(()) } else { Ok(()) };
        let desktop = Desktop::start(tell).unwrap();
        for title in ["yes", "no", "yes"] {
            desktop.tell(notice(title));
        }
        assert_eq!(desktop.finish(), [notice("no")]);
    }

    #[test]
    fn a_desktop_that_hangs_holds_nobody_up() {
        let tell = |_: &Notice| -> Result<(), ()> {
            loop {
                std::thread::park();
            }
        };
        let desktop = Desktop::start(tell).unwrap();
        let begun = Instant::now();
        (0..100).for_each(|_| desktop.tell(notice("x")));
        assert!(desktop.finish().is_empty());
        assert!(begun.elapsed() < LAST * 5);
    }

    #[test]
    fn a_desktop_is_there_where_a_bus_is_and_nobody_came_by_ssh() {
        for (set, there) in [
            (&[][..], false),
            (&["DBUS_SESSION_BUS_ADDRESS"], true),
            (&["DBUS_SESSION_BUS_ADDRESS", "SSH_CONNECTION"], false),
            (&["DBUS_SESSION_BUS_ADDRESS", "SSH_TTY"], false),
            (&["XDG_RUNTIME_DIR"], false),
        ] {
            let env = |name: &str| set.contains(&name).then(|| "/nowhere".to_owned());
            assert_eq!(Desktop::of(env).is_some(), there && cfg!(feature = "notify"), "{set:?}");
        }
    }
}
