"""A company whose customers owe for what they subscribe to, and lose it, by processes that meet and die; with a mail server."""

import datetime
from collections import Counter
from functools import partial

from world import World

from tools import databases


class DebtsWorld(World):
    """Reminded one day after the due date, again on the third, told of the block on the fifth; everything at any hour of any day."""

    NAME = "Debts"

    def __init__(self, database: str, server):
        self.server = server
        # Two works told in one process could wait for each other for ever.
        databases.sql(f"ALTER DATABASE \"{database}\" SET lock_timeout = '20s'")
        super().__init__(database)

    def _set_up(self, env) -> int:
        company_id = super()._set_up(env)
        env = env(context={**env.context, "allowed_company_ids": [company_id]})
        company = env["res.company"].browse(company_id)
        days = {f"block_{day}": True for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        policy = env["recurring.dunning.policy"].create(
            {
                "name": "House",
                "company_id": company_id,
                "hour_from": 0,
                "hour_to": 24,
                "business_days_only": False,
                "block_needs_notice": False,
                "block_spare_eves": False,
                "block_billing": "none",
                "step_ids": [
                    (0, 0, {"name": "Friendly", "offset_days": 1}),
                    (0, 0, {"name": "Firm", "offset_days": 3}),
                    (0, 0, {"name": "Block", "offset_days": 5, "service_effect": "blocked"}),
                ],
                **days,
            }
        )
        self.policy_id, self.block_id = policy.id, policy.step_ids[-1].id
        company.write(
            {
                "recurring_dunning": True,
                "recurring_dunning_from": "2020-01-01",
                "recurring_dunning_policy_id": policy.id,
                "recurring_thanks": "never",
                "email": "f@example.com",
                "recurring_write_off_account_id": env["account.account"]
                .search([("account_type", "=", "expense"), ("company_ids", "in", company_id)], limit=1)
                .id,
            }
        )
        self.bank_id = env["account.journal"].search([("company_id", "=", company_id), ("type", "=", "bank")], limit=1).id
        env["recurring.plan"].create({"name": "Owed", "company_id": company_id})
        env["ir.mail_server"].create({"name": "Debts", "smtp_host": "127.0.0.1", "smtp_port": self.server.port, "smtp_encryption": "none"})
        return company_id

    def begin(self) -> None:
        """A new month: what was owed before is owed by nobody any more, and nothing waits to be sent or withheld."""
        self.next_month()
        self.month = self.month.replace(day=1)
        self.server.took.clear()
        self.sql(
            "UPDATE account_move_line SET reconciled = TRUE, amount_residual = 0, amount_residual_currency = 0 "
            "WHERE company_id = %s AND reconciled IS NOT TRUE AND account_id IN (SELECT id FROM account_account WHERE reconcile)",
            self.company_id,
        )
        for what in (
            "account_move SET amount_residual = 0, payment_state = 'paid', recurring_is_settled = TRUE WHERE state = 'posted'",
            "recurring_dunning_message SET state = 'cancelled' WHERE state IN ('queued', 'to_approve', 'sending')",
            "recurring_dunning_case SET state = 'closed' WHERE state = 'open'",
            "recurring_service_block SET state = 'cancelled' WHERE state IN ('waiting', 'in_force')",
            "recurring_subscription SET state = 'closed', next_invoice_date = NULL WHERE state <> 'closed'",
        ):
            self.sql(f"UPDATE {what} AND company_id = %s", self.company_id)

    def day(self, number: int) -> None:
        """So many days after the due date; what was mailed before is forgotten."""
        self.server.took.clear()
        self.month = self.month.replace(day=1) + datetime.timedelta(days=number)

    # Customers who owe

    def owe(self, count: int, amount: float = 50.0, partner_id: int | None = None) -> list[int]:
        """Posted invoices due on the first of the month, of as many customers or all of one; gives their ids."""

        def make(env):
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            mail = f"@m{self.month:%Y%m}.example.com"
            partners = env["res.partner"].browse([partner_id] * count) if partner_id else self._customers(env, count, mail)
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "invoice_date": str(self.month),
                        "invoice_payment_term_id": False,
                        "invoice_date_due": str(self.month),
                        "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": amount, "tax_ids": [(5,)]})],
                    }
                    for partner in ([partners] * count if partner_id else partners)
                ]
            )
            moves.action_post()
            return moves.ids

        return self.work(make)()

    def _customers(self, env, count: int, mail: str):
        return env["res.partner"].create([{"name": f"Debtor {number}", "email": f"d{number}{mail}"} for number in range(count)])

    def subscribe(self, count: int, **values) -> list[tuple[int, int]]:
        """As `owe`, of subscriptions: (id of the subscription, id of its invoice)."""

        def create(env):
            plan = env["recurring.plan"].search([("company_id", "=", self.company_id), ("name", "=", "Owed")])
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            partners = self._customers(env, count, f"@s{self.month:%Y%m}.example.com")
            line = {"product_id": product.id, "price_unit": 50}
            common = {"plan_id": plan.id, "start_date": str(self.month), "state": "active", **values}
            return (
                env["recurring.subscription"]
                .create([{**common, "partner_id": partner.id, "line_ids": [(0, 0, line)]} for partner in partners])
                .ids
            )

        ids = self.work(create)()
        assert self.billing(ids)()["invoices"] == count
        query = "SELECT DISTINCT recurring_subscription_id, move_id FROM account_move_line WHERE recurring_subscription_id IN %s ORDER BY 1"
        return self.sql(query, tuple(ids))

    def lines(self, env, move_ids):
        """The receivable items of invoices."""
        return env["account.move"].browse(move_ids).line_ids.filtered(lambda line: line.display_type == "payment_term")

    def case(self, env, move_ids):
        """The open case of the customer of invoices."""
        partner = env["account.move"].browse(move_ids).commercial_partner_id
        return env["recurring.dunning.case"]._of(partner, env["res.company"].browse(self.company_id))[partner]

    # What people and scheduled actions do

    def pay(self, move_id: int, amount: float = 50.0):
        """Money comes for an invoice: a function of an environment."""

        def receive(env):
            move, journal = env["account.move"].browse(move_id), env["account.journal"].browse(self.bank_id)
            return env["recurring.receipt"].receive(move, amount, journal, self.month).id

        return receive

    def paying(self, move_ids: list[int], amount: float = 50.0):
        """The work of who receives money for one invoice after the other, each a request of its own."""

        def work(env):
            from odoo.service.model import retrying

            for move_id in move_ids:
                retrying(partial(self.pay(move_id, amount), env), env)
                env.cr.commit()

        return self.work(work)

    def scheduled(self, model: str, method: str = "run_scheduled"):
        """The work of a scheduled action."""
        return self.work(lambda env: getattr(env[model], method)() and None)

    def let_leave(self):
        """The work of the scheduled action that lets messages go."""
        return self.scheduled("recurring.message.dispatch")

    # What must hold

    def mailed(self) -> list[tuple[str, str]]:
        """The e-mails that customers of this month got, as (to, subject); what staff are told is not among them."""
        return [each for each in self.server.took if each[0].endswith(f"{self.month:%Y%m}.example.com")]

    def payments(self, move_ids: list[int]) -> dict[int, float]:
        """What was paid of each invoice by payments."""
        query = """
            SELECT debit.move_id, coalesce(sum(partial.amount), 0) FROM account_partial_reconcile partial
              JOIN account_move_line debit ON debit.id = partial.debit_move_id
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_payment payment ON payment.move_id = credit.move_id
             WHERE debit.move_id IN %s GROUP BY debit.move_id
        """
        return {move_id: float(amount) for move_id, amount in self.sql(query, tuple(move_ids))}

    def check_contacts(self, move_ids: list[int]) -> Counter:
        """Each step was done once about each debt, nobody was written to twice on a day; gives how many messages are in which state."""
        doubled = """
            SELECT line_id, step_id, cycle FROM recurring_dunning_action
             WHERE line_id IN (SELECT id FROM account_move_line WHERE move_id IN %s)
             GROUP BY line_id, step_id, cycle HAVING count(*) > 1
        """
        assert self.sql(doubled, tuple(move_ids)) == [], "a step was done twice"
        partners = "SELECT commercial_partner_id FROM account_move WHERE id IN %s"
        messages = f"SELECT partner_id, day, count(*) FROM recurring_dunning_message WHERE kind = 'dunning' AND partner_id IN ({partners})"
        assert self.sql(f"{messages} GROUP BY partner_id, day HAVING count(*) > 1", tuple(move_ids)) == [], "two messages on a day"
        got = Counter(self.mailed())
        assert not [each for each, number in got.items() if number > 1], "the same e-mail came twice"
        states = f"SELECT state, count(*) FROM recurring_dunning_message WHERE partner_id IN ({partners}) GROUP BY state"
        return Counter(dict(self.sql(states, tuple(move_ids))))

    def check_services(self, pairs: list[tuple[int, int]]) -> Counter:
        """Each service is withheld by one block at most and stands as its blocks say; who paid has it; gives how many stand how."""
        counts = Counter()
        for subscription_id, move_id in pairs:
            query = """
                SELECT s.service_state, m.payment_state IN ('paid', 'in_payment'), s.next_invoice_date,
                       count(b.id) FILTER (WHERE b.state = 'in_force'), count(b.id) FILTER (WHERE b.state = 'waiting')
                  FROM recurring_subscription s JOIN account_move m ON m.id = %s
                  LEFT JOIN recurring_service_block b ON b.subscription_id = s.id
                 WHERE s.id = %s GROUP BY s.id, m.id
            """
            [(state, is_paid, next_invoice, in_force, waiting)] = self.sql(query, move_id, subscription_id)
            assert in_force + waiting <= 1, "a service is withheld twice"
            assert (state == "blocked") == bool(in_force), f"subscription {subscription_id} is {state} with {in_force} blocks in force"
            assert bool(next_invoice) == (state != "blocked"), f"subscription {subscription_id} is {state}, next billed on {next_invoice}"
            if is_paid:
                assert not in_force + waiting, "who paid has no service, or will have none"
            counts["paid" if is_paid else state] += 1
        return counts
