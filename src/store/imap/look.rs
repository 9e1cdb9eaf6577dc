//! Looks at a mailbox: at everything, or at what changed since the last one.

use super::mailbox::ImapMailbox;
use crate::model::fault::Fault;
use crate::model::mark::ServerMark;
use crate::model::message::{Coverage, Look};
use crate::model::uidset::UidSet;

impl ImapMailbox<'_> {
    pub(super) fn select_command(&self, parameters: &str) -> String {
        let verb = if self.writable { "SELECT" } else { "EXAMINE" };
        format!("{verb} {}{parameters}", self.quoted)
    }

    /// Lists every message with its flags.
    pub(super) fn look_at_all(&mut self) -> Result<Look, Fault> {
        let list = "UID FETCH 1:* (FLAGS)".to_owned();
        let condstore = self.connection.capabilities.condstore() && !self.connection.qresync;
        let seen =
            if condstore { self.select_if_able(&[self.select_command(" (CONDSTORE)"), list.clone()])? } else { None };
        let mut seen = match seen {
            Some(seen) => seen,
            None => self.select(&[self.select_command(""), list])?,
        };
        let whole = seen.is_all_listed();
        let messages = seen.take_messages();
        let coverage = if whole { Coverage::Whole } else { Coverage::Partial };
        let look = Look { messages, coverage, mark: seen.mark().filter(|_| whole) };
        self.selected = Some(seen);
        Ok(look)
    }

    /// What changed since `mark`, in one answer (RFC 7162, section 3.2.5). `None` when that can't be relied on.
    pub(super) fn look_by_qresync(
        &mut self,
        mark: &ServerMark,
        modseq: u64,
        known: &UidSet,
    ) -> Result<Option<Look>, Fault> {
        let validity = mark.uid_validity.0;
        let select = self.select_command(&format!(" (QRESYNC ({validity} {modseq}))"));
        let Some(mut seen) = self.select_if_able(&[select])? else { return Ok(None) };
        let vanished = known.iter().filter(|uid| seen.vanished.contains(*uid)).count() as u64;
        let expected = known.len() + seen.new_beside(known) - vanished;
        let sound = seen.uid_validity == Some(mark.uid_validity)
            && seen.has_modseq()
            && seen.exists().map(u64::from) == Some(expected);
        let coverage = Coverage::Changes { vanished: std::mem::take(&mut seen.vanished) };
        let look = Look { messages: seen.take_messages(), coverage, mark: seen.mark() };
        self.selected = Some(seen);
        Ok(sound.then_some(look))
    }

    /// The flags that changed since `modseq`, and which messages there are (RFC 7162, section 3.1.4).
    pub(super) fn look_by_condstore(
        &mut self,
        mark: &ServerMark,
        modseq: u64,
        known: &UidSet,
    ) -> Result<Option<Look>, Fault> {
        let search =
            if self.connection.capabilities.has("ESEARCH") { "UID SEARCH RETURN (ALL) ALL" } else { "UID SEARCH ALL" };
        let commands = [
            self.select_command(" (CONDSTORE)"),
            format!("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq})"),
            search.to_owned(),
        ];
        let Some(mut seen) = self.select_if_able(&commands)? else { return Ok(None) };
        let complete = seen.is_all_found() && seen.found_no_strangers(known);
        let sound = complete && seen.uid_validity == Some(mark.uid_validity) && seen.has_modseq();
        let coverage = Coverage::Existing { uids: std::mem::take(&mut seen.found) };
        let look = Look { messages: seen.take_messages(), coverage, mark: seen.mark() };
        self.selected = Some(seen);
        Ok(sound.then_some(look))
    }
}
