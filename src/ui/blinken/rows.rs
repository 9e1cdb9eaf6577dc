//! The rows at the bottom: an account a line, with its lamps; the program's own last.

use ratatui::layout::Rect;

use crate::model::light::Light;
use crate::ui::clean::clean;
use crate::ui::figures::{clock, count, number};

use super::draw::Canvas;
use super::mouse::Target;
use super::roster::{Lamp, Phase, Row};
use super::screen::Screen;
use super::text;
use super::theme::Tone;
use super::work::Work;

/// Draws as many rows as there are lines; when there are more, the last line says how many.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let height = usize::from(area.height);
    let rows: Vec<&Row> = screen.roster.rows().collect();
    let shown = if rows.len() > height { height.saturating_sub(1) } else { rows.len() };
    let layout = Layout::new(screen, area);
    for (line, row) in rows.iter().take(shown).enumerate() {
        layout.draw(screen, canvas, area, line, row);
        if row.account.is_some() {
            canvas.aim(area, (0, line), usize::from(area.width), Target::Account(line));
        }
    }
    if shown < rows.len() && height > 0 {
        // The program's own row is the one that is missed least, and isn't counted.
        let more = rows.len() - 1 - shown;
        if more > 0 {
            canvas.say(area, 1, shown, &format!("and {}", count(more as u64, "more account")), Tone::Dim);
        }
    }
}

/// The columns, the same for all rows.
struct Layout {
    state: usize,
    name: usize,
    lamps: usize,
    step: usize,
    status: usize,
}

impl Layout {
    fn new(screen: &Screen, area: Rect) -> Self {
        let width = usize::from(area.width);
        let most = screen.roster.rows().map(|row| row.lamps.len()).max().unwrap_or(1).max(1);
        let (state, name) = match width {
            60.. => (10, screen.name_width()),
            30.. => (10, screen.name_width().min(8)),
            _ => (6, 0),
        };
        let start = 3 + state + 1 + name + 2;
        let room = if width >= 60 { width / 3 } else { width.saturating_sub(start + 1) };
        // Lamps stand apart where that leaves room for all of them.
        let step = if width >= 60 && 2 * most <= room { 2 } else { 1 };
        let lamps = most.min(room / step).max(1);
        let status = start + lamps * step + 4;
        Self { state, name, lamps, step, status }
    }

    fn draw(&self, screen: &Screen, canvas: &mut Canvas, area: Rect, line: usize, row: &Row) {
        let hotkey = hotkey(screen, line, row);
        let after = canvas.say(area, 1, line, &hotkey, Tone::Bright);
        let (state, tone) = state(screen, row, self.state);
        let after = canvas.say(area, after + 1, line, &state, tone);
        let name = row.account.as_ref().map_or("control", |name| name.as_str());
        let tone = if row.account.is_some() { Tone::Bright } else { Tone::Dim };
        let after = canvas.say(area, after + 1, line, &text::left(&clean(name), self.name), tone);
        self.draw_lamps(screen, canvas, area, (after + 1 + usize::from(self.step > 1), line), row);
        let (status, tone) = status(screen, row, canvas.theme.glyphs().dot);
        let room = usize::from(area.width).saturating_sub(self.status + 1);
        if room >= 14 {
            canvas.say(area, self.status, line, &text::cut(&status, room), tone);
        }
    }

    fn draw_lamps(&self, screen: &Screen, canvas: &mut Canvas, area: Rect, at: (usize, usize), row: &Row) {
        let breath = breath(screen);
        // A countdown needs a lamp, even when no thread has lit one yet.
        let unlit = [Lamp { id: crate::model::ids::LampId(u32::MAX), light: Light::Ended, before: None }];
        let lamps = if row.lamps.is_empty() && row.waiting() { &unlit[..] } else { &row.lamps };
        for (place, lamp) in lamps.iter().take(self.lamps).enumerate() {
            let counts = place == 0 && row.waiting() && lamp.light == Light::Ended;
            let light = if counts { Light::Waiting } else { lamp.light };
            let before = lamp.before.map(|before| before.0);
            let (sign, style) = canvas.theme.lamp(light, before, lamp.glow(screen.now), breath);
            canvas.put(area, at.0 + place * self.step, at.1, sign.encode_utf8(&mut [0; 4]), style);
        }
        if lamps.len() > self.lamps {
            let more = format!("+{}", lamps.len() - self.lamps);
            canvas.say(area, at.0 + self.lamps * self.step, at.1, &more, Tone::Dim);
        }
    }
}

