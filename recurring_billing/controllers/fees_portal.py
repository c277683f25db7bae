from odoo.addons.account_payment.controllers.portal import PortalAccount


class RecurringFeesPortal(PortalAccount):
    """Overdue invoices are paid together with the fees of the day."""

    def _overdue_invoices_get_page_view_values(self, overdue_invoices, **kwargs):
        values = super()._overdue_invoices_get_page_view_values(overdue_invoices, **kwargs)
        if not overdue_invoices:
            return values
        # sudo: the customer sees the amount of the day, with the rights of the portal
        dues = overdue_invoices.env["recurring.amount.due"].sudo().of(overdue_invoices)
        amount = overdue_invoices[0].currency_id.round(sum(due.total for due in dues.values()))
        return {**values, "amount": amount, "payment": {**values["payment"], "amount": amount}}
