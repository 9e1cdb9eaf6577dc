//! The lights while the program is busy: stopped, suspended, pulled about, and left alone by whoever started it.

use std::fs;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::slow::Slow;
use crate::terminal::Terminal;

/// Every message but those in hand is still to come.
fn busy(slow: &Slow) -> Terminal {
    let mut terminal = Terminal::open(100, 30);
    terminal.start(&format!("-c {} -u blinkenlights", slow.file().display()));
    for folder in ["INBOX", "Lists"] {
        terminal.wait(folder, |screen| bar(screen, folder));
    }
    terminal
}

/// Whether a folder is being copied.
fn bar(screen: &vt100::Screen, folder: &str) -> bool {
    screen.rows(0, 100).any(|row| row.contains(folder) && row.contains(" of 3 "))
}

#[test]
fn q_finishes_what_is_in_hand_and_says_what_it_is() {
    let slow = Slow::new();
    let mut terminal = busy(&slow);
    terminal.press("q");
    terminal.shows("q again quits at once");
    let footer = terminal.screen().contents_between(29, 0, 29, 100);
    assert!(footer.contains("finishing") && footer.contains("Test "), "{footer}");
    assert!(["INBOX", "Lists"].iter().any(|folder| footer.contains(folder)), "{footer}");
    terminal.ends_with(0);
    assert!((1..6).contains(&slow.here()), "{}", slow.here());
    slow.is_whole();
}

#[test]
fn a_second_q_ends_it_at_once() {
    let slow = Slow::new();
    let mut terminal = busy(&slow);
    terminal.press("q");
    terminal.shows("q again quits at once");
    terminal.press("q");
    terminal.ends_with(5);
    slow.is_whole();
}

#[test]
fn the_shell_has_the_terminal_while_a_synchronisation_is_suspended() {
    let slow = Slow::new();
    let mut terminal = busy(&slow);
    terminal.press("\x1a");
    // The shell goes on with its list of commands when one of them is stopped.
    terminal.ends_with(147);
    terminal.press("clear; echo typed-$((40+2))\n");
    terminal.wait("what was typed", |screen| screen.contents().contains("typed-42"));
    terminal.press("clear; fg\n");
    terminal.shows("6 downloaded");
    assert!(terminal.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None);
    assert!(terminal.screen().bracketed_paste() && terminal.screen().hide_cursor());
    terminal.press("q");
    terminal.is_given_back();
    slow.is_whole();
}

#[test]
fn a_window_of_every_size_is_borne_while_mail_comes() {
    let slow = Slow::new();
    let mut terminal = busy(&slow);
    for number in 0..600_u16 {
        let (columns, rows) = (1 + number * 37 % 300, 1 + number * 23 % 100);
        let tiny = number % 10 == 0;
        terminal.resize(if tiny { 1 } else { columns }, if tiny { 1 } else { rows });
        if number % 100 == 99 {
            terminal.resize(80, 24);
            terminal.wait("footer on the last line", |screen| footer(screen, 80, 23));
        }
    }
    terminal.resize(300, 100);
    terminal.wait("footer on the last line", |screen| footer(screen, 300, 99));
    terminal.resize(100, 30);
    terminal.wait("footer on the last line", |screen| footer(screen, 100, 29));
    terminal.shows("6 downloaded");
    terminal.press("q");
    terminal.ends_with(0);
    slow.is_whole();
}

fn footer(screen: &vt100::Screen, columns: u16, row: u16) -> bool {
    let line = screen.contents_between(row, 0, row, columns);
    screen.size().1.get() == columns && line.contains("q quit") && line.contains("? help")
}

/// The program, about to lose who started it.
struct Orphan {
    process: Pid,
    handle: OwnedFd,
    begun: Instant,
}

impl Orphan {
    /// The program in the foreground.
    fn soon(terminal: &Terminal) -> Self {
        let process = terminal.program();
        let handle = pidfd_open(process, PidfdFlags::empty()).unwrap();
        Self { process, handle, begun: Instant::now() }
    }

    /// Fails unless it ends by itself soon, and does nothing but wait for what it has in hand.
    #[track_caller]
    fn ends_quietly(self) {
        let before = taken(self.process).unwrap_or(0);
        let mut after = before;
        let look = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        while poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], Some(&look)).unwrap() == 0 {
            after = taken(self.process).unwrap_or(after);
            assert!(self.begun.elapsed() < Duration::from_secs(10), "it goes on");
        }
        let (wall, cpu) = (self.begun.elapsed(), after.saturating_sub(before));
        assert!(cpu < 50, "{cpu} hundredths of a second in {wall:?}");
    }
}

/// The processor time of a process, in hundredths of a second, as proc(5) has it.
fn taken(process: Pid) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap())
}

#[test]
fn it_ends_by_itself_when_the_shell_that_started_it_is_killed() {
    let slow = Slow::new();
    let terminal = busy(&slow);
    let orphan = Orphan::soon(&terminal);
    kill_process(terminal.shell(), Signal::KILL).unwrap();
    orphan.ends_quietly();
    slow.is_whole();
}

#[test]
fn it_ends_by_itself_when_its_terminal_hangs_up() {
    let slow = Slow::new();
    let terminal = busy(&slow);
    let orphan = Orphan::soon(&terminal);
    terminal.hang_up();
    orphan.ends_quietly();
    slow.is_whole();
}
