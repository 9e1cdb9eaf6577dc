"""Moves messages from one folder to another on a server.

relocate.py PORT USER PASSWORD FROM TO UIDS
"""
import imaplib
import sys

port, user, password, source, target, uids = sys.argv[1:7]
server = imaplib.IMAP4("127.0.0.1", int(port))
server.login(user, password)
for command in (("select", source), ("uid", "MOVE", uids, target)):
    kind, answer = getattr(server, command[0])(*command[1:])
    if kind != "OK":
        sys.exit(f"{command}: {answer}")
server.logout()
