//! What the program makes is its owner's alone, however generous the umask is.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local;
use crate::oauth::{Account, discreet};
use crate::provider::REFRESH;
use crate::world::Run;

/// Fails if anybody but the owner may do anything with this, or with anything in it.
#[track_caller]
fn private(root: &Path) -> usize {
    let paths = if root.is_dir() { local::tree(root) } else { Vec::new() };
    for path in paths.iter().map(PathBuf::as_path).chain([root]) {
        let about = fs::symlink_metadata(path).unwrap();
        let wanted = if about.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(about.permissions().mode() & 0o777, wanted, "{}: {:o}", path.display(), about.permissions().mode());
    }
    paths.len()
}

#[test]
fn whatever_is_made_is_its_owners_alone_though_the_umask_is_zero() {
    let mut account = Account::with_client();
    account.provider.state().rotates = true;
    account.world.fill(3, 5);
    let dir = account.world.dovecot.dir.clone();
    let (log, trace, list, seen) = (dir.join("log"), dir.join("trace"), dir.join("list"), dir.join("seen"));
    let (mail, state) = (account.world.maildir(), account.world.metadata());
    let token = state.join("oauth2/Test.token");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(token.parent().unwrap()).unwrap();
    fs::write(&token, REFRESH).unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    // What is there only in the middle of it.
    let find = format!("find {} {} -printf '%%m %%y %%p\\n' >>{}", mail.display(), state.display(), seen.display());
    account.world.account = format!("postsynchook = {find}\n");
    account.add(&format!("folderfilter = lambda name: os.system(r\"{find}\") == 0"));
    let config = format!(
        "{}\n[mbnames]\nenabled = yes\nfilename = {}\nincremental = yes\n",
        account.world.config(),
        list.display()
    );
    let file = account.world.file(&config);
    let run = |arguments: &str| {
        let mut command = Command::new("sh");
        let script = format!("umask 000; exec \"$0\" -c {} -o -u basic {arguments}", file.display());
        command.args(["-c", &script, env!("CARGO_BIN_EXE_blinkensync")]);
        discreet(Run::from(&command.output().unwrap())).ends_with(0);
    };
    run(&format!("-d ALL -l {} -P {}", log.display(), trace.display()));
    local::deliver(&mail.join("INBOX"), "mine", "S");
    fs::set_permissions(mail.join("INBOX/cur/mine:2,S"), fs::Permissions::from_mode(0o600)).unwrap();
    account.world.client(&["append", "INBOX", "news"]);
    run("-q");
    let during = fs::read_to_string(&seen).unwrap();
    for part in [".sqlite-wal", "oauth2/Test.token", "mbnames/Test.json", "/INBOX/cur/"] {
        assert!(during.contains(part), "no {part} in:\n{during}");
    }
    let others: Vec<&str> =
        during.lines().filter(|line| !line.starts_with("700 d ") && !line.starts_with("600 f ")).collect();
    assert_eq!(others, Vec::<&str>::new());
    let count = [&mail, &state, &log, &trace].map(|path| private(path));
    assert!(count[0] > 20 && count[1] > 3 && count[3] > 2, "{count:?}");
    // This one is the program's by now.
    assert_ne!(fs::read_to_string(token).unwrap().trim(), REFRESH);
    // Others may read the list, which is for other programs, but never write what those programs believe.
    assert_eq!(fs::metadata(list).unwrap().permissions().mode() & 0o777, 0o644);
}
