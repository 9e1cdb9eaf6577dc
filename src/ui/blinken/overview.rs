//! The overview: how fast it goes, what it has brought, how each account is watched, and the runs so far.

use std::time::Duration;

use chrono::TimeDelta;
use ratatui::layout::Rect;

use crate::model::light::Light;
use crate::model::watch::Watch;
use crate::ui::clean::clean;
use crate::ui::figures::{clock, count, number, size};
use crate::ui::phrase::brought;

use super::draw::Canvas;
use super::folders::time;
use super::roster::{Phase, Row};
use super::runs::Run;
use super::screen::Screen;
use super::text;
use super::theme::Tone;
use super::work::Way;

/// Draws the overview; what has no room is left out from the end.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let mut page = Page { area, line: 0 };
    graphs(screen, canvas, &mut page);
    sums(screen, canvas, &mut page);
    accounts(screen, canvas, &mut page);
    runs(screen, canvas, &mut page);
}

/// A place to write line by line.
struct Page {
    area: Rect,
    line: usize,
}

impl Page {
    fn left(&self) -> usize {
        usize::from(self.area.height).saturating_sub(self.line)
    }

    fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    fn say(&mut self, canvas: &mut Canvas, words: &str, tone: Tone) {
        let room = self.width().saturating_sub(2);
        canvas.say(self.area, 1, self.line, &text::cut(words, room), tone);
        self.line += 1;
    }

    /// A heading, with a line of room before it where there is some.
    fn head(&mut self, canvas: &mut Canvas, words: &str) {
        self.line += usize::from(self.line > 0 && usize::from(self.area.height) >= 18);
        self.say(canvas, words, Tone::Dim);
    }
}

fn graphs(screen: &Screen, canvas: &mut Canvas, page: &mut Page) {
    let lines = match page.area.height {
        20.. => 3,
        12.. => 2,
        _ => 1,
    };
    let (down, up) = screen.throughput.rates();
    for (way, rate, name, light) in
        [(Way::Down, down, "down", Light::Downloading), (Way::Up, up, "up", Light::Uploading)]
    {
        let label = 24;
        let width = page.width().saturating_sub(label + 2).min(240);
        if width < 8 {
            page.say(canvas, &format!("{name} {}/s", size(rate)), Tone::Plain);
            continue;
        }
        let heights = screen.throughput.heights(width, lines, way);
        for line in 0..lines {
            let floor = (lines - 1 - line) * 8;
            let sparks = &canvas.theme.glyphs().sparks;
            let bars: String = heights.iter().map(|height| sparks[height.saturating_sub(floor).min(8)]).collect();
            canvas.put(page.area, label, page.line + line, &bars, canvas.theme.text(light));
        }
        let peak = screen.throughput.peak(width, way);
        canvas.say(page.area, 1, page.line, &format!("{name:<5}{:>10}/s", size(rate)), Tone::Plain);
        if lines > 1 {
            canvas.say(page.area, 1, page.line + 1, &format!("peak {:>10}/s", size(peak)), Tone::Dim);
        }
        page.line += lines;
    }
}

fn sums(screen: &Screen, canvas: &mut Canvas, page: &mut Page) {
    let up = screen.now.signed_duration_since(screen.since).max(TimeDelta::zero()).to_std().unwrap_or_default();
    page.head(canvas, &format!("Since the start, {} ago", clock(up)));
    let (down, sent) = screen.runs.bytes;
    let runs = match screen.runs.count {
        0 => "no run has ended yet".into(),
        some => format!("{}: {}", count(some, "run"), brought(&screen.runs.counts)),
    };
    page.say(canvas, &runs, Tone::Plain);
    let connections: usize = screen.roster.accounts().iter().map(Row::connections).sum();
    let connections = count(connections as u64, "connection");
    page.say(canvas, &format!("{} received, {} sent, {connections} now", size(down), size(sent)), Tone::Plain);
}

fn accounts(screen: &Screen, canvas: &mut Canvas, page: &mut Page) {
    page.head(canvas, "Accounts");
    for row in screen.roster.accounts().iter().take(page.left()) {
        let name = text::left(&clean(row.account.as_ref().map_or("", |name| name.as_str())), screen.name_width());
        canvas.say(page.area, 1, page.line, &name, Tone::Bright);
        let words = account(screen, row);
        let at = screen.name_width() + 3;
        let room = page.width().saturating_sub(at + 1);
        let tone = if row.trouble { Tone::Error } else { Tone::Plain };
        canvas.say(page.area, at, page.line, &text::cut(&words, room), tone);
        page.line += 1;
    }
}

/// How an account is watched, what it is at, when it was last at it.
fn account(screen: &Screen, row: &Row) -> String {
    let pushed = match row.watch {
        Some((Watch::Notify, _)) => "the server tells of all folders, ".into(),
        Some((Watch::Idle, folders)) => format!("the server tells of {}, ", count(folders.unwrap_or(0), "folder")),
        Some((Watch::Polling, _)) => "asked once a minute, ".into(),
        None => String::new(),
    };
    let watched = match (row.every, &row.phase) {
        (Some(every), _) => format!("{pushed}synchronised every {}, ", clock(every)),
        (None, Phase::Done) => format!("{pushed}synchronised once, "),
        (None, _) => pushed,
    };
    let next = match (&row.phase, row.left(screen.now)) {
        (Phase::Active, _) => {
            let (down, up) = row.account.as_ref().map_or((0, 0), |account| screen.runs.bytes_of(account));
            format!("at it: {} received, {} sent", size(down), size(up))
        }
        (Phase::Paused { .. }, Some(left)) => format!("paused with {} left", clock(left)),
        (Phase::Paused { .. }, None) => "paused".into(),
        (_, Some(left)) => format!("next in {}", clock(left)),
        _ => "at rest".into(),
    };
    let last = row.synced.map_or_else(|| "not yet done".into(), |at| format!("last {}", time(screen, at, 8)));
    let connections = match row.connections() {
        0 => String::new(),
        some => format!(", {}", count(some as u64, "connection")),
    };
    format!("{watched}{next}, {last}{connections}")
}

fn runs(screen: &Screen, canvas: &mut Canvas, page: &mut Page) {
    if page.left() < 2 || screen.runs.count == 0 {
        return;
    }
    page.head(canvas, "Runs");
    for run in screen.runs.newest().take(page.left()) {
        let at = canvas.say(page.area, 1, page.line, &text::right(&time(screen, run.at, 8), 8), Tone::Dim);
        let name = text::left(&clean(run.account.as_str()), screen.name_width());
        let at = canvas.say(page.area, at + 2, page.line, &name, Tone::Plain);
        let took = text::right(&clock(Duration::from_millis(run.took_ms)), 7);
        let at = canvas.say(page.area, at + 1, page.line, &took, Tone::Plain);
        let room = page.width().saturating_sub(at + 3);
        let tone = if run.failures > 0 { Tone::Error } else { Tone::Plain };
        canvas.say(page.area, at + 2, page.line, &text::cut(&outcome(run), room), tone);
        page.line += 1;
    }
}

fn outcome(run: &Run) -> String {
    let mut words = format!("{}, {}", count(run.folders, "folder"), brought(&run.counts));
    let (down, up) = run.bytes;
    for (bytes, way) in [(down, "received"), (up, "sent")] {
        if bytes > 0 {
            words = format!("{words}, {} {way}", size(bytes));
        }
    }
    if run.stopped {
        words = format!("stopped: {words}");
    }
    if run.failures > 0 {
        words = format!("{words}, {} failed", number(run.failures));
    }
    words
}
