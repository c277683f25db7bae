"""The tests of the rules notice the mistakes one could make in them; see ``planted_bugs.py``."""

import pytest
from planted_bugs import BUGS, rules_fail


@pytest.mark.long
def test_the_rules_as_they_stand_pass():
    assert not rules_fail(None)


@pytest.mark.long
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_noticed(bug):
    assert rules_fail(bug)
