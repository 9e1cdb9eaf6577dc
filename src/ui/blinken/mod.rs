//! Blinkenlights: the work of all threads as coloured lamps, full screen.

pub mod act;
pub mod bindings;
pub mod chord;
pub mod draw;
pub mod keys;
pub mod log;
pub mod mouse;
pub mod screen;
pub mod theme;
pub mod view;

mod accounts;
mod apply;
mod asking;
mod background;
mod banner;
mod book;
mod disputed;
mod entry;
mod filter;
mod folder;
mod folders;
mod footer;
mod frame;
mod help;
mod herald;
mod input;
mod legend;
mod logview;
mod notices;
mod outside;
mod overview;
mod progress;
mod prompt;
mod roster;
mod rows;
mod runs;
mod search;
mod stops;
mod table;
mod taking;
mod terminal;
mod text;
mod typing;
mod welcome;
mod work;

use std::fmt;
use std::io::{self, Write, stdout};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, Sender, bounded, never, select};
use crossterm::event::{Event as Input, KeyEventKind};

use crate::model::command::{Command, Target};
use crate::model::event::Event;
use crate::model::fault::Exit;

use super::kind::Setup;
use super::{FrontEnd, Links};
use act::Effect;
use bindings::Bindings;
use herald::crier::Crier;
use screen::Screen;
use stops::{Stop, Stops};
use terminal::{Guard, Modes};
use theme::abilities::Abilities;
use theme::{Ground, Theme};

/// The shortest time between two pictures.
const FRAME: Duration = Duration::from_millis(33);
/// So many events are taken in before the next look at keys and questions.
const DRAIN: usize = 10_000;

/// The full-screen interface.
pub struct Blinkenlights {
    setup: Setup,
    afterwards: Box<dyn Write + Send>,
}

impl fmt::Debug for Blinkenlights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinkenlights").field("setup", &self.setup).finish_non_exhaustive()
    }
}

impl Blinkenlights {
    /// The interface for this clock and this terminal.
    pub fn new(setup: Setup) -> Self {
        Self::with_summary_on(setup, Box::new(stdout()))
    }

    /// The same; what is to be read afterwards is written to `afterwards` once the terminal is given back.
    pub fn with_summary_on(setup: Setup, afterwards: Box<dyn Write + Send>) -> Self {
        Self { setup, afterwards }
    }
}

impl FrontEnd for Blinkenlights {
    fn run(&mut self, links: Links) -> io::Result<Exit> {
        let mut screen = Screen::new((self.setup.now)(), self.setup.local);
        let exit = show(&mut screen, &self.setup, links)?;
        for line in screen.summary() {
            writeln!(self.afterwards, "{line}")?;
        }
        self.afterwards.flush()?;
        Ok(exit)
    }
}

/// The loop: takes in all there is, then draws, at most once a frame; sleeps while the picture stays true.
fn show(screen: &mut Screen, setup: &Setup, links: Links) -> io::Result<Exit> {
    let (panicked, panics) = bounded(64);
    let abilities = Abilities::of(setup.env);
    let mut guard = Guard::new(Modes::of(abilities, setup.screen.mouse), panicked)?;
    let mut stage = Stage::new(setup, abilities, links.commands);
    stage.ask_for_the_ground(&mut guard, abilities)?;
    let (input, stops) = (input::Input::start()?, Stops::start()?);
    screen.mouse = setup.screen.mouse && abilities.modes();
    screen.bindings = Bindings::rebound(&setup.screen.keys).map_err(io::Error::other)?;
    if setup.welcome {
        screen.welcome();
    }
    // What the ledger knows of the folders; the supervisor answers when it has the time.
    drop(stage.commands.try_send(Command::TellFolders(Target::All)));
    let (mut questions, mut keys, mut grounds) = (links.questions, input.events.clone(), input.grounds.clone());
    let mut dirty = true;
    loop {
        let wait = stage.draw_if_due(screen, &mut guard, &mut dirty)?;
        select! {
            recv(links.events) -> event => match event {
                Ok(event) => { stage.take_in(screen, &event, &links.events); dirty = true }
                Err(_) => return Ok(Exit::Internal),
            },
            recv(questions) -> question => match question {
                Ok(question) => { screen.ask(question); dirty = true }
                Err(_) => questions = never(),
            },
            recv(keys) -> input => if let Ok(input) = input {
                stage.input(screen, &mut guard, input)?;
                dirty = true;
            } else {
                // Nobody will press a key any more: the terminal is gone.
                drop(stage.commands.try_send(Command::Quit));
                keys = never();
            },
            recv(grounds) -> ground => match ground {
                Ok(ground) => { stage.learn(ground); dirty = true }
                Err(_) => grounds = never(),
            },
            recv(stops.heard) -> stop => {
                match stop {
                    Ok(Stop::Asked) => guard.suspend()?,
                    Ok(Stop::Over) => guard.take_again()?,
                    Err(_) => return Ok(Exit::Internal),
                }
                dirty = true;
            },
            recv(panics) -> text => if let Ok(text) = text { screen.report(&text, (setup.now)()); dirty = true },
            default(wait) => dirty = true,
        }
        if let Some(exit) = screen.exit {
            stage.end(&mut guard, &grounds)?;
            return Ok(exit);
        }
    }
}

