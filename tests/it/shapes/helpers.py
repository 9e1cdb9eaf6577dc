#!/usr/bin/env python
# -*- coding: utf-8 -*-
# Shared by both accounts.
import os
import re
from subprocess import check_output

mapping = [("INBOX/Lists/", "lists-"), ("Sent Items", "sent")]
order = ["INBOX", "sent"]


def get_pass(account):
    # As a password manager would answer it: bytes, with a line end.
    return check_output("cat '%s/%s.secret'" % (os.path.dirname(os.path.abspath("__DIR__/x")), account), shell=True).strip()


def host_of(account):
    return {"work": "local%s"}[account] % "host"


def to_here(folder):
    for there, here in mapping:
        if folder.startswith(there) or folder == there:
            return re.sub("^" + re.escape(there), here, folder)
    return folder


def to_server(folder):
    for there, here in mapping:
        if folder.startswith(here):
            return folder.replace(here, there, 1)
    return folder


def wanted(folder):
    return folder not in ("Trash",) and not re.search(r"(?i)junk|spam", folder)


def by_importance(x, y):
    place = lambda name: order.index(name) if name in order else len(order)
    return cmp(place(x), place(y)) or cmp(x.lower(), y.lower())
