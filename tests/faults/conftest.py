"""One database for the ring, and a company in it whose subscriptions are billed by real processes."""

import pytest
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
