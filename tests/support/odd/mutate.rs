//! What chance makes of an answer: responses, the last of them the one with the tag.

use fastrand::Rng;

/// Responses that say nothing of any message or folder that there is.
const NOTHING: [&str; 24] = [
    "* OK still here",
    "* OK [X-UNKNOWN (a (b \"c\"))] \u{fc}\u{df} {3}",
    "* NO [ALERT] the disk is nearly full",
    "* BAD ignored",
    "* XYZZY (a \"b)\" {3}\r\n)\"( NIL)",
    "* NAMESPACE ((\"\" \"/\")) NIL NIL",
    "* LIST",
    "* LIST (\\Noselect) \"/\" \"100%*\\\\\\\"\"",
    "* STATUS Nowhere (MESSAGES 5 UIDNEXT 9)",
    "* STATUS Nowhere (MESSAGES",
    "* 0 FETCH (FLAGS (\\Seen))",
    "* 9 FETCH (UID 0 FLAGS (\\Seen))",
    "* 9 FETCH (UID 99999999999 FLAGS (\\Deleted))",
    "* 9 FETCH (MODSEQ (5) X-ODD ((((((((((",
    "* 9 FETCH (BODY[] {7}\r\n* BYE)\r\n)",
    "* 9 FETCH (UID 4000000000 BODY[] {4}\r\n\r\n\r\n)",
    "* FETCH",
    "* 99999999999 EXISTS",
    "* 99999999999 EXPUNGE",
    "* 1 RECENT",
    "* VANISHED (EARLIER) 4000000000:4000000009",
    "* SEARCH x",
    "",
    "zz9 OK what was never asked",
];

/// Adds what says nothing, and writes what is said in other ways.
pub fn noise(random: &mut Rng, said: Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for response in said {
        for _ in 0..random.usize(0..3) {
            let nothing = NOTHING[random.usize(0..NOTHING.len())];
            bytes.extend_from_slice(nothing.as_bytes());
            bytes.extend_from_slice(if random.bool() { b"\r\n" } else { b"\n" });
        }
        bytes.extend(written_otherwise(random, response));
    }
    bytes
}

/// The same response with spaces doubled, without CR, in other cases, with items that nobody knows.
fn written_otherwise(random: &mut Rng, mut response: Vec<u8>) -> Vec<u8> {
    let is_untagged = response.starts_with(b"* ");
    let line = response.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    if !is_untagged || line + 1 < response.len() {
        return response;
    }
    if random.u32(0..4) == 0 {
        response.truncate(response.trim_ascii_end().len());
        response.push(b'\n');
    }
    let is_quoted = response.contains(&b'"');
    if random.u32(0..4) == 0 && !is_quoted {
        let space = response.iter().rposition(|byte| *byte == b' ').unwrap_or(1);
        response.insert(space, b' ');
    }
    if random.u32(0..4) == 0 && !is_quoted && !response.starts_with(b"* OK [") {
        response.make_ascii_lowercase();
    }
    let begins = response.windows(8).position(|window| window == b"FETCH (U");
    if let Some(place) = begins.filter(|_| random.u32(0..4) == 0) {
        let item =
            [&b"X-ODD (a (b) \"c)\") "[..], b"EMAILID (M1) ", b"SAVEDATE NIL ", b"X {2}\r\n)) "][random.usize(0..4)];
        response.splice(place + 7..place + 7, item.iter().copied());
    }
    response
}

/// Loses, doubles and tears responses, and puts letters that are none in the place of others. No number becomes another
/// number, and no body another body: that would be a lie, which nobody can see through.
pub fn damage(random: &mut Rng, said: Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for response in said {
        match random.u32(0..24) {
            0 => {}
            1 => {
                bytes.extend_from_slice(&response);
                bytes.extend(response);
            }
            2 | 3 => bytes.extend(with_odd_letter(random, response)),
            4 => bytes.extend(torn(random, response)),
            5 => {
                bytes.extend_from_slice(NOTHING[random.usize(0..NOTHING.len())].as_bytes());
                bytes.extend_from_slice(b"\r\n");
                bytes.extend(response);
            }
            _ => bytes.extend(response),
        }
    }
    bytes
}

/// One letter of a response of one line becomes another, which is no digit.
fn with_odd_letter(random: &mut Rng, mut response: Vec<u8>) -> Vec<u8> {
    const ODD: &[u8] = b"\xFC\x00\"\\()[]{} \tx~*";
    let line = response.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    if line == 0 || line + 1 < response.len() {
        return response;
    }
    // A folder's name would be another folder's.
    let end = if response.starts_with(b"* LIST") || response.starts_with(b"* STATUS") { 6 } else { line };
    let place = random.usize(0..end);
    response[place] = ODD[random.usize(0..ODD.len())];
    response
}

/// A response that lost its end, but not its line end.
fn torn(random: &mut Rng, mut response: Vec<u8>) -> Vec<u8> {
    let line = response.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    if line + 1 == response.len() {
        let place = random.usize(0..=line);
        // Of a number nothing may be left that is another number.
        let place = if response.starts_with(b"* LIST") { 0 } else { place };
        let place = (place..=line).find(|place| !response[*place].is_ascii_digit()).unwrap_or(line);
        response.truncate(place);
        response.extend_from_slice(b"\r\n");
    }
    response
}

/// Anything: bytes changed, lost, put in, pieces doubled.
pub fn chaos(random: &mut Rng, said: Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = if random.bool() { noise(random, said) } else { damage(random, said) };
    for _ in 0..random.usize(0..3) {
        if bytes.is_empty() {
            break;
        }
        let place = random.usize(0..bytes.len());
        match random.u32(0..5) {
            0 => bytes[place] = random.u8(..),
            1 => drop(bytes.remove(place)),
            2 => bytes.insert(place, random.u8(..)),
            3 => bytes[place] = b'0' + random.u8(0..10),
            _ => {
                let end = random.usize(place..bytes.len().min(place + 200));
                let piece = bytes[place..end].to_vec();
                bytes.splice(place..place, piece);
            }
        }
    }
    bytes
}
