//! One JSON object an event, one a line, for programs; `assets/jsonui.md` and `assets/jsonui.schema.json` describe it.

mod answer;
mod ascii;

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::model::event::{Event, EventKind};
use crate::model::question::{Answer, Ask};

use super::lines::{Asker, Style};
use super::phrase::{Level, phrase};
use super::ttyui::wording;
use super::typed::Input;

/// The version of what is written. It grows when a program that knew what there was before could take something wrongly.
pub const VERSION: u32 = 1;

/// Writes every event as an object, and asks.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    greeted: bool,
    questions: u64,
}

impl<W: Write> Json<W> {
    /// Writes to `out`, and reads answers from the standard input.
    pub fn new(out: W) -> Self {
        Self { out, greeted: false, questions: 0 }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn put(&mut self, object: &Value) -> io::Result<()> {
        let mut line = ascii::line(object)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }

    fn greet(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.greeted, true) {
            return Ok(());
        }
        let release = env!("CARGO_PKG_VERSION");
        self.put(&json!({ "event": "jsonui", "version": VERSION, "program": "blinkensync", "release": release }))
    }
}

impl<W: Write> Style for Json<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        self.greet()?;
        let object = object(event)?;
        self.put(&object)
    }

    fn pose(&mut self, ask: &Ask) -> io::Result<Option<Asker>> {
        self.greet()?;
        self.questions += 1;
        let id = self.questions;
        let input = Input::standard(matches!(ask, Ask::Password { .. }));
        self.put(&question(id, ask))?;
        Ok(Some(Box::new(move |ask, taken_back| {
            input.map_or(Answer::GivenUp, |input| answer::read(&input, id, ask, taken_back))
        })))
    }

    fn holds(&self) -> bool {
        false
    }
}

/// An event as it is written: its kind, when and where it happened, all that it says, and the same in words if there are any.
fn object(event: &Event) -> io::Result<Value> {
    let mut fields = match serde_json::to_value(&event.kind)? {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    if let EventKind::Particular { .. } = event.kind {
        let what = fields.remove("what").unwrap_or_default();
        fields.insert("event".into(), what);
    }
    fields.insert("at".into(), serde_json::to_value(event.at)?);
    fields.insert("thread".into(), event.lamp.0.into());
    if let Some(phrase) = phrase(event) {
        let level = match phrase.level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        fields.insert("level".into(), level.into());
        fields.insert("sentence".into(), phrase.line().into());
    }
    Ok(Value::Object(fields))
}

fn question(id: u64, ask: &Ask) -> Value {
    let kind = match ask {
        Ask::Password { .. } => "password",
        Ask::Agreement { .. } => "agreement",
        Ask::Removal { by_name: false, .. } => "removal",
        Ask::Removal { by_name: true, .. } => "removal_by_name",
        Ask::Certificate { .. } => "certificate",
    };
    let mut question = json!({ "event": "question", "id": id, "kind": kind, "hidden": kind == "password" });
    let mut put = |name: &str, value: &str| question[name] = value.into();
    put("text", &wording(ask));
    match ask {
        Ask::Password { account, user, host, refusal } => {
            put("account", account.as_str());
            put("user", user);
            put("host", host);
            if let Some(refusal) = refusal {
                put("refusal", refusal);
            }
        }
        Ask::Agreement { account, folder, consequence } => {
            put("account", account.as_str());
            put("folder", folder);
            put("consequence", consequence);
        }
        Ask::Removal { account, folder, host, consequence, .. } => {
            put("account", account.as_str());
            put("folder", folder);
            put("host", host);
            put("consequence", consequence);
        }
        Ask::Certificate { account, host, reason, lines, pin } => {
            put("account", account.as_str());
            put("host", host);
            put("reason", reason);
            put("certificate", &lines.join("\n"));
            put("pin", pin);
        }
    }
    question
}
