"""What a person sees while waiting: one line when a step starts, one when it ends, with its seconds."""

import contextlib
import sys
import threading
import time

HEARTBEAT_S = 30

_lock = threading.Lock()
_began = time.monotonic()


def say(text: str) -> None:
    """Print a line at once, whole even when steps run side by side."""
    with _lock:
        print(text, flush=True)


def elapsed() -> float:
    """Seconds since the command started."""
    return time.monotonic() - _began


@contextlib.contextmanager
def step(name: str):
    """Announce `name`, and its seconds once it is done; now and then, that it still goes on."""
    say(f"[{elapsed():6.1f}s] {name} ...")
    began, finished = time.monotonic(), threading.Event()
    threading.Thread(target=_reassure, args=(name, began, finished), daemon=True).start()
    try:
        yield
    finally:
        finished.set()
    say(f"[{elapsed():6.1f}s] {name}: done in {time.monotonic() - began:.1f} s")


def _reassure(name: str, began: float, finished: threading.Event) -> None:
    while not finished.wait(HEARTBEAT_S):
        say(f"[{elapsed():6.1f}s]   {name}: {time.monotonic() - began:.0f} s so far")


def warn(text: str) -> None:
    """Print a warning to the error stream."""
    with _lock:
        print(f"Warning: {text}", file=sys.stderr, flush=True)
