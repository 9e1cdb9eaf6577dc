import os
import subprocess

LEFT_OUT = ("Spam", "Trash", "Lists/noise")
NAMES = {"Sent Messages": "sent", "Archive": "saved"}


def get_password(account):
    return subprocess.check_output(["cat", os.path.expanduser("~/." + account + "-secret")]).decode().strip()


def wanted(name):
    return not name.startswith(LEFT_OUT)


def name_here(name):
    return NAMES.get(name, name)


def name_there(name):
    return {here: there for there, here in NAMES.items()}.get(name, name.replace(".", "/"))
