//! One line a folder that is being worked on.

use ratatui::layout::Rect;

use crate::model::event::Progress;
use crate::model::light::Light;
use crate::ui::clean::clean;
use crate::ui::figures::{clock, number, size};

use super::draw::Canvas;
use super::mouse::Target;
use super::screen::Screen;
use super::text;
use super::theme::Tone;
use super::work::Work;

/// Draws as many folders as there are lines: those that copy before those that don't. When there are more, the last
/// line says how many.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let height = usize::from(area.height);
    let mut work: Vec<&Work> = screen.work.iter().collect();
    work.sort_by_key(|work| work.progress.is_none());
    let shown = if work.len() > height && height > 1 { height - 1 } else { height };
    for (line, work) in work.iter().take(shown).enumerate() {
        draw_line(screen, canvas, area, line, work);
        canvas.aim(area, (0, line), usize::from(area.width), Target::Work(work.account.clone(), work.folder.clone()));
    }
    if shown < height && work.len() > shown {
        let more = format!("and {} more folders", number((work.len() - shown) as u64));
        canvas.say(area, 1, shown, &more, Tone::Dim);
    }
}

fn draw_line(screen: &Screen, canvas: &mut Canvas, area: Rect, line: usize, work: &Work) {
    let width = usize::from(area.width);
    let wide = width >= 60;
    let name = if wide { screen.name_width() } else { screen.name_width().min(6) };
    let folder = if wide { (width / 5).min(26) } else { (width / 3).saturating_sub(2) };
    let after = canvas.say(area, 1, line, &text::left(&clean(work.account.as_str()), name), Tone::Bright);
    let after =
        canvas.say(area, after + 1 + usize::from(wide), line, &text::left(&clean(&work.folder), folder), Tone::Plain);
    let figures = figures(screen, work, width);
    let figures_at = width.saturating_sub(text::width(&figures) + 1);
    let room = figures_at.saturating_sub(after + 2);
    if let Some(progress) = work.progress {
        bar(canvas, area, (after + 1, line), room, progress);
    } else {
        let words = if work.listing { "listing" } else { "looking" };
        canvas.put(area, after + 1, line, &text::cut(words, room), canvas.theme.text(Light::Listing));
    }
    canvas.say(area, figures_at, line, &figures, Tone::Plain);
}

/// The numbers at the right, in columns that keep their places while the numbers grow.
fn figures(screen: &Screen, work: &Work, width: usize) -> String {
    let Some(progress) = work.progress else {
        let messages = work.messages.map_or_else(String::new, number);
        return if width >= 60 { text::left(&text::right(&messages, 7), 36) } else { messages };
    };
    if width < 60 {
        let percent =
            (u128::from(progress.done.min(progress.total)) * 100).checked_div(progress.total.into()).unwrap_or(100);
        return format!("{percent:>3}%");
    }
    let rate = work.rate(screen.now).map_or_else(String::new, |rate| format!("{}/s", size(round(rate))));
    let left = work.left(screen.now).map_or_else(String::new, clock);
    let done = text::right(&number(progress.done), 7);
    let total = text::left(&number(progress.total), 7);
    format!("{done} of {total} {} {}", text::right(&rate, 10), text::right(&left, 7))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is never negative")]
pub(super) fn round(rate: f64) -> u64 {
    rate.round() as u64
}

pub(super) fn bar(canvas: &mut Canvas, area: Rect, (column, line): (usize, usize), room: usize, progress: Progress) {
    let total = u128::from(progress.total.max(1));
    let eighths = usize::try_from(u128::from(progress.done).min(total) * (room as u128) * 8 / total).unwrap_or(0);
    let light = if progress.bytes_up > progress.bytes_down { Light::Uploading } else { Light::Downloading };
    let (style, grounded) = canvas.theme.bar(light);
    let glyphs = canvas.theme.glyphs();
    let full = text::times(glyphs.full, eighths / 8) + glyphs.eighths[eighths % 8];
    let rest = room.saturating_sub(text::width(&full));
    if grounded {
        canvas.put(area, column, line, &(full + &" ".repeat(rest)), style);
    } else {
        let after = canvas.put(area, column, line, &full, style);
        canvas.say(area, after, line, &text::times(glyphs.track, rest), Tone::Track);
    }
}
