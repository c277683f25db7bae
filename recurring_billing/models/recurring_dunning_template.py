from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import dunning as const
from ..rules import wording

READ_ALONG = ("subject", "sms_text", "whatsapp_text")
"""Where others may see what it says: in the list of e-mails, on a locked telephone."""
CLOSED = ("body", "letter_text")


class RecurringDunningTemplate(models.Model):
    """What a message says, by way of sending it, in each language."""

    _name = "recurring.dunning.template"
    _description = "Collection Text"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    kind = fields.Selection(const.TEXT_KINDS, "For", required=True, default=const.TEXT_OVERDUE)
    tone = fields.Selection(const.TONES, required=True, default=const.FRIENDLY)
    subject = fields.Char(translate=True)
    body = fields.Text("E-mail", translate=True)
    sms_text = fields.Text("SMS", translate=True)
    whatsapp_text = fields.Text("WhatsApp", translate=True, help="Empty: as the SMS.")
    letter_text = fields.Text("Letter", translate=True, help="Empty: as the e-mail.")
    answer_days = fields.Integer(
        "Days to Answer", default=const.ANSWER_DAYS, help="What {deadline} stands for: so many days from the message."
    )

    _answer_days_positive = models.Constraint("CHECK (answer_days > 0)", "Give the customer at least one day to answer.")

    @api.constrains(*READ_ALONG, *CLOSED)
    def _check_names(self):
        """Every name in braces is one we know; nothing tells a debt where others may read along. Checked in its language."""
        for template in self:
            for field in READ_ALONG:
                template._check_text(field, wording.OPEN_NAMES)
            for field in CLOSED:
                template._check_text(field, (*wording.NAMES, wording.BLOCK))

    def _check_text(self, field, allowed):
        wrong = wording.faults(self[field], allowed)
        if not wrong:
            return
        label = self._fields[field]._description_string(self.env)
        secret = [name for name in wrong if name in (*wording.CLOSED_NAMES, wording.BLOCK)]
        if secret:
            raise ValidationError(
                self.env._(
                    "%(names)s cannot stand in the %(field)s: others may see it on a screen, and a debt is nobody else's business. "
                    "Use {link} instead: there the customer sees it all.",
                    names=", ".join(f"{{{name}}}" for name in secret),
                    field=label,
                )
            )
        raise ValidationError(
            self.env._(
                "The %(field)s uses %(names)s, which stands for nothing. These names can be used: %(known)s.",
                field=label,
                names=", ".join(name if name in "{}" else f"{{{name}}}" for name in wrong),
                known=", ".join(f"{{{name}}}" for name in allowed),
            )
        )

    def action_try(self):
        """See what a customer will read, and send it to oneself."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_dunning_try")
        owing = self.env["recurring.dunning.case"].search([("state", "=", "open"), ("company_id", "=", self.env.company.id)], limit=1)
        return dict(action, context={"default_template_id": self.id, "default_case_id": owing.id})

    @api.model
    def _of(self, kind, tone, company):
        """The text for an occasion in a tone: the company's own before those of all companies; another tone rather than none."""
        domain = [("kind", "=", kind), ("company_id", "in", (False, company.id))]
        found = self.search(domain)
        return found.sorted(lambda each: (each.tone != tone, not each.company_id, each.sequence, each.id))[:1]
