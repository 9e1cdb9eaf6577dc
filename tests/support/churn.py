"""Others at work on an account while it is being synchronised, and what must be there in the end.

churn.py PORT USER PASSWORD MAILDIR SEP client SEED OPERATIONS RECORD   a second client of the server
churn.py PORT USER PASSWORD MAILDIR SEP reader SEED OPERATIONS RECORD   a mail reader on the Maildir
churn.py PORT USER PASSWORD MAILDIR SEP check RECORD RECORD             compares both sides with what both have done
churn.py PORT USER PASSWORD MAILDIR SEP check-places RECORD RECORD      the same, after runs that were cut off: what was copied
    by one and changed before the next has the flags of both sides, and is there once when it was deleted

A message is known by its Message-ID. Most belong to one of both, who alone changes them: where they are in the end, and
with which flags, is known exactly. The others may be flagged and deleted by both: they are there, once, unless one of both
deleted them.
"""
import json
import os
import random
import re
import sys
import time
import zlib

from sides import NAMES, Disk, Server, identity, quoted

# The longest rest between two operations, in seconds, so that they spread over many synchronisations.
REST = 0.01


def owner(name):
    """Whose message it is: in the name of those made here, by lot for those that were there before."""
    first = name.partition(".")[0]
    lots = ("client", "reader", "shared")
    return first if first in lots else lots[zlib.crc32(name.encode()) % 3]


def text(name):
    body = "".join(f"line {number} of {name}\r\n" for number in range(zlib.crc32(name.encode()) % 200))
    return f"From: me@example.org\r\nMessage-ID: <{name}>\r\nSubject: {name}\r\n\r\n{body}"


class Actor:
    """Chooses what to do, and keeps a record of it."""

    def __init__(self, kind, seed):
        self.kind, self.random, self.number = kind, random.Random(f"{kind}{seed}"), 0
        self.own, self.shared, self.deleted, self.done = {}, {}, [], {}
        for folder in self.folders:
            for name, flags in self.start(folder):
                if owner(name) == kind:
                    self.own[name] = (folder, flags)
                elif owner(name) == "shared":
                    self.shared[name] = folder

    def work(self, operations):
        left = operations
        while left:
            operation = self.random.choices((self.add, self.flag, self.delete, self.move), (4, 6, 2, 2))[0]
            if operation():
                left -= 1
                self.done[operation.__name__] = self.done.get(operation.__name__, 0) + 1
            time.sleep(self.random.random() * REST)

    def add(self):
        folder, self.number = self.random.choice(self.folders), self.number + 1
        kind = self.random.choice((self.kind, self.kind, "shared"))
        name = f"{kind}.{self.kind}{self.number}@churn.example.org"
        flags = "".join(flag for flag in "DFRS" if self.random.random() < 0.2)
        self.put(folder, name, flags)
        if kind == "shared":
            self.shared[name] = folder
        else:
            self.own[name] = (folder, flags)
        return True

    def other_flags(self, flags):
        return "".join(sorted(set(flags) ^ {self.random.choice("FRS")}))

    def another(self, folder):
        return self.random.choice([other for other in self.folders if other != folder])

    def has_deleted(self, name):
        self.own.pop(name, None)
        self.deleted.append(name)

    def record(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"own": self.own, "shared": self.shared, "deleted": self.deleted}, file)
        print(f"{self.kind}: {self.done}")


class Client(Actor):
    """Another client of the server."""

    def __init__(self, server, seed):
        self.server, self.folders, self.uids = server, sorted(server.folders()), {}
        super().__init__("client", seed)

    def start(self, folder):
        for name, uid, flags, _ in self.server.messages(folder):
            self.uids[name] = uid
            yield name, flags

    def some(self):
        """One of its own messages, or sometimes one that is shared, if it is still there."""
        if self.random.random() < 0.7 and self.own:
            name = self.random.choice(sorted(self.own))
            return name, *self.own[name], self.uids[name]
        folder = self.random.choice(self.folders)
        shared = [row for row in self.server.messages(folder) if owner(row[0]) == "shared"]
        if not shared:
            return None
        name, uid, flags, _ = self.random.choice(shared)
        return name, folder, flags, uid

    def put(self, folder, name, flags):
        answer = self.server.append(folder, text(name), flags)[0].decode()
        self.uids[name] = re.search(r"APPENDUID \d+ (\d+)", answer).group(1)

    def flag(self):
        found = self.some()
        if not found:
            return False
        name, folder, flags, uid = found
        wanted = self.other_flags(flags)
        sign, flag = ("+" if len(wanted) > len(flags) else "-"), (set(wanted) ^ set(flags)).pop()
        self.server.uid(folder, "store", uid, f"{sign}FLAGS.SILENT", f"({NAMES[flag]})")
        if name in self.own:
            self.own[name] = (folder, wanted)
        return True

    def delete(self):
        found = self.some()
        if not found:
            return False
        name, folder, _, uid = found
        self.server.delete(folder, uid)
        self.has_deleted(name)
        return True

    def move(self):
        name = self.random.choice(sorted(self.own))
        folder, flags = self.own[name]
        to = self.another(folder)
        self.server.imap.response("COPYUID")
        self.server.uid(folder, "move", self.uids[name], quoted(to))
        answer = self.server.imap.response("COPYUID")[1][-1]
        self.uids[name] = answer.decode().split()[2]
        self.own[name] = (to, flags)
        return True


