from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

from ..const import dunning as const
from ..const import service as service_const
from ..rules.money import to_decimal
from . import dunning_waits as waits

ON_ITS_WAY = (waits.PAYING, waits.BANK_ROW, waits.CHARGE, waits.DEBIT, waits.CLARIFY)
NOT_ASKED = (*ON_ITS_WAY, waits.CLAIMED, waits.DISPUTED, waits.EXCLUDED)
"""What is being paid, contested or looked into: the page shows it, and asks nobody to pay it."""
TOLD_FOR = timedelta(days=30)
"""How long the answer to a claim is shown."""


class PageItem(NamedTuple):
    """One debt as the page shows it, in its own currency.

    :param about: what it is for. ``credit``: what open credits and payments take off.
    :param waits: why nobody asks for it now, a code of ``dunning_waits``. ``waits_until``: the last day of that.
    """

    line: object
    name: str
    about: str
    due: object
    days_late: int
    residual: float
    fees: float
    discount: float
    credit: float
    to_pay: float
    link: str
    waits: str
    waits_until: object

    @property
    def is_asked(self):
        """Whether the customer is to pay it now."""
        return self.waits not in NOT_ASKED

    @property
    def is_on_its_way(self):
        return self.waits in ON_ITS_WAY


class RecurringDebtsPage(models.AbstractModel):
    """What a customer sees of what is owed to a company: the same amounts as messages tell and payment links ask for."""

    _name = "recurring.debts.page"
    _description = "Page of Debts"

    @api.private
    @api.model
    def of(self, partner, company):
        """What the page shows. Who asks was checked by the caller.

        :param partner: a commercial partner.
        :return: dict of the template's values
        """
        # sudo: customers have no access to accounting and collections; everything here is theirs
        service = self.sudo().with_company(company)
        partner, day = partner.sudo().with_company(company), company._recurring_today()
        items = service._items(partner, company, day)
        late = [item for item in items if item.due < day]
        coming = [item for item in items if item.due >= day]
        asked = [item for item in late or coming[:1] if item.is_asked]
        claims = service._claims(partner, company, day)
        return {
            "partner": partner,
            "company": company,
            "day": day,
            "late": late,
            "coming": coming,
            "asked": asked,
            "totals": service._totals(asked),
            "service": service._service(partner, company),
            "open_claims": claims.filtered(lambda claim: claim.state == const.OPEN),
            "answered": claims.filtered(lambda claim: claim.state == const.REJECTED and claim.line_ids & service._lines(items))[:1],
            "charged": service._charged(items),
            "at_once": bool(service._at_once(late)),
        }

    @api.private
    @api.model
    def at_once(self, partner, company):
        """The late invoices that one payment pays, with its amount: of one currency, and no money on its way for any of them.

        :return: (invoices, currency, amount); no invoices where there are not at least two
        """
        # sudo: see ``of``
        service, day = self.sudo().with_company(company), company._recurring_today()
        late = [item for item in service._items(partner.sudo().with_company(company), company, day) if item.due < day]
        items = service._at_once(late)
        currency = self._lines(items).currency_id
        return self._lines(items).move_id, currency, currency.round(sum(item.to_pay for item in items)) if items else 0.0

    def _at_once(self, late):
        charged = self._charged(late)
        items = [
            item
            for item in late
            if item.line.move_id._recurring_is_payable()
            and item.line.move_id._recurring_is_paid_online()
            and item.line.id not in charged
            and item.is_asked
        ]
        items = [item for item in items if item.line.currency_id == items[0].line.currency_id]
        return items if len({item.line.move_id for item in items}) > 1 else []

    def _items(self, partner, company, day):
        customer = self.env["recurring.dunning.facts"].customers(company, day, partner.ids).get(partner.id)
        known = {item.key: item for item in customer.items if item.amount > 0} if customer else {}
        lines = self.env["account.move.line"].browse(known)
        dues = self.env["recurring.amount.due"].of_lines(lines, day)
        # Money on its way is told first: who promised and then began to pay is not asked to pay again.
        on_its_way = self.env["recurring.dunning.waits"].on_its_way(company, lines.move_id, day)
        agreed = self._agreed(lines)
        found = (
            self._item(line, due, known[line.id], day, on_its_way.get(line.move_id.id), agreed.get(line.id)) for line, due in dues.items()
        )
        return sorted(found, key=lambda item: (item.due, item.line.id))

    def _agreed(self, lines):
        """The running agreements debts are part of: id of the line → agreement."""
        parts = self.env["recurring.agreement.part"].search([("line_id", "in", lines.ids), ("agreement_id.state", "=", const.RUNNING)])
        return {part.line_id.id: part.agreement_id for part in parts}

    def _item(self, line, due, known, day, paying, agreement):
        """One debt: what open credits do not pay of it, with the fees of the day."""
        residual = to_decimal(line.amount_residual)
        part = min(known.amount / residual, Decimal(1)) if residual else Decimal(1)
        credit = line.currency_id.round(float(due.residual * (1 - part)))
        on = line.date_maturity or line.date
        return PageItem(
            line=line,
            name=line._recurring_debt_name(),
            about=self.env["recurring.customer.statement"]._about(line),
            due=on,
            days_late=max((day - on).days, 0),
            residual=float(due.residual),
            fees=float(due.to_pay - due.residual + due.discount),
            discount=float(due.discount),
            credit=credit,
            to_pay=line.currency_id.round(float(due.to_pay) - credit),
            link=self._link(line, agreement),
            waits=(paying.code if paying else known.waits) or "",
            waits_until=None if paying else known.waits_until,
        )

    def _link(self, line, agreement):
        """Where a debt is paid: on the page of the agreement it is part of, else of its invoice; empty where it has none."""
        if agreement:
            return f"{agreement.get_base_url()}{agreement.get_portal_url()}"
        return line.move_id._recurring_pay_link() if line.move_id._recurring_is_payable() else ""

    def _lines(self, items):
        return self.env["account.move.line"].union(*(item.line for item in items))

    def _totals(self, items):
        """What is to be paid, by currency."""
        totals = {}
        for item in items:
            currency = item.line.currency_id
            totals[currency] = currency.round(totals.get(currency, 0.0) + item.to_pay)
        return totals

    def _claims(self, partner, company, day):
        return self.env["recurring.payment.claim"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("day", ">=", day - TOLD_FOR),
                ("state", "in", (const.OPEN, const.REJECTED)),
            ]
        )

    def _service(self, partner, company):
        """What is withheld, for the customer to read: (state, names of the products), or nothing."""
        blocks = self.env["recurring.service.state"]._open_blocks(partner, company)
        held = blocks.filtered(lambda block: block.state == service_const.BLOCK_IN_FORCE and not block._is_trusted())
        if not held:
            return {}
        is_blocked = any(block.effect == const.SERVICE_BLOCKED for block in held)
        return {"is_blocked": is_blocked, "names": ", ".join(dict.fromkeys(held.subscription_id.mapped("product_summary")))}

    def _charged(self, items):
        """Debts that a card pays by itself: who paid otherwise meanwhile would pay twice."""
        return {item.line.id for item in items if item.line.move_id._recurring_is_charged_by_itself()}
