"""Pix codes are registered and payments booked by processes killed at any moment, at a bank that fails, and tells twice, late or never."""

import random
from decimal import Decimal

import pytest
from pix_world import PixWorld, pix_bank
from processes import kill_somewhere, run, start

from tools import databases

SEED = 20260310
SHORT, LONG = (12, 4), (100, 40)
"""Codes, and kills: half of them while codes are registered, half while payments are booked."""
STEPS = 2
"""Fewer than a code or a payment takes, so that every process has something left to do when it dies."""
MOMENT_S = 0.05
"""Half of the processes die some time after a step, wherever they are then."""
NOTICES = ("once", "twice", "late", "never")
RERUNS = 3


@pytest.fixture(scope="module")
def pix(addon_template):
    with pix_bank.running() as bank, databases.temporary(addon_template, "pix") as name:
        world = PixWorld(name, bank)
        with world.listening():
            yield world
        world.close()


def _register_killed(world: PixWorld, ids: list[int], kills: int) -> None:
    chance = random.Random(SEED)
    for kill in range(kills):
        world.trouble(chance, chance.choice(["PUT /cob", "PUT /cob", "GET /cob"]))
        kill_somewhere(world.registering(), chance, STEPS * len(ids) // kills, MOMENT_S * (kill % 2))
        world.check_codes(ids, all_registered=False)
    world.bank.calm()
    for _again in range(RERUNS):
        run(world.registering())


def _pay_all(world: PixWorld, ids: list[int]) -> dict[int, Decimal]:
    """Every customer pays the code of the invoice."""
    paid = {}
    for number, invoice in enumerate(world.invoices(ids)):
        (code,) = invoice["codes"]
        said = world.bank.pay(code.split()[1], world.month, notify=NOTICES[number % len(NOTICES)])
        paid[invoice["id"]] = Decimal(said["valor"])
        assert paid[invoice["id"]] == Decimal(str(invoice["amount_total"])).quantize(Decimal("0.01"))
    return paid


def _book_killed(world: PixWorld, ids: list[int], paid: dict, kills: int) -> None:
    chance = random.Random(SEED + 1)
    for kill in range(kills):
        world.trouble(chance, "GET /pix")
        if kill == kills // 2:
            world.bank.release_late()
        kill_somewhere(world.reading(), chance, STEPS * len(ids) // kills, MOMENT_S * (kill % 2))
        world.check_booked(ids, paid, all_booked=False)
    world.bank.calm()
    world.bank.release_late()
    for _again in range(RERUNS):
        run(world.reading())


def _story(world: PixWorld, count: int, kills: int) -> None:
    world.begin_a_month()
    ids = world.owe(count)
    _register_killed(world, ids, kills // 2)
    print(f"\n{count} invoices, {kills} kills: {world.check_codes(ids, all_registered=True)} codes at the bank, one each")
    paid = _pay_all(world, ids)
    _book_killed(world, ids, paid, kills - kills // 2)
    booked, told = world.check_booked(ids, paid, all_booked=True), world.bank.everything()["notifications"]
    print(f"{booked} Pix booked, one each; notifications {told}")
    assert world.bank.violations() == []


@pytest.mark.shared_data
def test_every_pix_is_registered_and_booked_once_by_killed_processes(pix):
    _story(pix, *SHORT)


@pytest.mark.long
@pytest.mark.shared_data
def test_a_hundred_pix_are_registered_and_booked_once_by_forty_killed_processes(pix):
    _story(pix, *LONG)


@pytest.mark.shared_data
def test_two_processes_at_the_bank_make_one_code_and_one_payment_each(pix):
    world = pix
    world.begin_a_month()
    ids = world.owe(SHORT[0])
    for child in start(world.registering(), world.registering()):
        child.result()
    run(world.registering())
    assert world.check_codes(ids, all_registered=True) == len(ids)
    paid = _pay_all(world, ids)
    for child in start(world.reading(), world.reading()):
        child.result()
    run(world.reading())
    assert world.check_booked(ids, paid, all_booked=True) == len(ids)
