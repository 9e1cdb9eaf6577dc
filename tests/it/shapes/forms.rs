//! Every form in which Python stands in configurations, as the sample that comes with OfflineIMAP teaches them: each does what
//! it says, or the sentence tells how to write it today.

use std::fs;

use crate::dovecot::PASSWORD;
use crate::names::{here, made_there, named};
use crate::world::{Run, World};

const FOLDERS: [&str; 5] = ["INBOX/Sub", "Sent", "Trash", "Deleted", "debian.user"];

/// A first synchronisation with these lines in the remote repository.
fn run(world: &mut World, lines: &str) -> Run {
    for old in [world.maildir(), world.metadata()] {
        let _ = fs::remove_dir_all(old);
    }
    let plain = world.remote.clone();
    world.remote += lines;
    let run = world.sync();
    world.remote = plain;
    run
}

#[test]
fn each_way_to_name_and_to_choose_folders_works() {
    let mut world = World::new();
    made_there(&world, &FOLDERS);
    world.local = "folderfilter = lambda folder: True\ncreatefolders = True\n".to_owned();
    let all = ["INBOX", "INBOX.Sub", "Sent", "Trash", "Deleted", "debian.user"];
    let but =
        |left_out: &[&str]| named(&all.iter().copied().filter(|name| !left_out.contains(name)).collect::<Vec<_>>());
    let forms = [
        ("folderfilter = lambda foldername: foldername in ['INBOX', 'Sent']", named(&["INBOX", "Sent"])),
        ("folderfilter = lambda foldername: foldername not in ['Trash']", but(&["Trash"])),
        ("folderfilter = lambda foldername: not re.search('(^Trash$|Del)', foldername)", but(&["Trash", "Deleted"])),
        ("folderfilter = lambda name: not re.match(r'(?i)^(trash|del)', name) and 1 or 0", but(&["Trash", "Deleted"])),
        (
            "folderfilter = lambda foldername: foldername in [\n    'INBOX', 'Sent Mail',\n    'Deleted']",
            named(&["INBOX", "Deleted"]),
        ),
        ("folderfilter = lambda f: False\nfolderincludes = ['debian.user', 'Nowhere']", named(&["debian.user"])),
        (
            "folderincludes = [name for name in ('Trash', 'Sent')]\nfolderfilter = lambda f: None",
            named(&["Trash", "Sent"]),
        ),
        ("nametrans = lambda name: name.replace('debian.', 'd-')\nfolderfilter = str.islower", named(&["d-user"])),
        ("foldersort = lambda x, y: -cmp(x, y)", but(&[])),
        ("foldersort = lambda name: name.lower()", but(&[])),
        ("foldersort = cmp", but(&[])),
        ("dynamic_folderfilter = True\nfolderfilter = lambda f: os.path.basename(f) == 'Sub'", named(&["INBOX.Sub"])),
        (
            "idlefolders = ['INBOX', 'INBOX.Alerts']\nnewmail_hook = lambda: os.system(\n  \"play it > /dev/null\")",
            but(&[]),
        ),
    ];
    for (lines, folders) in forms {
        let run = run(&mut world, &format!("{lines}\n"));
        assert_eq!(here(&world), folders, "{lines}\n{}", run.text);
        run.ends_with(0);
    }
}

#[test]
fn each_way_to_a_value_works() {
    let mut world = World::new();
    let helpers = world.dovecot.dir.join("helpers.py");
    let code = format!(
        "import os, socket\n\ndef credentials(file, host, what):\n    with open(file) as lines:\n        \
         return dict(line.split() for line in lines)[what]\n\nclass Keyring(object):\n    def __call__(self, name):\n        \
         return (u'{PASSWORD}'.encode('utf-8') + b'\\n').strip()\n\nget_password = Keyring()\n"
    );
    fs::write(&helpers, code).unwrap();
    let file = world.dovecot.dir.join("credentials");
    let (port, path) = (world.dovecot.imaps, file.display().to_string());
    fs::write(&file, format!("hostname localhost\nport {port}\nuser me\npasswd {PASSWORD}\n")).unwrap();
    let ask = |what: &str| format!("credentials(\"{path}\", \"hostname\", \"{what}\")");
    world.remote = format!("sslcacertfile = {}\n", world.dovecot.ca().display());
    for (host, port, user, password) in [
        (ask("hostname"), format!("int({})", ask("port")), ask("user"), ask("passwd")),
        (
            "socket.gethostname() and 'localhost'".into(),
            port.to_string(),
            "'me'".into(),
            "get_password(\"mail\")".into(),
        ),
        ("'local' \\\n    'host'".into(), ask("port"), "\"m%%s\" %% 'e'".into(), format!("'{PASSWORD}'")),
        (
            "os.environ.get('NO_SUCH', 'localhost')".into(),
            format!("{port} + 0"),
            "u'me'".into(),
            format!("{:?}.strip()", format!(" {PASSWORD} ")),
        ),
    ] {
        let lines = format!(
            "remotehosteval = {host}\nremoteporteval = {port}\nremoteusereval = {user}\nremotepasseval = {password}\n"
        );
        let config = (world.config() + &lines).replacen("remoteuser = me\n", "", 1);
        let config = config.replacen("[general]\n", &format!("[general]\npythonfile = {}\n", helpers.display()), 1);
        world.sync_with(&config).ends_with(0);
    }
}

#[test]
fn what_is_written_otherwise_today_is_told() {
    let mut world = World::new();
    made_there(&world, &FOLDERS);
    for (lines, words) in [
        ("folderfilter = lambda f: {'Trash': 0}.has_key(f)", "write k in d"),
        ("nametrans = lambda f: f.decode('imap4-utf-7')", ".decode(…)"),
        ("nametrans = lambda f: unicode(f)", "write str"),
        ("folderfilter = lambda f: f <> 'Trash'", "write !="),
        ("foldersort = lambda (a, b): cmp(a, b)", "lambda"),
        ("folderincludes = lambda: ['Trash']", "must give a list of names"),
        ("folderfilter = ['INBOX']", "expected a function"),
        ("nametrans = 'INBOX'", "expected a function"),
        ("nametrans = s/INBOX//", "nametrans"),
        ("remotepasseval = get_password('mail')", "NameError"),
    ] {
        let run = run(&mut world, &format!("{lines}\n"));
        assert_ne!(run.code, Some(0), "{lines}: {}", run.text);
        run.in_one_sentence().says(words);
        assert!(!world.maildir().join("Trash").exists(), "{lines}");
    }
}
