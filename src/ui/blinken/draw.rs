//! The whole picture: which region gets which lines.
//!
//! ```text
//! banner       name, throughput, accounts, clock
//! ─────────    the tabs of the views
//! log          as much as is left; other views have their own
//! ─────────    whether it follows
//! work         a line a folder
//! ─────────
//! rows         a line an account, then the program's own
//! footer       keys, warnings
//! ```
//! Small terminals lose the rules first, then banner and footer, then the log; rows stay to the last.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::mouse::Target;
use super::screen::Screen;
use super::theme::{Theme, Tone};
use super::view::{Over, View};
use super::{
    accounts, asking, banner, folder, folders, footer, help, legend, logview, overview, progress, rows, text, welcome,
};

/// Where the regions are; a region without a line isn't drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    banner: Rect,
    top: Rect,
    log: Rect,
    middle: Rect,
    work: Rect,
    bottom: Rect,
    rows: Rect,
    footer: Rect,
}

/// A place to draw on, with the colours to draw in.
#[derive(Debug)]
pub struct Canvas<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// The colours.
    pub theme: Theme,
    /// What lies where, for the mouse; what comes later lies above.
    pub targets: Vec<(Rect, Target)>,
}

impl Canvas<'_> {
    /// Writes `words` at this place of `area`, as far as there is room, and gives back the column after it.
    pub fn put(&mut self, area: Rect, column: usize, line: usize, words: &str, style: Style) -> usize {
        let after = column + text::width(words);
        let (Ok(x), Ok(y)) = (u16::try_from(column), u16::try_from(line)) else { return after };
        if x < area.width && y < area.height {
            let room = usize::from(area.width - x);
            let words = text::cut(words, room);
            self.buffer.set_stringn(area.x + x, area.y + y, self.theme.glyphs().spell(&words), room, style);
        }
        after
    }

    /// Says that `width` columns at this place of `area` are something that can be clicked.
    pub fn aim(&mut self, area: Rect, (column, line): (usize, usize), width: usize, target: Target) {
        let part = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        let (x, y) = (area.x.saturating_add(part(column)), area.y.saturating_add(part(line)));
        let rect = Rect { x, y, width: part(width), height: 1 }.intersection(area);
        if !rect.is_empty() {
            self.targets.push((rect, target));
        }
    }

    /// Marks a line of a list as the chosen one, or not.
    pub fn mark(&mut self, area: Rect, line: usize, chosen: bool) {
        let sign = if chosen { self.theme.glyphs().chosen } else { ' ' };
        self.say(area, 0, line, sign.encode_utf8(&mut [0; 4]), Tone::Bright);
    }

    /// Makes what stands in these columns stand out; a sign that takes no room stands with the one before it.
    pub fn emphasise(&mut self, area: Rect, line: usize, columns: Range<usize>) {
        let from = if columns.is_empty() { columns.end.saturating_sub(1) } else { columns.start };
        let part = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        let (x, y) = (area.x.saturating_add(part(from)), area.y.saturating_add(part(line)));
        let rect = Rect { x, y, width: part(columns.end.saturating_sub(from)), height: 1 }.intersection(area);
        self.buffer.set_style(rect, Style::new().add_modifier(Modifier::REVERSED));
    }

    /// Shows a line of `area` as chosen.
    pub fn choose(&mut self, area: Rect, line: usize) {
        let Ok(y) = u16::try_from(line) else { return };
        let line = Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(area);
        self.buffer.set_style(line, Style::new().add_modifier(Modifier::REVERSED));
    }

    /// Writes `words` in a tone.
    pub fn say(&mut self, area: Rect, column: usize, line: usize, words: &str, tone: Tone) -> usize {
        self.put(area, column, line, words, self.theme.tone(tone))
    }
}

/// Draws the screen on the whole of `buffer`.
pub fn draw(screen: &mut Screen, theme: Theme, buffer: &mut Buffer) {
    let area = buffer.area;
    let plan = plan(screen, area);
    let mut canvas = Canvas { buffer, theme, targets: Vec::new() };
    banner::draw(screen, &mut canvas, plan.banner);
    for rule in [plan.top, plan.middle, plan.bottom] {
        canvas.say(rule, 0, 0, &text::times(theme.glyphs().rule, rule.width.into()), Tone::Track);
    }
    banner::draw_tabs(screen, &mut canvas, plan.top);
    screen.page = usize::from(plan.log.height);
    match screen.view {
        View::Lights => {
            screen.sight = (plan.log.width.into(), plan.log.height.into());
            screen.settle();
            logview::draw(screen, &mut canvas, plan.log);
            logview::draw_place(screen, &mut canvas, plan.middle);
        }
        View::Folders => screen.page = folders::draw(screen, &mut canvas, plan.log),
        View::Overview => overview::draw(screen, &mut canvas, plan.log),
    }
    progress::draw(screen, &mut canvas, plan.work);
    rows::draw(screen, &mut canvas, plan.rows);
    footer::draw(screen, &mut canvas, plan.footer);
    if let Some(page) = over(screen, &mut canvas, area) {
        screen.page = page;
    }
    asking::draw(screen, &mut canvas, area);
    screen.targets = canvas.targets;
}

/// Draws what lies above the view, and says how many lines of it can be scrolled at once.
fn over(screen: &Screen, canvas: &mut Canvas, area: Rect) -> Option<usize> {
    let over = screen.over.as_ref()?;
    canvas.targets.clear();
    match over {
        Over::Help(top) => Some(help::draw(screen, canvas, area, *top)),
        Over::Accounts(chosen) => Some(accounts::draw(screen, canvas, area, *chosen)),
        Over::Folder(leaf) => Some(folder::draw(screen, canvas, area, leaf)),
        Over::Legend => {
            legend::draw(canvas, area);
            None
        }
        Over::Welcome(_) => {
            welcome::draw(canvas, area);
            None
        }
    }
}

fn plan(screen: &Screen, area: Rect) -> Plan {
    let height = area.height;
    let frame = u16::from(height >= 6);
    let rule = u16::from(height >= 16);
    let wanted = u16::try_from(screen.roster.accounts().len() + 1).unwrap_or(u16::MAX);
    let inner = height.saturating_sub(2 * frame + 2 * rule);
    // On a small terminal the lamps are all there is.
    let rows = wanted.min(if frame == 0 { inner } else { (inner / 2).max(1) });
    let free = inner.saturating_sub(rows);
    let most = if height < 16 { 1 } else { free / 3 };
    let work = if frame == 0 || screen.view != View::Lights {
        0
    } else {
        u16::try_from(screen.work.len()).unwrap_or(most).min(most)
    };
    let bottom = if work == 0 { 0 } else { rule.min(free.saturating_sub(work)) };
    let log = free.saturating_sub(work + bottom);
    let mut y = area.y;
    let mut take = |lines: u16| {
        let rect = Rect { y, height: lines, ..area };
        y += lines;
        rect.intersection(area)
    };
    Plan {
        banner: take(frame),
        top: take(rule),
        log: take(log),
        middle: take(rule),
        work: take(work),
        bottom: take(bottom),
        rows: take(rows),
        footer: take(frame),
    }
}
