//! A second client and a mail reader who work on the account while the program does.

use std::process::{Child, Stdio};

use crate::world::{Run, World};

/// Somebody at work.
struct Actor {
    child: Child,
    record: String,
}

/// Both of them.
pub struct Churn {
    actors: Vec<Actor>,
}

impl Churn {
    /// Lets both work, so many operations each, on an account that is in step.
    pub fn start(world: &World, seed: u64, client: u32, reader: u32) -> Self {
        let actor = |kind: &str, operations: u32| {
            let record = world.dovecot.dir.join(format!("{kind}-{}", world.user)).to_str().unwrap().to_owned();
            let (root, separator) = (world.maildir(), world.separator.to_string());
            let (seed, operations) = (seed.to_string(), operations.to_string());
            let args = [root.to_str().unwrap(), &separator, kind, &seed, &operations, &record];
            let mut command = world.python_command("churn.py", &args);
            Actor { child: command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap(), record }
        };
        Self { actors: vec![actor("client", client), actor("reader", reader)] }
    }

    /// Whether one of both is still at it.
    pub fn goes_on(&mut self) -> bool {
        self.actors.iter_mut().any(|actor| actor.child.try_wait().unwrap().is_none())
    }

    /// What is wrong, after both have ended and the program has run once more. `check` says what is looked at.
    pub fn wrong(self, world: &World, check: &str) -> Option<String> {
        let (root, separator) = (world.maildir(), world.separator.to_string());
        let mut args = vec![root.to_str().unwrap().to_owned(), separator, check.to_owned()];
        for actor in self.actors {
            let run = Run::from(&actor.child.wait_with_output().unwrap());
            if run.code != Some(0) {
                return Some(run.text);
            }
            args.push(actor.record);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, said) = world.python("churn.py", &args);
        (code != Some(0)).then_some(said)
    }
}
