"""Real processes on one database: children forked from a parent that has Odoo's registry warm, each with connections of its own.

def test_two(world):
    first, second = start(lambda env: 1, lambda env: 2)
    assert [first.result(), second.result()] == [1, 2]
"""

import json
import os
import random
import select
import signal
import time
import traceback

DEADLINE_S = 120


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
        answer = json.loads(said or '{"error": "the process died without a word"}')
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


def wait_until(condition, what: str) -> None:
    """Look again and again until the condition holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < DEADLINE_S, f"waited {DEADLINE_S} s for: {what}"
        time.sleep(0.005)


def _work_and_exit(work, gate: int, writer: int) -> None:
    code = 1
    try:
        random.seed()  # or all children would wait equally long before they try again
        os.read(gate, 1)
        answer = {"result": work()}
        code = 0
    except BaseException:  # the parent is told
        answer = {"error": traceback.format_exc()}
    try:
        os.write(writer, json.dumps(answer).encode())
    finally:
        os._exit(code)
