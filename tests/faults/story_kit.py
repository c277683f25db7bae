"""Random stories, what they must cost day by day, and how they are billed by processes that are killed."""

import itertools
import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from processes import DEATH, die_at_commit, start, wait_until

from tools.places import TESTS
from tools.stories import PRICE_WORDS, day_of, number_of, read_events, tell
from tools.story_replay import Replay

sys.path.append(str(Path(TESTS) / "rules"))

import day_by_day

INTERVALS = [{"count": 1, "unit": "month"}] * 3 + [
    {"count": 3, "unit": "month"},
    {"count": 2, "unit": "week"},
    {"count": 1, "unit": "year"},
]
PRICES = ["90.00", "99.99", "249.95", "0.01", "10.00", "1000.00"]
ANCHORS = ["2026-01-01", "2026-01-31", "2026-02-13"]


def random_story(seed: int) -> dict:
    """A story of up to three lineages and eight events, most of them backdated, that can be told; billed until well after them."""
    chance = random.Random(seed)
    begun = day_of(chance.choice(ANCHORS))
    words = {
        "interval": chance.choice(INTERVALS),
        "billing": chance.choice(["advance", "advance", "arrears"]),
        "proration": chance.choice(["actual", "actual", "thirty", "full", "none"]),
        "anchor": str(begun),
    }
    story, today = [], begun + timedelta(days=chance.choice([0, 0, 5, 20]))
    for number in range(chance.randint(3, 9)):
        event = {"on": str(today), "effective": str(_effective(chance, today)), **_event(chance, number, words)}
        if chance.random() < 0.2:
            event["no_run"] = True
        if _can_be_told([*story, event]):
            story.append(event)
        today += timedelta(days=chance.choice([0, 1, 4, 11, 23]))
    return {"id": f"random-{seed}", "kind": "story", "story": story, "bill_until": str(today + timedelta(days=chance.choice([1, 30, 100])))}


def _effective(chance: random.Random, today: date) -> date:
    return today - timedelta(days=chance.choice([0, 0, 0, 3, 10, 25, 40]))


def _event(chance: random.Random, number: int, words: dict) -> dict:
    to = {"price": chance.choice(PRICES), "quantity": chance.choice(["1", "2", "3"]), "discount": chance.choice(["0", "0", "10", "33.33"])}
    if number == 0:
        return {"start": {"line": "A", **words, **to}}
    label = chance.choice("ABC")
    word = chance.choice(["start", "change", "reprice", "reprice", "pause", "resume", "resume", "end", "reopen"])
    if word == "start":
        return {"start": {"line": label, **words, **to}}
    if word == "change":
        other = {"interval": {"count": 1, "unit": "month"}} if chance.random() < 0.2 else {}
        return {"change": label, "to": {"line": chance.choice("ABC"), **to, **other}}
    return {word: label, **({"to": dict([chance.choice(list(to.items()))])} if word == "reprice" else {})}


def _can_be_told(story: list[dict]) -> bool:
    """Whether the events can follow each other; of a line that another took the place of nothing more is told."""
    lines, replaced = [], set()
    try:
        for event in read_events({"story": story}):
            mine = next((line.key for line in reversed(lines) if line.label == event.label), None)
            if mine in replaced and event.word != "start":
                return False
            lines = tell(lines, event)
            replaced |= {mine} if event.word == "change" else set()
    except ValueError:
        return False
    return True


def expected_net(case: dict) -> tuple[dict, set]:
    """What a story must cost by the day-by-day computation: net per line and full period of those in which nothing is due later.

    :return: the amounts that are not zero, and all (line, full period) they are known for.
    """
    until = day_of(case["bill_until"])
    amounts, known = {}, set()
    for line, told in _as_told(case):
        first, words = told
        far = max(until, line.start) + timedelta(days=800)
        wanted = day_by_day.wanted_days(line.start, far, first, words)
        totals, _days = day_by_day.expected_of_days(line.terms._replace(lead_days=0), wanted, line.follows, far)
        for full in day_by_day.full_periods(
            line.terms.anchor, line.terms.interval, line.start - timedelta(days=800), until + timedelta(days=1)
        ):
            if full[1] <= until or (line.terms.billing == "advance" and full[0] <= until):
                known.add((line.label, full))
        for (full, _price), amount in totals.items():
            key = (line.label, full)
            if key in known:
                amounts[key] = amounts.get(key, Decimal(0)) + amount
    return {key: amount for key, amount in amounts.items() if amount}, known


def _as_told(case: dict) -> list:
    """Each lineage with its first price and the words said of it, in order."""
    lines, said = [], {}
    for event in read_events(case):
        before, lines = lines, tell(lines, event)
        mine = next((line.key for line in reversed(before) if line.label == event.label), None)
        to = {word: number_of(event.to[word], word) for word in PRICE_WORDS if word in event.to}
        if event.word == "start":
            said[len(lines) - 1] = ({"quantity": Decimal(1), "discount": Decimal(0), **to}, [])
        elif event.word == "change":
            old = before[mine]
            _runs, price = day_by_day.said_of(max(event.effective, old.start), *said[mine])
            said[mine][1].append(("end", event.effective, {}))
            said[len(lines) - 1] = ({**price, **to}, [])
        else:
            said[mine][1].append((event.word, event.effective, to))
    return [(line, said[line.key]) for line in lines]


class KilledReplay(Replay):
    """Tells stories the same way, but bills in processes each killed before its next commit, until one comes through."""

    def __init__(self, replay: Replay):
        """In the company of another replay."""
        self.registry, self.company_id, self.tax_id = replay.registry, replay.company_id, replay.tax_id
        self.places, self.kills = {}, 0

    def run(self, day, places) -> None:
        for commits in itertools.count():
            (child,) = start(lambda commits=commits: die_at_commit(lambda: super(KilledReplay, self).run(day, places), commits))
            try:
                child.result()
                return
            except AssertionError as death:
                if DEATH not in str(death):
                    raise
                self.kills += 1
                wait_until(self._is_alone, "the killed process's connection is gone, and its locks with it")
                self._forget_timeouts()

    def _is_alone(self) -> bool:
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            return not cursor.fetchall()

    def _forget_timeouts(self) -> None:
        """Odoo takes a process that died for a time-out, and leaves a job out after three in a row: it would not even begin here."""
        with self.registry.cursor() as cursor:
            cursor.execute("UPDATE ir_cron_progress SET timed_out_counter = 0")
            cursor.commit()
