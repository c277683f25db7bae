"""Inside the environment: run one benchmark of `tests/benchmarks`, each a file with `main(arguments) -> int`."""

import runpy
import sys

from . import places


def main(words: list[str]) -> int:
    """Run the benchmark that the first word names with the others as its arguments."""
    name, *arguments = words
    return runpy.run_path(str(places.TESTS / "benchmarks" / f"{name}.py"))["main"](arguments) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
