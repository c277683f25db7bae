"""What a person sees while waiting: one line when a step starts, one when it ends, with its seconds."""

import contextlib
import sys
import threading
import time

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
    """Announce `name`, and its seconds once it is done."""
    say(f"[{elapsed():6.1f}s] {name} ...")
    began = time.monotonic()
    yield
    say(f"[{elapsed():6.1f}s] {name}: done in {time.monotonic() - began:.1f} s")


def warn(text: str) -> None:
    """Print a warning to the error stream."""
    with _lock:
        print(f"Warning: {text}", file=sys.stderr, flush=True)
