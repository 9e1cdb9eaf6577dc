//! Plays a recorded scene, live: `scene [--ui NAME] [--panic] [--hold] FILE`. With `--hold` the program stays until it
//! is asked to quit; without, it ends when the scene does.

use std::error::Error;
use std::process::ExitCode;

use blinkensync::model::command::Command;
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::question::{Ask, Question};
use blinkensync::ui::{Kind, Links, Setup, build};
use chrono::Utc;
use crossbeam_channel::{bounded, select};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (mut kind, mut panics, mut hold, mut asks, mut file) = (Kind::Blinkenlights, false, false, false, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--ui" => kind = args.next().unwrap_or_default().parse()?,
            "--panic" => panics = true,
            "--hold" => hold = true,
            "--ask" => asks = true,
            _ => file = Some(arg),
        }
    }
    let scene: Vec<Event> = serde_json::from_str(&std::fs::read_to_string(file.ok_or("which scene?")?)?)?;
    let (events, shown) = bounded(1024);
    let (questions, asked) = bounded(8);
    let (commands, wishes) = bounded(64);
    let mut setup = Setup::default();
    if panics {
        setup.now = || std::panic::panic_any("asked to panic");
    }
    let links = Links { events: shown, questions: asked, commands };
    let player = std::thread::spawn(move || -> Option<()> {
        let Some(first) = scene.first().map(|event| event.at) else { return Some(()) };
        let begun = Utc::now();
        for mut event in scene.into_iter().filter(|event| !matches!(event.kind, EventKind::Ended { .. })) {
            event.at = begun + (event.at - first);
            if let EventKind::Waiting { until, .. } = &mut event.kind {
                *until = begun + (*until - first);
            }
            // The scene keeps its pace, so that rates are true.
            let pause = (event.at - Utc::now()).to_std().unwrap_or_default();
            select! {
                recv(wishes) -> wish => if wish == Ok(Command::Quit) { break },
                default(pause) => {}
            }
            events.send(event).ok()?;
        }
        if asks {
            let (reply, answer) = bounded(1);
            let ask = Ask::Password {
                account: AccountName::new("home"),
                user: "anna".into(),
                host: "imap.example.org".into(),
                refusal: Some("AUTHENTICATIONFAILED, try again".into()),
            };
            questions.send(Question { ask, reply }).ok()?;
            let _ = answer.recv();
        }
        while hold && !matches!(wishes.recv().ok()?, Command::Quit | Command::QuitNow) {}
        let end = EventKind::Ended { exit: Exit::Success };
        events.send(Event { at: Utc::now(), lamp: LampId::CONTROL, kind: end }).ok()
    });
    let exit = build(kind, setup).run(links)?;
    let _ = player.join();
    Ok(ExitCode::from(exit.code()))
}
