//! SOCKS 5 (RFC 1928, RFC 1929) and SOCKS 4 with names (SOCKS 4A).

use std::net::{IpAddr, Ipv4Addr};

use zeroize::Zeroizing;

use super::Trouble;
use super::talk::Talk;
use crate::config::settings::ProxyUser;

/// What is said to somebody who named no user, and to one who named the wrong one.
const NAMELESS: &str = "the proxy wants a user and a password";
const REFUSED: &str = "the proxy refuses the user or the password";

/// What a SOCKS 5 proxy means by its answers, from 1 on (RFC 1928, section 6).
const ANSWERS: [&str; 8] = [
    "it can't do it now",
    "its rules don't allow it",
    "there is no route to the network",
    "there is no route to the server",
    "the server refuses the connection",
    "the server didn't answer in time",
    "it doesn't make connections for others",
    "it doesn't know this kind of address",
];

/// Asks by SOCKS 5.
pub(super) fn five(talk: &mut Talk<'_>, user: Option<&ProxyUser>, host: &str, port: u16) -> Result<(), Trouble> {
    let ways: &[u8] = if user.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    talk.say(ways)?;
    match (talk.hear()?, user) {
        ([5, 0], _) => {}
        ([5, 2], Some(user)) => log_in(talk, user)?,
        ([5, 0xff], Some(_)) => return Err(Trouble::Credentials("the proxy takes no user and password")),
        ([5, 0xff], None) => return Err(Trouble::Credentials(NAMELESS)),
        _ => return Err(Trouble::Nonsense),
    }
    let mut request = vec![5, 1, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Err(_) => {
            let length = u8::try_from(host.len()).map_err(|_| Trouble::Refused("the name is too long".to_owned()))?;
            request.extend([3, length]);
            request.extend(host.bytes());
        }
    }
    request.extend(port.to_be_bytes());
    talk.say(&request)?;
    let [version, answer, _, kind] = talk.hear()?;
    match (version, answer) {
        (5, 0) => {}
        (5, code) => return Err(Trouble::Refused(meaning(code))),
        _ => return Err(Trouble::Nonsense),
    }
    // The address that it speaks to the server from is of no interest.
    let length = match kind {
        1 => 4,
        3 => talk.hear::<1>()?[0],
        4 => 16,
        _ => return Err(Trouble::Nonsense),
    };
    talk.skip(length)?;
    Ok(talk.skip(2)?)
}

fn log_in(talk: &mut Talk<'_>, user: &ProxyUser) -> Result<(), Trouble> {
    // Room for all of it at once, so that no piece is left behind.
    let mut words = Zeroizing::new(Vec::with_capacity(3 + 2 * 255));
    words.push(1);
    for part in [user.name.as_str(), user.password.reveal()] {
        words.push(u8::try_from(part.len()).map_err(|_| Trouble::Credentials("the user or the password is too long"))?);
        words.extend(part.bytes());
    }
    talk.say(&words)?;
    // Some say 5 here in place of 1.
    match talk.hear()? {
        [1 | 5, 0] => Ok(()),
        [1 | 5, _] => Err(Trouble::Credentials(REFUSED)),
        _ => Err(Trouble::Nonsense),
    }
}

fn meaning(code: u8) -> String {
    let known = usize::from(code).checked_sub(1).and_then(|place| ANSWERS.get(place));
    known.map_or_else(|| format!("no, for the reason {code}"), |&words| words.to_owned())
}

/// Asks by SOCKS 4, with the name in place of an address where it is one.
pub(super) fn four(talk: &mut Talk<'_>, user: Option<&ProxyUser>, host: &str, port: u16) -> Result<(), Trouble> {
    let (address, name) = match host.parse() {
        Ok(IpAddr::V4(address)) => (address, None),
        Ok(IpAddr::V6(_)) => return Err(Trouble::Refused("SOCKS4 has no room for an address of IPv6".to_owned())),
        // An address that nobody has says that a name follows.
        Err(_) => (Ipv4Addr::new(0, 0, 0, 1), Some(host)),
    };
    let mut request = vec![4, 1];
    request.extend(port.to_be_bytes());
    request.extend(address.octets());
    request.extend(user.map_or("", |user| user.name.as_str()).bytes());
    request.push(0);
    if let Some(name) = name {
        request.extend(name.bytes());
        request.push(0);
    }
    talk.say(&request)?;
    match talk.hear::<8>()? {
        [0, 90, ..] => Ok(()),
        [0, 91, ..] => Err(Trouble::Refused("no".to_owned())),
        [0, 92 | 93, ..] => Err(Trouble::Credentials("the proxy refuses the user")),
        _ => Err(Trouble::Nonsense),
    }
}
