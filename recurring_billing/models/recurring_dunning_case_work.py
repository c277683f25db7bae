from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What the person who phones presses."""

    _inherit = "recurring.dunning.case"

    stage = fields.Selection(group_expand="_expand_stages")
    looked_on = fields.Date(readonly=True, copy=False, help="The last day on which somebody went on from this case to the next one.")
    late_words = fields.Char("Age", compute="_compute_late_words")

    @api.model
    def _expand_stages(self, values, _domain):
        """All stages but the closed one, which is a column only where it is looked for."""
        return [stage for stage, _words in const.CASE_STAGES if stage != const.STAGE_CLOSED or stage in values]

    @api.depends("days_late", "state", "oldest_due")
    def _compute_late_words(self):
        for case in self:
            if case.state == const.CASE_CLOSED or not case.oldest_due:
                case.late_words = False
            elif case.days_late <= 0:
                case.late_words = self.env._("not late yet")
            else:
                case.late_words = self.env._("1 day late") if case.days_late == 1 else self.env._("%s days late", case.days_late)

    def action_log_call(self):
        """Ask what came of a call."""
        self.ensure_one()
        return self._dialog("recurring.dunning.call", self.env._("Log a Call"))

    def action_message(self):
        """Write to the customer."""
        self.ensure_one()
        return self._dialog("recurring.dunning.write", self.env._("Write a Message"))

    def action_hand_over(self):
        """Ask who goes on with it."""
        return self._dialog("recurring.dunning.hand.over", self.env._("Hand Over"))

    def action_next(self):
        """The next case to work on: see ``recurring.dunning.queue``."""
        return self.env["recurring.dunning.queue"].open_next(self)

    @api.model
    def action_start(self):
        """The first case to work on, from the menu."""
        return self.env["recurring.dunning.queue"].open_next(self.browse())

    def _arrangement_made(self, words):
        """What was arranged stands in the time line too, among the contacts."""
        super()._arrangement_made(words)
        for case in self:
            self.env["recurring.dunning.work"]._keep_note(case, words)

    def action_open_case(self):
        """The form of the case."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "views": [(False, "form")]}

    def action_open_items(self):
        """What is owed, as a list."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_dunning_items")
        return dict(action, domain=[("id", "in", self.item_ids.ids)], context={"create": False})

    def action_open_partner(self):
        """The customer."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "res.partner", "res_id": self.partner_id.id, "views": [(False, "form")]}

    def _dialog(self, model, title):
        """Open a wizard about these cases."""
        context = {"default_case_ids": self.ids, "active_model": self._name, "active_ids": self.ids}
        if len(self) == 1:
            context["default_case_id"] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
