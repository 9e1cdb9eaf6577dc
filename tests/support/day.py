"""A day in the life of an account: changes on both sides at once, and what both sides must be afterwards.

day.py PORT USER PASSWORD MAILDIR SEP live SEED EXPECTED   changes both sides, writes what is expected to a file
day.py PORT USER PASSWORD MAILDIR SEP check EXPECTED       compares both sides with it; exits 1 where they differ

A message is known by its Message-ID. What is expected follows from the rules of synchronisation alone: everything that
is new is on both sides, what one side deleted is gone, flags of both sides are merged.
"""
import json
import os
import random
import sys

from sides import NAMES, Disk, Server, quoted


def text(name):
    return f"From: me@example.org\r\nMessage-ID: <{name}@day.example.org>\r\nSubject: {name}\r\n\r\nnews of the day\r\n"


class Day:
    """What is done, and what must come of it: for each folder and message its flags and keywords."""

    def __init__(self, server, disk, seed):
        self.server, self.disk, self.random = server, disk, random.Random(seed)
        self.folders = sorted(server.folders())
        self.expected, self.pool = {}, {}
        for folder in self.folders:
            here = {name: path for name, path, _ in disk.messages(folder)}
            there = server.messages(folder)
            self.expected[folder] = {name: (flags, words) for name, _, flags, words in there}
            self.pool[folder] = [(name, uid, here[name]) for name, uid, _, _ in there]
            self.random.shuffle(self.pool[folder])

    def some(self, wanted=lambda flags, words: True):
        """A message that nothing has been done to today, from a random folder."""
        for folder in self.random.sample(self.folders, len(self.folders)):
            for place, (name, uid, path) in enumerate(self.pool[folder]):
                if wanted(*self.expected[folder][name]):
                    del self.pool[folder][place]
                    return folder, name, uid, path
        raise ValueError("there are too few messages for this day")

    def another(self, folder):
        return self.random.choice([other for other in self.folders if other != folder])

    def live(self):
        for part in (self.new, self.deletions, self.flags, self.keywords, self.conflicts, self.moves, self.places):
            part()

    def new(self):
        for number, flags in enumerate(["", "S", "FS", ""]):
            folder = self.random.choice(self.folders)
            self.server.append(folder, text(f"there{number}"), flags)
            self.expected[folder][f"there{number}@day.example.org"] = (flags, [])
            folder = self.random.choice(self.folders)
            self.disk.deliver(folder, f"here{number}", text(f"here{number}"), flags)
            self.expected[folder][f"here{number}@day.example.org"] = (flags, [])

    def deletions(self):
        for _ in range(3):
            folder, name, uid, _ = self.some()
            self.server.delete(folder, uid)
            del self.expected[folder][name]
            folder, name, _, path = self.some()
            os.remove(path)
            del self.expected[folder][name]
        folder, name, uid, path = self.some()
        self.server.delete(folder, uid)
        os.remove(path)
        del self.expected[folder][name]

    def set_there(self, folder, uid, sign, flag):
        self.server.uid(folder, "store", uid, f"{sign}FLAGS.SILENT", f"({NAMES.get(flag, flag)})")

    def flags(self):
        for flag in "FRSD":
            folder, name, uid, _ = self.some(lambda flags, _, flag=flag: flag not in flags)
            self.set_there(folder, uid, "+", flag)
            self.expect(folder, name, add=flag)
            folder, name, _, path = self.some(lambda flags, _, flag=flag: flag not in flags)
            self.disk.flag(folder, path, set(self.expected[folder][name][0]) | {flag})
            self.expect(folder, name, add=flag)
        for _ in range(2):
            folder, name, uid, _ = self.some(lambda flags, _: flags != "")
            flag = self.expected[folder][name][0][0]
            self.set_there(folder, uid, "-", flag)
            self.expect(folder, name, drop=flag)
            folder, name, _, path = self.some(lambda flags, _: flags != "")
            flag = self.expected[folder][name][0][0]
            self.disk.flag(folder, path, set(self.expected[folder][name][0]) - {flag})
            self.expect(folder, name, drop=flag)
        # A mail reader that opens a folder moves what is new, and changes nothing about it.
        folder, name, _, path = self.some(lambda flags, _: flags == "")
        self.disk.flag(folder, path, "")

    def expect(self, folder, name, add="", drop=""):
        flags, words = self.expected[folder][name]
        self.expected[folder][name] = ("".join(sorted((set(flags) | set(add)) - set(drop))), words)

    def keywords(self):
        for local in (False, True):
            folder, name, uid, path = self.some(lambda flags, words: "R" not in flags and "today" not in words)
            self.set_there(folder, uid, "+", "today")
            flags, words = self.expected[folder][name]
            self.expected[folder][name] = (flags, sorted(words + ["today"]))
            if local:
                self.disk.flag(folder, path, flags + "R")
                self.expect(folder, name, add="R")

    def conflicts(self):
        plain = lambda flags, words: "F" not in flags and "R" not in flags
        folder, name, uid, path = self.some(plain)
        self.set_there(folder, uid, "+", "F")
        self.disk.flag(folder, path, self.expected[folder][name][0] + "R")
        self.expect(folder, name, add="FR")
        folder, name, uid, path = self.some(plain)
        self.set_there(folder, uid, "+", "F")
        self.disk.flag(folder, path, self.expected[folder][name][0] + "F")
        self.expect(folder, name, add="F")
        folder, name, uid, path = self.some(plain)
        self.server.delete(folder, uid)
        self.disk.flag(folder, path, self.expected[folder][name][0] + "F")
        del self.expected[folder][name]
        folder, name, uid, path = self.some(plain)
        os.remove(path)
        self.set_there(folder, uid, "+", "F")
        del self.expected[folder][name]

    def moves(self):
        folder, name, uid, _ = self.some()
        to = self.another(folder)
        self.server.uid(folder, "move", uid, quoted(to))
        self.expected[to][name] = self.expected[folder].pop(name)
        # Some mail readers keep a file's name when they move it, others make a new one. Keywords aren't on the disk.
        for keeps in (True, False):
            folder, name, _, path = self.some(lambda _, words: not words)
            to = self.another(folder)
            base = os.path.basename(path)
            made = base if keeps else "moved:2," + base.rpartition(":2,")[2]
            os.rename(path, os.path.join(self.disk.path(to), "cur", made))
            self.expected[to][name] = self.expected[folder].pop(name)

    def places(self):
        for folder in ("There/Deep/Down", "There/Empty"):
            self.server.do("create", quoted(folder))
            self.expected[folder] = {}
        self.server.append("There/Deep/Down", text("deep there"), "S")
        self.expected["There/Deep/Down"]["deep there@day.example.org"] = ("S", [])
        for folder in ("Here/Deep/Down", "Here/Empty"):
            self.disk.create(folder)
            self.expected[folder] = {}
        self.disk.deliver("Here/Deep/Down", "deep-here", text("deep-here"), "S")
        self.expected["Here/Deep/Down"]["deep-here@day.example.org"] = ("S", [])


