//! Whole configuration files: what they mean, and what is said about their mistakes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod documented;
mod mistakes;
mod settings;

use std::path::{Path, PathBuf};

use blinkensync::config::{Environment, Loaded, Request, parse};

/// Reads `text` as the file `rc` of a user whose home is /home/u.
fn read_as(text: &str, request: &Request) -> Result<Loaded, String> {
    let variable = |name: &str| (name == "MAIL").then(|| "/var/mail".to_owned());
    let is_file = |path: &Path| path == Path::new("/etc/ca.pem");
    let environment = Environment { home: Some(PathBuf::from("/home/u")), variable: &variable, is_file: &is_file };
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
