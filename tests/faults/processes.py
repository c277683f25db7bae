"""Real processes on one database: children forked from a parent that has Odoo's registry warm, each with connections of its own.

def test_two(world):
    first, second = start(lambda env: 1, lambda env: 2)
    assert [first.result(), second.result()] == [1, 2]
"""

import contextlib
import functools
import itertools
import json
import multiprocessing
import os
import random
import select
import signal
import threading
import time
import traceback
from types import SimpleNamespace
from unittest.mock import patch

from tools import databases

DEADLINE_S = 120
DEATH = "the process died without a word"
MEETING_S = 10


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
        self.wait_until_gone()

    def died(self) -> bool:
        """Wait for the end of the process: whether it died. Work that failed is an error, as everywhere."""
        try:
            self.result()
            return False
        except AssertionError as death:
            if DEATH not in str(death):
                raise
        self.wait_until_gone()
        return True

    def wait_until_gone(self) -> None:
        """PostgreSQL has seen that the process is dead: its transaction is rolled back and its locks are free."""
        left = f"SELECT 1 FROM pg_stat_activity WHERE application_name = 'odoo-{self.pid}'"
        wait_until(lambda: not databases.sql(left), "the dead process's connections are gone")

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
        if not child.died():
            return number
        world.wait_until_alone()
    raise AssertionError(f"{most} processes died, and the work is not done")


def die_at_commit(work, number: int):
    """Work in this process, which dies as in a power cut where it would commit for the (number + 1)th time."""
    from odoo.sql_db import Cursor

    done, commit = itertools.count(), Cursor.commit

    def commit_or_die(cursor):
        if next(done) == number:
            _die()
        return commit(cursor)

    Cursor.commit = commit_or_die
    return work()


COMMIT, ASKED = "commit", "asked"


def dies(work, is_time, seconds: float = 0.0) -> bool:
    """Do the work in a process that dies at a step told, however fast the machine is; False when the work has fewer steps.

    Steps are what others can see: a commit, a request over HTTP, an e-mail. Before and after each it may be time to die.

    :param is_time: of (number, COMMIT or ASKED, whether it is done already), whether it is time.
    :param seconds: so long after the step it dies, wherever it is by then; at its end at the latest.
    """
    return start(functools.partial(_die_at, work, is_time, seconds))[0].died()


def kill_somewhere(work, chance: random.Random, most: int, seconds: float = 0.0) -> None:
    """Let the work be killed: at most so many steps on, earlier where it has fewer of them, and up to so many seconds later."""

    def at(step):
        return lambda number, _kind, _done: number == step

    while not dies(work, at(chance.randint(0, most)), chance.uniform(0, seconds)):
        assert most, "the work takes no step at all"
        most //= 2


def _die_at(work, is_time, seconds):
    import smtplib

    import requests

    from odoo.sql_db import Cursor

    numbers, thinking, dying = itertools.count(), [], []

    def look(kind, is_done):
        if thinking or dying:
            return  # what is asked to find out whether it is time is no step
        thinking.append(kind)
        if is_time(next(numbers), kind, is_done):
            dying.append(kind)
            threading.Timer(seconds, _die).start() if seconds else _die()
        thinking.clear()

    for owner, name, kind in ((Cursor, "commit", COMMIT), (requests.Session, "send", ASKED), (smtplib.SMTP, "data", ASKED)):
        setattr(owner, name, _with_look(getattr(owner, name), functools.partial(look, kind)))
    result = work()
    if dying:
        _die()
    return result


def _with_look(step, look):
    """The step, looking before and after it."""

    @functools.wraps(step)
    def looking(*arguments, **options):
        look(False)
        try:
            return step(*arguments, **options)
        finally:
            look(True)

    return looking


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_step(*works, commits: int) -> list:
    """The same works, for processes that wait for each other after each of their first commits: none comes too late to meet the others."""
    barrier = multiprocessing.get_context("fork").Barrier(len(works))
    return [functools.partial(_in_step, work, barrier, commits) for work in works]


def _in_step(work, barrier, commits):
    from odoo.sql_db import Cursor

    done, commit = itertools.count(), Cursor.commit

    def commit_and_wait(cursor):
        result = commit(cursor)
        if next(done) < commits:
            with contextlib.suppress(threading.BrokenBarrierError):  # who is through already is not waited for
                barrier.wait(MEETING_S)
        return result

    Cursor.commit = commit_and_wait
    try:
        return work()
    finally:
        barrier.abort()


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
