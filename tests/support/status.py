"""Prints what a server says of each folder without opening it.

status.py PORT USER PASSWORD
"""
import imaplib
import re
import sys

port, user, password = sys.argv[1:4]
server = imaplib.IMAP4("127.0.0.1", int(port))
server.login(user, password)
for row in server.list()[1]:
    if isinstance(row, tuple):
        name = b'"' + re.sub(rb'(["\\])', rb"\\\1", row[1]) + b'"'
    else:
        name = re.match(rb'\([^)]*\) (?:"[^"]*"|NIL) (.*)', row).group(1)
        name = name if name.startswith(b'"') else b'"' + name + b'"'
    kind, answer = server.status(name.decode(), "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)")
    if kind == "OK":
        text = b" ".join(answer[0]) if isinstance(answer[0], tuple) else answer[0]
        print(name.decode(), text.decode()[text.decode().rindex("("):])
server.logout()
