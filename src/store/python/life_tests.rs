//! What can't disturb the conversation, and how the co-process lives and dies.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use super::tests::with_file;
use super::*;

fn pid(python: &mut Interpreter) -> Pid {
    let pid = python.number("x", "os.getpid()").unwrap();
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

fn is_gone(pid: Pid) -> bool {
    test_kill_process(pid).is_err()
}

/// A pipe with a name, open for reading.
struct Pipe {
    path: PathBuf,
    end: OwnedFd,
}

impl Pipe {
    fn new(directory: &TempDir) -> Self {
        let path = directory.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let end = open(&path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).unwrap();
        Self { path, end }
    }

    /// Waits until something was written (IN), or all who had opened it for writing are gone (HUP).
    fn wait_for(&self, what: PollFlags) {
        let wanted = if what == PollFlags::IN { PollFlags::IN } else { PollFlags::empty() };
        let patience = Timespec { tv_sec: 60, tv_nsec: 0 };
        let mut ends = [PollFd::new(&self.end, wanted)];
        assert_eq!(poll(&mut ends, Some(&patience)).unwrap(), 1);
        assert!(ends[0].revents().contains(what));
    }
}

#[test]
fn what_the_code_prints_disturbs_nothing_and_can_be_had() {
    let (mut python, _directory) = with_file(
        "import os, sys\nprint('{\"value\": 1}')\ndef noise(f):\n    print('to', f, '\\ud800')\n    os.system('echo from a child')\n    \
         os.write(1, b'raw\\n')\n    sys.stderr.write('wrong\\n')\n    return f\n",
    );
    let noise = python.function("nametrans", "noise").unwrap();
    assert_eq!(python.call_text(&noise, &["INBOX".into()]).unwrap(), "INBOX");
    let prints = python.take_prints();
    assert_eq!(prints, "{\"value\": 1}\nto INBOX \\ud800\nfrom a child\nraw\nwrong\n");
    assert_eq!(python.take_prints(), "");
    python.evaluate("x", "print('x' * 3000000)").unwrap();
    assert_eq!(python.take_prints().len(), 1 << 20);
    python.evaluate("x", "print('after')").unwrap();
    assert_eq!(python.take_prints(), "after\n");
}

#[test]
fn nobody_can_be_asked() {
    let mut python = Interpreter::new(None);
    for code in ["input()", "__import__('getpass').getpass()"] {
        let fault = python.evaluate("remotepasseval", code).unwrap_err();
        assert!(fault.cause.starts_with("EOFError") && fault.advice.contains("nobody can be asked"), "{fault}");
    }
    assert_eq!(python.text("x", "__import__('sys').stdin.read()").unwrap(), "");
}

#[test]
fn a_child_of_the_code_reads_and_writes_nothing_of_ours() {
    let mut python = Interpreter::new(None);
    let code = "__import__('subprocess').check_output('cat; ls /proc/self/fd | wc -l; echo out', shell=True).decode()";
    assert!(python.text("x", code).unwrap().ends_with("\nout\n"));
    assert_eq!(python.number("x", "os.system('cat; exit 0')").unwrap(), 0);
    // The child goes on where the code stands, and must not answer as well.
    assert!(python.evaluate("x", "[os.fork(), 'both'][1]").is_ok());
    assert_eq!(python.number("x", "1").unwrap(), 1);
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let mut python = Interpreter::new(None);
    assert_eq!(python.text("x", "'a' * (15 << 20)").unwrap().len(), 15 << 20);
    for code in [
        "'a' * (17 << 20)",
        "'ü' * (10 << 20)",
        "b'a' * (9 << 20)",
        "__import__('itertools').count()",
        "'\\1' * (5 << 20)",
        "__import__('functools').reduce(lambda a, _: [a] * 1000, range(12), [])",
    ] {
        let fault = python.evaluate("x", code).unwrap_err();
        assert_eq!(fault.cause, "what it gave is larger than 16 MB", "{code}");
    }
    for code in ["(lambda x: [x.append(x), x])([])", "__import__('functools').reduce(lambda a, _: [a], range(100), [])"]
    {
        let fault = python.evaluate("x", code).unwrap_err();
        assert_eq!(fault.cause, "what it gave is nested more than 32 levels deep", "{code}");
    }
    let names: Vec<String> =
        (0..50_000).map(|number| format!("a folder with a name of some length {number}")).collect();
    let same = python.function("foldersort", "lambda name: 0").unwrap();
    assert_eq!(python.sort(&same, &names).unwrap(), names);
}

#[test]
fn a_death_is_survived_once_and_definitions_with_it() {
    let (mut python, directory) = with_file(
        "import os\ndef once(path):\n    if not os.path.exists(path):\n        open(path, 'w').close()\n        os._exit(3)\n    return 'lived'\n",
    );
    let function = python.function("nametrans", "lambda f: f + '.' + once(f)").unwrap();
    let mark = directory.path().join("mark").display().to_string();
    assert_eq!(python.call_text(&function, &[mark.as_str().into()]).unwrap(), format!("{mark}.lived"));
    let first = pid(&mut python);
    kill_process(first, Signal::KILL).unwrap();
    assert_eq!(python.call_text(&function, &[mark.as_str().into()]).unwrap(), format!("{mark}.lived"));
    assert_ne!(pid(&mut python), first);
}

#[test]
fn two_deaths_are_a_fault_that_says_how_it_died() {
    let (mut python, _directory) = with_file(concat!(
        "import os, stat\ndef is_line(fd):\n    try: return stat.S_ISSOCK(os.fstat(fd).st_mode)\n    except OSError: pass\n",
        "def say(text):\n    return os.write(max(filter(is_line, range(20))), text)\n",
    ));
    for (code, wanted) in [
        ("os._exit(3)", "it ended with exit code 3"),
        ("[print('a reason'), os._exit(0)]", "it ended with exit code 0 and said: a reason"),
        ("os.kill(os.getpid(), 11)", "it ended with signal 11"),
        ("os.closerange(3, 100)", "it ended with "),
        (r"say(b'nonsense\n')", "it sent what is no answer"),
        (r"say(b'\xff\n')", "it sent what is no answer"),
        (r#"say(b'{"to": 0, "value": 1}\n')"#, "it sent what is no answer"),
        (r"say(b'x' * (17 << 20) + b'\n')", "it sent what is no answer"),
    ] {
        let fault = python.evaluate("remotehosteval", code).unwrap_err();
        let wanted = format!("the python3 that runs it died twice: {wanted}");
        assert!(fault.cause.starts_with(&wanted), "{code}: {fault}");
        assert_eq!(fault.reach, Reach::Account);
        assert_eq!(python.number("x", "1").unwrap(), 1, "{code}");
    }
}

#[test]
fn what_takes_too_long_is_ended_with_what_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = Pipe::new(&directory);
    let child_of_it = format!("os.system('sleep 1000 > {}')", pipe.path.display());
    for (seconds, code) in
        [(3, child_of_it.as_str()), (1, "exec('while True: pass')"), (1, "re.match('(a+)+$', 'a' * 50 + 'b')")]
    {
        let mut python = Interpreter::new(None);
        let child = pid(&mut python);
        let mut python = python.with_limit(Duration::from_secs(seconds));
        let fault = python.evaluate("remotehosteval", code).unwrap_err();
        let sentence = format!(
            "working out remotehosteval: its Python did not answer within {seconds} second{} and was ended",
            if seconds == 1 { "" } else { "s" }
        );
        assert_eq!((fault.to_string(), fault.reach), (sentence, Reach::Account), "{code}");
        assert!(is_gone(child), "{code}");
    }
    pipe.wait_for(PollFlags::HUP);
}

#[test]
fn a_cut_ends_what_is_being_worked_out_and_what_follows() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = Pipe::new(&directory);
    let mut python = Interpreter::new(None);
    let child = pid(&mut python);
    let (cutter, spare) = (python.cutter().unwrap(), python.cutter().unwrap());
    drop(spare);
    let code = format!("[os.write(os.open('{}', os.O_WRONLY), b'x'), os.system('sleep 1000')]", pipe.path.display());
    thread::scope(|scope| {
        let asked = scope.spawn(|| python.evaluate("x", &code).unwrap_err());
        pipe.wait_for(PollFlags::IN);
        cutter.cut();
        assert!(asked.join().unwrap().is_stop());
    });
    assert!(is_gone(child));
    assert!(python.evaluate("x", "1").unwrap_err().is_stop());
}

