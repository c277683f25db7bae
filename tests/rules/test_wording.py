"""Texts with names in braces: what is refused, what is filled in, what is hidden."""

import pytest

from rules import wording


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Hello {name}", []),
        ("Hello {Name}", ["Name"]),
        ("Hello { name }", [" name "]),
        ("50 {", ["{"]),
        ("} {name}", ["}"]),
        ("{}", [""]),
        ("{name.__class__}", ["name.__class__"]),
        ("{amont} {amont}", ["amont"]),
        (None, []),
    ],
)
def test_faults_are_named(text, faults):
    assert wording.faults(text, wording.NAMES) == faults


def test_nothing_tells_a_debt_where_others_read_along():
    assert wording.faults("{company}: {amount}, {documents}, {due_date}, {days_late}, {fees}, {what_for}", wording.OPEN_NAMES) == [
        "amount",
        "documents",
        "due_date",
        "days_late",
        "fees",
        "what_for",
    ]


def test_a_customer_called_like_a_placeholder_is_not_filled_in_twice():
    assert wording.fill("Dear {name}", {"name": "{company}", "company": "Harbor Gym"}) == "Dear {company}"


def test_a_missing_value_leaves_no_hole():
    assert wording.fill("Hello {first_name}, thank you {name}!", {}) == "Hello, thank you!"


def test_the_block_stands_where_the_text_wants_it():
    before, after = wording.pieces("Dear {name},\n\n{payment}\n\nRegards\n{company}", {"name": "Ana", "company": "Harbor Gym"})
    assert (before, after) == ([["Dear Ana,"]], [["Regards", "Harbor Gym"]])


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("a@b.de", "a•••@b.de"),
        ("maria.clara@empresa.com.br", "ma•••@empresa.com.br"),
        ("+5511987654321", "+55 ••• 4321"),
        ("(11) 98765-4321", "••• 4321"),
        ("190", "•••"),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses_are_told_apart_without_giving_them_away(address, masked):
    assert wording.mask(address) == masked
