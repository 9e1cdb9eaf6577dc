//! The log as it is seen.

use ratatui::layout::Rect;

use crate::ui::figures::number;
use crate::ui::phrase::Level;

use super::draw::Canvas;
use super::log::Line;
use super::screen::Screen;
use super::text;
use super::theme::Tone;

/// The course of things takes no more lines than this an entry; a warning or a fault takes as many as it needs, since
/// what to do about it stands at its end.
const MOST_LINES: usize = 4;

/// Draws the log, its newest line in sight at the bottom.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let height = usize::from(area.height);
    let mut entries: Vec<(&Line, Vec<String>)> = Vec::new();
    let mut used = 0;
    let columns = Columns::new(screen, area);
    for line in screen.log.backwards() {
        if used >= height {
            break;
        }
        let most = if line.phrase.level <= Level::Info { MOST_LINES } else { usize::MAX };
        let words = text::wrap(&columns.words(line), columns.text, most);
        used += words.len();
        entries.push((line, words));
    }
    // The oldest entry in sight may begin above the region.
    let mut hidden = used.saturating_sub(height);
    let mut y = 0;
    for (line, words) in entries.into_iter().rev() {
        for (part, words) in words.iter().enumerate() {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            columns.draw(screen, canvas, area, y, line, (part, words));
            y += 1;
        }
    }
}

struct Columns {
    account: usize,
    folder: usize,
    text: usize,
    start: usize,
}

impl Columns {
    fn new(screen: &Screen, area: Rect) -> Self {
        let width = usize::from(area.width);
        let (account, folder) = if width >= 60 { (screen.name_width(), (width / 5).min(24)) } else { (0, 0) };
        let start = match width {
            60.. => 1 + 8 + 2 + account + 2 + folder + 2,
            30.. => 1 + 5 + 1,
            _ => 0,
        };
        Self { account, folder, start, text: width.saturating_sub(start + 1) }
    }

    fn words(&self, line: &Line) -> String {
        if self.account > 0 { line.phrase.text.clone() } else { line.phrase.line() }
    }

    fn draw(&self, screen: &Screen, canvas: &mut Canvas, area: Rect, y: usize, line: &Line, words: (usize, &str)) {
        let phrase = &line.phrase;
        if words.0 == 0 && self.start > 0 {
            let time = screen.local(line.at).format(if self.account > 0 { "%H:%M:%S" } else { "%H:%M" }).to_string();
            let after = canvas.say(area, 1, y, &time, Tone::Dim);
            if self.account > 0 {
                let account = text::left(phrase.account.as_deref().unwrap_or("control"), self.account);
                let after = canvas.say(area, after + 2, y, &account, Tone::Plain);
                let folder = text::left(phrase.folder.as_deref().unwrap_or(""), self.folder);
                canvas.put(area, after + 2, y, &folder, canvas.theme.tone(Tone::Plain));
            }
        }
        let style = match phrase.level {
            Level::Debug | Level::Info => canvas.theme.text(phrase.light),
            Level::Warning => canvas.theme.tone(Tone::Warning),
            Level::Error => canvas.theme.tone(Tone::Error),
        };
        canvas.put(area, self.start, y, words.1, style);
    }
}

/// Says on the rule below the log whether it follows.
pub fn draw_place(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    if screen.log.following() {
        return;
    }
    let words = format!(" {} below, End follows ", number(screen.log.below() as u64));
    let at = usize::from(area.width).saturating_sub(text::width(&words) + 3);
    canvas.say(area, at, 0, &words, Tone::Bright);
}
