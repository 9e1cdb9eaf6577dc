//! Whole configuration files: what they mean, and what is said about their mistakes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod covered;
mod documented;
mod gmail;
mod hints;
mod mistakes;
mod screen;
mod servers;
mod settings;
mod tls;

use std::path::{Path, PathBuf};

use blinkensync::config::{Environment, Literal, Loaded, Request, parse};

/// Reads `text` as the file `rc` of a user whose home is /home/u.
fn read_as(text: &str, request: &Request) -> Result<Loaded, String> {
    let variable = |name: &str| (name == "MAIL").then(|| "/var/mail".to_owned());
    let files = ["/etc/ca.pem", "/home/u/.cert.pem", "/home/u/.key.pem"];
    let is_file = |path: &Path| files.iter().any(|file| path == Path::new(file));
    // A Python that knows two things.
    let python = |file: Option<&Path>, option: &str, code: &str| match code {
        "host()" => {
            Ok(Literal::Text(format!("{option} {}", file.map_or(String::new(), |file| file.display().to_string()))))
        }
        "names()" => Ok(Literal::List(vec!["a".into(), "b".into()])),
        "993 + 1" => Ok(Literal::Number("994".into())),
        other => Err(format!("working out {option}: NameError: {other}")),
    };
    let environment =
        Environment { home: Some(PathBuf::from("/home/u")), variable: &variable, is_file: &is_file, python: &python };
    parse(text, Path::new("rc"), request, &environment)
}

fn read(text: &str) -> Result<Loaded, String> {
    read_as(text, &Request::default())
}

/// One account; each part is added to its section.
fn file(general: &str, account: &str, local: &str, remote: &str) -> String {
    format!(
        "[general]\naccounts = A\n{general}\n\
         [Account A]\nlocalrepository = L\nremoterepository = R\n{account}\n\
         [Repository L]\ntype = Maildir\nlocalfolders = ~/Mail\n{local}\n\
         [Repository R]\ntype = IMAP\nremotehost = imap.example.org\nremoteuser = me\n{remote}\n"
    )
}