def check(server, disk, expected):
    """Every message, once, with its flags; keywords are the server's alone."""
    wanted = sorted((folder, name, flags, words) for folder, box in expected.items() for name, (flags, words) in box.items())
    there = sorted((folder, name, flags, words) for folder in server.folders()
                   for name, _, flags, words in server.messages(folder))
    here = sorted((folder, name, flags) for folder in disk.folders() for name, _, flags in disk.messages(folder))
    without = [row[:3] for row in wanted]
    wrong = []
    for side, names in (("server", server.folders()), ("disk", disk.folders())):
        if sorted(names) != sorted(expected):
            wrong.append(f"folders on {side}: {sorted(names)}, expected {sorted(expected)}")
    for side, seen, hoped in (("server", there, wanted), ("disk", here, without)):
        wrong += [f"{side}: unexpected {row}" for row in seen if seen.count(row) > hoped.count(row)]
        wrong += [f"{side}: missing {row}" for row in hoped if hoped.count(row) > seen.count(row)]
    print("\n".join(wrong + [f"{len(wanted)} messages in {len(expected)} folders, {len(wrong)} differences"]))
    return 1 if wrong else 0


def main():
    port, user, password, root, sep, what = sys.argv[1:7]
    server, disk = Server(int(port), user, password), Disk(root, sep)
    if what == "live":
        day = Day(server, disk, int(sys.argv[7]))
        day.live()
        with open(sys.argv[8], "w", encoding="utf-8") as file:
            json.dump(day.expected, file)
        return 0
    with open(sys.argv[7], encoding="utf-8") as file:
        return check(server, disk, json.load(file))


try:
    code = main()
except Exception as error:
    print(f"day.py: {error!r}")
    code = 2
sys.exit(code)
