//! Asks a server who it is and what it can do, for people to read.

use super::about::{About, Namespaces, Quota};
use super::certificate::Certificate;
use super::connect::{self, ask_capabilities};
use super::connection::Connection;
use super::response::Untagged;
use super::{Greeted, ImapRepository};
use crate::model::fault::Fault;

/// Quotas that are believed.
const MOST_QUOTAS: usize = 100;

/// What can be known of a server before anybody has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The certificate that it has shown, where the connection is encrypted by us.
    pub certificate: Option<Certificate>,
    /// Its first words.
    pub greeting: String,
    /// Whether it has taken us for somebody already.
    pub preauth: bool,
    /// What it says it can do, in capitals.
    pub capabilities: Vec<String>,
    /// What it calls itself.
    pub id: Vec<(String, String)>,
}

/// What it says to a user who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// What it can do for this user, in capitals.
    pub capabilities: Vec<String>,
    /// What it calls itself.
    pub id: Vec<(String, String)>,
    /// Where folders are.
    pub namespaces: Option<Namespaces>,
    /// How much room there is.
    pub quotas: Vec<Quota>,
}

impl Greeted {
    /// Asks the server who it is, and says good-bye.
    pub fn introduce(self) -> Result<Introduction, Fault> {
        let connect::Greeted { mut connection, preauth, greeting, certificate } = self.inner;
        if connection.capabilities.is_empty() {
            ask_capabilities(&mut connection)?;
        }
        let told = ask(&mut connection, &["ID"])?;
        let capabilities = connection.capabilities.names();
        // The answer to this is the end of the connection.
        let _ = connection.run(&["LOGOUT".to_owned()], &mut |_| Ok(()));
        let certificate = certificate.map(|der| Certificate::read(&der));
        Ok(Introduction { certificate, greeting, preauth, capabilities, id: told.id })
    }
}

impl ImapRepository {
    /// Asks the server what it says to this user. No mailbox is opened.
    pub fn acquaintance(&mut self) -> Result<Acquaintance, Fault> {
        let mut told = ask(&mut self.connection, &["ID", "NAMESPACE", "QUOTA"])?;
        told.capabilities = self.connection.capabilities.names();
        Ok(told)
    }
}

/// Asks for these where they are offered. What is refused stays unknown.
fn ask(connection: &mut Connection, what: &[&str]) -> Result<Acquaintance, Fault> {
    let mut told = Acquaintance { capabilities: Vec::new(), id: Vec::new(), namespaces: None, quotas: Vec::new() };
    let offered = what.iter().filter(|what| connection.capabilities.has(what));
    let commands: Vec<String> = offered.map(|what| command(what).to_owned()).collect();
    let mut note = |untagged: Untagged| {
        match untagged {
            Untagged::About(About::Id(id)) => told.id = id,
            Untagged::About(About::Namespaces(namespaces)) => told.namespaces = Some(namespaces),
            Untagged::About(About::Quota(quota)) if told.quotas.len() < MOST_QUOTAS => told.quotas.push(quota),
            _ => {}
        }
        Ok(())
    };
    let statuses = connection.run(&commands, &mut note);
    statuses.map_err(|trouble| connection.lost("asking the server about itself", &trouble))?;
    Ok(told)
}

fn command(capability: &str) -> &'static str {
    match capability {
        "ID" => concat!("ID (\"name\" \"blinkensync\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")"),
        "NAMESPACE" => "NAMESPACE",
        _ => "GETQUOTAROOT INBOX",
    }
}
