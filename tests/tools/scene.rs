//! Plays a recorded scene, live: `scene [--ui NAME] [--ask] [--agree] [--hold] [--hurry] [--burst N] [--flood N [--rate R]]
//! [--notify] [--panic] FILE`. With `--ask` a password is asked for at its end, with `--agree` whether a lot is to be deleted; with
//! `--hold` the program stays until it is asked to quit; `--hurry` keeps no pace; `--burst` adds so many events at once;
//! `--flood` plays the scene's own over and over, as fast as they are taken or so many a second;
//! `--notify` tells of mail and failures outside the screen; `--panic` panics in the
//! interface's own thread.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use blinkensync::model::command::Command;
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::question::{Answer, Ask, Question};
use blinkensync::model::screen::Notify;
use blinkensync::signals::Listener;
use blinkensync::ui::{Kind, Links, Setup, build};
use chrono::{DateTime, FixedOffset, Utc};
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
    /// Keeps no pace.
    #[arg(long)]
    hurry: bool,
    /// Sends so many events more, at once.
    #[arg(long, default_value_t = 0)]
    burst: u64,
    /// Plays the scene's events over and over, until there were so many more.
    #[arg(long, default_value_t = 0)]
    flood: usize,
    /// Plays so many of them a second; as many as are taken without.
    #[arg(long)]
    rate: Option<usize>,
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
fn panicking(_: DateTime<Utc>) -> DateTime<FixedOffset> {
    panic!("asked to panic")
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let wish = Wish::parse();
    let scene: Vec<Event> = serde_json::from_str(&std::fs::read_to_string(&wish.file)?)?;
    let (events, shown) = bounded(1024);
    let (questions, asked) = bounded(8);
    let (commands, wishes) = bounded(64);
    let _signals = Listener::start(commands.clone(), None)?;
    let mut setup = Setup::default();
    setup.screen.notify = Notify { mail: wish.notify, errors: wish.notify };
    if wish.panic {
        // The clock of the first picture is half way through it.
        setup.local = panicking;
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
        let scene: Vec<Event> =
            scene.into_iter().filter(|event| !matches!(event.kind, EventKind::Ended { .. })).collect();
        let first = scene.first()?.at;
        let begun = Utc::now();
        let paced = if self.wish.flood > 0 { 0 } else { scene.len() };
        for mut event in scene.iter().take(paced).cloned() {
            event.at = if self.wish.hurry { Utc::now() } else { begun + (event.at - first) };
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
        self.flood(&scene)?;
        Some(true)
    }

    /// Plays the scene over and over, in portions of a hundredth of a second where it has a pace; then says how long it took.
    fn flood(&self, scene: &[Event]) -> Option<()> {
        if self.wish.flood == 0 {
            return Some(());
        }
        let begun = Instant::now();
        let pace = self.wish.rate.map(|rate| (rate.div_ceil(100), Duration::from_millis(10)));
        for (number, event) in scene.iter().cycle().take(self.wish.flood).enumerate() {
            if let Some((portion, time)) = pace.filter(|pace| number % pace.0 == 0) {
                let due = time * u32::try_from(number / portion).ok()?;
                // A pace is kept; nothing is waited for.
                std::thread::sleep(due.saturating_sub(begun.elapsed()));
            }
            self.events.send(Event { at: Utc::now(), ..event.clone() }).ok()?;
        }
        let taken = begun.elapsed().as_secs_f64();
        let text = format!("flood: {} events in {taken:.3} s", self.wish.flood);
        self.say(EventKind::Warned { account: None, folder: None, text })
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
