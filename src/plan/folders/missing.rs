//! Local folders that no folder of the remote side is called like: what they would be there, if they may be there at all.

use super::{Paired, Terms, Tree, called, names, translate};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::utf7;

/// The pair of a local folder and the one that is to be made for it; `None` when it doesn't take part.
pub(super) fn on_remote(
    name: &str,
    remote: &mut Tree<'_>,
    local: &mut Tree<'_>,
    terms: Terms<'_>,
) -> Result<Option<Paired>, Fault> {
    let Some(visible) = called(local.naming, name)? else { return Ok(None) };
    speakable(name, terms)?;
    let there = translate(&visible, local.separator, remote.separator);
    let there =
        if local.naming.translates() { Some(remote.naming.spelt(&there)) } else { remote.naming.hidden(&there) };
    let Some(there) = there else {
        let cause = "what it would be called there can't be derived from namemap".to_owned();
        return Err(refused(
            name,
            cause,
            "set namemap in the local repository, or createfolders = no in the remote one",
        ));
    };
    let wire = canonical(there);
    let Some(back) = called(remote.naming, &wire)? else { return Ok(None) };
    if !is_looked_at(&wire, name, remote, terms)? {
        return Ok(None);
    }
    let returned = translate(&back, remote.separator, local.separator);
    if returned != name {
        let cause = format!("its name would be {wire} there, which comes back as {returned}");
        let translated = local.naming.translates() || remote.naming.translates();
        let advice = if translated {
            "let the local repository's nametrans or namemap undo what the remote one's does"
        } else {
            "rename the local folder"
        };
        return Err(refused(name, cause, advice));
    }
    let names = names((&wire, &back), name, terms);
    Ok(Some(Paired { names, create_remote: true, create_local: false, respelt: None }))
}

/// Refuses a name that there is no way to spell for the server.
fn speakable(name: &str, terms: Terms<'_>) -> Result<(), Fault> {
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(refused(name, "its name isn't UTF-8".to_owned(), "rename the local folder"));
    }
    if name.contains(char::is_control) {
        return Err(refused(name, "its name holds control characters".to_owned(), "rename the local folder"));
    }
    if let Some(text) = utf7::read(name).filter(|text| terms.decode && text != name) {
        let cause = format!("its name is {text} in IMAP's own spelling, which utf8foldernames is there to avoid");
        return Err(refused(name, cause, "rename the local folder"));
    }
    if !terms.decode && !name.is_ascii() {
        let cause = format!("folder names are kept in IMAP's own spelling, which here is {}", utf7::encode(name));
        return Err(refused(name, cause, "rename the local folder, or set utf8foldernames = yes in the account"));
    }
    Ok(())
}

/// Whether the remote side would show a folder of this name in its list. One that was there before and is left out now is none
/// of our business; one that is new has to be somewhere else.
fn is_looked_at(wire: &str, name: &str, remote: &Tree<'_>, terms: Terms<'_>) -> Result<bool, Fault> {
    if wire.is_empty() {
        let advice = "give it a name with nametrans or namemap, or leave it out with folderfilter";
        return Err(refused(name, "it would have no name there".to_owned(), advice));
    }
    if remote.separator.is_some_and(|separator| wire.split(separator).any(str::is_empty)) {
        let cause = format!("its name would be {wire} there, with a part that is empty");
        return Err(refused(name, cause, "rename the local folder, or give it another name there with nametrans"));
    }
    if remote.folders.iter().any(|folder| folder.name == wire && !folder.subscribed) {
        return Ok(false);
    }
    if wire.starts_with(terms.reference) {
        return Ok(true);
    }
    if terms.knows(wire, name) {
        return Ok(false);
    }
    let cause = format!("its name would be {wire} there, which doesn't begin with {}, the reference", terms.reference);
    Err(refused(name, cause, "rename the local folder, or leave it out with folderfilter"))
}

/// The same of a folder that is to be made on the local side.
pub(super) fn is_listed_here(remote: &str, local: &str, terms: Terms<'_>) -> Result<bool, Fault> {
    let reference = terms.local_reference;
    if local.starts_with(reference) {
        return Ok(true);
    }
    if terms.knows(remote, local) {
        return Ok(false);
    }
    let doing = format!("making the folder {remote} of the remote side here");
    let cause = format!("its name would be {local} here, which doesn't begin with {reference}, the local reference");
    Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, cause)
        .advise("leave it out with folderfilter, or give it another name here with nametrans"))
}

/// INBOX is INBOX in whatever case (RFC 3501, section 5.1).
fn canonical(wire: String) -> String {
    if wire.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { wire }
}

fn refused(name: &str, cause: String, advice: &str) -> Fault {
    let doing = format!("making the local folder {name} on the server");
    Fault::new(Reach::Folder, FaultKind::Refused, doing, cause).advise(advice)
}
