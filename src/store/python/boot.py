"""Answers questions about the Python in a configuration: a line of JSON comes in, a line of JSON goes out.

Started as `python3 -c <this> LIMIT PYTHONFILE`; PYTHONFILE is empty when there is none. Needs Python 3.7.
"""

import sys

if sys.path[:1] == [""]:
    del sys.path[0]  # "-c" would import from whatever directory we are in.

import base64
import collections.abc
import functools
import inspect
import io
import itertools
import json
import os
import queue
import re
import signal
import threading
import types

LARGEST = 16 << 20  # Bytes of an answer.
DEEPEST = 32  # Lists within lists.
ITEM = 16  # What an item costs beside its text.
SHOWN = 2000  # Characters of an exception's text.
COMPUTED = (collections.abc.Iterator, collections.abc.KeysView, collections.abc.ValuesView, range)
ALWAYS_TRUE = (types.GeneratorType, types.CoroutineType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)


class Wrong(Exception):
    """The user's code gave something that can't be used; the text says what."""


def name_of(value):
    kind = type(value)
    module = kind.__module__
    return kind.__name__ if module in ("builtins", None) else "%s.%s" % (module, kind.__name__)


def coded(data):
    return base64.b64encode(data).decode("ascii")


class Encoder:
    """Turns what the user's code gave into JSON, as far as it goes."""

    def __init__(self):
        self.left = LARGEST

    def spend(self, cost):
        self.left -= cost
        if self.left < 0:
            raise Wrong("what it gave is larger than 16 MB")

    def encode(self, value, depth=0):
        if depth > DEEPEST:
            raise Wrong("what it gave is nested more than %d levels deep" % DEEPEST)
        self.spend(ITEM)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return int(value) if abs(value) < 1 << 63 else {"other": "int"}
        if isinstance(value, float):
            return float(value) if abs(value) < float("inf") else {"other": "float"}
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (bytes, bytearray)):
            self.spend(len(value) * 2)
            return {"bytes": coded(bytes(value))}
        return self.many(value, depth)

    def text(self, value):
        self.spend(len(value))
        try:
            value.encode("utf-8")
            return value
        except UnicodeEncodeError:
            pass
        try:
            return {"odd": coded(value.encode("utf-8", "surrogateescape"))}
        except UnicodeEncodeError:
            return {"other": "str that holds half a character"}

    def many(self, value, depth):
        if isinstance(value, (set, frozenset)):
            value = sorted(value, key=lambda item: (name_of(item), str(item)))
        elif isinstance(value, COMPUTED) and not isinstance(value, io.IOBase):
            value = itertools.islice(value, LARGEST // ITEM + 1)
        elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {"map": [[bare(key), self.encode(item, depth + 1)] for key, item in value.items()]}
        elif not isinstance(value, (list, tuple)):
            return {"other": name_of(value)}
        return [self.encode(item, depth + 1) for item in value]


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "odd" in value:
        return base64.b64decode(value["odd"]).decode("utf-8", "surrogateescape")
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    return {key: decode(item) for key, item in value.get("map", [])}


def truth(value):
    """What Python takes it for; what is true whatever it holds is a slip of the pen."""
    if isinstance(value, ALWAYS_TRUE):
        raise Wrong("it must give a truth value, but gave a value of type %s, which Python always takes for true"
                    % name_of(value))
    return bool(value)


def cmp(a, b):
    """Python 2's."""
    return (a > b) - (a < b)


def compares(function):
    """Whether it is an old function that compares two names, and not one that gives a name's key."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = sum(p.default is p.empty for p in places)
    if not places:  # *args: OfflineIMAP would pass two.
        return inspect.isfunction(function) or inspect.ismethod(function)
    return needed == 2 or (needed == 0 and len(places) == 2)


class User:
    """The names that the user's code sees, and the functions it defined."""

    def __init__(self):
        self.names = {"re": re, "os": os, "cmp": cmp}
        self.functions = {}

    def load(self, path):
        # OfflineIMAP's name for the module; it puts the directory on no path either.
        module = types.ModuleType("<none>")
        module.__file__ = path
        module.cmp = cmp
        sys.modules[module.__name__] = module
        with open(path, "rb") as file:
            source = file.read()
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
        self.names.update(vars(module))

    def evaluate(self, option, code):
        # Each value sees names of its own, so none can spoil another's.
        return eval(compile(code.strip(), "<%s>" % option, "eval", dont_inherit=True), dict(self.names))

    def function(self, option, code):
        key = (option, code)
        if key not in self.functions:
            function = self.evaluate(option, code)
            if not callable(function):
                raise Wrong("it must give a function, such as lambda foldername: ..., but gave %s"
                            % ("None" if function is None else "a value of type " + name_of(function)))
            self.functions[key] = function
        return self.functions[key]

    def order(self, function, items):
        key = functools.cmp_to_key(function) if compares(function) else function
        return sorted(range(len(items)), key=lambda at: key(items[at]))

    def answer(self, request):
        option, code, arguments = request["option"], request["code"], decode(request["arguments"])
        if request["ask"] == "function":
            self.function(option, code)
            return None
        if request["ask"] == "order":
            return self.order(self.function(option, code), arguments)
        if request["ask"] == "value":
            result = self.evaluate(option, code)
        else:
            result = self.function(option, code)(*arguments)
        if request["want"] == "nothing":
            return None
        return truth(result) if request["want"] == "truth" else Encoder().encode(result)


def bare(text):
    """The text, such as can be sent."""
    return text[:SHOWN].encode("utf-8", "backslashreplace").decode("utf-8")


def described(error, option, path):
    """An exception as the other side explains it: what it was, and the last place in it that is the user's."""
    if isinstance(error, Wrong):
        return {"kind": "", "text": bare(str(error)), "place": "", "line": 0, "source": ""}
    try:
        text = str(error)
    except Exception:
        text = ""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    source = ""
    if isinstance(error, SyntaxError):
        text, source = str(error.msg), error.text if isinstance(error.text, str) else ""
        places.append((error.filename, error.lineno or 0))
    known = {path: "pythonfile", "<%s>" % option: "value"}
    place, line = next(((known[file], line) for file, line in reversed(places) if file in known), ("", 0))
    direct = bool(places) and places[-1][0] == "<%s>" % option
    return {"kind": bare(name_of(error)), "text": bare(text), "place": place, "line": line, "source": bare(source),
            "direct": direct}


class Line:
    """The two ends of the conversation, out of the user's reach."""

    def __init__(self):
        self.incoming, self.outgoing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self.process = os.getpid()
        self.requests = queue.Queue()
        self.busy = False
        os.register_at_fork(after_in_child=self.leave)

    def leave(self):
        """In a process that the user's code forked: this line is not its own."""
        for end in (self.incoming, self.outgoing):
            try:
                os.close(end)
            except OSError:
                pass

    def listen(self):
        with io.open(self.incoming, "rb", closefd=False) as lines:
            for line in lines:
                self.requests.put(line)
        # Nobody is there any more.
        if self.busy and os.getpgrp() == self.process:
            os.killpg(self.process, signal.SIGKILL)
        os._exit(0)

    def begin(self, limit):
        self.busy = True
        # Ends, by the kernel's hand, what lets no other thread run, should nobody be left to end it.
        signal.setitimer(signal.ITIMER_VIRTUAL, limit + 1)

    def end(self, number, answer):
        if os.getpid() != self.process:
            os._exit(0)
        data = json.dumps(dict(answer, to=number), ensure_ascii=False).encode("utf-8") + b"\n"
        if len(data) > LARGEST:
            return self.end(number, {"error": described(Wrong("what it gave is larger than 16 MB"), "", "")})
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self.busy = False
        while data:
            data = data[os.write(self.outgoing, data):]


def attempt(option, path, action):
    try:
        return {"value": action()}
    except BaseException as error:
        return {"error": described(error, option, path)}


def main(limit, path):
    try:
        os.setsid()  # No Ctrl-C comes from the terminal, and nobody can be asked there.
    except OSError:
        pass  # It leads a group already.
    # A handler, since children would inherit that it is ignored.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    line, user = Line(), User()
    sys.argv[:] = ["blinkensync"]
    line.begin(float(limit))
    threading.Thread(target=line.listen, daemon=True).start()
    line.end(0, attempt("", path, lambda: user.load(path) if path else None))
    while True:
        request = json.loads(line.requests.get().decode("utf-8"))
        line.begin(request["limit"])
        line.end(request["number"], attempt(request["option"], path, lambda: user.answer(request)))


main(*sys.argv[1:])
