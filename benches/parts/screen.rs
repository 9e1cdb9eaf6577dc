//! The screen: what a flood of events costs it, and what a picture does. A picture is drawn 30 times a second at most.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use divan::Bencher;
use divan::counter::ItemsCount;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use blinkensync::model::event::{Event, EventKind, Progress};
use blinkensync::model::folder::Counts;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::light::Light;
use blinkensync::ui::blinken::draw::draw;
use blinkensync::ui::blinken::screen::Screen;
use blinkensync::ui::blinken::theme::{Depth, Theme};
use blinkensync::ui::blinken::view::{Over, View};

/// As many events as a second of very hard work brings.
const EVENTS: usize = 10_000;
const FOLDERS: usize = 500;

/// What happens in one folder: lamps, bars and lines as they come while mail is copied.
fn happens(number: usize, account: &AccountName, folder: &Arc<str>) -> EventKind {
    let (account, folder) = (account.clone(), folder.clone());
    let counts = Counts { downloads: 90, local_flags: 2, ..Counts::default() };
    match number % 10 {
        0 => EventKind::FolderStarted { account, folder },
        1 => EventKind::Planned { account, folder, counts, pretended: false },
        2 | 5 => EventKind::Lit { light: Light::Downloading },
        3 | 6 | 7 => {
            let bytes_down = 40_000 * (number as u64 % 10);
            let progress = Progress { done: number as u64 % 10, total: 90, bytes_down, bytes_up: 0 };
            EventKind::Progress { account, folder, progress }
        }
        4 => EventKind::Noted { account: Some(account), folder: Some(folder), text: format!("message {number}") },
        8 => EventKind::Counted { account, folder, here: 90, there: 91 },
        _ => EventKind::FolderDone { account, folder, counts, failed: false },
    }
}

fn events(count: usize) -> Vec<Event> {
    let accounts = [AccountName::new("home"), AccountName::new("work")];
    let folders: Vec<Arc<str>> = (0..FOLDERS).map(|number| format!("Lists/folder-{number}").into()).collect();
    let begin = |place: usize| EventKind::SyncStarted { account: accounts[place].clone() };
    let work = (0..count).map(|number| {
        let (round, place) = (number / 10, number / 10 % 2);
        let lamp = LampId::of(place, [1, 2, 3, 4][round % 4]);
        (lamp, happens(number, &accounts[place], &folders[round % FOLDERS]))
    });
    let kinds = [(LampId::CONTROL, begin(0)), (LampId::CONTROL, begin(1))].into_iter().chain(work);
    kinds.zip(0..).map(|((lamp, kind), at)| Event { at: start() + TimeDelta::milliseconds(at), lamp, kind }).collect()
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default()
}

fn screen() -> Screen {
    Screen::new(start(), |time| time.fixed_offset())
}

#[divan::bench]
fn events_taken_in(bencher: Bencher<'_, '_>) {
    let events = events(EVENTS);
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(screen).bench_local_values(|mut screen| {
        for event in &events {
            screen.apply(event);
        }
        screen
    });
}

/// A long day's log of more than 10,000 lines, and some folders that are still being worked on.
fn busy() -> Screen {
    let mut screen = screen();
    for event in events(40_037) {
        screen.apply(&event);
    }
    screen.tick(start() + TimeDelta::seconds(40));
    screen
}

fn pictures(bencher: Bencher<'_, '_>, (width, height): (u16, u16), prepare: impl Fn(&mut Screen)) {
    let mut screen = busy();
    prepare(&mut screen);
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    bencher.bench_local(|| {
        buffer.reset();
        draw(&mut screen, Theme::new(Depth::True), &mut buffer);
    });
}

#[divan::bench(args = [(100, 30), (300, 100)])]
fn lights(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    pictures(bencher, size, |_| {});
}

#[divan::bench(args = [(100, 30), (300, 100)])]
fn folders(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    pictures(bencher, size, |screen| screen.view = View::Folders);
}

#[divan::bench(args = [(100, 30), (300, 100)])]
fn overview(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    pictures(bencher, size, |screen| screen.view = View::Overview);
}

#[divan::bench(args = [(100, 30), (300, 100)])]
fn help(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    pictures(bencher, size, |screen| screen.over = Some(Over::Help(0)));
}
