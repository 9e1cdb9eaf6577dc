//! The table of folders.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::model::light::Light;
use crate::ui::clean::clean;
use crate::ui::figures::{clock, count, number, size};
use crate::ui::phrase::brought;

use super::book::Page;
use super::draw::Canvas;
use super::mouse::Target;
use super::progress::{bar, round};
use super::screen::Screen;
use super::table::{Column, first_in_sight};
use super::text;
use super::theme::Tone;
use super::work::Work;

/// Draws the table with its heading. Says how many folders are in sight.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) -> usize {
    let rows = screen.table.rows(&screen.book);
    let columns = Columns::new(screen, area);
    let heading = usize::from(area.height > 3);
    if heading > 0 {
        columns.heading(screen, canvas, area);
    }
    let height = usize::from(area.height).saturating_sub(heading).max(1);
    let chosen = screen.table.place(&rows);
    let first = first_in_sight(chosen, rows.len(), height);
    for (line, (place, page)) in rows.iter().enumerate().skip(first).take(height).enumerate() {
        columns.draw(screen, canvas, area, line + heading, (page, place == chosen));
        canvas.aim(area, (0, line + heading), usize::from(area.width), Target::Folder(place));
    }
    if rows.is_empty() {
        let words =
            if screen.table.wanted.is_empty() { "no folder is known yet" } else { "no folder has that in its name" };
        canvas.say(area, 2, heading, words, Tone::Dim);
    }
    height
}

/// How wide each column is; 0 for one that has no room.
struct Columns {
    account: usize,
    folder: usize,
    local: usize,
    number: usize,
    time: usize,
    rest: usize,
}

impl Columns {
    fn new(screen: &Screen, area: Rect) -> Self {
        let width = usize::from(area.width);
        let (account, local, number, time) = match width {
            100.. => (screen.name_width(), (width / 7).min(24), 8, 8),
            70.. => (screen.name_width().min(10), 0, 7, 5),
            40.. => (screen.name_width().min(6), 0, 6, 0),
            _ => (0, 0, 6, 0),
        };
        let folder = if width >= 40 { (width / 5).clamp(12, 30) } else { width.saturating_sub(16).max(4) };
        let gap = |width: usize| if width > 0 { width + 1 } else { 0 };
        let used = 2 + gap(account) + gap(folder) + gap(local) + 2 * gap(number) + gap(time) + 1;
        Self { account, folder, local, number, time, rest: width.saturating_sub(used) }
    }

    fn heading(&self, screen: &Screen, canvas: &mut Canvas, area: Rect) {
        let arrow = canvas.theme.glyphs().sorted[usize::from(screen.table.reversed)];
        let name = |column: Column, name: &str| {
            if screen.table.column == column { format!("{name}{arrow}") } else { name.to_owned() }
        };
        let mut cells = Cells { at: 2 };
        cells.put(canvas, area, 0, "account", self.account, (false, Tone::Dim));
        cells.put(canvas, area, 0, &name(Column::Folder, "folder"), self.folder, (false, Tone::Dim));
        cells.put(canvas, area, 0, "name here", self.local, (false, Tone::Dim));
        cells.put(canvas, area, 0, &name(Column::Here, "here"), self.number, (true, Tone::Dim));
        cells.put(canvas, area, 0, &name(Column::There, "there"), self.number, (true, Tone::Dim));
        cells.put(canvas, area, 0, &name(Column::Synced, "same"), self.time, (true, Tone::Dim));
        let last = match screen.table.column {
            Column::Trouble => format!("trouble{arrow}"),
            _ => name(Column::Changed, "last change"),
        };
        cells.put(canvas, area, 0, &format!(" {last}"), self.rest, (false, Tone::Dim));
    }

