//! The way to Python: one thread owns the interpreter, and answers one question after the other.

use std::thread;

use crossbeam_channel::{Sender, bounded, unbounded};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::python::{Cutter, Interpreter};

/// Something to find out from the interpreter.
type Question = Box<dyn FnOnce(&mut Interpreter) + Send>;

/// A way to the interpreter. It ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct Python(Sender<Question>);

impl Python {
    /// The way to this interpreter, and what ends its questions.
    pub(super) fn start(mut interpreter: Interpreter) -> std::io::Result<(Self, Cutter)> {
        let cutter = interpreter.cutter()?;
        let (questions, asked) = unbounded::<Question>();
        thread::Builder::new().name("python".into()).spawn(move || {
            for question in asked {
                question(&mut interpreter);
            }
        })?;
        Ok((Self(questions), cutter))
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Interpreter) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (reply, answer) = bounded(1);
        let question: Question = Box::new(move |interpreter| {
            let _ = reply.send(question(interpreter));
        });
        let lost = || {
            let cause = "a mistake in this program";
            Fault::new(Reach::Account, FaultKind::Internal, "working out Python", cause).advise("please report it")
        };
        self.0.send(question).map_err(|_| lost())?;
        answer.recv().map_err(|_| lost())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ask_one_interpreter() {
        let (python, _cutter) = Python::start(Interpreter::new(None)).unwrap();
        let counted = |python: Python| python.ask(|python| python.number("x", "len('four')")).unwrap();
        let others: Vec<_> = (0..4)
            .map(|_| {
                thread::spawn({
                    let python = python.clone();
                    move || counted(python)
                })
            })
            .collect();
        assert!(others.into_iter().all(|other| other.join().unwrap() == 4));
    }

    #[test]
    fn a_cut_ends_a_question() {
        let (python, cutter) = Python::start(Interpreter::new(None)).unwrap();
        let asking = thread::spawn(move || python.ask(|python| python.number("x", "[x for x in iter(int, 1)]")));
        cutter.cut();
        assert!(asking.join().unwrap().unwrap_err().is_stop());
    }
}