/// How far a countdown's lamp is lit: up and down once a second, in four steps.
fn breath(screen: &Screen) -> f64 {
    [1.0, 0.55, 0.0, 0.45][(screen.now.timestamp_subsec_millis() / 250 % 4) as usize]
}

fn hotkey(screen: &Screen, line: usize, row: &Row) -> String {
    match (&row.account, line) {
        (None, _) => "*".into(),
        (Some(_), 0..9) => (line + 1).to_string(),
        (Some(_), _) => if screen.roster.accounts().is_empty() { "" } else { " " }.into(),
    }
}

pub(super) fn state(screen: &Screen, row: &Row, columns: usize) -> (String, Tone) {
    let word = match (&row.phase, row.left(screen.now)) {
        (Phase::Paused { .. }, _) => "paused".into(),
        (_, Some(left)) => clock(left),
        (Phase::Active, _) => "active".into(),
        (Phase::Done, _) => if row.trouble { "failed" } else { "done" }.into(),
        (Phase::Fresh, _) if row.account.is_none() => control(screen).into(),
        _ => "ready".into(),
    };
    let tone = match &row.phase {
        _ if row.trouble => Tone::Error,
        Phase::Paused { .. } => Tone::Warning,
        Phase::Active => Tone::Plain,
        _ => Tone::Dim,
    };
    let words = match columns {
        10.. => format!("[{}]", text::middle(&word, columns - 2)),
        _ => text::left(&word, columns),
    };
    (words, tone)
}

/// What the program as a whole is at.
fn control(screen: &Screen) -> &'static str {
    let works = |row: &Row| matches!(row.phase, Phase::Fresh | Phase::Active);
    match screen.stopping {
        true => "ending",
        false if screen.roster.accounts().iter().any(works) => "active",
        false => "idle",
    }
}

/// What an account is doing or has done, in a few words.
pub(super) fn status(screen: &Screen, row: &Row, dot: char) -> (String, Tone) {
    let Some(account) = &row.account else {
        return (String::new(), Tone::Plain);
    };
    if screen.prompts.concern(account) {
        return ("waits for your answer".into(), Tone::Warning);
    }
    let tone = if row.trouble { Tone::Error } else { Tone::Plain };
    let work: Vec<&Work> = screen.work.iter().filter(|work| work.account == *account).collect();
    let words = match (&row.phase, &work[..]) {
        (Phase::Waiting { retry: Some(why), .. }, _) => why.clone(),
        (Phase::Active, [work]) => one(work),
        (Phase::Active | Phase::Paused { .. }, [_, ..]) => many(&work),
        (Phase::Paused { left: Some(left), .. }, _) => format!("{} left", clock(*left)),
        (Phase::Waiting { .. } | Phase::Done, _) => match row.synced {
            Some(at) => format!("{} {dot} {}", screen.local(at).format("%H:%M"), row.status),
            None => row.status.clone(),
        },
        _ => row.status.clone(),
    };
    (words, if matches!(row.phase, Phase::Active) { tone } else { quiet(tone) })
}

fn quiet(tone: Tone) -> Tone {
    if tone == Tone::Plain { Tone::Dim } else { tone }
}

fn one(work: &Work) -> String {
    let folder = clean(&work.folder);
    match (work.progress, work.listing) {
        (Some(progress), _) => {
            format!("copying {folder}, {} to go", number(progress.total.saturating_sub(progress.done)))
        }
        (None, true) => format!("listing {folder}"),
        (None, false) => format!("looking at {folder}"),
    }
}

fn many(work: &[&Work]) -> String {
    let open = |work: &&Work| work.progress.map_or(0, |progress| progress.total.saturating_sub(progress.done));
    let open: u64 = work.iter().map(open).fold(0, u64::saturating_add);
    let folders = count(work.len() as u64, "folder");
    if open > 0 { format!("copying {folders}, {} to go", number(open)) } else { format!("looking at {folders}") }
}