    fn draw(&self, screen: &Screen, canvas: &mut Canvas, area: Rect, line: usize, (page, chosen): (&Page, bool)) {
        let tone = if chosen { Tone::Bright } else { Tone::Plain };
        canvas.mark(area, line, chosen);
        let mut cells = Cells { at: 2 };
        let number = |value: Option<u64>| value.map_or_else(|| "?".into(), number);
        cells.put(canvas, area, line, &clean(page.account.as_str()), self.account, (false, tone));
        cells.put(canvas, area, line, &clean(&page.folder), self.folder, (false, tone));
        let local = if *page.folder == *page.local { "same" } else { &*page.local };
        let local_tone = if *page.folder == *page.local { Tone::Track } else { tone };
        cells.put(canvas, area, line, &clean(local), self.local, (false, local_tone));
        cells.put(canvas, area, line, &number(page.here), self.number, (true, tone));
        let differs = page.here.is_some() && page.there.is_some() && page.here != page.there;
        let there = if differs { Tone::Warning } else { tone };
        cells.put(canvas, area, line, &number(page.there), self.number, (true, there));
        let synced = page.synced.map_or_else(String::new, |at| time(screen, at, self.time));
        cells.put(canvas, area, line, &synced, self.time, (true, Tone::Dim));
        let at = cells.at + 1;
        if let Some(work) = screen.work.iter().find(|work| work.account == page.account && work.folder == page.folder) {
            return self.draw_work(screen, canvas, area, (at, line), work);
        }
        let (words, tone) = last_change(page);
        canvas.say(area, at, line, &text::cut(&words, self.rest.saturating_sub(1)), tone);
    }

    fn draw_work(&self, screen: &Screen, canvas: &mut Canvas, area: Rect, (at, line): (usize, usize), work: &Work) {
        let Some(progress) = work.progress else {
            let words = if work.listing { "listing" } else { "looking" };
            canvas.put(area, at, line, words, canvas.theme.text(Light::Listing));
            return;
        };
        let rate = work.rate(screen.now).map_or_else(String::new, |rate| format!("{}/s", size(round(rate))));
        let left = work.left(screen.now).map_or_else(String::new, clock);
        let figures = format!("{} {}", text::right(&rate, 10), text::right(&left, 7));
        let room = self.rest.saturating_sub(1);
        let figures = if room >= 30 { figures } else { String::new() };
        let width = room.saturating_sub(text::width(&figures) + usize::from(!figures.is_empty()));
        bar(canvas, area, (at, line), width, progress);
        canvas.say(area, at + width + 1, line, &figures, Tone::Plain);
    }
}

struct Cells {
    at: usize,
}

impl Cells {
    /// Writes a cell, unless it has no room, and goes on to the next.
    fn put(&mut self, canvas: &mut Canvas, area: Rect, line: usize, words: &str, width: usize, how: (bool, Tone)) {
        if width == 0 {
            return;
        }
        let words = if how.0 { text::right(words, width) } else { text::left(words, width) };
        self.at = canvas.say(area, self.at, line, &words, how.1) + 1;
    }
}

/// A time of today as a time, any other as a date.
pub fn time(screen: &Screen, at: DateTime<Utc>, width: usize) -> String {
    let (at, now) = (screen.local(at), screen.local(screen.now));
    match (at.date_naive() == now.date_naive(), width) {
        (true, 8..) => at.format("%H:%M:%S").to_string(),
        (true, _) => at.format("%H:%M").to_string(),
        (false, _) => at.format("%b %e").to_string(),
    }
}

fn last_change(page: &Page) -> (String, Tone) {
    let left_out = match page.open() as u64 {
        0 => String::new(),
        open => format!("{} left out", count(open, "message")),
    };
    let changed = if page.changed.is_nothing() { String::new() } else { brought(&page.changed) };
    match (page.failed, left_out.is_empty(), changed.is_empty()) {
        (true, true, _) => ("failed; Enter says why".into(), Tone::Error),
        (failed, false, _) => (left_out, if failed { Tone::Error } else { Tone::Warning }),
        (false, true, false) => (changed, Tone::Plain),
        (false, true, true) => (String::new(), Tone::Plain),
    }
}
