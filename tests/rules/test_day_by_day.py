"""The day-by-day computation proves something only as long as it shares nothing with the rules."""

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import day_by_day
from lineage_of_one import monthly

ALLOWED = {"datetime", "fractions", "decimal"}


def test_it_imports_nothing_but_dates_and_exact_numbers():
    tree = ast.parse(Path(day_by_day.__file__).read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert plain | named == ALLOWED
    assert not any(isinstance(node, ast.Name) and node.id in ("__import__", "exec", "eval") for node in ast.walk(tree))


def test_a_month_paused_and_repriced_late_by_hand():
    """April at 3.00 a day: 5 days, then from the 6th 4.00 a day, without the pause from the 11th to the 20th."""
    first = {"price": Decimal(90), "quantity": Decimal(1), "discount": Decimal(0)}
    told = [
        ("pause", date(2026, 4, 11), {}),
        ("resume", date(2026, 4, 21), {}),
        ("reprice", date(2026, 4, 6), {"price": Decimal(120)}),
    ]
    wanted = day_by_day.wanted_days(date(2026, 4, 1), date(2026, 5, 1), first, told)
    totals, days = day_by_day.expected_of_days(monthly("2026-04-01"), wanted, False, date(2026, 5, 1))
    assert {price[0]: str(amount) for (_full, price), amount in totals.items()} == {Decimal(90): "15", Decimal(120): "60"}
    assert len(days) == 20


def test_ends_of_months_by_hand():
    leap = [day_by_day.boundary(date(2024, 1, 31), monthly("2024-01-31").interval, n) for n in range(-1, 4)]
    assert [str(day) for day in leap] == ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
