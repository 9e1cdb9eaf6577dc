"""Others at work on both of two servers while these are kept the same, and what must be there in the end.

rivals.py PORT USER PASSWORD SEP PREFIX work SIDE SEED OPERATIONS RECORD [CONFIG]
rivals.py PORT USER PASSWORD SEP PREFIX check OTHERPORT exact|loose RECORD RECORD

With the server's configuration file, folders are renamed and removed too, and the server numbers its messages anew. SEP and
PREFIX say how the server names folders; in checks that is the other one. A message is known by its Message-ID. Most
belong to one side, whose client alone changes them: where they are in the end, and with which flags and keywords, is known
exactly. The others may be flagged and deleted by both clients: they are there, once, unless one of both deleted them.

Where a run was cut off, or a server numbered its messages anew, or folders were renamed and removed ("loose"), a message that
was moved or deleted since may have come back to wherever it was; but no message is missing, and nothing else is there twice.
"""
import collections
import imaplib
import json
import random
import re
import subprocess
import sys
import time
import zlib

from sides import LETTERS, Server, identity, quoted

# The longest rest between two operations, in seconds, so that they spread over many synchronisations.
REST = 0.02
FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "$Forwarded", "project", "$Junk"]
SIDES = ("here", "there", "shared")


def owner(name):
    """Whose message or folder it is: in the name of those made here, by lot for those that were there before."""
    first = re.split("[.-]", name)[0]
    return first if first in SIDES else SIDES[zlib.crc32(name.encode()) % 3]


def text(name):
    body = "".join(f"line {number} of {name}\r\n" for number in range(zlib.crc32(name.encode()) % 300))
    return f"From: me@example.org\r\nMessage-ID: <{name}>\r\nSubject: {name}\r\n\r\n{body}"


class Names:
    """A server whose folders go by the names that the plainest of servers would give them."""

    def __init__(self, server, sep, prefix):
        self.server, self.sep, self.prefix = server, sep, prefix

    def spelled(self, folder):
        return folder if folder == "INBOX" else self.prefix + folder.replace("/", self.sep)

    def folders(self):
        names = [name for name in self.server.folders() if name == "INBOX" or name.startswith(self.prefix)]
        return sorted(n if n == "INBOX" else n[len(self.prefix):].replace(self.sep, "/") for n in names)

    def messages(self, folder):
        rows = self.server.messages(self.spelled(folder))
        return [(name, uid, sorted([flag for flag in LETTERS if LETTERS[flag] in letters] + words))
                for name, uid, letters, words in rows]


