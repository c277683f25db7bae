import lxml.html

from odoo import api, fields, models
from odoo.tools import html2plaintext

SHOWN = 160


class RecurringDunningMessage(models.Model):
    """A message as a row of the time line: what it was, what it said, why it came, in few words."""

    _inherit = "recurring.dunning.message"

    at = fields.Datetime("When", compute="_compute_at", help="When it left or came in; until then, when it was made.")
    headline = fields.Char("What", compute="_compute_headline")
    excerpt = fields.Char("Said", compute="_compute_excerpt")

    @api.depends("sent_at")
    def _compute_at(self):
        for message in self:
            message.at = message.sent_at or message.create_date

    @api.depends("kind", "step_id", "subject", "result", "direction")
    def _compute_headline(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        results = dict(self._fields["result"]._description_selection(self.env))
        for message in self:
            if message.result:
                message.headline = self.env._("Call: %(result)s", result=results[message.result])
            else:
                # sudo: the name of the step is part of the row, whoever may read it
                message.headline = message.sudo().step_id.name or message.subject or kinds[message.kind]

    @api.depends("body")
    def _compute_excerpt(self):
        for message in self:
            text = " ".join(html2plaintext(_visible(message.body), include_references=False).split())
            message.excerpt = text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"

    def action_why(self):
        """Why this customer, why on that day, and why not the day before."""
        self.ensure_one()
        return self.env["recurring.dunning.why"]._open(self)

    def action_open(self):
        """The whole message."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.headline,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("recurring_billing.view_recurring_dunning_message_line_form").id, "form")],
            "target": "new",
        }


def _visible(body):
    """The part of a text that is read, without what only fills the list of messages of a mail reader."""
    if not body or not str(body).strip():
        return ""
    page = lxml.html.fromstring(str(body))
    for hidden in page.xpath("//*[contains(translate(@style, ' ', ''), 'display:none')]"):
        hidden.drop_tree()
    return lxml.html.tostring(page, encoding="unicode")
