"""`./dev test`: the rings side by side, and one line of counts at the end."""

import contextlib
import datetime
import functools
import platform
import shutil
import threading
import time

from . import browser, databases, environment, lanes, parts, pdf_printer, places, postgres, progress, python_env, rings
from .problem import Problem

LANES = 2


def run(names: list[str], fast: bool = False, long: bool = False) -> int:
    """Run the rings chosen; the last line printed is exactly the counts."""
    tallies: dict[str, rings.Tally] = {}
    try:
        tallies = _run(names, fast, long)
    except Problem as problem:
        progress.say(f"\n{problem}")
        tallies["environment"] = rings.Tally(failed=1)
    if long:
        _record_long(tallies)
    passed, failed, skipped = (sum(getattr(tally, name) for tally in tallies.values()) for name in ("passed", "failed", "skipped"))
    if not passed + failed + skipped:
        progress.say(f"\nNo test is named {' or '.join(names)}." if names else "\nThere is no test to run.")
        failed = 1
    progress.say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def _run(names: list[str], fast: bool, long: bool) -> dict:
    chosen, keywords = _choose(names, rings.fast_rings() if fast else rings.all_rings())
    if not chosen:
        return {}
    selection = rings.Selection(tuple(keywords), long, live=len(chosen) == 1)
    if all(ring.needs == "python" for ring in chosen):
        python_env.ensure()
        return _side_by_side(chosen, selection)
    threading.Thread(target=_fetch_ahead, args=({ring.needs for ring in chosen},), daemon=True).start()
    environment.ensure()
    with postgres.running():
        databases.drop_orphans()
        return _side_by_side(chosen, selection)


def _fetch_ahead(needed: set[str]) -> None:
    """Fetch the browser and the printer of PDFs meanwhile, when rings will ask for them; what fails here fails there, and is told."""
    if needed & {"demo", "tests"}:
        with contextlib.suppress(Problem):
            browser.ensure()
            pdf_printer.ensure()


def _choose(names: list[str], available: list[rings.Ring]) -> tuple[list[rings.Ring], list[str]]:
    """Names of rings choose these rings; other words choose tests by a part of their name."""
    known = {ring.name: ring for ring in rings.all_rings() + rings.fast_rings()}.values()
    keywords = [name for name in names if not any(name in (ring.name, ring.group) for ring in known)]
    chosen = [ring for name in names for ring in known if name in (ring.name, ring.group)] or available
    if keywords:
        chosen = [ring for ring in chosen if ring.mentions(keywords) and ring.leads]
    return [ring for ring in chosen if ring.present], keywords


def _side_by_side(chosen: list[rings.Ring], selection: rings.Selection) -> dict:
    """Two rings at a time, long ones first; what needs a template database waits for it, while the others run."""
    running: dict[str, float] = {}
    finished = threading.Event()
    threading.Thread(target=_heartbeat, args=(running, finished), daemon=True).start()
    templates = _templates({ring.needs for ring in chosen})
    steps = {}
    for ring in sorted(chosen, key=lambda ring: (ring.needs in templates, -ring.seconds)):
        template = templates.get(ring.needs)
        work = functools.partial(_run_ring, ring, selection, running, template and template.outcome)
        steps[ring.name] = lanes.Step(work, (template,) if template else ())
    try:
        lanes.run([*templates.values(), *steps.values()], LANES)
    finally:
        finished.set()
    tallies = {ring.name: steps[ring.name].outcome.result() for ring in chosen}
    _summary(tallies)
    return tallies


def _templates(needed: set[str]) -> dict[str, lanes.Step]:
    """The making of the template databases that are needed, and of those they are cloned from, in the order they start."""
    base = lanes.Step(databases.base_template)
    plain = lanes.Step(lambda: databases.addon_template(demo=False), (base,))
    demo = lanes.Step(databases.addon_template, (base,))
    tests = lanes.Step(databases.tests_template, (plain,))
    steps = {"base": base, "plain": plain, "demo": demo, "tests": tests}
    wanted = {step for name, step in steps.items() if name in needed}
    while more := {before for step in wanted for before in step.after} - wanted:
        wanted |= more
    return {name: step for name, step in steps.items() if step in wanted}


def _run_ring(ring: rings.Ring, selection: rings.Selection, running: dict, template) -> rings.Tally:
    """Run one ring; a template database (a future) that could not be made is a failure of this ring alone."""
    began = time.monotonic()
    try:
        if template:
            template.result()
        progress.say(f"[{progress.elapsed():6.1f}s] {ring.name} ({ring.about}) ...")
        running[ring.name] = time.monotonic()
        tally = ring.run(selection)
    except Problem as problem:
        tally = rings.Tally(failed=1, said=str(problem), seconds=time.monotonic() - began)
    running.pop(ring.name, None)
    progress.say(f"[{progress.elapsed():6.1f}s] {ring.name}: {_counts(tally)} in {tally.seconds:.1f} s")
    if tally.failed and tally.said:
        progress.say(f"{'=' * 30} {ring.name}\n{tally.said.rstrip()}\n{'=' * 30}")
    return tally


def _heartbeat(running: dict, finished: threading.Event) -> None:
    """Say now and then what is running, so that nobody thinks it hangs."""
    while not finished.wait(progress.HEARTBEAT_S):
        for name, began in list(running.items()):
            counts = rings.counts_so_far(name)
            so_far = ", ".join(f"{counts[key]} {key}" for key in ("passed", "failed") if counts.get(key))
            seconds = time.monotonic() - began
            progress.say(f"[{progress.elapsed():6.1f}s]   {name}: {seconds:.0f} s{', ' + so_far if so_far else ''}")


def _counts(tally: rings.Tally) -> str:
    return f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped"


def _summary(tallies: dict) -> None:
    progress.say("")
    for name, tally in tallies.items():
        progress.say(f"{name:14} {_counts(tally):38} {tally.seconds:7.1f} s")
    progress.say("")


def _record_long(tallies: dict) -> None:
    """Write the outcome of the long tests into the repository, so that it can be read there: a row per ring, of its last run."""
    file = places.CHECKOUT / "docs" / "long-test.md"
    file.parent.mkdir(exist_ok=True)
    commit, today = _commit(), datetime.date.today().isoformat()
    rows = long_rows(file.read_text() if file.exists() else "")
    for name, tally in tallies.items():
        rows[name] = f"| {name} | {tally.passed} | {tally.failed} | {tally.skipped} | {tally.seconds:.0f} | {today} | {commit} |"
    lines = [
        "# The last run of `./dev test --long`, ring by ring",
        "",
        f"Python {platform.python_version()}. Rings may run one by one (`./dev test --long faults`); a row says when, on which commit.",
        "",
        "| ring | passed | failed | skipped | seconds | day | commit |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- |",
        *rows.values(),
    ]
    file.write_text("\n".join(lines) + "\n")


def long_rows(text: str) -> dict[str, str]:
    """The rows of an earlier record, by ring; rows of another shape are left out."""
    cells = {line: [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")}
    return {row[0]: line for line, row in cells.items() if len(row) == 7 and row[1].isdigit()}


def _commit() -> str:
    if not shutil.which("git"):
        return "unknown"
    return parts.run(["git", "rev-parse", "--short", "HEAD"], "Reading the commit", "Is this a clone?", cwd=places.CHECKOUT).strip()
