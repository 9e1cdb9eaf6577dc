//! The log as it is seen.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::style::Style;

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
    let mut entries: Vec<(usize, &Line, Words)> = Vec::new();
    let mut used = 0;
    let columns = Columns::new(screen, area.width.into());
    for (number, line) in screen.log.backwards() {
        if used >= height {
            break;
        }
        let words = columns.words(line);
        used += words.parts.len();
        entries.push((number, line, words));
    }
    // The oldest entry in sight may begin above the region.
    let mut hidden = used.saturating_sub(height);
    let mut y = 0;
    for (number, line, words) in entries.into_iter().rev() {
        let found: Vec<Range<usize>> = screen.search.places(&words.text).collect();
        for part in 0..words.parts.len() {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            columns.draw(screen, canvas, area, y, line, (&words, part, &found));
            if screen.log.is_chosen(number) {
                canvas.choose(area, y);
            } else if part == 0 && columns.start > 0 {
                canvas.mark(area, y, screen.search.found == Some(number));
            }
            canvas.aim(area, (0, y), usize::from(area.width), Target::Line(number));
            y += 1;
        }
    }
}

/// The words of a line, and where in them each line of the screen begins and ends.
struct Words {
    text: String,
    parts: Vec<Range<usize>>,
}

/// Where the parts of a line stand.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    account: usize,
    folder: usize,
    text: usize,
    start: usize,
    cut: bool,
}

impl Columns {
    /// The columns of a region that is so wide.
    pub fn new(screen: &Screen, width: usize) -> Self {
        let (account, folder) = if width >= 60 { (screen.name_width(), (width / 5).min(24)) } else { (0, 0) };
        let start = match width {
            60.. => 1 + 8 + 2 + account + 2 + folder + 2,
            30.. => 1 + 5 + 1,
            _ => 0,
        };
        Self { account, folder, start, text: width.saturating_sub(start + 1), cut: screen.cut }
    }

    /// How many lines of the screen a line takes.
    pub fn lines(&self, line: &Line) -> usize {
        self.words(line).parts.len()
    }

    fn words(&self, line: &Line) -> Words {
        let text = if self.account > 0 { line.phrase.text.clone() } else { line.phrase.line() };
        let most = match line.phrase.level {
            _ if self.cut => 1,
            Level::Debug | Level::Info => MOST_LINES,
            Level::Warning | Level::Error => usize::MAX,
        };
        Words { parts: text::broken(&text, self.text, most), text }
    }

    fn draw(
        &self,
        screen: &Screen,
        canvas: &mut Canvas,
        area: Rect,
        y: usize,
        line: &Line,
        (words, part, found): (&Words, usize, &[Range<usize>]),
    ) {
        let phrase = &line.phrase;
        if part == 0 && self.start > 0 {
            let time = screen.local(line.at).format(if self.account > 0 { "%H:%M:%S" } else { "%H:%M" }).to_string();
            let after = canvas.say(area, 1, y, &time, Tone::Dim);
            if self.account > 0 {
                let plain = canvas.theme.tone(Tone::Plain);
                let account = text::left(phrase.account.as_deref().unwrap_or("control"), self.account);
                let folder = text::left(phrase.folder.as_deref().unwrap_or(""), self.folder);
                let after = marked(screen, canvas, area, (after + 2, y), &account, plain);
                marked(screen, canvas, area, (after + 2, y), &folder, plain);
            }
        }
        let style = match phrase.level {
            Level::Debug | Level::Info => canvas.theme.text(phrase.light),
            Level::Warning => canvas.theme.tone(Tone::Warning),
            Level::Error => canvas.theme.tone(Tone::Error),
        };
        let part = &words.parts[part];
        let after = canvas.put(area, self.start, y, &text::cut(&words.text[part.clone()], self.text.max(1)), style);
        let column = |place: usize| self.start + text::width(&words.text[part.start..place]);
        for place in found.iter().filter(|place| place.start < part.end && place.end > part.start) {
            let (from, to) = (column(place.start.max(part.start)), column(place.end.min(part.end)));
            canvas.emphasise(area, y, from..to.min(after));
        }
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
        let at = |place: usize| column + text::width(&words[..place]);
        canvas.emphasise(area, line, at(place.start)..at(place.end));
    }
    after
}

/// Says on the rule below the log what is shown, what is looked for, and whether it follows.
pub fn draw_place(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let mut at = 2;
    let filter = screen.log.filter();
    if !filter.is_nothing() {
        at = canvas.say(area, at, 0, &format!(" only {} ", clean(&filter.words())), Tone::Warning) + 1;
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
