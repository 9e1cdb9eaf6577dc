//! The last line: keys, remarks, the line that is being typed, and how many failures and warnings there were.

use ratatui::layout::Rect;

use crate::ui::clean::clean;
use crate::ui::figures::count;

use super::draw::Canvas;
use super::keys::{Key, Meaning, Place};
use super::screen::Screen;
use super::text;
use super::theme::Tone;
use super::view::Armed;

/// Draws the footer.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let width = usize::from(area.width);
    if let Some(entry) = &screen.entry {
        let sign = entry.purpose.sign();
        let after = canvas.say(area, 1, 0, sign, Tone::Bright);
        let room = width.saturating_sub(after + 2);
        let typed = clean(&entry.text);
        let typed = text::tail(&typed, room);
        canvas.say(area, after, 0, &format!("{typed}{}", canvas.theme.glyphs().cursor), Tone::Plain);
        return;
    }
    let end = notices(screen, canvas, area);
    let room = end.saturating_sub(2);
    let (words, tone) = match (screen.armed, screen.remarked()) {
        _ if screen.stopping => (finishing(screen, room), Tone::Warning),
        (Some(Armed::Full), _) => (full(screen), Tone::Warning),
        (Some(Armed::PauseOne), _) => ("1-9 pauses that account, or lets it go on".into(), Tone::Warning),
        (None, Some(remark)) => (clean(remark).into_owned(), Tone::Bright),
        (None, None) => return keys(screen, canvas, area, end),
    };
    canvas.say(area, 1, 0, &text::cut(&words, room), tone);
}

/// Draws how much went wrong at the right, and says where that begins.
fn notices(screen: &Screen, canvas: &mut Canvas, area: Rect) -> usize {
    let mut end = usize::from(area.width).saturating_sub(1);
    for (words, tone) in screen.notices.counted().iter().zip([Tone::Error, Tone::Warning]).rev() {
        if !words.is_empty() {
            canvas.say(area, end.saturating_sub(text::width(words)), 0, words, tone);
            end = end.saturating_sub(text::width(words) + 2);
        }
    }
    end
}

/// What is still being finished.
fn finishing(screen: &Screen, room: usize) -> String {
    let again = format!("{} again quits at once", screen.bindings.first(Meaning::Quit));
    let folders: Vec<String> =
        screen.work.iter().map(|work| format!("{} {}", clean(work.account.as_str()), clean(&work.folder))).collect();
    let what = match folders.len() {
        0 => "finishing".into(),
        1 | 2 => format!("finishing {}", folders.join(", ")),
        more => format!("finishing {} and {}", folders[0], count(more as u64 - 1, "more folder")),
    };
    let rest = room.saturating_sub(text::width(&again) + 3);
    if rest < 9 { again } else { format!("{}   {again}", text::cut(&what, rest)) }
}

fn full(screen: &Screen) -> String {
    let sync = screen.bindings.first(Meaning::SyncAll);
    format!("everything: {sync} in all accounts, 1-9 in one")
}

/// Draws the keys of this place: how to quit, what counts only here, then the others as far as there is room, and the way to
/// all of them in the end.
fn keys(screen: &Screen, canvas: &mut Canvas, area: Rect, end: usize) {
    let gap = if area.width >= 60 { 3 } else { 2 };
    let place = screen.place();
    let useless = |meaning| matches!(meaning, Meaning::Retry | Meaning::Ignore) && !screen.has_left_out();
    let mut rows: Vec<_> = screen
        .bindings
        .rows()
        .filter(|(key, _)| !key.short.is_empty() && key.counts_at(place) && !useless(key.meaning))
        .map(|(key, name)| (key, name.split(' ').next().unwrap_or_default().to_owned()))
        .collect();
    rows.sort_by_key(|(key, _)| match key.meaning {
        Meaning::Quit => 0,
        Meaning::Help => 3,
        _ if place != Place::Log && !key.places.is_empty() => 1,
        _ => 2,
    });
    let width = |(key, name): &(&Key, String)| text::width(name) + 1 + text::width(key.short);
    let help = rows.last().map_or(0, |row| gap + width(row));
    let mut at = 1;
    for row in &rows {
        let kept = if row.0.meaning == Meaning::Help { 0 } else { help };
        if at + width(row) + kept < end {
            let after = canvas.say(area, at, 0, &row.1, Tone::Bright);
            at = canvas.say(area, after + 1, 0, row.0.short, Tone::Dim) + gap;
        }
    }
}
