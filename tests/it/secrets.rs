//! Nothing that the program writes shows a password, whichever way it came and whoever shows what happens.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::dovecot::PASSWORD;
use crate::terminal::Terminal;
use crate::world::World;

/// The forms in which it could be let out.
fn forms(password: &str) -> [String; 3] {
    let encoded = |text: String| STANDARD.encode(text).trim_end_matches('=').to_owned();
    [password.to_owned(), encoded(password.to_owned()), encoded(format!("\0me\0{password}"))]
}

/// Fails if a file below has one of these forms in it.
fn searched(directory: &Path, forms: &[String]) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            searched(&path, forms);
        } else {
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!forms.iter().any(|form| text.contains(form)), "{} shows it", path.display());
        }
    }
}

/// The ways to give the program this password, as lines of the repository.
fn ways(world: &World, password: &str) -> Vec<String> {
    let file = world.dovecot.dir.join("password");
    fs::write(&file, format!("{password}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    vec![
        format!("remotepass = {password}\n"),
        format!("remotepassfile = {}\n", file.display()),
        format!("remotepasscmd = echo '{password}'\n"),
        format!("remotepasseval = ''.join(['{password}'])\n"),
    ]
}

/// Runs with all details, a log, a trace and `--info` besides, by each line of which the program is run anew.
fn everything_is_silent_about(password: &str, code: i32) {
    let mut world = World::new();
    world.fill(2, 4);
    let common = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    let forms = forms(password);
    for (number, way) in ways(&world, password).into_iter().enumerate() {
        world.remote = format!("{common}{way}");
        let kept = world.dovecot.dir.join(format!("kept-{number}"));
        fs::create_dir(&kept).unwrap();
        let config = world.file(&world.config());
        for words in [
            &["-o", "-u", "basic", "-d", "ALL", "-l", "log", "-P", "trace"][..],
            &["-o", "-u", "quiet"],
            &["-o", "-u", "ttyui", "--dry-run", "-d", "plan"],
            &["--info"],
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
            let out = command.arg("-c").arg(&config).args(words).current_dir(&kept).output().unwrap();
            assert_eq!(out.status.code(), Some(code), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
            let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
            assert!(!forms.iter().any(|form| text.contains(form)), "{words:?} {way}: {text}");
        }
        assert!(kept.join("log").exists() && kept.join("trace").exists());
        searched(&kept, &forms);
        if world.metadata().exists() {
            searched(&world.metadata(), &forms);
        }
    }
}

#[test]
fn no_password_that_works_is_written_anywhere() {
    everything_is_silent_about(PASSWORD, 0);
}

#[test]
fn nor_is_one_that_is_refused() {
    everything_is_silent_about("refused-horse-8", 3);
}

#[test]
fn the_lights_do_not_show_it_either() {
    let mut world = World::new();
    world.fill(1, 1);
    world.account = "autorefresh = 5\n".into();
    // Large enough for all that there is to say.
    let mut terminal = Terminal::open(250, 200);
    terminal.start(&format!("-c {} -u blinkenlights -d imap,thread", world.file(&world.config()).display()));
    terminal.shows("1 downloaded");
    terminal.shows("[  4:5");
    let seen = terminal.screen().contents();
    assert!(seen.contains("AUTHENTICATE PLAIN"), "{seen}");
    assert!(!forms(PASSWORD).iter().any(|form| seen.contains(form)), "{seen}");
    terminal.press("q");
    terminal.ends_with(0);
}
