from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal


class RecurringStatementPage(CustomerPortal):
    """The customer's statement on a page: logged in, or by a signed link. It shows one customer's debts to nobody else."""

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
        payer = request.env.user.partner_id.commercial_partner_id
        return self._statement_of(payer, request.env.company, "/my/statement", download)

    @http.route(
        "/recurring/statement/<int:partner_id>/<int:company_id>/<string:signature>", type="http", auth="public", website=True, sitemap=False
    )
    def recurring_statement(self, partner_id, company_id, signature, download=None, **_kwargs):
        # sudo: the signature is checked right here, before anything is read of them
        payer = request.env["res.partner"].sudo().browse(partner_id).exists()
        company = request.env["res.company"].sudo().browse(company_id).exists()
        if not (payer and company and payer._is_recurring_statement_signature(company, signature)):
            raise request.not_found()
        return self._statement_of(payer, company, payer._recurring_statement_path(company), download)

    def _statement_of(self, payer, company, path, download):
        # sudo: customers have no access to accounting; these are the debts of the payer who was checked
        payer, company = payer.sudo().with_company(company.id), company.sudo()
        if download:
            return self._pdf(payer, company)
        statements = payer.env["recurring.customer.statement"].of(payer, company)[payer]
        values = {
            "page_name": "recurring_statement",
            "payer": payer,
            "res_company": company,
            "day": company._recurring_today(),
            "statements": statements,
            "path": path,
            "pay_link": self._pay_link,
            "no_breadcrumbs": path != "/my/statement",
        }
        response = request.render("recurring_billing.portal_statement_page", values)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _pay_link(self, row):
        """Where an item can be paid; empty for what has no page."""
        move = row.line.move_id
        return move._recurring_pay_link() if move._recurring_is_payable() else ""

    def _pdf(self, payer, company):
        content, _kind = payer.env["ir.actions.report"]._render_qweb_pdf(
            "recurring_billing.action_report_recurring_statement", payer.ids, data={"company_id": company.id}
        )
        name = payer.env._("Statement %s", company._recurring_today())
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", content_disposition(f"{name}.pdf")),
        ]
        return request.make_response(content, headers=headers)
