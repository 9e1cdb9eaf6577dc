//! CONNECT (RFC 9110, section 9.3.6), with the user's name and password where there are any (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Trouble;
use super::talk::Talk;
use crate::config::settings::ProxyUser;

/// Bytes of an answer that are read.
const LONGEST: usize = 16 * 1024;
/// Characters of the proxy's own words that are shown.
const SHOWN: usize = 100;

/// Asks by CONNECT.
pub(super) fn connect(talk: &mut Talk<'_>, user: Option<&ProxyUser>, host: &str, port: u16) -> Result<(), Trouble> {
    let place = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let mut request = Zeroizing::new(format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"));
    // Room for the rest, so that no piece of a secret is left behind.
    request.reserve(1024);
    if let Some(user) = user {
        let pair = Zeroizing::new(format!("{}:{}", user.name, user.password.reveal()));
        let pair = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&pair);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    talk.say(request.as_bytes())?;
    let answer = head(talk)?;
    let line = String::from_utf8_lossy(answer.split(|&byte| byte == b'\n').next().unwrap_or_default()).into_owned();
    let (version, status) = line.trim_end().split_once(' ').ok_or(Trouble::Nonsense)?;
    if !version.starts_with("HTTP/1.") {
        return Err(Trouble::Nonsense);
    }
    match (status.get(..3).and_then(|code| code.parse::<u16>().ok()), user) {
        (Some(200..=299), _) => Ok(()),
        // 401 is what some say in place of 407.
        (Some(401 | 407), None) => Err(Trouble::Credentials("the proxy wants a user and a password")),
        (Some(401 | 407), Some(_)) => Err(Trouble::Credentials("the proxy refuses the user or the password")),
        (Some(_), _) => Err(Trouble::Refused(status.chars().take(SHOWN).collect())),
        (None, _) => Err(Trouble::Nonsense),
    }
}

/// The answer up to the empty line, and not a byte of what follows it.
fn head(talk: &mut Talk<'_>) -> Result<Vec<u8>, Trouble> {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n\r\n") && !answer.ends_with(b"\n\n") {
        if answer.len() >= LONGEST {
            return Err(Trouble::Nonsense);
        }
        answer.extend(talk.hear::<1>()?);
        // Whoever speaks something else may have said all that it has to say.
        let begin = &answer[..answer.len().min(5)];
        if !b"HTTP/".starts_with(begin) {
            return Err(Trouble::Nonsense);
        }
    }
    Ok(answer)
}