#[test]
fn a_pythonfile_that_never_ends_is_ended() {
    let (python, directory) = with_file("while True: pass\n");
    let fault = python.with_limit(Duration::from_millis(500)).evaluate("nametrans", "1").unwrap_err();
    let path = directory.path().join("mine.py");
    assert_eq!(fault.doing, format!("running the pythonfile {}, which nametrans needs", path.display()));
    assert_eq!(fault.cause, "its Python did not answer within 0.5 seconds and was ended");
}

#[test]
fn one_that_does_not_even_listen_is_silent() {
    let mut python = Interpreter::new(None);
    let child = pid(&mut python);
    kill_process(child, Signal::STOP).unwrap();
    let mut python = python.with_limit(Duration::from_millis(200));
    let long = format!("'{}'", "x".repeat(3_000_000));
    assert!(python.text("x", &long).unwrap_err().cause.contains("0.2 seconds"));
    assert!(is_gone(child));
}

#[test]
fn it_ends_when_it_is_dropped_and_what_it_left_in_the_background_goes_on() {
    let mut python = Interpreter::new(None);
    let child = pid(&mut python);
    let left = python.number("x", "__import__('subprocess').Popen(['sleep', '1000']).pid").unwrap();
    let left = Pid::from_raw(i32::try_from(left).unwrap()).unwrap();
    drop(python);
    assert!(is_gone(child));
    assert!(!is_gone(left));
    kill_process(left, Signal::KILL).unwrap();
}

