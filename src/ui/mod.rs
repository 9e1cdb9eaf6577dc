//! How it looks: every interface is a consumer of the one stream of events.

pub mod bar;
pub mod basic;
pub mod beside;
pub mod blinken;
pub mod clean;
pub mod figures;
pub mod journal;
pub mod json;
pub mod kind;
pub mod lines;
pub mod log_file;
pub mod machine;
pub mod phrase;
pub mod quiet;
pub mod silent;
pub mod syslog;
pub mod trace;
pub mod ttyui;
pub mod typed;

use crossbeam_channel::{Receiver, Sender};

use crate::model::command::Command;
use crate::model::event::Event;
use crate::model::fault::Exit;
use crate::model::question::Question;

pub use kind::{Kind, Output, Setup, build, choose};

/// What connects a front end with the rest of the program.
#[derive(Debug)]
pub struct Links {
    /// What happens. The stream ends with [`EventKind::Ended`](crate::model::event::EventKind::Ended), or when its
    /// sender is gone.
    pub events: Receiver<Event>,
    /// What only a person can answer.
    pub questions: Receiver<Question>,
    /// What the person wants.
    pub commands: Sender<Command>,
}

/// An interface. It runs in a thread of its own until the events end.
pub trait FrontEnd {
    /// Shows the events until they end, and gives back what the program ended with.
    ///
    /// # Errors
    /// When the terminal can't be used, or is gone; the program then says so, where it can, and stops.
    fn run(&mut self, links: Links) -> std::io::Result<Exit>;
}
