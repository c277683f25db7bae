"""One database for the ring, and a company in it whose subscriptions are billed by real processes."""

import mail_server
import pytest
from debts_world import DebtsWorld
from world import World

from tools import databases


@pytest.fixture(scope="session")
def _world(addon_template):
    with databases.temporary(addon_template, "faults") as name:
        world = World(name)
        yield world
        world.close()


@pytest.fixture
def world(_world):
    """The company, with nothing due but what the test makes."""
    _world.forget_the_past()
    return _world


@pytest.fixture(scope="session")
def _debts(addon_template):
    with mail_server.running() as server, databases.temporary(addon_template, "debts") as name:
        world = DebtsWorld(name, server)
        yield world
        world.close()


@pytest.fixture
def debts(_debts):
    """A company with customers who will owe, on the first day of a month in which nothing else is owed."""
    _debts.begin()
    return _debts
