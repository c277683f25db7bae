from datetime import timezone

from markupsafe import Markup

from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What the person who phones presses."""

    _inherit = "recurring.dunning.case"

    stage = fields.Selection(group_expand="_expand_stages")
    looked_on = fields.Date(readonly=True, copy=False, help="The last day on which somebody went on from this case to the next one.")
    late_words = fields.Char("Age", compute="_compute_late_words")
    contact_words = fields.Char("Contacted", compute="_compute_contact_words")

    @api.model
    def _expand_stages(self, values, _domain):
        """All stages, as columns; the first and the last one only where there is somebody in them."""
        seldom = (const.STAGE_COMING, const.STAGE_CLOSED)
        return [stage for stage, _words in const.CASE_STAGES if stage not in seldom or stage in values]

    @api.model
    def get_empty_list_help(self, help_message):
        """Where collections are off, nobody has a case whatever is owed: say so."""
        if self.env.company.recurring_dunning or self.search_count([("company_id", "=", self.env.company.id)], limit=1):
            return super().get_empty_list_help(help_message)
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("Collections are off"),
            self.env._("Look at Messages, Who Gets What: it shows who owes and what each would get, and switches collections on."),
        )

    @api.depends("days_late", "state", "oldest_due")
    def _compute_late_words(self):
        for case in self:
            if case.state == const.CASE_CLOSED or not case.oldest_due:
                case.late_words = False
            elif case.days_late <= 0:
                case.late_words = self.env._("not late yet")
            else:
                case.late_words = self.env._("1 day late") if case.days_late == 1 else self.env._("%s days late", case.days_late)

    @api.depends("last_contact_at", "company_id")
    def _compute_contact_words(self):
        for case in self:
            days = case._days_since_contact()
            if days is None:
                case.contact_words = self.env._("never")
            elif days <= 0:
                case.contact_words = self.env._("today")
            else:
                case.contact_words = self.env._("yesterday") if days == 1 else self.env._("%s days ago", days)

    def _days_since_contact(self):
        """Days since the last contact, by the company's calendar; None without one."""
        if not self.last_contact_at:
            return None
        day = self.company_id._recurring_local(self.last_contact_at.replace(tzinfo=timezone.utc)).date()
        return (self.company_id._recurring_today() - day).days

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
        done = super()._arrangement_made(words)
        for case in self:
            self.env["recurring.dunning.work"]._keep_note(case, words)
        return done

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
