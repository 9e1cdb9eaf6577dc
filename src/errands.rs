//! What the command line may ask for beside a synchronisation, one thing at a time: `--info`, `--delete-folder`,
//! `--migrate-fmd5-using-nametrans`, `--mbnames-prune` and `--oauth2-login`.

mod deleting;
mod migrating;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::bounded;

use crate::app::{internal, say};
use crate::cli::Cli;
use crate::config::settings::Settings;
use crate::engine::Errand;
use crate::info;
use crate::model::fault::Exit;
use crate::oauth;
use crate::prune::prune;
use crate::signals;
use crate::store::python::Interpreter;
use crate::ui::clean::clean;
use crate::ui::lines::LineUi;
use crate::ui::ttyui::OnlyAsks;
use crate::ui::{FrontEnd, Links};

/// Commands that may wait.
const COMMANDS: usize = 16;

/// Whether the command line asks for any of them.
pub fn is_asked(cli: &Cli) -> bool {
    !asked(cli).is_empty()
}

fn asked(cli: &Cli) -> Vec<&'static str> {
    let flags = [
        ("--info", cli.info),
        ("--delete-folder", cli.delete_folder.is_some()),
        ("--migrate-fmd5-using-nametrans", cli.migrate_fmd5_using_nametrans),
        ("--mbnames-prune", cli.mbnames_prune),
        ("--oauth2-login", cli.oauth2_login.is_some()),
    ];
    flags.into_iter().filter(|(_, asked)| *asked).map(|(flag, _)| flag).collect()
}

/// Flags that keep or tell what synchronisations do.
fn idle(cli: &Cli) -> Vec<&'static str> {
    let flags =
        [("-d", !cli.debug.is_empty()), ("-l", cli.log.is_some()), ("-P", cli.profile.is_some()), ("-s", cli.syslog)];
    flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
}

/// Does what is asked for, for the accounts of these settings. What the command line gets wrong is told in a sentence.
pub fn run(cli: &Cli, settings: Settings, python: Option<Interpreter>) -> Result<Exit, String> {
    if let [first, second, ..] = asked(cli)[..] {
        return Err(format!("{first} and {second} can't be done at once; nothing was done"));
    }
    for flag in idle(cli) {
        let errand = asked(cli).join(", ");
        say(&mut io::stderr(), &format!("{flag} is about synchronisations; nothing comes of it with {errand}"));
    }
    if cli.mbnames_prune {
        return Ok(tell(prune(&settings, python, cli.dry_run), Exit::Partial));
    }
    if cli.oauth2_login.is_some() {
        let account = settings.accounts.first().ok_or("--oauth2-login: expected the name of an account")?;
        let done = oauth::log_in(&settings, account, python, &mut io::stdout());
        return Ok(done.map_or_else(
            |fault| tell(Err(clean(&fault.to_string()).into_owned()), fault.kind.into()),
            |()| Exit::Success,
        ));
    }
    let (settings, pretend) = (Arc::new(settings), cli.dry_run);
    if cli.info {
        return Ok(with_a_person(settings, pretend, python, info::show));
    }
    if let Some(folder) = cli.delete_folder.clone() {
        let account = deleting::check(&settings, pretend, has_terminal())?;
        let job = move |errand: Errand| deleting::delete(errand, &folder, &account);
        return Ok(with_a_person(settings, pretend, python, job));
    }
    Ok(with_a_person(settings, pretend, python, migrating::migrate))
}

/// Tells what came of it; `otherwise` is how it ends when that is a fault.
fn tell(outcome: Result<String, String>, otherwise: Exit) -> Exit {
    match outcome {
        Ok(words) => {
            say(&mut io::stdout(), &words);
            Exit::Success
        }
        Err(words) => {
            say(&mut io::stderr(), &words);
            otherwise
        }
    }
}

/// Whether a person sits there who can be asked.
fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Does something in a thread of its own. Its questions are asked here where there is a terminal, and given up elsewhere; a
/// signal to stop ends it.
fn with_a_person(
    settings: Arc<Settings>,
    pretend: bool,
    python: Option<Interpreter>,
    job: impl FnOnce(Errand) -> Exit + Send + 'static,
) -> Exit {
    let ((questions, asked), (commands, obeyed)) = (bounded(1), bounded(COMMANDS));
    let _listener = match signals::Listener::start(commands.clone(), None) {
        Ok(listener) => listener,
        Err(error) => return internal(&format!("listening for signals: {error}")),
    };
    // Nothing is ever said in these; that they end says that all is done.
    let (at_work, events) = bounded(0);
    let errand = Errand { settings, pretend, python, questions, commands: obeyed };
    let working = thread::Builder::new().name("errands".into()).spawn(move || {
        let exit = job(errand);
        drop(at_work);
        exit
    });
    let working = match working {
        Ok(thread) => thread,
        Err(error) => return internal(&format!("starting a thread: {error}")),
    };
    if has_terminal() {
        let asking = LineUi::new(OnlyAsks).run(Links { events, questions: asked, commands });
        if let Err(error) = asking {
            say(&mut io::stderr(), &format!("asking on the terminal: {error}"));
        }
    } else {
        drop(asked);
    }
    working.join().unwrap_or(Exit::Internal)
}
