from odoo import api, models
from odoo.tools import format_amount, format_date

from .. import const
from .amount_explanation import Paragraph


class RecurringOneOffWords(models.AbstractModel):
    """ "Why this amount?" of one-off charges, and of what one of several payers pays. Speaks the language of the context."""

    _name = "recurring.one.off.words"
    _description = "Words for One-Off Charges and Shares"

    @api.private
    @api.model
    def of_line(self, line):
        """The explanation of an invoice line that bills a one-off charge or credit.

        :return: list of Paragraph
        """
        one_off = line.recurring_one_off_id
        words = self.env["recurring.amount.words"]
        kind = self.env._("Charged once") if one_off.amount >= 0 else self.env._("Credited once")
        subject = self.env._(
            "%(kind)s on %(day)s, by %(user)s. Subscription %(subscription)s.",
            kind=kind,
            day=format_date(self.env, one_off.date),
            user=one_off.create_uid.name,
            subscription=one_off.subscription_id.name,
        )
        found = [Paragraph("", [subject]), Paragraph(self.env._("Reason"), [one_off.reason])]
        quantity, price = words.number(one_off.quantity), words.money(one_off.price_unit, one_off.currency_id)
        money = [f"{quantity} × {price} = {words.money(one_off.amount, one_off.currency_id)}"]
        if one_off.undoes_id:
            money.insert(0, self.env._("It takes back %s.", one_off.undoes_id.display_name))
        found.append(Paragraph(self.env._("Amount"), money, one_off.undoes_id.move_ids))
        if line.recurring_share_id:
            found.append(self.of_share(line.recurring_share_id))
        return found

    @api.private
    @api.model
    def of_share(self, share):
        """Who pays which part of it.

        :return: Paragraph
        """
        same = share._of_same().filtered(
            lambda other: (
                (other.period_id, other.one_off_id) == (share.period_id, share.one_off_id)
                and (other == share or other.state != const.SHARE_VOID)
            )
        )
        lines = []
        for each in same.sorted("id"):
            amount = format_amount(self.env, each.amount, each.currency_id)
            if each.percent:
                lines.append(
                    self.env._(
                        "%(payer)s: %(percent)s %% = %(amount)s", payer=each.partner_id.name, percent=f"{each.percent:g}", amount=amount
                    )
                )
            else:
                lines.append(self.env._("%(payer)s: %(amount)s, by what was paid before", payer=each.partner_id.name, amount=amount))
        return Paragraph(self.env._("Several pay for it, to the cent"), lines)
