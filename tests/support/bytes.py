"""Puts messages on a server exactly as they are, and takes them from there.

bytes.py PORT USER PASSWORD put FOLDER DIRECTORY   appends every file of a directory
bytes.py PORT USER PASSWORD get FOLDER DIRECTORY   writes every message to a file
"""
import imaplib
import os
import re
import sys

port, user, password, what, folder, directory = sys.argv[1:7]
# imaplib would mend line ends, and takes no longer lines than this.
imaplib.MapCRLF = re.compile(b"(?!)")
imaplib._MAXLINE = 1 << 30
server = imaplib.IMAP4("127.0.0.1", int(port))
server.login(user, password)
if what == "put":
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), "rb") as file:
            kind, answer = server.append(folder, "", None, file.read())
        if kind != "OK":
            sys.exit(f"{name}: {answer}")
else:
    kind, answer = server.select(folder, readonly=True)
    if kind != "OK":
        sys.exit(f"{folder}: {answer}")
    for number in range(1, int(answer[0]) + 1):
        body = server.fetch(str(number), "(BODY.PEEK[])")[1][0][1]
        with open(os.path.join(directory, str(number)), "wb") as file:
            file.write(body)
server.logout()
