"""The demo stories as the demo database has them today; in the long tests also told as of a day of our choice."""

import contextlib
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta

from tools import databases
from tools.odoo_session import session

END_OF_MARCH = "2026-03-31"  # seven months that end on a 31st and hold a February


@pytest.fixture(scope="session", params=["today", pytest.param(END_OF_MARCH, marks=pytest.mark.long)])
def told(request):
    """An environment in which the stories were told, on a clone that is removed afterwards."""
    day = request.param
    template = request.getfixturevalue("demo_template" if day == "today" else "addon_template")
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(databases.temporary(template, "stories"))
        env = stack.enter_context(session(name, context={"lang": "en_US"}))
        if day != "today":
            env = env(su=True, context={**env.context, "recurring_today": date.fromisoformat(str(day))})
            _tell(env)
        yield env
        env.cr.rollback()


def _tell(env):
    """Load the demo data as an installation on the environment's day would."""
    from odoo.modules import Manifest
    from odoo.tools import convert_file

    for module in ("recurring_billing", "recurring_billing_l10n_br", "recurring_billing_payment_demo"):
        for file in Manifest.for_addon(module)["demo"]:
            convert_file(env, module, file, {}, mode="init", noupdate=True)
            if file.endswith("price_index.xml"):
                _publish(env)


def _publish(env):
    """The values of the example's price index were published in the months before the environment's day; files know no day but today."""
    index, month = env.ref("recurring_billing.demo_price_index"), env.context["recurring_today"].replace(day=1)
    published = index.value_ids.sorted("month", reverse=True)
    values = [
        {"index_id": index.id, "month": month - relativedelta(months=ago), "value": each.value} for ago, each in enumerate(published, 1)
    ]
    published.unlink()
    env["recurring.price.index.value"].create(values)


@pytest.fixture
def env(told):
    """The environment; what a test writes is undone."""
    savepoint = told.cr.savepoint()
    yield told
    savepoint.rollback()
    told.invalidate_all()
