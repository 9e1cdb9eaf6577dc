"""The two sides of an account, as programs that change or check them see them."""
import imaplib
import os
import re

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
NAMES = {letter: flag for flag, letter in LETTERS.items()}
PARTS = ("cur", "new", "tmp")


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def identity(data):
    found = re.search(rb"^message-id:\s*<([^>]*)>", data, re.I | re.M)
    if not found:
        raise ValueError(f"a message has no Message-ID: {data[:80]!r}")
    return found.group(1).decode()


class Server:
    def __init__(self, port, user, password):
        self.imap = imaplib.IMAP4("127.0.0.1", port)
        self.imap.login(user, password)

    def folders(self):
        names = []
        for row in self.imap.list()[1]:
            row = row[0] + b" " + row[1] if isinstance(row, tuple) else row
            attributes, name = re.match(r'\(([^)]*)\) (?:"[^"]*"|NIL) (?:\{\d+\} )?(.*)', row.decode()).groups()
            if "noselect" not in attributes.lower():
                names.append(re.sub(r"\\(.)", r"\1", name[1:-1]) if row.endswith(b'"') else name)
        return names

    def messages(self, folder):
        """Identity, UID, system flags as letters and keywords of each message."""
        found = []
        count = self.do("select", quoted(folder))[0]
        if int(count) == 0:
            return found
        for part in self.imap.uid("fetch", "1:*", "(UID FLAGS BODY.PEEK[HEADER])")[1]:
            if isinstance(part, tuple):
                flags = [flag.decode() for flag in imaplib.ParseFlags(part[0]) if flag != b"\\Recent"]
                letters = "".join(sorted(LETTERS[flag] for flag in flags if flag in LETTERS))
                words = sorted(flag for flag in flags if flag not in LETTERS)
                uid = re.search(rb"UID (\d+)", part[0]).group(1).decode()
                found.append((identity(part[1]), uid, letters, words))
        return found

    def do(self, command, *args):
        kind, answer = getattr(self.imap, command)(*args)
        if kind != "OK":
            raise ValueError(f"{command} {args}: {answer}")
        return answer

    def uid(self, folder, *args):
        self.do("select", quoted(folder))
        self.do("uid", *args)

    def delete(self, folder, uid):
        self.uid(folder, "store", uid, "+FLAGS.SILENT", "(\\Deleted)")
        self.do("uid", "expunge", uid)

    def append(self, folder, text, flags):
        words = " ".join(NAMES.get(flag, flag) for flag in flags)
        return self.do("append", quoted(folder), f"({words})", None, text.encode())


class Disk:
    def __init__(self, root, sep):
        self.root, self.sep = root, sep

    def path(self, folder):
        return os.path.join(self.root, folder.replace("/", self.sep))

    def messages(self, folder):
        """Identity, path and flags of each message."""
        found = []
        for path in self.files(folder):
            with open(path, "rb") as file:
                found.append((identity(file.read()), path, self.flags(path)))
        return found

    def files(self, folder):
        parts = [os.path.join(self.path(folder), part) for part in ("cur", "new")]
        return sorted(os.path.join(part, name) for part in parts for name in os.listdir(part))

    def flags(self, path):
        name = os.path.basename(path)
        return "".join(sorted(name.rpartition(":2,")[2])) if ":2," in name else ""

    def folders(self):
        found = []
        for folder, below, _ in os.walk(self.root):
            if set(PARTS) <= set(below):
                found.append(os.path.relpath(folder, self.root).replace(self.sep, "/"))
            below[:] = [name for name in below if name not in PARTS]
        return found

    def create(self, folder):
        for part in PARTS:
            os.makedirs(os.path.join(self.path(folder), part))

    def deliver(self, folder, name, text, flags):
        where = "cur" if flags else "new"
        end = ":2," + "".join(sorted(flags)) if flags else ""
        with open(os.path.join(self.path(folder), "tmp", name), "w", encoding="ascii") as file:
            file.write(text.replace("\r\n", "\n"))
        os.rename(file.name, os.path.join(self.path(folder), where, name + end))

    def flag(self, folder, path, flags):
        base = os.path.basename(path).partition(":2,")[0]
        os.rename(path, os.path.join(self.path(folder), "cur", f"{base}:2,{''.join(sorted(flags))}"))
