from datetime import timedelta

from odoo import api, models
from odoo.tools import format_amount

from .. import const as words
from ..const import dunning
from ..const import service as const

FRESH = timedelta(days=10)
"""Who reconciles old payments thanks nobody for them."""
WAYS = (dunning.EMAIL, dunning.SMS, dunning.WHATSAPP)
WRITTEN = (dunning.KIND_DUNNING, dunning.KIND_MANUAL, dunning.KIND_STATEMENT)


class RecurringPaymentThanks(models.AbstractModel):
    """Thanks a customer for a payment, once, by the way they were reached before; says that a service runs again where one does."""

    _name = "recurring.payment.thanks"
    _description = "Thanks for Payments"

    @api.private
    @api.model
    def thank(self, partials):
        """Money was reconciled with debts: who paid is thanked, as the company wants it.

        :param partials: ``account.partial.reconcile`` of this transaction.
        :return: the messages
        """
        # sudo: whoever registered the payment, the customer is thanked
        partials = partials.sudo().exists().filtered(self._is_money_for_debt)
        messages = self.env["recurring.dunning.message"]
        for (payment, payer), mine in partials.grouped(lambda each: (each.credit_move_id.move_id, self._payer(each))).items():
            company = payment.company_id
            if company.recurring_dunning and company.recurring_thanks != const.THANKS_NEVER and self._is_fresh(payment):
                messages |= self.sudo().with_company(company)._thank(company, payment, payer, mine)
        return messages

    @api.private
    @api.model
    def is_still_paid(self, message):
        """Whether the money a message gives thanks for still pays debts of who is thanked."""
        # sudo: what was paid is known to whoever lets the message go
        money = self.env["account.move"].sudo().browse(int(message.unique_ref.split(":")[1])).exists()
        mine = money.line_ids.matched_debit_ids.filtered(self._is_money_for_debt)
        return message.case_id.partner_id in mine.debit_move_id.partner_id.commercial_partner_id

    def _is_money_for_debt(self, partial):
        """Whether money settled what was owed; a payment the other way is no debt."""
        money, debt = partial.credit_move_id.move_id, partial.debit_move_id
        is_debt = debt.account_type == "asset_receivable" and not debt.move_id.origin_payment_id and not debt.move_id.statement_line_id
        return is_debt and bool(money.origin_payment_id or money.statement_line_id)

    def _payer(self, partial):
        return partial.debit_move_id.partner_id.commercial_partner_id

    def _is_fresh(self, payment):
        return payment.date >= payment.company_id._recurring_today() - FRESH

    def _thank(self, company, payment, payer, partials):
        lines = partials.debit_move_id
        restored = self._restored(lines, company)
        if company.recurring_thanks != const.THANKS_ALWAYS and not restored and not self._was_reminded(lines):
            return self.env["recurring.dunning.message"]
        values = {
            "text_kind": dunning.TEXT_THANKS,
            "words": {"paid_amount": self._paid_amount(payment, payer, partials)},
            "lines": lines,
            "channel": self._way(payer, company),
            "unique_ref": f"thanks:{payment.id}:{payer.id}",
            "reason": self.env._("The payment has arrived."),
        }
        case = self._case(payer, company)
        if restored:
            values |= self._restored_words(case, values["channel"])
        return self.env["recurring.message.dispatch"]._enqueue(case, dunning.KIND_THANKS, **values)

    def _paid_amount(self, payment, payer, partials):
        """What came, late fees included, as customers know it; of money that others gave what was for the debts of this one."""
        money = payment.origin_payment_id
        if not money or money.partner_id.commercial_partner_id != payer:
            return sum(partials.mapped("amount"))
        if money.currency_id == payment.company_id.currency_id:
            return money.amount
        return format_amount(self.with_context(lang=payer.lang or self.env.lang).env, money.amount, money.currency_id)

    def _restored(self, lines, company):
        """The subscriptions whose service runs again since today because these debts were paid."""
        blocks = self.env["recurring.service.block"].search(
            [("line_ids", "in", lines.ids), ("ended_by", "=", const.ENDED_PAID), ("ended_on", "=", company._recurring_today())]
        )
        return blocks.subscription_id.filtered(lambda each: each.service_state == words.RUNNING_SERVICE)

    def _restored_words(self, case, channel):
        """Thanks that say that the service runs again. WhatsApp takes registered texts alone; an SMS tells no amount."""
        contact = case._contact()
        spoken = self.with_context(lang=contact.lang or case.partner_id.lang or self.env.lang)
        if channel == dunning.SMS:
            return {"text": spoken.env._("{company}: thank you, {first_name}! Your payment has reached us and your service runs again.")}
        if channel != dunning.EMAIL:
            return {}
        return {
            "subject": spoken.env._("Thank you: your service with {company} runs again"),
            "text": spoken.env._(
                "Hello {first_name},\n\nYour payment of {paid_amount} has reached us. Thank you! Your service runs again.\n\n{company}"
            ),
        }

    def _was_reminded(self, lines):
        """Whether the customer had been written to, or called, about any of the debts."""
        actions = self.env["recurring.dunning.action"]
        return bool(actions.search_count([("line_id", "in", lines.ids), ("message_id.state", "in", dunning.MESSAGES_LEFT)], limit=1))

    def _way(self, payer, company):
        """How the customer was reached the last time; by e-mail where they never were."""
        last = self.env["recurring.dunning.message"].search(
            [
                ("company_id", "=", company.id),
                ("case_id.partner_id", "=", payer.id),
                ("direction", "=", dunning.OUT),
                ("kind", "in", WRITTEN),
                ("channel", "in", WAYS),
                ("state", "in", dunning.MESSAGES_LEFT),
            ],
            order="sent_at desc, id desc",
            limit=1,
        )
        return last.channel or dunning.EMAIL

    def _case(self, payer, company):
        """The customer's case: the open one, else the last; a closed one is made for who never had any."""
        cases = self.env["recurring.dunning.case"]
        found = cases.search([("partner_id", "=", payer.id), ("company_id", "=", company.id)], order="state desc, id desc", limit=1)
        if found:
            return found
        day = company._recurring_today()
        closed = {"state": dunning.CASE_CLOSED, "stage": dunning.STAGE_CLOSED, "opened_on": day, "closed_on": day}
        return cases.create({"partner_id": payer.id, "company_id": company.id, "user_id": False, **closed})