class Rival:
    """Chooses what to do, and keeps a record of it."""

    def __init__(self, side, names, seed, config):
        self.side, self.names, self.random, self.config = side, names, random.Random(f"{side}{seed}"), config
        self.server, self.seed, self.user = names.server, seed, None
        self.own, self.uids, self.shared = {}, {}, {}
        # Where a message that others have is to stay; where a message was; what was deleted.
        self.still, self.was, self.deleted = [], collections.defaultdict(list), set()
        self.number, self.done, self.story = 0, collections.Counter(), []
        self.mine, found = [], collections.defaultdict(list)
        self.base = [folder for folder in names.folders() if not re.match("(here|there)-", folder)]
        for folder in names.folders():
            for name, uid, flags in names.messages(folder):
                found[name].append((folder, uid, flags))
        for name, places in found.items():
            folder, uid, flags = places[0]
            if len(places) > 1 or folder not in self.base:
                self.still += [[name, place] for place, _, _ in places]
            elif owner(name) == side:
                self.own[name], self.uids[name] = [folder, flags], uid
            elif owner(name) == "shared":
                self.shared[name] = folder

    def work(self, operations):
        choices = {self.add: 8, self.flag: 10, self.delete: 4, self.move: 4, self.copy: 2, self.create: 1}
        if self.config:
            choices.update({self.rename: 1, self.remove: 1, self.renumber: 1})
        while operations:
            operation = self.random.choices(list(choices), list(choices.values()))[0]
            if operation():
                operations -= 1
                self.done[operation.__name__] += 1
            time.sleep(self.random.random() * REST)

    def tells(self, *words):
        moment = time.time()
        clock = time.strftime("%H:%M:%S", time.localtime(moment)) + f".{int(moment * 1000) % 1000:03}"
        self.story.append(f"{clock} {self.side}: {' '.join(words)}")

    def do(self, folder, *args):
        self.server.uid(self.names.spelled(folder), *args)

    def anywhere(self):
        return self.random.choice(self.base + self.mine)

    def moved(self, name):
        self.was[name].append(self.own[name][0])

    def add(self):
        self.number += 1
        whose = self.random.choice((self.side, self.side, "shared"))
        folder = self.random.choice(self.base) if whose == "shared" else self.anywhere()
        name = f"{whose}.{self.side}{self.seed}.{self.number}@rivals.example.org"
        flags = sorted(flag for flag in FLAGS if self.random.random() < 0.2)
        when = imaplib.Time2Internaldate(self.random.randrange(1_000_000_000, 1_700_000_000))
        spelled = quoted(self.names.spelled(folder))
        answer = self.server.do("append", spelled, f"({' '.join(flags)})", when, text(name).encode())
        if whose == "shared":
            self.shared[name] = folder
        else:
            self.own[name] = [folder, flags]
            self.uids[name] = re.search(r"APPENDUID \d+ (\d+)", answer[0].decode()).group(1)
        self.tells("add", name, folder, *flags)
        return True

    def some(self):
        """One of its own messages, or sometimes one that is shared, if it is still there."""
        if self.random.random() < 0.7 and self.own:
            name = self.random.choice(sorted(self.own))
            return name, *self.own[name], self.uids[name]
        folder = self.random.choice(self.base)
        shared = [row for row in self.names.messages(folder) if self.shared.get(row[0]) == folder]
        if not shared:
            return None
        name, uid, flags = self.random.choice(shared)
        return name, folder, flags, uid

    def flag(self):
        found = self.some()
        if not found:
            return False
        name, folder, flags, uid = found
        flag = self.random.choice(FLAGS)
        self.do(folder, "store", uid, ("-" if flag in flags else "+") + "FLAGS.SILENT", f"({flag})")
        self.tells("flag", name, folder, uid, flag)
        if name in self.own:
            self.own[name][1] = sorted(set(flags) ^ {flag})
        return True

    def delete(self):
        found = self.some()
        if not found:
            return False
        name, folder, _, uid = found
        self.server.delete(self.names.spelled(folder), uid)
        self.tells("delete", name, folder, uid)
        self.was[name].append(folder)
        self.own.pop(name, None)
        self.deleted.add(name)
        return True

    def transfer(self, command, name, to):
        """Gives the UID at its new place."""
        self.server.imap.response("COPYUID")
        self.do(self.own[name][0], command, self.uids[name], quoted(self.names.spelled(to)))
        answer = self.server.imap.response("COPYUID")[1][-1]
        if not answer:
            raise ValueError(f"{name} is no longer in {self.own[name][0]} on the side {self.side}")
        self.tells(command, name, self.own[name][0], to, *answer.decode().split()[1:])
        return answer.decode().split()[2]

    def move(self):
        if not self.own:
            return False
        name, to = self.random.choice(sorted(self.own)), self.anywhere()
        if to == self.own[name][0]:
            return False
        self.uids[name] = self.transfer("move", name, to)
        self.moved(name)
        self.own[name][0] = to
        return True

    def copy(self):
        """Both stay where they are from now on."""
        if not self.own:
            return False
        name, to = self.random.choice(sorted(self.own)), self.random.choice(self.base)
        if to == self.own[name][0] or self.own[name][0] not in self.base:
            return False
        self.transfer("copy", name, to)
        self.still += [[name, to], [name, self.own.pop(name)[0]]]
        return True

    def create(self):
        self.number += 1
        self.mine.append(f"{self.side}-{self.seed}-{self.number}")
        self.server.do("create", quoted(self.names.spelled(self.mine[-1])))
        return True

    def leave_alone(self):
        """A server hangs up on whoever is in a folder that goes away or is numbered anew."""
        if self.server.imap.state == "SELECTED":
            self.server.do("unselect")

    def renumber(self):
        """A folder gets another UIDVALIDITY; the UIDs stay."""
        # Doveadm spells other names differently.
        plain = [folder for folder in self.base if "&" not in folder]
        folder, validity = self.random.choice(plain), str(self.random.randrange(1, 2_000_000_000))
        self.leave_alone()
        what = ["mailbox", "update", "-u", self.user, "--uid-validity", validity, self.names.spelled(folder)]
        subprocess.run(["doveadm", "-c", self.config, *what], check=True)
        self.tells("renumber", folder, validity)
        return True

    def leave(self):
        """Takes one of its own folders from the list."""
        self.leave_alone()
        return self.mine.pop(self.random.randrange(len(self.mine))) if self.mine else None

    def rename(self):
        old = self.leave()
        if not old:
            return False
        self.number += 1
        new = f"{self.side}-{self.seed}-{self.number}"
        self.server.do("rename", *(quoted(self.names.spelled(name)) for name in (old, new)))
        self.mine.append(new)
        self.tells("rename", old, new)
        for name in [name for name, (folder, _) in self.own.items() if folder == old]:
            self.moved(name)
            self.own[name][0] = new
        return True

    def remove(self):
        old = self.leave()
        if not old:
            return False
        self.server.do("delete", quoted(self.names.spelled(old)))
        self.tells("remove", old)
        for name in [name for name, (folder, _) in self.own.items() if folder == old]:
            self.moved(name)
            self.own.pop(name)
            self.deleted.add(name)
        return True

    def record(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"own": self.own, "shared": self.shared, "still": self.still, "deleted": sorted(self.deleted),
                       "was": self.was, "story": self.story}, file)
        print(f"{self.side}: {dict(self.done)}")


