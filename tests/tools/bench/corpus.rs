//! Mail that looks like mail, and is the same each time.

use fastrand::Rng;

use super::client::Client;

/// The largest message but for the one that is meant to be large.
const LARGEST: f64 = 1_000_000.0;

/// How far sizes spread: of a logarithm's normal distribution.
const SPREAD: f64 = 1.1;

/// Appended in one command: so many bytes at most, or a little more.
const BATCH: usize = 4_000_000;

/// Flags as they stand on the server, in turn.
const FLAGS: [&str; 6] = ["\\Seen", "\\Seen", "\\Seen \\Answered", "\\Seen \\Flagged", "", "\\Seen $Label1"];

/// How much mail there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub folders: u32,
    /// In each folder.
    pub messages: u32,
    /// Bytes: half of the messages are smaller.
    pub median: u32,
}

impl Size {
    /// The names of the folders.
    pub fn names(self) -> impl Iterator<Item = String> {
        (0..self.folders).map(|number| if number == 0 { "INBOX".to_owned() } else { format!("list{number:03}") })
    }

    /// All messages together.
    pub fn total(self) -> u64 {
        u64::from(self.folders) * u64::from(self.messages)
    }
}

/// Writes messages.
pub struct Author {
    random: Rng,
    lines: Vec<String>,
}

impl Author {
    pub fn new() -> Self {
        let mut random = Rng::with_seed(1);
        let word = |random: &mut Rng| (0..random.usize(2..9)).map(|_| random.lowercase()).collect::<String>();
        let words: Vec<String> = (0..800).map(|_| word(&mut random)).collect();
        let line = |random: &mut Rng| {
            let mut line = String::new();
            while line.len() < 66 {
                line.push_str(&words[random.usize(0..words.len())]);
                line.push(' ');
            }
            line + "\r\n"
        };
        Self { lines: (0..600).map(|_| line(&mut random)).collect(), random }
    }

    /// A message of about this many bytes.
    pub fn message(&mut self, name: &str, size: usize) -> Vec<u8> {
        let random = &mut self.random;
        let german = random.u8(0..20) == 0;
        let encoding = if german { "utf-8\r\nContent-Transfer-Encoding: 8bit" } else { "us-ascii" };
        let mut text = format!(
            "From: Sender {0} <sender{0}@example.org>\r\nTo: reader@example.org\r\nSubject: {name}\r\n\
             Date: Mon, 01 Jan 2024 12:00:00 +0000\r\nMessage-ID: <{1:x}.{name}@example.org>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset={encoding}\r\n\r\n",
            random.u32(0..500),
            random.u64(..),
        );
        text.reserve(size + 80);
        while text.len() < size {
            let line =
                if german { "Grüße aus Köln, wo es schön ist\r\n" } else { &self.lines[random.usize(0..600)] };
            text.push_str(line);
        }
        text.into_bytes()
    }

    /// A size as mail has it.
    fn size(&mut self, median: u32) -> usize {
        let (one, other) = (1.0 - self.random.f64(), self.random.f64());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        let size = (f64::from(median) * (SPREAD * normal).exp()).min(LARGEST);
        // Neither negative nor too large; a fraction of a byte is no matter.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let size = size as usize;
        size
    }
}

/// Fills a user's mailboxes. How many bytes that is.
pub fn fill(client: &mut Client, size: Size) -> u64 {
    let (mut author, mut bytes) = (Author::new(), 0);
    for folder in size.names() {
        if folder != "INBOX" {
            client.command(&format!("CREATE {folder}"));
        }
        let (mut batch, mut length) = (Vec::new(), 0);
        for number in 0..size.messages {
            let wanted = author.size(size.median);
            let message = author.message(&format!("{folder}.{number}"), wanted);
            length += message.len();
            bytes += message.len() as u64;
            batch.push((FLAGS[number as usize % FLAGS.len()], message));
            if length > BATCH {
                client.append(&folder, &std::mem::take(&mut batch));
                length = 0;
            }
        }
        client.append(&folder, &batch);
    }
    bytes
}
