"""The companies of the tests, made once: loading a chart of accounts takes a second each."""

from odoo.tools import mute_logger

COMPANIES = {
    "company_usd": ("Harbor Gym", "USD"),
    "company_brl": ("Academia do Porto", "BRL"),
    "company_eur": ("Hafen Verein", "EUR"),
}


def post_init_hook(env):
    """Make a company with the generic chart of accounts in each currency, named by an external id."""
    for name, (title, code) in COMPANIES.items():
        currency = env.ref(f"base.{code}")
        currency.active = True
        company = env["res.company"].create({"name": title, "currency_id": currency.id, "country_id": env.ref("base.us").id})
        # It warns that modules may follow that would add to the chart; none does, this one is the last.
        with mute_logger("odoo.addons.account.models.chart_template"):
            env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.currency_id = currency
        env["ir.model.data"].create(
            {"module": "test_recurring_billing", "name": name, "model": "res.company", "res_id": company.id, "noupdate": True}
        )
