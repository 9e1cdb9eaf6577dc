"""Does to a server what another client would, or shows what is in a folder.

client.py PORT USER PASSWORD list FOLDER [FOLDER ...]      UID, flags and subject of each message; # FOLDER before each other one
client.py PORT USER PASSWORD append FOLDER SUBJECT [DAYS [BYTES]]   so many days old, with so much text
client.py PORT USER PASSWORD flag FOLDER UIDS SIGN FLAGS   SIGN is + or -
client.py PORT USER PASSWORD several FOLDER "append SUBJECT [DAYS [BYTES]]" "flag UIDS SIGN FLAGS" ...
client.py PORT USER PASSWORD several FOLDER ... "in NEW" ...   makes another folder, for what follows
client.py PORT USER PASSWORD move FOLDER UIDS TO
client.py PORT USER PASSWORD rename FOLDER TO
client.py PORT USER PASSWORD create FOLDER
client.py PORT USER PASSWORD remove FOLDER
client.py PORT USER PASSWORD subscribe FOLDER
client.py PORT USER PASSWORD unsubscribe FOLDER
"""
import imaplib
import re
import sys
import time

port, user, password, action, folder = sys.argv[1:6]
rest = sys.argv[6:]
server = imaplib.IMAP4("127.0.0.1", int(port))
server.login(user, password)


def do(command, *args, **options):
    kind, answer = getattr(server, command)(*args, **options)
    if kind != "OK":
        sys.exit(f"{command} {args}: {answer}")
    return answer


def append(subject, days=None, size=None):
    text = f"From: a@example.org\r\nMessage-ID: <{subject}@there.example.org>\r\nSubject: {subject}\r\n\r\nnews\r\n"
    date = imaplib.Time2Internaldate(time.time() - int(days) * 86400) if days else None
    text += "x" * int(size) + "\r\n" if size else ""
    do("append", folder, None, date, text.encode())


def show(folder):
    count = do("select", folder, readonly=True)[0]
    what = "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
    for part in do("uid", "fetch", "1:*", what) if int(count) else []:
        if isinstance(part, tuple):
            uid = re.search(rb"UID (\d+)", part[0]).group(1).decode()
            flags = sorted(flag.decode() for flag in imaplib.ParseFlags(part[0]) if flag != b"\\Recent")
            print(uid, f"({' '.join(flags)})", part[1].decode().strip().removeprefix("Subject: "))


if action == "list":
    show(folder)
    for folder in rest:
        print("#", folder)
        show(folder)
elif action == "append":
    append(*rest)
elif action == "flag":
    do("select", folder)
    do("uid", "store", rest[0], f"{rest[1]}FLAGS.SILENT", f"({rest[2]})")
elif action == "several":
    for words in [line.split() for line in rest]:
        if words[0] == "append":
            append(*words[1:])
            continue
        if words[0] == "in":
            folder = f'"{" ".join(words[1:])}"'
            do("create", folder)
            continue
        do("select", folder)
        do("uid", "store", words[1], f"{words[2]}FLAGS.SILENT", f"({words[3]})")
        if words[3] == "\\Deleted":
            do("uid", "expunge", words[1])
elif action == "move":
    do("select", folder)
    do("uid", "move", rest[0], rest[1])
elif action == "rename":
    do("rename", folder, rest[0])
else:
    do({"remove": "delete"}.get(action, action), folder)
server.logout()
