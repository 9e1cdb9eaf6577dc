"""Compares the mailboxes of a user on two servers, or counts them.

twins.py PORT USER PASSWORD OTHERPORT same [SEP PREFIX]     SEP and PREFIX: how the other one names folders
twins.py PORT USER PASSWORD OTHERPORT count                 how many messages each has

Messages are the same when their bytes, flags, keywords and internal dates are.
"""
import collections
import hashlib
import imaplib
import re
import sys

from sides import Server, quoted


def contents(server, folder):
    found = collections.Counter()
    if int(server.do("select", quoted(folder), True)[0]) == 0:
        return found
    for part in server.imap.uid("fetch", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]:
        if isinstance(part, tuple):
            flags = sorted(flag.decode() for flag in imaplib.ParseFlags(part[0]) if flag != b"\\Recent")
            when = re.search(rb'INTERNALDATE "([^"]*)"', part[0]).group(1).decode()
            subject = re.search(rb"^Subject: ([^\r\n]*)", part[1], re.M)
            name = subject.group(1).decode(errors="replace") if subject else "?"
            found[(name, hashlib.sha256(part[1]).hexdigest()[:12], when, " ".join(flags))] += 1
    return found


def renamed(name, sep, prefix):
    if name.upper() == "INBOX":
        return "INBOX"
    return prefix + name.replace("/", sep)


def main():
    port, user, password, other, action = sys.argv[1:6]
    sep, prefix = (sys.argv[6:8] + ["/", ""])[:2] if len(sys.argv) > 6 else ("/", "")
    here, there = Server(int(other), user, password), Server(int(port), user, password)
    if action == "count":
        print([sum(sum(contents(side, name).values()) for name in side.folders()) for side in (there, here)])
        return
    wrong = []
    names = {renamed(name, sep, prefix): name for name in there.folders()}
    for name in sorted(set(names) ^ set(here.folders())):
        wrong.append(f"only on one side: {name}")
    for name, origin in sorted(names.items()):
        if name not in here.folders():
            continue
        left, right = contents(there, origin), contents(here, name)
        wrong += [f"{name}: only there: {one} {count}" for one, count in (left - right).items()]
        wrong += [f"{name}: only here: {one} {count}" for one, count in (right - left).items()]
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