def wanted(records):
    """Where each message has to be, and with which flags where these are known."""
    deleted = {name for record in records for name in record["deleted"]}
    rows, flags = collections.Counter(), {}
    for record in records:
        flags.update({name: words for name, (_, words) in record["own"].items()})
        own = [(name, folder) for name, (folder, _) in record["own"].items()]
        # Both clients know of what is shared, and of what was there twice before.
        rows |= collections.Counter(own + [tuple(row) for row in record["still"]] + list(record["shared"].items()))
    return collections.Counter({row: count for row, count in rows.items() if row[0] not in deleted}), flags


def check(sides, exact, paths):
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records.append(json.load(file))
    rows, flags = wanted(records)
    # As often as it was there.
    may = collections.Counter()
    if not exact:
        may.update((name, place) for record in records for name, places in record["was"].items() for place in places)
    wrong = []
    for side, names in sides:
        seen = collections.Counter()
        for folder in names.folders():
            for name, _, words in names.messages(folder):
                seen[(name, folder)] += 1
                if exact and name in flags and words != flags[name]:
                    wrong.append(f"{side}: {name} in {folder} has {words} instead of {flags[name]}")
        wrong += [f"{side}: {count} missing {row}" for row, count in sorted((rows - seen).items())]
        # Where it was moved away from, and back again, what came back is there besides.
        wrong += [f"{side}: {count} too many {row}" for row, count in sorted((seen - rows - may).items())]
    # What became of those that aren't as they have to be.
    about = {name for name in re.findall(r"[^' (]+@[^' ,)]+", "\n".join(wrong))}
    story = sorted(line for record in records for line in record["story"])
    wrong += [line for line in story if re.search(": (rename|remove|renumber)", line) or about & set(line.split(" "))] if wrong else []
    print("\n".join(wrong + [f"{len(rows)} messages, {len(wrong)} differences"]))
    return 1 if wrong else 0


def main():
    port, user, password, sep, prefix, action = sys.argv[1:7]
    server = Server(int(port), user, password)
    if action == "check":
        other = Names(Server(int(sys.argv[7]), user, password), sep, prefix)
        return check((("there", Names(server, "/", "")), ("here", other)), sys.argv[8] == "exact", sys.argv[9:])
    side, seed, operations, record = sys.argv[7:11]
    rival = Rival(side, Names(server, sep, prefix), seed, "".join(sys.argv[11:]))
    rival.user = user
    rival.work(int(operations))
    rival.record(record)
    return 0


try:
    code = main()
except Exception as error:
    print(f"rivals.py: {error!r}")
    code = 2
sys.exit(code)
