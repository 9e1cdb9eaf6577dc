use proptest::prelude::*;

use super::*;
use crate::model::fault::Exit;
use crate::model::folder::Counts;

fn event(at: i64, lamp: u32, kind: EventKind) -> Event {
    Event { at: DateTime::from_timestamp_micros(1_700_000_000_000_000 + at).unwrap(), lamp: LampId(lamp), kind }
}

fn started(name: &str) -> EventKind {
    EventKind::ThreadStarted { account: Some(AccountName::new(name)) }
}

fn folder(name: &str) -> EventKind {
    EventKind::FolderStarted { account: AccountName::new("home"), folder: name.into() }
}

fn done(name: &str) -> EventKind {
    let (account, folder) = (AccountName::new("home"), name.into());
    EventKind::FolderDone { account, folder, counts: Counts::default(), failed: false }
}

fn lit(light: Light) -> EventKind {
    EventKind::Lit { light }
}

/// A whole slice: category, name, beginning and length.
type Whole = (String, String, i64, i64);

/// The slices of a file, in the order of their ends. Fails where they don't lie in each other.
fn slices(text: &str) -> Vec<Whole> {
    let events: Vec<Value> = serde_json::from_str(text).unwrap();
    let (mut open, mut whole): (Vec<Whole>, _) = (Vec::new(), Vec::new());
    let mut last = 0;
    for event in &events {
        let at = event["ts"].as_i64().unwrap_or(last);
        assert!(at >= last, "{text}");
        last = at;
        let word = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        match event["ph"].as_str().unwrap() {
            "B" => open.push((word("cat"), word("name"), at, 0)),
            "E" => {
                let (category, name, begun, _) = open.pop().unwrap();
                whole.push((category, name, begun, at - begun));
            }
            other => assert_eq!(other, "M"),
        }
    }
    assert!(open.is_empty(), "{text}");
    whole
}

fn sum(slices: &[Whole], category: &str) -> i64 {
    slices.iter().filter(|slice| slice.0 == category).map(|slice| slice.3).sum()
}

fn kept(events: &[Event]) -> (tempfile::TempDir, BTreeMap<String, String>) {
    let directory = tempfile::tempdir().unwrap();
    let mut trace = Trace::open(&directory.path().join("a/b")).unwrap();
    for event in events {
        assert_eq!(trace.take(event), Ok(()));
    }
    let files = fs::read_dir(directory.path().join("a/b")).unwrap().map(|entry| entry.unwrap().path());
    let files =
        files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()));
    let files = files.collect();
    (directory, files)
}

fn a_day() -> Vec<Event> {
    vec![
        event(0, 0, EventKind::ThreadStarted { account: None }),
        event(5, 0, lit(Light::Control)),
        event(10, 1001, started("ho/me")),
        event(12, 1001, lit(Light::Folder)),
        event(20, 1001, folder("IN\"BOX")),
        event(25, 1001, lit(Light::Listing)),
        event(40, 1001, lit(Light::Downloading)),
        event(60, 1001, done("IN\"BOX")),
        event(70, 1001, EventKind::ThreadEnded),
        event(100, 1001, started("ho/me")),
        event(110, 1001, EventKind::ThreadEnded),
        event(120, 0, EventKind::Ended { exit: Exit::Success }),
    ]
}

#[test]
fn each_thread_has_a_file_that_says_how_long_it_did_what() {
    let (_directory, files) = kept(&a_day());
    assert_eq!(files.keys().collect::<Vec<_>>(), ["ho%2fme-1.json", "main.json"]);
    let text = &files["ho%2fme-1.json"];
    let wanted = [
        ("light", "starting", 10, 2),
        ("light", "folder", 12, 8),
        ("light", "folder", 20, 5),
        ("light", "listing", 25, 15),
        ("light", "downloading", 40, 20),
        ("folder", "IN\"BOX", 20, 40),
        ("light", "downloading", 60, 10),
        ("thread", "thread", 10, 60),
        ("light", "starting", 100, 10),
        ("thread", "thread", 100, 10),
    ];
    let wanted = wanted.map(|(category, name, at, length)| (category.to_owned(), name.to_owned(), at, length));
    assert_eq!(slices(text), wanted);
    let named: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!((&named[1]["name"], &named[1]["args"]["name"]), (&"thread_name".into(), &"ho/me 1".into()));
    assert_eq!(sum(&slices(&files["main.json"]), "light"), 120);
}

#[test]
fn what_is_cut_off_at_any_event_needs_but_its_bracket() {
    for length in 1..a_day().len() {
        let (_directory, files) = kept(&a_day()[..length]);
        for text in files.values() {
            let events: Vec<Value> = serde_json::from_str(&format!("{text}]")).unwrap();
            assert!(events.len() > 2, "{text}");
        }
    }
}

#[test]
fn a_directory_that_is_gone_is_told_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut trace = Trace::open(directory.path()).unwrap();
    drop(directory);
    let told: Vec<String> = a_day().iter().filter_map(|event| trace.take(event).err()).collect();
    assert!(told.len() == 1 && told[0].contains("timing trace"), "{told:?}");
}

proptest! {
    #[test]
    fn lights_fill_a_thread_s_life_whatever_happens(steps in proptest::collection::vec((0_u8..6, -5_i64..50), 0..40)) {
        let mut events = vec![event(0, 1000, started("home"))];
        let mut now = 0;
        for (step, time) in steps {
            now += time;
            let kind = match step {
                0 => started("home"),
                1 => folder("a"),
                2 => done("a"),
                3 => EventKind::ThreadEnded,
                4 => lit(Light::Folder),
                _ => lit(Light::Deleting),
            };
            events.push(event(now, 1000, kind));
        }
        events.push(event(now + 5, 0, EventKind::Ended { exit: Exit::Success }));
        let (_directory, files) = kept(&events);
        let slices = slices(&files["home-0.json"]);
        prop_assert_eq!(sum(&slices, "light"), sum(&slices, "thread"));
        prop_assert!(sum(&slices, "folder") <= sum(&slices, "thread"));
    }
}
