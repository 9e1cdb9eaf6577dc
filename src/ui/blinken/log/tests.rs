use super::*;
use crate::model::light::Light;
use crate::ui::phrase::Level;

fn log(count: usize) -> Log {
    let mut log = Log::default();
    (0..count).for_each(|number| push(&mut log, number));
    log
}

/// Every tenth line is a warning.
fn push(log: &mut Log, number: usize) {
    let level = if number.is_multiple_of(10) { Level::Warning } else { Level::Info };
    let text = number.to_string();
    let phrase = Phrase { level, account: None, folder: None, light: Light::Control, text };
    log.push(Line { at: DateTime::default(), phrase });
}

/// Room for so many lines, each of which takes one.
fn rows(height: usize) -> Room<'static> {
    Room { height, lines: &|_| 1 }
}

fn last(log: &Log) -> Option<String> {
    log.backwards().next().map(|(_, line)| line.phrase.text.clone())
}

#[test]
fn it_follows_until_scrolled_and_stays_where_it_was_left() {
    let mut log = log(100);
    assert_eq!(last(&log).as_deref(), Some("99"));
    log.scroll(Scroll::Up, &rows(10));
    push(&mut log, 100);
    assert_eq!((last(&log).as_deref(), log.below()), (Some("98"), 2));
    log.scroll(Scroll::First, &rows(10));
    assert_eq!(last(&log).as_deref(), Some("9"));
    log.scroll(Scroll::Last, &rows(10));
    assert!(log.following());
}

#[test]
fn scrolling_down_to_the_end_follows_again() {
    let mut log = log(30);
    log.scroll(Scroll::PageUp, &rows(10));
    log.scroll(Scroll::PageDown, &rows(10));
    assert!(log.following());
}

#[test]
fn the_ring_keeps_the_newest() {
    let mut log = log(CAPACITY);
    log.scroll(Scroll::First, &rows(5));
    (0..10).for_each(|number| push(&mut log, CAPACITY + number));
    assert_eq!(log.lines.len(), CAPACITY);
    assert_eq!(log.all().next().map(|line| line.phrase.text.as_str()), Some("10"));
    log.scroll(Scroll::Up, &rows(5));
    assert_eq!(last(&log).as_deref(), Some("14"));
}

#[test]
fn a_filter_hides_lines_and_the_place_stays() {
    let mut log = log(100);
    log.scroll(Scroll::PageUp, &rows(50));
    assert_eq!(last(&log).as_deref(), Some("50"));
    log.show("level:warning".parse().unwrap());
    assert_eq!((last(&log).as_deref(), log.below()), (Some("50"), 4));
    log.scroll(Scroll::Up, &rows(2));
    assert_eq!(last(&log).as_deref(), Some("40"));
    log.scroll(Scroll::Last, &rows(2));
    push(&mut log, 101);
    assert_eq!(last(&log).as_deref(), Some("90"));
    push(&mut log, 110);
    assert_eq!(last(&log).as_deref(), Some("110"));
    log.show(Filter::default());
    assert_eq!(log.backwards().count(), 102);
}

#[test]
fn a_filter_outlives_the_lines_that_it_showed() {
    let mut log = log(CAPACITY);
    log.show("level:warning".parse().unwrap());
    (0..25).for_each(|number| push(&mut log, CAPACITY + number));
    let first = log.backwards().last().map(|(_, line)| line.phrase.text.clone());
    assert_eq!(first.as_deref(), Some("30"));
}

#[test]
fn what_is_searched_comes_into_sight() {
    let mut log = log(100);
    let is = |phrase: &Phrase| phrase.text.ends_with('5');
    let texts = |log: &Log| log.backwards().take(10).map(|(_, line)| line.phrase.text.clone()).collect::<Vec<_>>();
    let first = log.find(None, false, &rows(10), is);
    assert_eq!(first, Some(95));
    assert!(log.following(), "it is in sight already");
    let second = log.find(first, false, &rows(10), is);
    assert_eq!(second, Some(85));
    assert!(texts(&log).contains(&"85".to_owned()), "{:?}", texts(&log));
    assert_eq!(log.find(second, true, &rows(10), is), Some(95));
    assert_eq!(log.find(Some(95), true, &rows(10), is), Some(5), "round the end");
    assert!(texts(&log).contains(&"5".to_owned()), "{:?}", texts(&log));
    assert_eq!(log.find(Some(5), false, &rows(10), is), Some(95), "round the beginning");
    assert_eq!(log.find(None, false, &rows(10), |_| false), None);
}

#[test]
fn lines_are_chosen_from_one_to_another() {
    let chosen = |log: &Log| log.chosen(&rows(3)).iter().map(|line| line.phrase.text.clone()).collect::<Vec<_>>();
    let mut log = log(20);
    assert_eq!(chosen(&log), ["17", "18", "19"]);
    log.toggle_choice();
    log.scroll(Scroll::Up, &rows(5));
    log.scroll(Scroll::Up, &rows(5));
    assert_eq!(chosen(&log), ["17", "18", "19"]);
    log.scroll(Scroll::PageUp, &rows(5));
    assert_eq!(chosen(&log).len(), 8);
    assert!(!log.following(), "the end of the choice is in sight");
    log.toggle_choice();
    assert!(!log.choosing());
}

/// Lines that take one to four of the screen's.
fn uneven(height: usize) -> Room<'static> {
    Room { height, lines: &|line| 1 + line.phrase.text.parse::<usize>().unwrap() % 4 }
}

/// The numbers of the lines that are wholly in sight, the first one first.
fn whole(log: &Log, room: &Room<'_>) -> Vec<usize> {
    let numbers: Vec<usize> =
        log.backwards().map(|(number, _)| number).take(log.fitting_above(log.last_place(), room)).collect();
    numbers.into_iter().rev().collect()
}

#[test]
fn a_page_after_the_other_leaves_no_line_out() {
    for height in [4, 7, 16] {
        let (mut log, room) = (log(100), uneven(height));
        let mut seen = whole(&log, &room);
        for _ in 0..100 {
            log.scroll(Scroll::PageUp, &room);
            seen.extend(whole(&log, &room));
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100, "up by {height}");
        assert_eq!(whole(&log, &room)[0], 0);
        let mut seen = Vec::new();
        while !log.following() {
            seen.extend(whole(&log, &room));
            log.scroll(Scroll::PageDown, &room);
        }
        seen.extend(whole(&log, &room));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..100).collect::<Vec<_>>(), "down by {height}");
    }
}

#[test]
fn what_is_found_is_in_sight() {
    let (mut log, room) = (log(100), uneven(9));
    let mut found = None;
    for down in std::iter::repeat_n(false, 60).chain(std::iter::repeat_n(true, 60)) {
        found = log.find(found, down, &room, |phrase| phrase.text.contains('3'));
        assert!(whole(&log, &room).contains(&found.unwrap()), "{found:?}");
    }
}

#[test]
fn a_place_whose_lines_were_dropped_is_no_empty_one() {
    let (mut log, room) = (log(100), rows(10));
    log.scroll(Scroll::First, &room);
    (100..CAPACITY + 200).for_each(|number| push(&mut log, number));
    log.settle(&room);
    assert_eq!(log.backwards().count(), 10);
}
