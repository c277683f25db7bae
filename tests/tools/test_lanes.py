"""Steps in lanes: what waits for what, which is first, and what a failure leaves running."""

import threading

import pytest

from tools import lanes, testing
from tools.problem import Problem


def test_a_step_begins_after_what_it_stands_on_and_another_fills_the_lane():
    order, begun = [], threading.Event()

    def template():
        begun.wait(5)
        order.append("template")

    def other():
        order.append("other")
        begun.set()

    first = lanes.Step(template)
    steps = [first, lanes.Step(lambda: order.append("ring"), (first,)), lanes.Step(other)]
    lanes.run(steps, 2)
    assert order == ["other", "template", "ring"]


def test_the_first_of_the_list_that_is_ready_is_next():
    order = []
    first = lanes.Step(lambda: order.append("first"))
    waits = lanes.Step(lambda: order.append("waits"), (first,))
    lanes.run([waits, first, lanes.Step(lambda: order.append("last"))], 1)
    assert order == ["first", "waits", "last"]


def test_a_problem_is_found_by_those_that_wait_and_stops_nobody_else():
    def fail():
        raise Problem("no disk")

    bad = lanes.Step(fail)
    told = lanes.Step(lambda: str(bad.outcome.exception()), (bad,))
    other = lanes.Step(lambda: 7)
    lanes.run([bad, told, other], 2)
    assert (told.outcome.result(), other.outcome.result()) == ("no disk", 7)


def test_an_error_ends_the_whole():
    def fail():
        raise ZeroDivisionError

    never = lanes.Step(lambda: pytest.fail("it began"))
    with pytest.raises(ZeroDivisionError):
        lanes.run([lanes.Step(fail), never], 1)


def test_only_the_templates_that_are_needed_are_made_each_after_its_own():
    assert list(testing._templates({"python"})) == []
    assert list(testing._templates({"python", "plain"})) == ["base", "plain"]
    assert list(testing._templates({"tests"})) == ["base", "plain", "tests"]
    assert list(testing._templates({"plain", "demo", "tests"})) == ["base", "plain", "demo", "tests"]
