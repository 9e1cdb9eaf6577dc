//! FETCH.

use std::io;

use chrono::{DateTime, FixedOffset};
use imap_codec::imap_types::command::FetchModifier;
use imap_codec::imap_types::core::AString;
use imap_codec::imap_types::fetch::{Macro, MacroOrMessageDataItemNames, MessageDataItemName, Section};
use imap_codec::imap_types::sequence::SequenceSet;

use super::gmail::words::Item;
use super::mailbox::Message;
use super::session::{Reply, Session};
use crate::model::flags::{Flags, System};
use crate::model::message::InternalDate;
use crate::model::uidset::UidSet;

impl Session<'_> {
    /// FETCH and UID FETCH, with CHANGEDSINCE and VANISHED (RFC 7162).
    pub(super) fn fetch(
        &mut self,
        set: &SequenceSet,
        (items, gmail): (&MacroOrMessageDataItemNames<'_>, &[Item]),
        by_uid: bool,
        modifiers: &[FetchModifier],
    ) -> io::Result<Reply> {
        let mut items = expand(items);
        let binary =
            |item: &_| matches!(item, MessageDataItemName::Binary { .. } | MessageDataItemName::BinarySize { .. });
        let modseq = items.contains(&MessageDataItemName::ModSeq) && !self.shared.options.extensions.condstore;
        if modseq || items.iter().any(binary) {
            return Ok(Reply::bad("there is no such thing here"));
        }
        // Where Gmail's attributes were asked for, their places are taken by more UIDs.
        let mut told = false;
        items.retain(|item| *item != MessageDataItemName::Uid || !std::mem::replace(&mut told, true));
        if by_uid && !items.contains(&MessageDataItemName::Uid) {
            items.insert(0, MessageDataItemName::Uid);
        }
        let since = modifiers.iter().find_map(|modifier| match modifier {
            FetchModifier::ChangedSince(since) => Some(since.get()),
            FetchModifier::Vanished => None,
        });
        if modifiers.contains(&FetchModifier::Vanished) && !(by_uid && self.qresync && since.is_some()) {
            return Ok(Reply::bad("VANISHED goes with QRESYNC, UID FETCH and CHANGEDSINCE"));
        }
        self.condstore |= since.is_some() || items.contains(&MessageDataItemName::ModSeq);
        let Some(selected) = &self.selected else { return Ok(Reply::bad("select a mailbox first")) };
        let (name, read_only) = (selected.name.clone(), selected.read_only);
        let wanted = selected.resolve(set, by_uid);
        let sees = !read_only && items.iter().any(marks_seen);
        let mut gone = UidSet::default();
        let mut messages = Vec::with_capacity(wanted.len());
        {
            let mut mailboxes = self.shared.mailboxes();
            let Some(mailbox) = mailboxes.get_mut(&name) else { return Ok(Reply::no("it is gone")) };
            for (number, uid) in wanted {
                let Some(message) = mailbox.messages.get(&uid) else { continue };
                if since.is_some_and(|since| message.modseq <= since) {
                    continue;
                }
                let new = sees && !message.flags.system.contains(System::SEEN);
                if new {
                    let flags = message.flags.union(&Flags::of(System::SEEN));
                    mailbox.set_flags(uid, flags);
                }
                messages.extend(mailbox.messages.get(&uid).map(|message| (number, message.clone(), new)));
            }
            if let Some(since) = since.filter(|_| modifiers.contains(&FetchModifier::Vanished)) {
                gone = mailbox.expunged.iter().filter(|(at, _)| *at > since).map(|(_, uid)| *uid).collect();
            }
            if sees {
                mailboxes.wake();
            }
        }
        if !gone.is_empty() {
            self.out.line(&format!("* VANISHED (EARLIER) {gone}"))?;
        }
        if let Some(selected) = &mut self.selected {
            messages.iter().filter(|(_, _, new)| *new).for_each(|(_, message, _)| selected.has_told(message));
        }
        for (number, message, new) in &messages {
            self.out.put(format!("* {number} FETCH (").as_bytes())?;
            // Before a body, so that they are known when it comes.
            for item in gmail {
                self.gmail_item(&name, message, *item)?;
            }
            self.fetch_one(message, &items, since.is_some(), *new)?;
            self.out.line(")")?;
        }
        Ok(Reply::ok("fetched"))
    }

    fn fetch_one(
        &mut self,
        message: &Message,
        items: &[MessageDataItemName<'_>],
        with_modseq: bool,
        newly_seen: bool,
    ) -> io::Result<()> {
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self.out.put(b" ")?;
            }
            self.item(message, item)?;
        }
        if with_modseq && !items.contains(&MessageDataItemName::ModSeq) {
            self.out.put(format!(" MODSEQ ({})", message.modseq).as_bytes())?;
        }
        if newly_seen && !items.contains(&MessageDataItemName::Flags) {
            self.out.put(format!(" FLAGS ({})", message.flags).as_bytes())?;
        }
        Ok(())
    }

    fn item(&mut self, message: &Message, item: &MessageDataItemName<'_>) -> io::Result<()> {
        let (header, text) = split(&message.body);
        match item {
            MessageDataItemName::Uid => self.out.put(format!("UID {}", message.uid).as_bytes()),
            MessageDataItemName::Flags => self.out.put(format!("FLAGS ({})", message.flags).as_bytes()),
            MessageDataItemName::InternalDate => {
                self.out.put(format!("INTERNALDATE \"{}\"", date(message.date)).as_bytes())
            }
            MessageDataItemName::Rfc822Size => self.out.put(format!("RFC822.SIZE {}", message.body.len()).as_bytes()),
            MessageDataItemName::ModSeq => self.out.put(format!("MODSEQ ({})", message.modseq).as_bytes()),
            MessageDataItemName::Rfc822 => self.section("RFC822", &message.body, None),
            MessageDataItemName::Rfc822Header => self.section("RFC822.HEADER", header, None),
            MessageDataItemName::Rfc822Text => self.section("RFC822.TEXT", text, None),
            MessageDataItemName::BodyExt { section, partial, .. } => {
                let partial = partial.map(|(from, count)| (from as usize, count.get() as usize));
                match section {
                    None => self.section("BODY[]", &message.body, partial),
                    Some(Section::Header(None)) => self.section("BODY[HEADER]", header, partial),
                    Some(Section::Text(None)) => self.section("BODY[TEXT]", text, partial),
                    Some(Section::HeaderFields(None, names)) => {
                        let label = format!("BODY[HEADER.FIELDS ({})]", list(names.as_ref()));
                        self.section(&label, &fields(header, names.as_ref(), true), partial)
                    }
                    Some(Section::HeaderFieldsNot(None, names)) => {
                        let label = format!("BODY[HEADER.FIELDS.NOT ({})]", list(names.as_ref()));
                        self.section(&label, &fields(header, names.as_ref(), false), partial)
                    }
                    // Every message is one part here.
                    Some(_) => self.section("BODY[1]", text, partial),
                }
            }
            MessageDataItemName::Envelope => self.out.put(format!("ENVELOPE {}", envelope(header)).as_bytes()),
            MessageDataItemName::Body => self.out.put(format!("BODY {}", structure(text)).as_bytes()),
            MessageDataItemName::BodyStructure => self.out.put(format!("BODYSTRUCTURE {}", structure(text)).as_bytes()),
            // BINARY, which is refused before anything is fetched.
            _ => Ok(()),
        }
    }

    fn section(&mut self, label: &str, bytes: &[u8], partial: Option<(usize, usize)>) -> io::Result<()> {
        let (mut label, mut bytes) = (label.to_owned(), bytes);
        if let Some((from, count)) = partial {
            label = format!("{label}<{from}>");
            bytes = bytes.get(from..).unwrap_or_default();
            bytes = &bytes[..count.min(bytes.len())];
        }
        self.out.put(format!("{label} {{{}}}\r\n", bytes.len()).as_bytes())?;
        self.out.body(bytes)
    }
}

