//! Plays a recorded scene, live: `scene [--ui NAME] [--ask] [--agree] [--hold] [--burst N] [--notify] [--panic] FILE`. With `--ask` a
//! password is asked for at its end, with `--agree` whether a lot is to be deleted; with `--hold` the program stays until it is asked to quit; `--burst` adds so many events at
//! once; `--notify` tells of mail and failures outside the screen; `--panic` panics in the interface's own thread.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use blinkensync::model::command::Command;
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::question::{Answer, Ask, Question};
use blinkensync::model::screen::Notify;
use blinkensync::signals::Listener;
use blinkensync::ui::{Kind, Links, Setup, build};
use chrono::{DateTime, Utc};
use clap::Parser;
use crossbeam_channel::{Receiver, Sender, bounded, select};

#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
struct Wish {
    /// The interface.
    #[arg(long, default_value = "blinkenlights")]
    ui: Kind,
    /// Asks for a password when the scene is over.
    #[arg(long)]
    ask: bool,
    /// Asks whether a lot is to be deleted when the scene is over.
    #[arg(long)]
    agree: bool,
    /// Stays until it is asked to quit.
    #[arg(long)]
    hold: bool,
    /// Sends so many events more, at once.
    #[arg(long, default_value_t = 0)]
    burst: u64,
    /// Tells of mail and failures outside the screen.
    #[arg(long)]
    notify: bool,
    /// Panics in the interface's own thread.
    #[arg(long)]
    panic: bool,
    /// The scene.
    file: PathBuf,
}

#[expect(clippy::panic, reason = "what a panic leaves of the terminal is what is looked at")]
fn panicking() -> DateTime<Utc> {
    panic!("asked to panic")
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let wish = Wish::parse();
    let scene: Vec<Event> = serde_json::from_str(&std::fs::read_to_string(&wish.file)?)?;
    let (events, shown) = bounded(1024);
    let (questions, asked) = bounded(8);
    let (commands, wishes) = bounded(64);
    let _signals = Listener::start(commands.clone())?;
    let mut setup = Setup::default();
    setup.screen.notify = Notify { mail: wish.notify, errors: wish.notify };
    if wish.panic {
        setup.now = panicking;
    }
    let kind = wish.ui;
    let stage = Stage { wish, events, questions, wishes };
    let player = std::thread::spawn(move || stage.play(scene));
    let exit = build(kind, setup).run(Links { events: shown, questions: asked, commands })?;
    // Its only way to fail is a panic, which has been reported.
    let _ = player.join();
    Ok(ExitCode::from(exit.code()))
}

/// The other ends of the interface's links.
struct Stage {
    wish: Wish,
    events: Sender<Event>,
    questions: Sender<Question>,
    wishes: Receiver<Command>,
}

impl Stage {
    /// `None` when there is no audience any more.
    fn play(&self, scene: Vec<Event>) -> Option<()> {
        if self.play_events(scene)? && self.ask_all()? && self.wish.hold {
            while !quits(&self.wishes.recv().ok()?) {}
        }
        self.say(EventKind::Ended { exit: Exit::Success })
    }

    fn say(&self, kind: EventKind) -> Option<()> {
        self.events.send(Event { at: Utc::now(), lamp: LampId::CONTROL, kind }).ok()
    }

    fn note(&self, text: String) -> Option<()> {
        self.say(EventKind::Noted { account: None, folder: None, text })
    }

    /// Keeps the pace of the scene, so that rates are true. Says whether nobody wished to quit meanwhile.
    fn play_events(&self, scene: Vec<Event>) -> Option<bool> {
        let first = scene.first()?.at;
        let begun = Utc::now();
        for mut event in scene.into_iter().filter(|event| !matches!(event.kind, EventKind::Ended { .. })) {
            event.at = begun + (event.at - first);
            if let EventKind::Waiting { until, .. } = &mut event.kind {
                *until = begun + (*until - first);
            }
            let pause = (event.at - Utc::now()).to_std().unwrap_or_default();
            select! {
                recv(self.wishes) -> wish => if quits(&wish.ok()?) { return Some(false) },
                default(pause) => {}
            }
            self.events.send(event).ok()?;
        }
        for number in 0..self.wish.burst {
            self.note(format!("event {number} of a burst"))?;
        }
        Some(true)
    }

    /// Says whether nobody wished to quit instead of answering.
    fn ask_all(&self) -> Option<bool> {
        let account = AccountName::new("home");
        let (user, host) = ("anna".into(), "imap.example.org".into());
        let refusal = Some("AUTHENTICATIONFAILED, try again".into());
        if self.wish.ask && !self.ask(Ask::Password { account: account.clone(), user, host, refusal })? {
            return Some(false);
        }
        let (folder, consequence) = ("Archive".into(), "20 of its 20 messages would be deleted here.".into());
        Some(!self.wish.agree || self.ask(Ask::Agreement { account, folder, consequence })?)
    }

    fn ask(&self, ask: Ask) -> Option<bool> {
        let (reply, answer) = bounded(1);
        self.questions.send(Question { ask, reply }).ok()?;
        select! {
            recv(self.wishes) -> wish => Some(!quits(&wish.ok()?)),
            recv(answer) -> answer => {
                self.note(match answer {
                    Ok(Answer::Password(typed)) => format!("answer of {} characters", typed.reveal().chars().count()),
                    Ok(Answer::Agreed) => "agreed".into(),
                    Ok(Answer::GivenUp) | Err(_) => "no answer".into(),
                })?;
                Some(true)
            }
        }
    }
}

fn quits(wish: &Command) -> bool {
    matches!(wish, Command::Quit | Command::QuitNow)
}
