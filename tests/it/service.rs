//! The program as a service, whose manager is the test.

mod units;

use std::fs;
use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::local;
use crate::slow::Slow;
use crate::world::{Run, World};

/// How long a test waits; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks after one service.
struct Manager {
    socket: UnixDatagram,
    heard: Vec<String>,
    program: Option<Child>,
}

impl Manager {
    /// One that listens at a path.
    fn at(path: &Path) -> Self {
        Self::of(UnixDatagram::bind(path).unwrap())
    }

    fn of(socket: UnixDatagram) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, heard: Vec::new(), program: None }
    }

    /// Starts the service.
    fn start(&mut self, command: &mut Command) {
        self.program = Some(command.stdout(Stdio::null()).spawn().unwrap());
    }

    /// Waits for a datagram, and gives its lines.
    #[track_caller]
    fn hears(&mut self) -> Vec<String> {
        let mut buffer = vec![0; 4096];
        let count = self.socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{error} after {:#?}", self.heard));
        let text = String::from_utf8(buffer[..count].to_vec()).unwrap();
        self.heard.push(text.clone());
        text.lines().map(str::to_owned).collect()
    }

    /// Waits for a line that begins so.
    #[track_caller]
    fn waits_for(&mut self, start: &str) -> String {
        loop {
            if let Some(line) = self.hears().into_iter().find(|line| line.starts_with(start)) {
                return line;
            }
        }
    }

    /// Asks the service to stop, and hears the rest.
    #[track_caller]
    fn stops(mut self) -> Vec<String> {
        let mut program = self.program.take().unwrap();
        kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
        let stopping = self.waits_for("STOPPING");
        assert_eq!(stopping, "STOPPING=1");
        assert!(program.wait().unwrap().success());
        self.rest();
        std::mem::take(&mut self.heard)
    }

    /// Hears what has been said and not yet heard.
    fn rest(&mut self) {
        self.socket.set_nonblocking(true).unwrap();
        let mut buffer = vec![0; 4096];
        loop {
            match self.socket.recv(&mut buffer) {
                Ok(count) => self.heard.push(String::from_utf8(buffer[..count].to_vec()).unwrap()),
                Err(error) => return assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        if let Some(mut program) = self.program.take() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

fn address(world: &World) -> PathBuf {
    world.dovecot.dir.join("notify")
}

/// The program with this configuration, for this manager.
fn service(config: PathBuf, manager: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(config).args(["-u", "basic"]).env("NOTIFY_SOCKET", manager);
    command
}

#[test]
fn the_manager_is_told_from_the_beginning_to_the_end() {
    let mut world = World::new();
    world.fill(2, 3);
    let (gate, address) = (world.dovecot.dir.join("gate"), address(&world));
    assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
    world.account = format!("autorefresh = 600\npresynchook = cat {}\n", gate.display());
    let mut manager = Manager::at(&address);
    manager.start(service(world.file(&world.config()), &address).env("WATCHDOG_USEC", "900000"));
    manager.waits_for("READY=1");
    // While a hook takes its time ...
    assert_eq!(manager.waits_for("STATUS=Test: s"), "STATUS=Test: synchronising");
    manager.waits_for("WATCHDOG=1");
    fs::write(&gate, "").unwrap();
    let waits = manager.waits_for("STATUS=Test: next at ");
    let time = waits.rsplit(' ').next().unwrap();
    assert!(time.len() == "14:35".len() && time.contains(':'), "{waits}");
    // ... and while nothing is to be done.
    for _ in 0..3 {
        assert_eq!(manager.hears(), ["WATCHDOG=1"]);
    }
    let heard = manager.stops();
    assert!(heard.iter().any(|text| text == "STOPPING=1\nSTATUS=finishing what is in hand"), "{heard:#?}");
    let last = "STATUS=everything is synchronised, or the program was asked to stop";
    assert_eq!(heard.last().map(String::as_str), Some(last), "{heard:#?}");
    for once in ["READY=1", "STOPPING=1"] {
        assert_eq!(heard.iter().filter(|text| text.contains(once)).count(), 1, "{heard:#?}");
    }
    world.same(&[]);
}

#[test]
fn copying_is_told_of_no_more_than_once_a_second() {
    let slow = Slow::new();
    let place = tempfile::tempdir().unwrap();
    let address = place.path().join("notify");
    let mut manager = Manager::at(&address);
    let begun = Instant::now();
    manager.start(&mut service(slow.file(), &address));
    manager.waits_for("STATUS=Test: copying 2 folders, ");
    manager.waits_for("STATUS=Test: next at ");
    let most = begun.elapsed().as_secs() + 2;
    let heard = manager.stops();
    let told = heard.iter().take_while(|text| !text.contains("next at")).count() as u64;
    assert!(told <= most, "{told} in {most} seconds: {heard:#?}");
    // Nobody wanted to hear regularly that all is well.
    assert!(!heard.iter().any(|text| text.contains("WATCHDOG")), "{heard:#?}");
}

#[test]
fn a_manager_at_an_abstract_address_hears_of_a_run_that_ends_by_itself() {
    let world = World::new();
    world.fill(1, 1);
    let name = format!("blinkensync-{}-{}", std::process::id(), world.dovecot.imaps);
    let mut manager = Manager::of(UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap());
    let mut command = world.program(&world.config());
    // What another process was told to do is none of its business.
    command.env("NOTIFY_SOCKET", format!("@{name}")).env("WATCHDOG_USEC", "300000").env("WATCHDOG_PID", "1");
    Run::from(&command.output().unwrap()).ends_with(0);
    manager.rest();
    let heard = manager.heard.join("\n");
    assert!(heard.starts_with("READY=1\nSTATUS=Test: "), "{heard}");
    assert!(heard.contains("\nSTOPPING=1\nSTATUS=everything is synchronised"), "{heard}");
    assert!(!heard.contains("WATCHDOG"), "{heard}");
}

#[test]
fn what_fails_is_in_the_status() {
    let mut world = World::new();
    world.account = "autorefresh = 600\n".to_owned();
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), "remoteport = 1");
    let address = address(&world);
    let mut manager = Manager::at(&address);
    manager.start(&mut service(world.file(&world.config()), &address));
    let status = manager.waits_for("STATUS=Test: the connection was refused, ");
    assert!(status.contains(", next try at "), "{status}");
}

#[test]
fn no_child_hears_of_the_manager() {
    let mut world = World::new();
    world.fill(1, 2);
    let dir = world.dovecot.dir.clone();
    let (address, spy) = (address(&world), |name: &str| format!("env >{}", dir.join(name).display()));
    let python = dir.join("spy.py");
    let saving = dir.join("python");
    fs::write(&python, format!("import os\nopen('{}', 'w').write('\\n'.join(os.environ))\n", saving.display()))
        .unwrap();
    world.account = format!("presynchook = {}\n", spy("hook"));
    let password = world.remote.lines().find(|line| line.starts_with("remotepass = ")).unwrap().to_owned();
    let command = format!("remotepasscmd = {}; echo {}", spy("password"), password.trim_start_matches("remotepass = "));
    world.remote = world.remote.replace(&password, &command) + "folderfilter = lambda name: True\n";
    let _manager = UnixDatagram::bind(&address).unwrap();
    let pythonfile = format!("pythonfile = {}\naccounts = ", python.display());
    let started = |world: &World| {
        let mut command = world.program(&world.config().replace("accounts = ", &pythonfile));
        command.env("NOTIFY_SOCKET", &address).env("WATCHDOG_USEC", "60000000").env("MARK", "1");
        Run::from(&command.output().unwrap()).ends_with(0);
    };
    started(&world);
    let conf = dir.join("dovecot.conf");
    let tunnel = format!("{}; exec doveadm -c {} exec imap -u another | cat", spy("tunnel"), conf.display());
    world.remote = format!("preauthtunnel = {tunnel}\n");
    world.user = "another".to_owned();
    started(&world);
    for child in ["hook", "password", "python", "tunnel"] {
        let env = fs::read_to_string(dir.join(child)).unwrap();
        assert!(env.contains("MARK"), "{child}: {env}");
        assert!(!env.contains("NOTIFY_SOCKET") && !env.contains("WATCHDOG"), "{child}: {env}");
    }
}

#[test]
fn a_manager_that_can_not_be_told_is_complained_of_once_and_stops_nothing() {
    let world = World::new();
    world.fill(1, 2);
    for (socket, words) in [("/nowhere/at/all", "it is tried again"), ("nonsense", "nonsense")] {
        let mut command = world.program(&world.config());
        let run = Run::from(&command.env("NOTIFY_SOCKET", socket).output().unwrap());
        run.ends_with(0).in_one_sentence().says(words).says("Test: synchronised: ");
        assert_eq!(run.text.matches("telling the service manager").count(), 1, "{}", run.text);
    }
}

#[test]
fn every_program_that_is_started_begins_where_the_managers_variables_are_taken_from_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = local::tree(&src).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let product = sources.filter(|path| !path.to_string_lossy().ends_with("tests.rs"));
    let starts = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        // Modules of tests come last.
        text.split("#[cfg(test)]\nmod tests").next().unwrap().contains("Command::new(")
    };
    let found: Vec<_> = product.filter(|path| starts(path)).collect();
    assert_eq!(found, [src.join("store/child.rs")]);
}
