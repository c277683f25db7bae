"""Databases for the ring, with companies in them whose subscriptions are billed, and debts collected, by real processes."""

import mail_server
import pytest
from debts_world import DebtsWorld
from world import World, forget

from tools import databases, places


@pytest.fixture(scope="session")
def database(addon_template):
    """The name of the database most tests share, with a company for each kind of them."""
    with databases.temporary(addon_template, "faults") as name:
        yield name
        forget(name)


@pytest.fixture(scope="session")
def gateway_template(addon_template):
    """The name of a database with the test addon, whose provider charges cards at the simulated gateway."""
    with databases.temporary(addon_template, "gateway") as name:
        databases.install(name, [places.TEST_ADDON])
        yield name


@pytest.fixture(scope="session")
def _world(database):
    return World(database)


@pytest.fixture
def world(_world):
    """The company, with nothing due but what the test makes."""
    _world.forget_the_past()
    return _world


@pytest.fixture(scope="session")
def _debts(database):
    with mail_server.running() as server:
        yield DebtsWorld(database, server)


@pytest.fixture
def debts(_debts):
    """A company with customers who will owe, on the first day of a month in which nothing else is owed."""
    _debts.begin()
    return _debts
