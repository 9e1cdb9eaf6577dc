"""Compares a server with a Maildir tree as multisets; prints every difference and exits 1 when there is one.

compare.py PORT USER PASSWORD MAILDIR SEP [dates]
"""
import base64
import collections
import hashlib
import imaplib
import os
import re
import sys
import time

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


def visible(name):
    def shift(match):
        text = match.group(1).replace(",", "/")
        if not text:
            return "&"
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-16-be")
    return re.sub("&([^-]*)-", shift, name)


def item(data, flags, when):
    return hashlib.sha256(data).hexdigest()[:16], len(data), "".join(sorted(flags)), when


def on_server(port, user, password, sep, dates):
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login(user, password)
    found = {}
    for row in server.list()[1]:
        if isinstance(row, tuple):
            attributes, raw = row[0].decode(), row[1].decode()
        else:
            attributes, raw = row.decode(), re.match(r'\([^)]*\) (?:"[^"]*"|NIL) (.*)', row.decode()).group(1)
            if raw.startswith('"'):
                raw = re.sub(r"\\(.)", r"\1", raw[1:-1])
        if "\\NoSelect" in attributes or "\\Noselect" in attributes:
            continue
        box = found.setdefault(raw.replace("/", sep), collections.Counter())
        quoted = '"' + raw.replace("\\", "\\\\").replace('"', '\\"') + '"'
        kind, count = server.select(quoted, readonly=True)
        if kind != "OK":
            sys.exit(f"cannot look into {raw}: {count}")
        if int(count[0]) == 0:
            continue
        for part in server.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]:
            if isinstance(part, tuple):
                if b"FLAGS (" not in part[0] or b"INTERNALDATE" not in part[0]:
                    raise ValueError(f"flags or date are missing in {part[0]}")
                flags = [LETTERS[f.decode()] for f in imaplib.ParseFlags(part[0]) if f.decode() in LETTERS]
                when = int(time.mktime(imaplib.Internaldate2tuple(part[0]))) if dates else 0
                box[item(part[1].replace(b"\r\n", b"\n"), flags, when)] += 1
    server.logout()
    return found


def on_disk(root, dates):
    found = {}
    for folder, below, _ in os.walk(root):
        if not {"cur", "new", "tmp"} <= set(below):
            continue
        below[:] = [name for name in below if name not in ("cur", "new", "tmp")]
        box = found.setdefault(os.path.relpath(folder, root), collections.Counter())
        for part in ("cur", "new"):
            for name in os.listdir(os.path.join(folder, part)):
                path = os.path.join(folder, part, name)
                with open(path, "rb") as file:
                    data = file.read()
                flags = [c for c in name.rpartition(":2,")[2] if c in "DFRST"] if ":2," in name else []
                box[item(data, flags, int(os.stat(path).st_mtime) if dates else 0)] += 1
    return found


def main():
    port, user, password, root, sep = sys.argv[1:6]
    dates = "dates" in sys.argv[6:]
    there, here = on_server(int(port), user, password, sep, dates), on_disk(root, dates)
    # A local name may be the server's own spelling or the readable one.
    there = {name if name in here else visible(name): box for name, box in there.items()}
    wrong = 0
    for name in sorted(there.keys() | here.keys()):
        if name not in there or name not in here:
            print(f"{name}: only {'on disk' if name in here else 'on the server'}")
            wrong += 1
        left, right = there.get(name, collections.Counter()), here.get(name, collections.Counter())
        for side, more in (("server", left - right), ("disk", right - left)):
            for what, count in sorted(more.items()):
                print(f"{name}: {count} more on {side}: {what}")
                wrong += 1
    print(f"{len(there)} folders, {sum(sum(b.values()) for b in there.values())} messages, {wrong} differences")
    sys.exit(1 if wrong else 0)


# A crash must not look like a difference that was found.
try:
    main()
except Exception as error:
    print(f"compare.py: {error!r}")
    sys.exit(2)
