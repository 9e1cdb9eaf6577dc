//! The terminal, taken over and given back whole, whatever happens in between.

use std::fmt;
use std::io::{self, Stdout, Write, stdout};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::Sender;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::disputed::Disputed;
use super::theme::abilities::Abilities;

/// Reports of the mouse's buttons and wheel, and of its moves while a button is held, with places of any size; not of its every
/// move, of which there would be many.
const MOUSE: [&str; 2] = ["\x1b[?1000h\x1b[?1002h\x1b[?1006h", "\x1b[?1006l\x1b[?1002l\x1b[?1000l"];

/// What of xterm's a terminal is asked to do; what it doesn't understand it isn't shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// Another screen, pasting in brackets, pictures held back until they are complete.
    pub all: bool,
    /// Reports of the mouse.
    pub mouse: bool,
}

impl Modes {
    /// What a terminal with these abilities is asked to do; `mouse` is a person's wish.
    pub fn of(abilities: Abilities, mouse: bool) -> Self {
        Self { all: abilities.modes(), mouse: mouse && abilities.modes() }
    }
}

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// The terminal in raw mode on its alternate screen, for as long as this lives.
///
/// A panic in the thread that made it gives the terminal back first, so that its message stands on the normal screen.
/// A panic in any other thread would write across the picture; it is reported as a line of text instead.
pub struct Guard {
    terminal: ratatui::Terminal<CrosstermBackend<Stdout>>,
    taken: Arc<AtomicBool>,
    hook_before: Arc<Hook>,
    modes: Modes,
    disputed: Disputed,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("taken", &self.taken).finish_non_exhaustive()
    }
}

impl Guard {
    /// Takes the terminal over, with these of its modes. Panics of other threads are reported to `panics`.
    pub fn new(modes: Modes, panics: Sender<String>) -> io::Result<Self> {
        let taken = Arc::new(AtomicBool::new(true));
        let hook_before: Arc<Hook> = Arc::from(panic::take_hook());
        let (here, ours, before) = (thread::current().id(), taken.clone(), hook_before.clone());
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == here {
                give_back(&ours, modes);
                before(info);
            } else if ours.load(Ordering::SeqCst) {
                // A full channel means that the first of many panics are shown, which is enough.
                let _ = panics.try_send(info.to_string());
            } else {
                before(info);
            }
        }));
        // From here on, dropping the guard undoes whatever part of this was done.
        let terminal = ratatui::Terminal::new(CrosstermBackend::new(stdout()))?;
        let guard = Self { terminal, taken, hook_before, modes, disputed: Disputed::default() };
        take(modes)?;
        Ok(guard)
    }

    /// Gives the terminal back, stops the process until the shell lets it go on, and takes the terminal over again.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back(&self.taken, self.modes);
        // SIGTSTP itself is only a message here; this does what it does by default, before it returns.
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.take_again()
    }

    /// Takes the terminal over anew, after whatever others have done to it, and draws the next picture whole.
    pub fn take_again(&mut self) -> io::Result<()> {
        self.taken.store(true, Ordering::SeqCst);
        // Raw mode that is believed to be on would not be turned on.
        disable_raw_mode()?;
        take(self.modes)?;
        self.forget()
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub fn take_mouse(&mut self, ours: bool) -> io::Result<()> {
        self.modes.mouse = ours && self.modes.all;
        if self.modes.all { self.say(MOUSE[usize::from(!ours)]) } else { Ok(()) }
    }

    /// Draws a picture; a terminal that can holds it back until it is complete, so that nothing flickers.
    pub fn draw(&mut self, picture: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        if self.modes.all {
            queue!(stdout(), BeginSynchronizedUpdate)?;
        }
        let (disputed, mut wiped) = (&mut self.disputed, Ok(()));
        let drawn = self.terminal.draw(|frame| {
            picture(frame.buffer_mut());
            let lines = disputed.written_whole(frame.buffer_mut());
            // What is drawn comes after this.
            wiped = lines.into_iter().try_for_each(|y| queue!(stdout(), MoveTo(0, y), Clear(ClearType::CurrentLine)));
        });
        let drawn = wiped.and(drawn.map(drop));
        if self.modes.all {
            execute!(stdout(), EndSynchronizedUpdate)?;
        }
        drawn
    }

    /// Says something to the terminal that it doesn't print; between two pictures it can't spoil one.
    pub fn say(&mut self, sequence: &str) -> io::Result<()> {
        let terminal = self.terminal.backend_mut();
        terminal.write_all(sequence.as_bytes())?;
        Write::flush(terminal)
    }

    /// Forgets what is on the terminal, so that the next picture is drawn whole.
    ///
    /// This is a change to the same size rather than `Terminal::clear`, which asks the terminal where its cursor is
    /// and waits for the answer: the thread that reads the keys would take it away.
    pub fn forget(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back(&self.taken, self.modes);
        // While a panic is under way the hook can't be changed, and needn't be: it finds nothing to give back.
        if !thread::panicking() {
            let before = self.hook_before.clone();
            panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}

fn take(modes: Modes) -> io::Result<()> {
    enable_raw_mode()?;
    if modes.all {
        queue!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    } else {
        queue!(stdout(), Clear(ClearType::All))?;
    }
    if modes.mouse {
        stdout().write_all(MOUSE[0].as_bytes())?;
    }
    execute!(stdout(), Hide)
}

/// Gives the terminal back unless that is done already. Errors have nowhere to go: the terminal is gone with them.
fn give_back(taken: &AtomicBool, modes: Modes) {
    if taken.swap(false, Ordering::SeqCst) {
        if modes.all {
            // Whether it was taken or not: that may have changed in between.
            let _ = stdout().write_all(MOUSE[1].as_bytes());
            let _ = queue!(stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen);
        } else {
            // There is no other screen to go back to, and lamps that are left behind would seem to shine.
            let _ = queue!(stdout(), Clear(ClearType::All), MoveTo(0, 0));
        }
        let _ = execute!(stdout(), Show);
        let _ = disable_raw_mode();
        let _ = stdout().flush();
    }
}
