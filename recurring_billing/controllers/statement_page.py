from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .customer_link import no_traces, told_to_browser, who
from .debts_page import ROUTE


class RecurringStatementPage(CustomerPortal):
    """The statement in the portal: what the customer who logged in owes, as a page and as a PDF."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "recurring_statement_count" in counters:
            payer = request.env.user.partner_id.commercial_partner_id
            # sudo: customers have no access to accounting; these are their own open items
            service = payer.sudo().env["recurring.customer.statement"]
            values["recurring_statement_count"] = len(service._open_lines(payer, request.env.company))
        return values

    @http.route("/my/statement", type="http", auth="user", website=True, sitemap=False)
    def recurring_my_statement(self, download=None, **_kwargs):
        # sudo: customers have no access to accounting; these are the debts of the customer who is logged in
        company = request.env.company.sudo()
        payer = request.env.user.partner_id.commercial_partner_id.sudo().with_company(company.id)
        if download:
            return statement_pdf(payer, company)
        values = {
            "page_name": "recurring_statement",
            "payer": payer,
            "res_company": company,
            "day": company._recurring_today(),
            "statements": payer.env["recurring.customer.statement"].of(payer, company)[payer],
            "path": "/my/statement",
            "pay_link": self._pay_link,
            **told_to_browser(request.env.lang),
        }
        return request.render("recurring_billing.portal_statement_page", values)

    def _pay_link(self, row):
        """Where an item can be paid; empty for what has no page."""
        move = row.line.move_id
        return move._recurring_pay_link() if move._recurring_is_payable() else ""


class RecurringDebtsStatement(http.Controller):
    """The statement as a PDF from the page of debts, which needs no login."""

    @http.route(f"{ROUTE}/statement", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def recurring_debts_statement(self, token, **_kwargs):
        partner, company = who(token)
        return statement_pdf(partner.with_company(company.id), company)


def statement_pdf(payer, company):
    """The statement of a customer who was checked, as an answer."""
    content, _kind = payer.env["ir.actions.report"]._render_qweb_pdf(
        "recurring_billing.action_report_recurring_statement", payer.ids, data={"company_id": company.id}
    )
    name = payer.with_context(lang=payer.lang or request.env.lang).env._("Statement %s", company._recurring_today())
    headers = [
        ("Content-Type", "application/pdf"),
        ("Content-Length", str(len(content))),
        ("Content-Disposition", content_disposition(f"{name}.pdf")),
    ]
    return no_traces(request.make_response(content, headers=headers))
