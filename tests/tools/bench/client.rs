//! As much of an IMAP client as it takes to fill a server and to look at it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use memchr::memmem;

use super::dovecot::PASSWORD;

/// What ends the answer to a command of ours.
const OK: &[u8] = b"\r\nb OK";

/// A user who is logged in.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn new(port: u16, user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self { stream: BufReader::with_capacity(256 * 1024, stream) };
        client.line();
        client.command(&format!("LOGIN {user} {PASSWORD}"));
        client
    }

    /// Sends a command and gives what came before its OK.
    pub fn command(&mut self, command: &str) -> Vec<String> {
        self.send(format!("a {command}\r\n").as_bytes());
        self.answer()
    }

    /// Appends messages with their flags, all in one command.
    pub fn append(&mut self, folder: &str, messages: &[(&str, Vec<u8>)]) {
        if messages.is_empty() {
            return;
        }
        self.send(format!("a APPEND {folder}").as_bytes());
        for (number, (flags, message)) in messages.iter().enumerate() {
            let (day, hour) = (number % 28 + 1, number % 24);
            let size = message.len();
            self.send(format!(" ({flags}) \"{day:02}-Jan-2024 {hour:02}:00:00 +0000\" {{{size}+}}\r\n").as_bytes());
            self.send(message);
        }
        self.send(b"\r\n");
        self.answer();
    }

    /// How many messages there are in all folders.
    pub fn messages(&mut self) -> u64 {
        let lines = self.command("LIST \"\" * RETURN (STATUS (MESSAGES))");
        let count = |line: &String| {
            let number =
                line.strip_prefix("* STATUS ")?.split("(MESSAGES ").nth(1)?.trim_end_matches([')', '\r', '\n']);
            number.parse::<u64>().ok()
        };
        lines.iter().filter_map(count).sum()
    }

    /// Fetches everything in these folders as fast as it comes, and throws it away; how many bytes came.
    pub fn drain(mut self, folders: impl Iterator<Item = String>) -> u64 {
        let fetch = "b UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])\r\n";
        let commands: Vec<_> = folders.map(|folder| format!("a SELECT {folder}\r\n{fetch}")).collect();
        self.send(commands.concat().as_bytes());
        let mut left = commands.len();
        let mut stream = self.stream.into_inner();
        let (mut buffer, mut have, mut bytes) = (vec![0; 1 << 20], 0, 0);
        while left > 0 {
            let count = stream.read(&mut buffer[have..]).unwrap();
            assert!(count > 0, "the server closed the connection");
            bytes += count as u64;
            have += count;
            left -= memmem::find_iter(&buffer[..have], OK).count();
            // What the next piece may go on with; too short to be counted again.
            let keep = have.min(OK.len() - 1);
            buffer.copy_within(have - keep..have, 0);
            have = keep;
        }
        bytes
    }

    fn send(&mut self, data: &[u8]) {
        self.stream.get_mut().write_all(data).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).unwrap();
        assert!(!line.is_empty(), "the server closed the connection");
        String::from_utf8_lossy(&line).into_owned()
    }

    fn answer(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if let Some(status) = line.strip_prefix("a ") {
                assert!(status.starts_with("OK"), "the server says: {status}");
                return lines;
            }
            lines.push(line);
        }
    }
}
