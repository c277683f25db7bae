"""A service that tests talk to, in a process of its own: how its program serves, how a test starts it and asks at its own door.

The program reads its options as JSON from the first line of its input, says its ports on the first line of its output, and ends when its
input is closed, so it never outlives the test that wanted it.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 60

# The program's side


class Faulty:
    """A service that fails when a test wants it to; `books` has its lock.

    A fault is {"on": "PUT /cobv", "does": word, "times": n}.
    """

    def __init__(self, books):
        self.books = books
        self.faults: list[dict] = []
        self.requests: list[list] = []

    def fault(self, asked: str) -> str:
        """The fault that waits for a request, used up."""
        with self.books.lock:
            for fault in self.faults:
                if fault["times"] > 0 and asked.startswith(fault["on"]):
                    fault["times"] -= 1
                    return fault["does"]
        return ""


class Quiet(BaseHTTPRequestHandler):
    """Answers, and keeps no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        pass

    def _content(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _say(self, status, told, content_type="application/json"):
        content = told if isinstance(told, bytes) else json.dumps(told, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drop(self):
        self.close_connection = True
        self.connection.close()


class Server(ThreadingHTTPServer):
    """On this machine, at any port."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, *_what):
        """Callers that hang up, or show no certificate, are no news."""


def options() -> dict:
    """What the test that started this program wants."""
    return json.loads(sys.stdin.readline())


def serve(api: Server, door: Server) -> None:
    """Serve the customers and the test, until the test is over."""
    for server in (api, door):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"api": api.server_address[1], "door": door.server_address[1]}), flush=True)
    sys.stdin.read()
    os._exit(0)


# The test's side


@contextlib.contextmanager
def started(program: str, wanted: dict):
    """The program of a module of `tests` runs until the end of the block: its ports, by name."""
    tests = pathlib.Path(__file__).resolve().parent
    command = [sys.executable, "-m", program]
    settings = {**os.environ, "PYTHONPATH": str(tests)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tests, env=settings) as process:
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(PATIENCE_S)


def ask(door: int, what: str, values: dict):
    """What the program's own door answers to this."""
    asked = urllib.request.Request(f"http://127.0.0.1:{door}/{what}", json.dumps(values).encode(), method="POST")
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
        return json.load(answer)
