//! The log as it is seen.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::ui::clean::clean;
use crate::ui::figures::number;
use crate::ui::phrase::Level;

use super::draw::Canvas;
use super::keys::Meaning;
use super::log::{Line, Scroll};
use super::mouse::Target;
use super::screen::Screen;
use super::text;
use super::theme::Tone;

/// The course of things takes no more lines than this an entry; a warning or a fault takes as many as it needs, since
/// what to do about it stands at its end.
const MOST_LINES: usize = 4;

/// Draws the log, its newest line in sight at the bottom.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let height = usize::from(area.height);
    let mut entries: Vec<(usize, &Line, Vec<String>)> = Vec::new();
    let mut used = 0;
    let columns = Columns::new(screen, area);
    for (number, line) in screen.log.backwards() {
        if used >= height {
            break;
        }
        let most = match line.phrase.level {
            _ if screen.cut => 1,
            Level::Debug | Level::Info => MOST_LINES,
            Level::Warning | Level::Error => usize::MAX,
        };
        let words = text::wrap(&columns.words(line), columns.text, most);
        used += words.len();
        entries.push((number, line, words));
    }
    // The oldest entry in sight may begin above the region.
    let mut hidden = used.saturating_sub(height);
    let mut y = 0;
    for (number, line, words) in entries.into_iter().rev() {
        for (part, words) in words.iter().enumerate() {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            columns.draw(screen, canvas, area, y, line, (part, words));
            if screen.log.is_chosen(number) {
                canvas.choose(area, y);
            }
            canvas.aim(area, (0, y), usize::from(area.width), Target::Line(number));
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
                let plain = canvas.theme.tone(Tone::Plain);
                let account = text::left(phrase.account.as_deref().unwrap_or("control"), self.account);
                let after = marked(screen, canvas, area, (after + 2, y), &account, plain);
                let folder = text::left(phrase.folder.as_deref().unwrap_or(""), self.folder);
                marked(screen, canvas, area, (after + 2, y), &folder, plain);
            }
        }
        let style = match phrase.level {
            Level::Debug | Level::Info => canvas.theme.text(phrase.light),
            Level::Warning => canvas.theme.tone(Tone::Warning),
            Level::Error => canvas.theme.tone(Tone::Error),
        };
        marked(screen, canvas, area, (self.start, y), words.1, style);
    }
}

/// Writes words, and marks in them what is looked for. Gives the column after them back.
fn marked(
    screen: &Screen,
    canvas: &mut Canvas,
    area: Rect,
    (column, line): (usize, usize),
    words: &str,
    style: Style,
) -> usize {
    let after = canvas.put(area, column, line, words, style);
    for place in screen.search.places(words) {
        let at = column + text::width(&words[..place.start]);
        canvas.put(area, at, line, &words[place], style.add_modifier(Modifier::REVERSED));
    }
    after
}

/// Says on the rule below the log what is shown, what is looked for, and whether it follows.
pub fn draw_place(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let mut at = 2;
    let filter = screen.log.filter();
    if !filter.is_nothing() {
        at = canvas.say(area, at, 0, &format!(" only {} ", filter.words()), Tone::Warning) + 1;
    }
    if !screen.search.words().is_empty() {
        at = canvas.say(area, at, 0, &format!(" looking for {} ", clean(screen.search.words())), Tone::Bright) + 1;
    }
    if screen.log.choosing() {
        let copy = screen.bindings.first(Meaning::Copy);
        at = canvas.say(area, at, 0, &format!(" choosing lines, {copy} copies them "), Tone::Bright) + 1;
    }
    if !screen.log.following() {
        let below = number(screen.log.below() as u64);
        let words = format!(" {below} below, {} follows ", screen.bindings.first(Meaning::Move(Scroll::Last)));
        let right = usize::from(area.width).saturating_sub(text::width(&words) + 3);
        canvas.say(area, right.max(at), 0, &words, Tone::Bright);
    }
}