class Reader(Actor):
    """A mail reader on the Maildir. Whenever a file isn't where it was a moment ago, it turns to another."""

    def __init__(self, disk, seed):
        self.disk, self.folders = disk, sorted(disk.folders())
        super().__init__("reader", seed)

    def start(self, folder):
        return ((name, flags) for name, _, flags in self.disk.messages(folder))

    def some(self, kinds):
        folder = self.random.choice(self.folders)
        files = self.disk.files(folder)
        self.random.shuffle(files)
        for path in files:
            try:
                with open(path, "rb") as file:
                    name = identity(file.read(4096))
            except FileNotFoundError:
                continue
            if owner(name) in kinds:
                return folder, name, path
        return None

    def put(self, folder, name, flags):
        self.disk.deliver(folder, f"{int(time.time())}.{name.partition('@')[0]}.{os.getpid()}.here", text(name), flags)

    def on(self, found, action):
        if not found:
            return False
        try:
            action()
        except FileNotFoundError:
            return False
        return True

    def flag(self):
        found = self.some(("reader", "shared"))
        if not found:
            return False
        folder, name, path = found
        wanted = self.other_flags(self.disk.flags(path))
        done = self.on(found, lambda: self.disk.flag(folder, path, wanted))
        if done and name in self.own:
            self.own[name] = (folder, wanted)
        return done

    def delete(self):
        found = self.some(("reader", "shared"))
        done = self.on(found, lambda: os.remove(found[2]))
        if done:
            self.has_deleted(found[1])
        return done

    def move(self):
        """Some mail readers keep a file's name when they move it, others make a new one."""
        found = self.some(("reader",))
        if not found:
            return False
        folder, name, path = found
        to, base = self.another(folder), os.path.basename(path)
        if self.random.random() < 0.5:
            self.number += 1
            base = f"moved{self.number}.{os.getpid()}.here:2," + self.disk.flags(path)
        place = "cur" if ":2," in base else "new"
        done = self.on(found, lambda: os.rename(path, os.path.join(self.disk.path(to), place, base)))
        if done:
            self.own[name] = (to, self.own[name][1])
        return done


def check(server, disk, paths, exact):
    """Every message that must be there is there, once, where it must be, on both sides."""
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records.append(json.load(file))
    deleted = {name for record in records for name in record["deleted"]}
    known = lambda name, flags: flags if exact and owner(name) != "shared" else "?"
    own = [(name, *place) for record in records for name, place in record["own"].items()]
    wanted = sorted((name, folder, known(name, flags)) for name, folder, flags in own)
    shared = {name: folder for record in records for name, folder in record["shared"].items()}
    wanted += sorted((name, folder, "?") for name, folder in shared.items() if name not in deleted)
    there = [(name, folder, flags) for folder in server.folders() for name, _, flags, _ in server.messages(folder)]
    here = [(name, folder, flags) for folder in disk.folders() for name, _, flags in disk.messages(folder)]
    wrong = []
    for side, rows in (("server", there), ("disk", here)):
        # What began here and was deleted while only one side was known to have it.
        spared = set() if exact else {row[:2] for row in rows if row[0] in deleted and row[0].startswith("shared.")}
        for name, folder in spared:
            rows.remove(next(row for row in rows if row[:2] == (name, folder)))
        seen = sorted((name, folder, known(name, flags)) for name, folder, flags in rows)
        wrong += [f"{side}: unexpected {row}" for row in seen if seen.count(row) > wanted.count(row)]
        wrong += [f"{side}: missing {row}" for row in wanted if wanted.count(row) > seen.count(row)]
    print("\n".join(wrong + [f"{len(wanted)} messages, {len(deleted)} deleted, {len(wrong)} differences"]))
    return 1 if wrong else 0


def main():
    port, user, password, root, sep, what = sys.argv[1:7]
    server, disk = Server(int(port), user, password), Disk(root, sep)
    if what.startswith("check"):
        return check(server, disk, sys.argv[7:], what == "check")
    seed, operations, record = sys.argv[7:10]
    actor = Client(server, seed) if what == "client" else Reader(disk, seed)
    actor.work(int(operations))
    actor.record(record)
    return 0


try:
    code = main()
except Exception as error:
    print(f"churn.py: {error!r}")
    code = 2
sys.exit(code)