fn expand<'a>(items: &MacroOrMessageDataItemNames<'a>) -> Vec<MessageDataItemName<'a>> {
    use MessageDataItemName::{Body, Envelope, Flags, InternalDate, Rfc822Size};
    match items {
        MacroOrMessageDataItemNames::MessageDataItemNames(names) => names.clone(),
        MacroOrMessageDataItemNames::Macro(Macro::Fast) => vec![Flags, InternalDate, Rfc822Size],
        MacroOrMessageDataItemNames::Macro(Macro::All) => vec![Flags, InternalDate, Rfc822Size, Envelope],
        MacroOrMessageDataItemNames::Macro(_) => vec![Flags, InternalDate, Rfc822Size, Envelope, Body],
    }
}

/// Whether fetching it marks a message as seen (RFC 3501, section 6.4.5).
fn marks_seen(item: &MessageDataItemName<'_>) -> bool {
    matches!(
        item,
        MessageDataItemName::BodyExt { peek: false, .. }
            | MessageDataItemName::Rfc822
            | MessageDataItemName::Rfc822Text
    )
}

/// A message's header with its empty line, and the rest.
pub(super) fn split(body: &[u8]) -> (&[u8], &[u8]) {
    let end = body.windows(4).position(|four| four == b"\r\n\r\n").map_or(body.len(), |place| place + 4);
    body.split_at(end)
}

