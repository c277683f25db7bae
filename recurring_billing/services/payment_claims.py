from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date, html_escape

from ..const import dunning as const
from ..const.service import WHO_COLLECTS
from ..rules import receipt_file

A_DAY = 3
"""How many claims a customer may make on one day."""
HELD = 2
"""How often the same debt is held by a claim that nobody has decided."""
NOTE = 300
OLDEST = timedelta(days=366)


class RecurringPaymentClaims(models.AbstractModel):
    """ "I already paid": takes it down with its receipt, holds messages for some days, tells who looks after the case, and decides it."""

    _name = "recurring.payment.claims"
    _description = "Payments Said to Be Made"

    # From the customer

    @api.private
    @api.model
    def take(self, partner, company, lines, paid_on=None, note="", receipt=None):
        """A customer says that debts were paid. Who asks was checked by the caller.

        :param partner: the commercial partner who owes. ``lines``: receivable items of theirs that are open.
        :param receipt: the content of a file, or None.
        :raises UserError: in words for the customer.
        """
        # sudo: customers have no access to collections; what they may say is checked here
        service = self.sudo().with_company(company)
        lines = lines.sudo().filtered(
            lambda line: line.company_id == company and line.partner_id.commercial_partner_id == partner and not line.reconciled
        )
        lines._recurring_meet_payments()
        today = company._recurring_today()
        service._check(partner, company, lines, paid_on, receipt, today)
        case = service.env["recurring.dunning.case"]._of(partner, company)[partner]
        claim = service.env["recurring.payment.claim"].create(
            {
                "case_id": case.id,
                "line_ids": [Command.set(lines.ids)],
                "day": today,
                "paid_on": paid_on or today,
                "note": (note or "").strip()[:NOTE],
                "holds_until": service._holds_until(lines, case, today),
            }
        )
        if receipt:
            claim.attachment_ids = service._keep(claim, receipt)
        service._tell(claim)
        case._refresh()
        return claim

    def _check(self, partner, company, lines, paid_on, receipt, today):
        if not lines:
            raise UserError(self.env._("Nothing of what you chose is open any more. Thank you."))
        if paid_on and not today - OLDEST <= paid_on <= today:
            raise UserError(self.env._("Choose the day on which you paid: today or earlier."))
        said = self.env["recurring.payment.claim"].search_count(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id), ("day", "=", today)]
        )
        if said >= A_DAY:
            raise UserError(self.env._("You told us today already. We are looking for your payment; please call us if it is urgent."))
        if receipt and len(receipt) > receipt_file.LARGEST:
            raise UserError(self.env._("The file is too large. Send a picture or PDF of at most %s MB.", receipt_file.LARGEST >> 20))
        if receipt and not receipt_file.kind_of(receipt):
            raise UserError(self.env._("Send the receipt as a picture (JPG, PNG, WEBP) or as a PDF."))

    def _holds_until(self, lines, case, today):
        """Until when messages wait. What was looked for and not found, or is said again and again, holds nothing."""
        before = self.env["recurring.payment.claim"].search([("line_ids", "in", lines.ids)])
        if len(before) >= HELD or any(claim.state == const.REJECTED for claim in before):
            return today - timedelta(days=1)
        policy = case.policy_id or self.env["recurring.dunning.policy"]._for(case.partner_id, case.company_id)[case.partner_id]
        return today + timedelta(days=policy.claim_days if policy else 3)

    def _keep(self, claim, receipt):
        kind = receipt_file.kind_of(receipt)
        # The name is ours: what strangers call a file is shown to nobody.
        name = f"{self.env._('Receipt')} {claim.day}.{receipt_file.ENDINGS[kind]}"
        return self.env["ir.attachment"].create(
            {"name": name, "raw": receipt, "mimetype": kind, "res_model": claim._name, "res_id": claim.id, "public": False}
        )

    def _tell(self, claim):
        """A task for who looks after the case, and a row in its time line."""
        owner = self._owner(claim)
        mine = claim.with_context(lang=owner.lang or self.env.lang)
        words = {
            "customer": claim.partner_id.display_name,
            "day": format_date(mine.env, claim.paid_on),
            "amount": format_amount(mine.env, claim.amount, claim.currency_id),
        }
        summary = mine.env._("Look for a payment")
        note = mine.env._("%(customer)s says that %(amount)s were paid on %(day)s.", **words)
        mine.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=html_escape(note),
            user_id=owner.id,
            date_deadline=max(claim.holds_until, claim.day),
        )
        self.env["recurring.dunning.message"].create(
            {
                "case_id": claim.case_id.id,
                "company_id": claim.company_id.id,
                "partner_id": claim.partner_id.id,
                "channel": const.PORTAL,
                "direction": const.IN,
                "kind": const.KIND_NOTE,
                "day": claim.day,
                "state": const.DONE,
                "subject": mine.env._("I already paid"),
                # What strangers write is text, whatever it looks like.
                "body": html_escape(" ".join(filter(None, [note, claim.note]))),
                "line_ids": claim.line_ids.ids,
                "attachment_ids": claim.attachment_ids.ids,
            }
        )

    def _owner(self, claim):
        """Who looks after the case, else the person named in the settings, else an administrator."""
        candidates = claim.case_id.user_id | claim.company_id.recurring_responsible_id
        return candidates.filtered(lambda user: user.active and not user.share)[:1] or self.env.ref("base.user_admin")

    # Deciding

    @api.private
    @api.model
    def accept(self, claims):
        """The payment was found: it is booked as any other, and messages wait until then, a few days at most."""
        self._check_may_decide(claims)
        for claim in self._undecided(claims):
            today = claim.company_id._recurring_today()
            longer = today + timedelta(days=claim.case_id.policy_id.claim_days or 3)
            self._decide(claim, const.ACCEPTED, {"holds_until": max(claim.holds_until, longer)})

    @api.private
    @api.model
    def reject(self, claim, answer="", *, tell=False):
        """The payment was not found: messages go on.

        :param answer: what the customer reads, on the page and, where ``tell``, in an e-mail.
        """
        self._check_may_decide(claim)
        for each in self._undecided(claim):
            yesterday = each.company_id._recurring_today() - timedelta(days=1)
            self._decide(each, const.REJECTED, {"answer": answer, "holds_until": min(each.holds_until, yesterday)})
            if tell:
                self._write_to(each, answer)

    def _write_to(self, claim, answer):
        spoken = self.with_context(lang=claim.partner_id.lang or self.env.lang)
        text = spoken.env._(
            "You told us that you had paid. We looked for your payment and could not find it.\n\n%(answer)s\n\n"
            "Please send us the receipt: {link}",
            answer=(answer or "").replace("{", "(").replace("}", ")"),
        )
        self.env["recurring.message.dispatch"].sudo()._enqueue(  # sudo: who may decide was checked
            claim.case_id,
            const.KIND_MANUAL,
            subject=spoken.env._("About your payment"),
            text=text,
            lines=claim.line_ids,
            user=self.env.user,
            unique_ref=f"claim:{claim.id}",
            reason=spoken.env._("The payment the customer told of was not found."),
        )

    @api.private
    @api.model
    def look_at(self, partners):
        """Claims about debts that are paid are decided by that."""
        # sudo: what follows from a payment follows whoever registered it
        claims = self.env["recurring.payment.claim"].sudo().search([("partner_id", "in", partners.ids), ("state", "=", const.OPEN)])
        owed = self.env["recurring.service.debts"].sudo().owed(claims.line_ids) if claims else claims.line_ids
        for claim in claims.filtered(lambda claim: not claim.line_ids & owed):
            self.sudo()._decide(claim, const.ACCEPTED, {}, by_payment=True)

    def _undecided(self, claims):
        # sudo: claims are kept by services; who may decide was checked
        mine = claims.sudo().filtered(lambda claim: claim.state == const.OPEN)
        if not mine:
            raise UserError(self.env._("This was decided already."))
        return mine

    def _decide(self, claim, state, values, *, by_payment=False):
        today = claim.company_id._recurring_today()
        claim.write({**values, "state": state, "decided_on": today, "decided_by_id": False if by_payment else self.env.uid})
        claim.activity_unlink(["mail.mail_activity_data_todo"])
        words = {
            const.ACCEPTED: self.env._("The payment was found."),
            const.REJECTED: self.env._("The payment was not found. %s", values.get("answer") or ""),
        }
        claim._message_log(body=words[state].strip())
        claim.case_id._refresh()

    def _check_may_decide(self, claims):
        claims.check_access("read")
        if not self.env.su and not any(self.env.user.has_group(group) for group in WHO_COLLECTS):
            raise AccessError(self.env._("Whether a payment was found is decided by the groups Collections, Manager and Billing."))
