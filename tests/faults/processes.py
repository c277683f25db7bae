"""Real processes on one database: children forked from a parent that has Odoo's registry warm, each with connections of its own.

def test_two(world):
    first, second = start(lambda env: 1, lambda env: 2)
    assert [first.result(), second.result()] == [1, 2]
"""

import contextlib
import itertools
import json
import os
import random
import select
import signal
import time
import traceback
from types import SimpleNamespace
from unittest.mock import patch

DEADLINE_S = 120
DEATH = "the process died without a word"


class Child:
    """A forked process that does one piece of work once the gate opens.

    :param work: a function without arguments; what it returns must be fit for JSON.
    :param gate: reading end of a pipe; the work begins when its other end is closed.
    """

    def __init__(self, work, gate: int, opener: int):
        self._reader, writer = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(opener)
            os.close(self._reader)
            _work_and_exit(work, gate, writer)
        os.close(writer)
        self.ended = False

    def result(self):
        """Wait for the end of the work and give what it returned.

        :raises AssertionError: with the child's traceback, when it failed.
        """
        said = b""
        while part := os.read(self._reader, 65536):
            said += part
        self._reap()
        answer = json.loads(said or json.dumps({"error": DEATH}))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def kill(self) -> None:
        """End the process as a power cut would: no handler runs, nothing is rolled back by us."""
        os.kill(self.pid, signal.SIGKILL)
        self._reap()

    def has_finished(self) -> bool:
        """Whether the work is over."""
        return bool(select.select([self._reader], [], [], 0)[0])

    def _reap(self) -> None:
        os.close(self._reader)
        os.waitpid(self.pid, 0)
        self.ended = True


def start(*works) -> list[Child]:
    """Fork a child for each piece of work and let them all begin at one moment."""
    from odoo import sql_db

    sql_db.close_all()  # a connection must never be shared with a child
    gate, opener = os.pipe()
    children = [Child(work, gate, opener) for work in works]
    os.close(gate)
    os.close(opener)
    return children


def run(work):
    """Do one piece of work in a process of its own."""
    return start(work)[0].result()


def kill_at_every_commit(world, work, most: int = 200) -> int:
    """Do the work in processes that die where they would commit: the first at its first commit, the next one at its second, and so on,
    until one comes through. Gives how many died.
    """
    for number in range(most):
        (child,) = start(lambda number=number: die_at_commit(work, number))
        try:
            child.result()
            return number
        except AssertionError as death:
            if DEATH not in str(death):
                raise
            world.wait_until_alone()
    raise AssertionError(f"{most} processes died, and the work is not done")


def die_at_commit(work, number: int):
    """Work in this process, which dies as in a power cut where it would commit for the (number + 1)th time."""
    from odoo.sql_db import Cursor

    done, commit = itertools.count(), Cursor.commit

    def commit_or_die(cursor):
        if next(done) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return commit(cursor)

    Cursor.commit = commit_or_die
    return work()


def wait_until(condition, what: str) -> None:
    """Look again and again until the condition holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < DEADLINE_S, f"waited {DEADLINE_S} s for: {what}"
        time.sleep(0.005)


@contextlib.contextmanager
def _impatient():
    """Odoo waits up to half a minute before it tries again what met another process; here a second does."""
    from odoo.service import model

    with patch.object(model, "time", SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, 1)))):
        yield


def _work_and_exit(work, gate: int, writer: int) -> None:
    code = 1
    try:
        random.seed()  # or all children would wait equally long before they try again
        os.read(gate, 1)
        with _impatient():
            answer = {"result": work()}
        code = 0
    except BaseException:  # the parent is told
        answer = {"error": traceback.format_exc()}
    try:
        os.write(writer, json.dumps(answer).encode())
    finally:
        os._exit(code)