#[test]
fn one_that_is_stopped_is_ended_when_it_is_dropped() {
    let mut python = Interpreter::new(None);
    let child = pid(&mut python);
    kill_process(child, Signal::STOP).unwrap();
    let before = Instant::now();
    drop(python);
    assert!(is_gone(child) && before.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_interrupt_does_not_reach_it() {
    let mut python = Interpreter::new(None);
    let child = pid(&mut python);
    kill_process(child, Signal::INT).unwrap();
    assert_eq!(pid(&mut python), child);
    assert_eq!(python.number("x", "os.getsid(0)").unwrap(), i64::from(child.as_raw_nonzero().get()));
}

#[test]
fn without_python3_the_ways_without_it_are_named() {
    for (program, cause) in
        [("/nonexistent/python3", "there is no python3 on this machine"), ("/dev/null", "python3 can't be started")]
    {
        let fault = Interpreter::new(None).with_program(program).function("nametrans", "lambda f: f").unwrap_err();
        assert!(fault.cause.contains(cause), "{fault}");
        assert_eq!(fault.reach, Reach::Account);
        for option in ["folderpatterns", "namemap", "remotepasscmd"] {
            assert!(fault.advice.contains(option), "{fault}");
        }
    }
    let fault = Interpreter::new(None).with_program("false").evaluate("x", "1").unwrap_err();
    assert_eq!(fault.cause, "the python3 that runs it died twice: it ended with exit code 1");
}

/// Where the helper below finds what to do; without it, it does nothing.
const HELPER: &str = "BLINKENSYNC_TEST_PYTHON_CODE";

#[test]
fn helper_that_works_out_what_its_environment_says() {
    if let Ok(code) = std::env::var(HELPER) {
        let mut python = Interpreter::new(None);
        python.evaluate("x", "1").unwrap();
        let _ = python.with_limit(Duration::from_secs(4)).evaluate("x", &code);
    }
}

#[test]
fn it_is_gone_when_we_are_killed_whatever_it_does() {
    for code in [
        "exec('while True: pass')",
        "__import__('time').sleep(1000)",
        "os.system('sleep 1000 > PIPE')",
        // Lets no other thread run, so that it ends only after its time.
        "re.match('(a+)+$', 'a' * 60 + 'b')",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let pipe = Pipe::new(&directory);
        let code = format!("[os.write(os.open('PIPE', os.O_WRONLY), b'x'), {code}]");
        let mut helper = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::python::life_tests::helper_that_works_out_what_its_environment_says"])
            .env(HELPER, code.replace("PIPE", &pipe.path.display().to_string()))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        pipe.wait_for(PollFlags::IN);
        helper.kill().unwrap();
        helper.wait().unwrap();
        pipe.wait_for(PollFlags::HUP);
    }
}