/// What the loop keeps between two rounds.
struct Stage {
    now: fn() -> DateTime<Utc>,
    theme: Theme,
    crier: Crier,
    commands: Sender<Command>,
    drawn: Option<Instant>,
    /// When the terminal was asked something that it hasn't answered.
    asked: Option<Instant>,
    fixed: bool,
}

impl Stage {
    fn new(setup: &Setup, abilities: Abilities, commands: Sender<Command>) -> Self {
        let wish = &setup.screen;
        // What a person has written down goes before NO_COLOR, which the terminal's library would obey as well.
        if wish.colours.is_some() {
            crossterm::style::force_color_output(true);
        }
        let theme = Theme::chosen(wish, abilities);
        let crier = Crier::new(wish.notify, abilities, theme.glyphs(), setup.env);
        Self { now: setup.now, theme, crier, commands, drawn: None, asked: None, fixed: wish.ground.is_some() }
    }

    /// Takes in this event and those that wait behind it.
    fn take_in(&mut self, screen: &mut Screen, event: &Event, more: &Receiver<Event>) {
        let mut take = |event: &Event| {
            screen.apply(event);
            self.crier.hear(event);
        };
        take(event);
        more.try_iter().take(DRAIN).for_each(|event| take(&event));
    }

    /// Asks the terminal what is behind its letters, where that matters and does no harm.
    fn ask_for_the_ground(&mut self, guard: &mut Guard, abilities: Abilities) -> io::Result<()> {
        if self.fixed || !abilities.answers() || !self.theme.has_colours() {
            return Ok(());
        }
        self.asked = Some(Instant::now());
        guard.say(background::QUESTION)
    }

    /// What is left of this patience with a terminal that hasn't answered.
    fn waits(&self, patience: Duration) -> Option<Duration> {
        self.asked.map(|asked| patience.saturating_sub(asked.elapsed())).filter(|left| !left.is_zero())
    }

    /// The terminal has answered.
    fn learn(&mut self, ground: Ground) {
        self.theme = self.theme.on(ground);
        self.asked = None;
    }

    /// Tells what is left to tell, and leaves no answer to the shell that comes next.
    fn end(&mut self, guard: &mut Guard, grounds: &Receiver<Ground>) -> io::Result<()> {
        self.crier.finish().iter().try_for_each(|sequence| guard.say(sequence))?;
        if let Some(left) = self.waits(background::LAST) {
            let _ = grounds.recv_timeout(left);
        }
        Ok(())
    }

    /// Draws when there is something new and the last picture is old enough; says how long to wait for news.
    fn draw_if_due(&mut self, screen: &mut Screen, guard: &mut Guard, dirty: &mut bool) -> io::Result<Duration> {
        if let Some(left) = self.waits(background::PATIENCE).filter(|_| self.drawn.is_none()) {
            return Ok(left);
        }
        let since = self.drawn.map_or(FRAME, |drawn| drawn.elapsed());
        if *dirty && since < FRAME {
            return Ok(FRAME.saturating_sub(since));
        }
        if *dirty {
            let now = (self.now)();
            screen.tick(now);
            self.crier.tick(now).iter().try_for_each(|sequence| guard.say(sequence))?;
            guard.draw(|buffer| draw::draw(screen, self.theme, buffer))?;
            self.drawn = Some(Instant::now());
            *dirty = false;
        }
        Ok(screen.still_for())
    }

    fn input(&mut self, screen: &mut Screen, guard: &mut Guard, input: Input) -> io::Result<()> {
        match input {
            Input::Key(key) if key.kind != KeyEventKind::Release => {
                for effect in screen.key(key) {
                    self.perform(screen, effect, guard)?;
                }
            }
            Input::Mouse(event) => {
                for effect in screen.mouse_did(event) {
                    self.perform(screen, effect, guard)?;
                }
            }
            Input::Paste(text) => screen.paste(&zeroize::Zeroizing::new(text)),
            // A window that has its old size again by now may have lost what stood outside of the one in between.
            Input::Resize(..) => guard.forget()?,
            _ => {}
        }
        Ok(())
    }

    fn perform(&mut self, screen: &mut Screen, effect: Effect, guard: &mut Guard) -> io::Result<()> {
        match effect {
            // The supervisor takes commands at any time; when it is gone, the events end too.
            Effect::Send(command) => drop(self.commands.try_send(command)),
            // The worker may have been stopped while the person was typing.
            Effect::Reply(reply, answer) => drop(reply.try_send(answer)),
            Effect::Redraw => guard.forget()?,
            Effect::Suspend => guard.suspend()?,
            Effect::Mouse(ours) => guard.take_mouse(ours)?,
            Effect::Copy(text) => guard.say(&outside::to_clipboard(&text))?,
            Effect::Save(text) => {
                screen.remark(outside::save(&text, screen.local(screen.now)).unwrap_or_else(|trouble| trouble));
            }
        }
        Ok(())
    }
}
