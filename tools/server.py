"""An Odoo server on 127.0.0.1, started and stopped by us."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import environment, places
from .problem import Problem

FIRST_PORT = 8069
PORTS_TRIED = 20
PATIENCE_S = 90
STOP_S = 15


class Server:
    """A running server.

    :ivar url: its address, without a slash at the end
    :ivar database: the one database it serves
    :ivar log: the file it writes to
    """

    def __init__(self, database: str, port: int, process: subprocess.Popen, log: pathlib.Path):
        self.database, self.port, self.process, self.log = database, port, process, log
        self.url = f"http://127.0.0.1:{port}"

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, urllib.error.URLError):
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            time.sleep(0.2)
        tail = "\n".join(f"    {line}" for line in self.log.read_text(errors="replace").splitlines()[-12:])
        raise Problem(f"The Odoo server did not start. The end of {self.log}:\n{tail}")

    def stop(self) -> None:
        """End it and wait until it is gone."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


@contextlib.contextmanager
def serving(database: str, port: int | None = None, crons: int = 0):
    """A server for one database, stopped afterwards.

    :param port: the port a person asked for; else the first free one from 8069 on
    :param crons: threads for scheduled actions; none unless told, so that nothing moves by itself
    """
    port = check_port(port)
    log = places.home() / "logs" / f"server-{database}-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    words = ["-d", database, f"--db-filter=^{database}$", "--http-interface=127.0.0.1", f"--http-port={port}"]
    words += [f"--gevent-port={port + 1000}", f"--max-cron-threads={crons}", "--log-level=info"]
    with open(log, "w") as output:
        process = subprocess.Popen(
            environment.odoo_command(*words),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment.variables(),
            start_new_session=True,  # Ctrl-C is for us; we end it
        )
    server = Server(database, port, process, log)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def check_port(wanted: int | None) -> int:
    """The port asked for, or the first free one; a Problem when there is none."""
    ports = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    taken = f"Port {wanted} is" if wanted else f"The ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are"
    raise Problem(f"{taken} taken by another program. Choose a free one: ./dev demo --port 9000")
