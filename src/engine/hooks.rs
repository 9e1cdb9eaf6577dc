//! Commands of the user's before and after a synchronisation, and when new mail has come.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::account::{Task, Total};
use super::particulars;
use super::python::Python;
use super::shell::{End, Running};
use super::worker::Worker;
use crate::config::settings::PythonHook;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::Counts;
use crate::model::light::Light;
use crate::store::python::LIMIT as LIMIT_OF_PYTHON;
use crate::store::said::Said;

/// How long a hook may take.
pub(super) const LIMIT: Duration = Duration::from_secs(15 * 60);

/// How long a Python function may take.
const BELL_LIMIT: Duration = Duration::from_secs(120);

/// Runs a hook, if there is one and nobody wants to end. What goes wrong with it is told.
pub(super) fn call(task: &Task, worker: &Worker, total: &mut Total, option: &str, command: Option<&String>) {
    let Some(command) = command.filter(|_| !total.stopped) else { return };
    let mode = match (&task.glance, task.options.quick) {
        (Some(_), _) => "idle",
        (None, true) => "quick",
        (None, false) => "full",
    };
    if let Err(fault) = run(worker, (option, command), mode, &total.changed, LIMIT) {
        total.failed(worker, &fault);
    }
}

/// Runs the hook that this option names; waits until it ends. What it says is told in the log, by its last line. `changed`: the
/// folders in which something was done, for a hook that comes afterwards.
fn run(
    worker: &Worker,
    (option, command): (&str, &str),
    mode: &str,
    changed: &[(Arc<str>, Counts)],
    limit: Duration,
) -> Result<(), Fault> {
    worker.checkpoint()?;
    worker.light(Light::Waiting);
    let fault = |cause: String| {
        let doing = format!("running the {option} of the account {}", worker.account());
        Fault::new(Reach::Account, FaultKind::Hook, doing, cause).advise("the mail itself is not affected")
    };
    let wrong = |error: std::io::Error| fault(error.to_string());
    let list = written(changed).map_err(wrong)?;
    let mut said = Said::nothing().map_err(wrong)?;
    let (output, errors) = (said.way().map_err(wrong)?, said.way().map_err(wrong)?);
    let running = Running::start(command, |command| {
        command.stdout(output).stderr(errors);
        // The name that hooks know already, and those that say more.
        command.env("OFFLINEIMAPSYNCMODE", mode).env("BLINKENSYNC_MODE", mode);
        command.env("BLINKENSYNC_ACCOUNT", worker.account().as_str()).env("BLINKENSYNC_CHANGES", list.path());
    });
    let running = running.map_err(wrong)?;
    particulars::hook_started(worker, option);
    let end = running.wait(worker, limit)?.map_err(wrong)?;
    let code = if let End::Exited(status) = &end { status.code() } else { None };
    particulars::hook_ended(worker, option, code);
    worker.light(Light::Account);
    let words = said.last_line();
    match end {
        End::TooLong => Err(fault(format!("it was ended, since it took longer than {} minutes", limit.as_secs() / 60))),
        End::Exited(status) if !status.success() && words.is_empty() => Err(fault(format!("it failed ({status})"))),
        End::Exited(status) if !status.success() => Err(fault(format!("it failed ({status}): {words}"))),
        End::Exited(_) => {
            if !words.is_empty() {
                let text = format!("{option}: {words}");
                worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
            }
            Ok(())
        }
    }
}

/// Calls a Python function without arguments; what it gives is of no interest.
pub(super) fn ring(worker: &Worker, bell: &PythonHook, python: Option<&Python>) -> Result<(), Fault> {
    worker.checkpoint()?;
    worker.light(Light::Waiting);
    let lost = || {
        let doing = format!("calling {} of the account {}", bell.option, worker.account());
        Fault::new(Reach::Account, FaultKind::Internal, doing, "a mistake in this program")
    };
    let PythonHook { option, code } = bell.clone();
    let rung = python.ok_or_else(lost)?.ask(move |python| {
        python.set_limit(BELL_LIMIT);
        let rung = python.function(&option, &code).and_then(|function| python.run(&function, &[]));
        python.set_limit(LIMIT_OF_PYTHON);
        rung
    });
    worker.light(Light::Account);
    rung.map_err(|fault| if fault.is_stop() { fault } else { Fault { kind: FaultKind::Hook, ..fault } })
}

/// A file with a line for each folder: messages copied here and to the server, deleted here and there, flags changed here and
/// there, and the folder's name, with tabs in between.
fn written(changed: &[(Arc<str>, Counts)]) -> std::io::Result<NamedTempFile> {
    let mut list = NamedTempFile::with_prefix("blinkensync-")?;
    for (folder, counts) in changed {
        let Counts { downloads, uploads, local_deletes, remote_deletes, local_flags, remote_flags } = counts;
        let folder = folder.replace(char::is_control, "\u{fffd}");
        writeln!(
            list,
            "{downloads}\t{uploads}\t{local_deletes}\t{remote_deletes}\t{local_flags}\t{remote_flags}\t{folder}"
        )?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::{Receiver, unbounded};

    use super::super::worker::{Order, Publisher};
    use super::*;
    use crate::model::event::Event;
    use crate::model::ids::{AccountName, LampId};

    fn ran(command: &str, limit: Duration, order: Option<Order>) -> (Result<(), Fault>, Receiver<Event>) {
        let (events, seen) = unbounded();
        let (orders, obeyed) = unbounded();
        let (questions, _) = unbounded();
        let worker = Worker::new(AccountName::new("home"), LampId(1), Publisher::new(events), obeyed, questions);
        if let Some(order) = order {
            orders.send(order).unwrap();
        }
        let counts = Counts { downloads: 3, remote_flags: 1, ..Counts::default() };
        (run(&worker, ("postsynchook", command), "full", &[("In\tbox".into(), counts)], limit), seen)
    }

    fn noted(command: &str) -> Option<String> {
        let (result, seen) = ran(command, LIMIT, None);
        assert_eq!(result, Ok(()));
        seen.try_iter().find_map(|event| match event.kind {
            EventKind::Noted { text, .. } => Some(text),
            _ => None,
        })
    }

    #[test]
    fn it_is_told_what_was_done_and_its_last_words_are_logged() {
        let told = "echo first; echo \"$BLINKENSYNC_ACCOUNT $BLINKENSYNC_MODE $OFFLINEIMAPSYNCMODE\" >&2";
        assert_eq!(noted(told).as_deref(), Some("postsynchook: home full full"));
        let list = "tr '\\t' ' ' <\"$BLINKENSYNC_CHANGES\"";
        assert_eq!(noted(list).as_deref(), Some("postsynchook: 3 0 0 0 0 1 In\u{fffd}box"));
        assert_eq!(noted("true"), None);
        // It has no input to wait for.
        assert_eq!(noted("cat"), None);
    }

    #[test]
    fn its_failure_and_its_hanging_are_faults() {
        for (command, words) in [
            ("echo broken; exit 7", "running the postsynchook of the account home: it failed (exit status: 7): broken"),
            ("exit 7", "it failed (exit status: 7); the mail itself is not affected"),
            ("no-such-command-at-all", "not found"),
        ] {
            let error = ran(command, LIMIT, None).0.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
        let error = ran("sleep 100", Duration::from_millis(30), None).0.unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
    }

    #[test]
    fn a_stop_ends_it() {
        assert!(ran("sleep 100", LIMIT, Some(Order::Stop)).0.unwrap_err().is_stop());
    }
}
