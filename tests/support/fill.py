"""Fills a server with folders of varied messages, the same for the same seed.

fill.py PORT USER PASSWORD FOLDERS MESSAGES [SEED]
"""
import imaplib
import random
import sys
import time

NAMES = ["INBOX", "Archive", "Archive/2023", "Archive/2023/May", "Entw&APw-rfe", "With space", 'Say "hello"']
FLAGS = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted", "$Forwarded", "project"]


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message(rng, folder, number):
    size = min(200_000, int(rng.lognormvariate(7.5, 1.2)))
    head = [f"From: sender{rng.randrange(50)}@example.org", "To: reader@example.org",
            f"Subject: {number} in {folder}", f"Message-ID: <{folder.encode().hex()}.{number}@example.org>",
            "Date: Mon, 01 Jan 2024 12:00:00 +0000", "MIME-Version: 1.0"]
    kind = number % 4
    if kind == 0:
        head.append("Content-Type: multipart/mixed; boundary=edge")
        body = b"--edge\r\n\r\n" + b"part one\r\n" * (size // 20) + b"--edge\r\n\r\npart two\r\n--edge--\r\n"
    elif kind == 1:
        body = bytes(rng.choice(b"\xe4\xf6\xfc\xdfabc ") for _ in range(min(size, 900))) + b"\r\n"
    elif kind == 2:
        body = b"x" * size + b"\r\n"
    else:
        body = b"".join(b"line %d of many\r\n" % n for n in range(size // 18)) + b"no end of line"
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def main():
    port, user, password, folders, messages = sys.argv[1:6]
    rng = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)
    server = imaplib.IMAP4("127.0.0.1", int(port))
    server.login(user, password)
    names = (NAMES + [f"Folder{n:02}" for n in range(int(folders))])[:int(folders)]
    for name in names:
        if name != "INBOX":
            server.create(quoted(name))
        for number in range(int(messages)):
            flags = " ".join(flag for flag in FLAGS if rng.random() < 0.2)
            when = imaplib.Time2Internaldate(time.gmtime(1_600_000_000 + rng.randrange(100_000_000)))
            kind, answer = server.append(quoted(name), f"({flags})", when, message(rng, name, number))
            if kind != "OK":
                sys.exit(f"{name}: {answer}")
    server.logout()


main()
