"""A quotation without recurring products behaves as without the addon: Odoo's own tests of sales say so."""

import pytest

from tools import odoo_suites

FEWEST = 300
"""So many tests at least are there in Odoo's sales modules; fewer means that they were not found."""


@pytest.mark.long
def test_odoo_s_own_tests_of_sales_pass_with_the_addon_as_without():
    comparison = odoo_suites.compare()
    print(comparison.report())
    assert list(comparison.without.values()).count(odoo_suites.PASSED) > FEWEST, comparison.report()
    assert not comparison.different, comparison.report()


def test_what_differs_is_told_by_name():
    comparison = odoo_suites.Comparison({"a": "passed", "b": "failed", "c": "passed"}, {"a": "failed", "b": "failed", "c": "passed"})
    assert comparison.different == {"a": ("passed", "failed")}
    assert comparison.failing_both == ["b"]
    assert "DIFFERS a: passed without, failed with" in comparison.report()


def test_a_failing_teardown_fails_the_test():
    report = """<testsuites><testsuite>
        <testcase classname="sale.X" name="test_a"/><testcase classname="sale.X" name="test_a"><error/></testcase>
        <testcase classname="sale.X" name="test_b"><skipped/></testcase>
    </testsuite></testsuites>"""
    assert odoo_suites.outcomes_of(report) == {"sale.X.test_a": "failed", "sale.X.test_b": "skipped"}
