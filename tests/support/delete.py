"""Deletes messages of a folder on a server.

delete.py PORT USER PASSWORD FOLDER UIDS
"""
import imaplib
import sys

port, user, password, folder, uids = sys.argv[1:6]
server = imaplib.IMAP4("127.0.0.1", int(port))
server.login(user, password)
for command in (("select", folder), ("uid", "store", uids, "+FLAGS.SILENT", "(\\Deleted)"), ("uid", "expunge", uids)):
    kind, answer = getattr(server, command[0])(*command[1:])
    if kind != "OK":
        sys.exit(f"{command}: {answer}")
server.logout()
