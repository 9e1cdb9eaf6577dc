//! While a second client or a mail reader is at work, the program synchronises again and again. In the end both sides are
//! the same, and as they have to be.

use std::process::{Child, Output, Stdio};

use crate::world::{Run, World};

/// Somebody who works on the account while the program does.
struct Actor {
    child: Child,
    record: String,
}

impl Actor {
    fn start(world: &World, kind: &str, seed: u64, operations: u32) -> Self {
        let record = world.dovecot.dir.join(format!("record-{kind}")).to_str().unwrap().to_owned();
        let (root, separator) = (world.maildir(), world.separator.to_string());
        let (seed, operations) = (seed.to_string(), operations.to_string());
        let args = [root.to_str().unwrap(), &separator, kind, &seed, &operations, &record];
        let child = world.python_command("churn.py", &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self { child: child.unwrap(), record }
    }

    fn works(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What it said when it had ended, and where it wrote down what it did.
    fn ended(self) -> (Output, String) {
        (self.child.wait_with_output().unwrap(), self.record)
    }
}

/// Lets both work as much as is said, and synchronises meanwhile.
fn others_work(client: u32, reader: u32) {
    let world = World::new();
    world.fill(5, 30);
    world.sync().ends_with(0);
    let seed = fastrand::u64(..1_000_000);
    let mut actors = [Actor::start(&world, "client", seed, client), Actor::start(&world, "reader", seed, reader)];
    let mut runs: Vec<Run> = Vec::new();
    while actors.iter_mut().any(Actor::works) {
        // On a busy machine so much may have happened since the last run that it looks like a mistake.
        runs.push(Run::from(&world.program(&world.config()).arg("--allow-deletes").output().unwrap()));
    }
    let (root, separator) = (world.maildir(), world.separator.to_string());
    let mut args = vec![root.to_str().unwrap().to_owned(), separator, "check".to_owned()];
    for actor in actors {
        let (out, record) = actor.ended();
        let run = Run::from(&out);
        assert_eq!(run.code, Some(0), "seed {seed}: {}", run.text);
        args.push(record);
    }
    assert!(runs.len() > 5, "seed {seed}: only {} runs while they worked", runs.len());
    let run = Run::from(&world.program(&world.config()).arg("--allow-deletes").output().unwrap());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (code, said) = world.python("churn.py", &args);
    let busy = runs.iter().filter(|run| run.code != Some(0)).map(|run| run.text.as_str()).collect::<String>();
    assert_eq!((run.code, code), (Some(0), Some(0)), "seed {seed}:\n{busy}\n{}\n{said}", run.text);
    assert_eq!(busy, "", "seed {seed}: runs that ended badly");
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_second_client_is_at_work() {
    others_work(1500, 0);
}

#[test]
fn a_mail_reader_is_at_work() {
    others_work(0, 1500);
}

#[test]
fn a_second_client_and_a_mail_reader_are_at_work() {
    others_work(1200, 1200);
}
