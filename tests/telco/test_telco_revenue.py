"""The recorded leavers, active until then, closed in one mass action: their churn to the cent, and what it costs to record it."""

import datetime
import time
from decimal import Decimal

import pytest

from tools import progress

pytestmark = pytest.mark.shared_data

LAST_DAY, DAY_AFTER = datetime.date(2026, 3, 31), datetime.date(2026, 4, 1)
WHOLE_FILE, LOST = 7043, Decimal("139130.85")
OF_TELCO = "company_id = (SELECT id FROM res_company WHERE name = 'Telco')"


def _measured(what: str, count: int, cursor, work):
    """Do it, and say how many queries and seconds it took."""
    began, queries = time.monotonic(), cursor.sql_log_count
    result = work()
    seconds, queries = time.monotonic() - began, cursor.sql_log_count - queries
    progress.say(f"{what}: {count:,} subscriptions, {queries / count:.2f} queries each, {seconds:.1f} s")
    return result, queries / count


def test_closing_the_leavers_in_one_action_is_churn_of_what_they_paid(loaded):
    leavers = [one for one in loaded.subscribers if one["Churn"] == "Yes"]
    lost = sum(Decimal(one["MonthlyCharges"]) for one in leavers)
    if len(loaded.subscribers) == WHOLE_FILE:
        assert (len(leavers), lost) == (1869, LOST)
    loaded.load_and_bill(with_leavers=True)
    refs = [one["customerID"] for one in leavers]

    def close(env):
        from odoo.addons.recurring_billing import const
        from odoo.addons.recurring_billing.services.closing_plan import Choice

        mine = env["recurring.subscription"].search([("company_id", "=", env.company.id), ("client_order_ref", "in", refs)])
        assert set(mine.mapped("state")) == {"active"}
        reason = env.ref("recurring_billing.reason_other")
        choice = Choice(when=const.CLOSE_ON_DATE, day=LAST_DAY, waive_fee=True, override=True)
        service = env["recurring.subscription.closing"]

        def act():
            closing = service.close(mine, reason, choice, "They have left")
            service.run_queued()
            return closing.state

        return _measured("Closing", len(mine), env.cr, act)

    (state, _queries) = loaded.work(close, at=LAST_DAY)
    assert state == "done"
    churn = f"SELECT count(*), SUM(amount)::text FROM recurring_revenue_event WHERE kind = 'churn' AND effective_date = %s AND {OF_TELCO}"
    assert loaded.sql(churn, DAY_AFTER) == [(0, None)]

    def next_day(env):
        work = env["recurring.subscription.line"].sudo()._refresh_current  # as the scheduled action does
        return _measured("The day after", len(leavers), env.cr, work)

    (_none, queries) = loaded.work(next_day, at=DAY_AFTER)
    ((count, amount),) = loaded.sql(churn, DAY_AFTER)
    assert (count, Decimal(amount)) == (len(leavers), -lost)
    assert queries < 5
    ((mrr,),) = loaded.sql(f"SELECT SUM(mrr)::text FROM recurring_subscription WHERE client_order_ref = ANY(%s) AND {OF_TELCO}", refs)
    assert Decimal(mrr) == 0
    assert loaded.work(lambda env: env["recurring.revenue.recording"].differences(), at=DAY_AFTER) == []
