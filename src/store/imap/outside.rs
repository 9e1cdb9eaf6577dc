//! Which messages of a mailbox are too old or too large to be looked at (RFC 3501, section 6.4.4).

use chrono::DateTime;

use super::connection::Connection;
use super::refusal::refused;
use super::response::Untagged;
use super::status::Word;
use crate::model::extent::{Bounds, DAY, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::uidset::UidSet;

/// Asks for the messages of the selected mailbox that lie outside of `bounds`, in one turn.
pub(super) fn outside(connection: &mut Connection, name: &str, bounds: &Bounds) -> Result<Outside, Fault> {
    let Some(criteria) = criteria(bounds) else { return Ok(Outside::default()) };
    let how = if connection.capabilities.has("ESEARCH") { "RETURN (ALL) " } else { "" };
    let mut found: Option<UidSet> = None;
    let statuses = connection.run(&[format!("UID SEARCH {how}{criteria}")], &mut |untagged| {
        if let Untagged::Found(uids) = untagged {
            found.get_or_insert_default().insert_all(&uids);
        }
        Ok(())
    });
    let statuses = statuses.map_err(|trouble| connection.lost("searching for old and large messages", &trouble))?;
    let doing = || format!("searching for old and large messages in {name} on {}", connection.peer);
    match (statuses.into_iter().find(|status| status.word != Word::Ok), found) {
        (Some(status), _) => Err(refused(&status, Reach::Folder, doing())),
        (None, Some(uids)) => Ok(Outside { uids, ..Outside::default() }),
        // An answer that is missing, or can't be read, doesn't say that there are none.
        (None, None) => {
            let fault = Fault::new(Reach::Folder, FaultKind::Server, doing(), "the server doesn't answer the question");
            Err(fault.advise("nothing was changed; without maxage, maxsize and startdate it isn't asked"))
        }
    }
}

/// What to search for; `None` where nothing lies outside. The server compares days of its own time zone, so a message counts as
/// older only when it is by a whole day more.
fn criteria(bounds: &Bounds) -> Option<String> {
    let day = |since: i64| DateTime::from_timestamp(since - DAY, 0);
    let old = bounds.since.and_then(day).map(|day| day.format("BEFORE %-d-%b-%Y").to_string());
    let large = bounds.largest.map(|bytes| format!("LARGER {}", bytes.min(u32::MAX.into())));
    match (old, large) {
        (Some(old), Some(large)) => Some(format!("OR {old} {large}")),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_search_asks_for_all_that_lies_outside() {
        let ask = |since, largest| criteria(&Bounds { since, largest });
        let february = 1_706_745_600;
        assert_eq!(ask(None, None), None);
        assert_eq!(ask(Some(february), None).unwrap(), "BEFORE 31-Jan-2024");
        assert_eq!(ask(Some(february + DAY), None).unwrap(), "BEFORE 1-Feb-2024");
        assert_eq!(ask(None, Some(2000)).unwrap(), "LARGER 2000");
        assert_eq!(ask(Some(february), Some(u64::MAX)).unwrap(), "OR BEFORE 31-Jan-2024 LARGER 4294967295");
    }
}
