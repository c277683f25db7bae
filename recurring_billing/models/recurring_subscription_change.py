from odoo import api, fields, models
from odoo.tools import format_date

from .. import const


class RecurringSubscription(models.Model):
    """What was changed or is planned, and the subscription it continues or goes on as after a switch of plans."""

    _inherit = "recurring.subscription"

    change_ids = fields.One2many("recurring.change", "subscription_id", "Changes")
    planned_change_ids = fields.One2many(
        "recurring.change",
        "subscription_id",
        "Planned Changes",
        domain=[("state", "in", (const.CHANGE_OFFERED, const.CHANGE_PLANNED))],
    )
    planned_change_label = fields.Text("Planned", compute="_compute_planned_change_label")
    planned_change_count = fields.Integer(compute="_compute_change_counts")
    change_count = fields.Integer(compute="_compute_change_counts")
    predecessor_id = fields.Many2one(
        "recurring.subscription",
        "Continues",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The subscription on another plan that this one took the place of.",
    )
    successor_id = fields.Many2one(
        "recurring.subscription",
        "Continued by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The subscription on another plan that takes its place.",
    )

    @api.depends("predecessor_id")
    def _compute_trial_end_date(self):
        """What continues another subscription has no trial of its own, only what is left of the other's."""
        res = super()._compute_trial_end_date()
        for subscription in self.filtered("predecessor_id"):
            start, other = subscription.start_date, subscription.predecessor_id.trial_end_date
            subscription.trial_end_date = max(start, other) if start and other else start
        return res

    @api.depends("change_ids.state")
    def _compute_change_counts(self):
        groups = self.env["recurring.change"]._read_group([("subscription_id", "in", self.ids)], ["subscription_id", "state"], ["__count"])
        for subscription in self:
            mine = {state: count for other, state, count in groups if other == subscription._origin}
            subscription.change_count = sum(mine.values())
            subscription.planned_change_count = mine.get(const.CHANGE_OFFERED, 0) + mine.get(const.CHANGE_PLANNED, 0)

    @api.depends("planned_change_ids.state", "planned_change_ids.description")
    @api.depends_context("lang")
    def _compute_planned_change_label(self):
        kinds = dict(self.env["recurring.change"]._fields["kind"]._description_selection(self.env))
        for subscription in self:
            words = []
            for change in subscription.planned_change_ids.sorted(lambda change: (change.date, change.id)):
                values = {"day": format_date(self.env, change.date), "kind": kinds[change.kind], "what": change.description or ""}
                if change.state == const.CHANGE_OFFERED:
                    words.append(self.env._("Offered from %(day)s: %(kind)s. %(what)s", **values))
                else:
                    words.append(self.env._("Planned from %(day)s: %(kind)s. %(what)s", **values))
            subscription.planned_change_label = "\n".join(words)

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"predecessor_id", "successor_id"}

    def action_open_changes(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_change")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={})

    def action_withdraw_planned(self):
        """Take back the change that is planned; of several, choose in a list."""
        self.ensure_one()
        if len(self.planned_change_ids) > 1:
            return dict(self.action_open_changes(), context={"search_default_planned": 1})
        self.planned_change_ids.withdraw()
        return True

    def action_open_predecessor(self):
        self.ensure_one()
        return self.predecessor_id._get_records_action()

    def action_open_successor(self):
        self.ensure_one()
        return self.successor_id._get_records_action()
