//! The last line: keys, remarks, the line that is being typed, and how many failures and warnings there were.

use ratatui::layout::Rect;

use crate::ui::clean::clean;
use crate::ui::figures::count;

use super::draw::Canvas;
use super::keys::Meaning;
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

fn keys(screen: &Screen, canvas: &mut Canvas, area: Rect, end: usize) {
    let gap = if area.width >= 60 { 3 } else { 2 };
    let place = screen.place();
    let shown = |meaning| !matches!(meaning, Meaning::Help);
    let rows: Vec<_> =
        screen.bindings.rows().filter(|(key, _)| !key.short.is_empty() && key.counts_at(place)).collect();
    // The way to all the other keys is always there.
    let help = rows.iter().find(|(key, _)| !shown(key.meaning));
    let width = |name: &str, short: &str| text::width(name) + 1 + text::width(short);
    let kept = help.map_or(0, |(key, name)| gap + width(name.split(' ').next().unwrap_or(""), key.short));
    let mut at = 1;
    for (key, name) in rows.iter().filter(|(key, _)| shown(key.meaning)).chain(help) {
        let name = name.split(' ').next().unwrap_or_default();
        let kept = if shown(key.meaning) { kept } else { 0 };
        if at + width(name, key.short) + kept + 1 > end {
            continue;
        }
        let after = canvas.say(area, at, 0, name, Tone::Bright);
        at = canvas.say(area, after + 1, 0, key.short, Tone::Dim) + gap;
    }
}
