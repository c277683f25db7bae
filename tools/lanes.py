"""Steps side by side in a few lanes: each begins once what it stands on is done, the first of the list first."""

import concurrent.futures
import dataclasses
import threading
from collections.abc import Callable

from .problem import Problem


@dataclasses.dataclass(eq=False)
class Step:
    """A piece of work.

    :ivar after: the steps it waits for; they must be in the list too. It begins even when one of them had a Problem, and finds that
        in its `outcome`.
    """

    run: Callable[[], object]
    after: tuple["Step", ...] = ()
    outcome: concurrent.futures.Future = dataclasses.field(default_factory=concurrent.futures.Future)

    @property
    def ready(self) -> bool:
        return all(step.outcome.done() for step in self.after)


def run(steps: list[Step], lanes: int) -> None:
    """Run all steps. A Problem stays in the outcome of its step; another error ends the whole, once what is running is over."""
    waiting, changed = list(steps), threading.Condition()

    def next_step() -> Step | None:
        with changed:
            changed.wait_for(lambda: not waiting or any(step.ready for step in waiting))
            step = next((step for step in waiting if step.ready), None)
            if step:
                waiting.remove(step)
            return step

    def lane() -> None:
        while step := next_step():
            try:
                step.outcome.set_result(step.run())
            except BaseException as error:
                step.outcome.set_exception(error)
                if not isinstance(error, Problem):
                    raise
            finally:
                with changed:
                    changed.notify_all()

    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        running = [pool.submit(lane) for _number in range(lanes)]
        try:
            for each in concurrent.futures.as_completed(running):
                each.result()
        except BaseException:
            with changed:
                waiting.clear()
                changed.notify_all()
            raise