fn list(names: &[AString<'_>]) -> String {
    let names: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name.as_ref()).into_owned()).collect();
    names.join(" ")
}

/// The header's fields that are named (or those that are not), with their folded lines and the empty line.
fn fields(header: &[u8], wanted: &[AString<'_>], keep_them: bool) -> Vec<u8> {
    let mut chosen = Vec::new();
    let mut keep = false;
    for line in header.split_inclusive(|&byte| byte == b'\n') {
        if line == b"\r\n" {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            keep = wanted.iter().any(|field| field.as_ref().eq_ignore_ascii_case(name)) == keep_them;
        }
        if keep {
            chosen.extend_from_slice(line);
        }
    }
    chosen.extend_from_slice(b"\r\n");
    chosen
}

/// The value of a header field, on one line; empty when there is none.
pub(super) fn field(header: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(header).replace("\r\n ", " ").replace("\r\n\t", " ");
    let value = text.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    value.unwrap_or_default()
}

fn quoted(text: &str) -> String {
    if text.is_empty() || !text.is_ascii() {
        return if text.is_empty() { "NIL".to_owned() } else { format!("{{{}}}\r\n{text}", text.len()) };
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn address(text: &str) -> String {
    let (name, address) = text.rsplit_once('<').unwrap_or(("", text));
    let (local, host) = address.trim_end_matches('>').split_once('@').unwrap_or((address, ""));
    format!("(({} NIL {} {}))", quoted(name.trim().trim_matches('"')), quoted(local.trim()), quoted(host.trim()))
}

fn envelope(header: &[u8]) -> String {
    let person = |name: &str| match field(header, name) {
        text if text.is_empty() => "NIL".to_owned(),
        text => address(&text),
    };
    let from = person("From");
    format!(
        "({} {} {from} {from} {from} {} {} NIL {} {})",
        quoted(&field(header, "Date")),
        quoted(&field(header, "Subject")),
        person("To"),
        person("Cc"),
        quoted(&field(header, "In-Reply-To")),
        quoted(&field(header, "Message-ID")),
    )
}

fn structure(text: &[u8]) -> String {
    let lines = memchr::memchr_iter(b'\n', text).count();
    format!("(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL \"8BIT\" {} {lines})", text.len())
}

fn date(date: InternalDate) -> String {
    let utc = DateTime::from_timestamp(date.seconds, 0).unwrap_or_default();
    let zone = FixedOffset::east_opt(date.offset);
    let local = zone.map_or_else(|| utc.fixed_offset(), |zone| utc.with_timezone(&zone));
    local.format("%d-%b-%Y %H:%M:%S %z").to_string()
}
