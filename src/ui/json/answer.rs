//! Answers to questions, each one object on a line.

use std::io::PipeReader;

use serde::Deserialize;
use zeroize::Zeroize;

use crate::model::question::{Answer, Ask, Secret};

use super::super::typed::Input;

/// What a program answers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Whether(bool),
    Text(String),
    Nothing(()),
}

#[derive(Deserialize)]
struct Line {
    id: u64,
    answer: Said,
}

/// Waits for the answer to this question. What answers none, or another one, is passed over; at the end of input it is given up.
pub fn read(input: &Input<'_>, id: u64, ask: &Ask, taken_back: &PipeReader) -> Answer {
    while let Ok(Some(line)) = input.line(taken_back) {
        match serde_json::from_str::<Line>(line.reveal()) {
            Ok(line) if line.id == id => return answer(ask, line.answer),
            Ok(Line { answer: Said::Text(mut text), .. }) => text.zeroize(),
            _ => {}
        }
    }
    Answer::GivenUp
}

fn answer(ask: &Ask, said: Said) -> Answer {
    match (ask, said) {
        (Ask::Password { .. }, Said::Text(text)) if !text.is_empty() => Answer::Password(Secret::new(text)),
        (
            Ask::Agreement { .. } | Ask::Certificate { .. } | Ask::Removal { by_name: false, .. },
            Said::Whether(true),
        ) => Answer::Agreed,
        (Ask::Removal { by_name: true, folder, .. }, Said::Text(text)) if text == **folder => Answer::Agreed,
        _ => Answer::GivenUp,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Write, pipe};
    use std::os::fd::AsFd;

    use super::*;
    use crate::model::ids::AccountName;

    fn password() -> Ask {
        let (account, user, host) = (AccountName::new("home"), "anna".into(), "imap.example".into());
        Ask::Password { account, user, host, refusal: None }
    }

    fn removal(by_name: bool) -> Ask {
        let (account, folder, host) = (AccountName::new("home"), "Old".into(), "imap.example".into());
        Ask::Removal { account, folder, host, consequence: String::new(), by_name }
    }

    fn agreement() -> Ask {
        Ask::Agreement { account: AccountName::new("home"), folder: "Old".into(), consequence: String::new() }
    }

    #[test]
    fn only_the_right_answer_to_this_question_counts() {
        let secret = || Answer::Password(Secret::new("p\"w".into()));
        for (ask, lines, wanted) in [
            (password(), "{\"id\":7,\"answer\":\"p\\\"w\"}\n", secret()),
            (
                password(),
                "{\"id\":6,\"answer\":\"old\"}\nnonsense\n{\"answer\":\"x\"}\n{\"id\":7,\"answer\":\"p\\\"w\"}\n",
                secret(),
            ),
            (password(), "{\"id\":7,\"answer\":null}\n{\"id\":7,\"answer\":\"late\"}\n", Answer::GivenUp),
            (password(), "{\"id\":7,\"answer\":true}\n", Answer::GivenUp),
            (password(), "", Answer::GivenUp),
            (agreement(), "{\"id\":7,\"answer\":true}\n", Answer::Agreed),
            (agreement(), "{\"id\":7,\"answer\":\"yes\"}\n", Answer::GivenUp),
            (agreement(), "{\"id\":7,\"answer\":false}\n", Answer::GivenUp),
            (removal(false), "{\"id\":7,\"answer\":true}\n", Answer::Agreed),
            (removal(true), "{\"id\":7,\"answer\":true}\n", Answer::GivenUp),
            (removal(true), "{\"id\":7,\"answer\":\"Old\"}\n", Answer::Agreed),
            (removal(true), "{\"id\":7,\"answer\":\"old\"}\n", Answer::GivenUp),
        ] {
            let ((input, mut way), (taken_back, _open)) = (pipe().unwrap(), pipe().unwrap());
            way.write_all(lines.as_bytes()).unwrap();
            drop(way);
            let input = Input::new(input.as_fd(), true).unwrap();
            assert_eq!(read(&input, 7, &ask, &taken_back), wanted, "{ask:?} {lines}");
        }
    }
}
