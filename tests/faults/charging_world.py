"""A company with customers whose saved cards are charged at the simulated gateway, by processes that may die."""

import contextlib
import datetime
import functools
import random
from decimal import Decimal

from gateway_cards import make_cards, make_provider
from http_child import answering
from world import World

TIMEOUT_S = 0.4
"""How long Odoo waits for the gateway here; 10 s in earnest."""
CARDS = {
    # script of a card: (how many of a hundred, whether its money arrives in the end)
    ("ok",): (40, True),
    ("ok/hang", "ok"): (4, True),
    ("/hang", "ok"): (3, True),
    ("ok/500", "ok"): (5, True),
    ("/500", "ok"): (4, True),
    ("ok/drop", "ok"): (5, True),
    ("/drop", "ok"): (4, True),
    ("ok/garbage", "ok"): (3, True),
    ("/busy", "ok"): (3, True),
    ("soft", "ok"): (8, True),
    ("soft/drop", "ok"): (3, True),
    ("soft", "soft", "ok/drop", "ok"): (2, True),
    ("strange", "ok"): (3, True),
    ("refused", "ok"): (3, True),
    ("hard",): (5, False),
    ("pending",): (3, True),
    ("cancelled", "ok"): (2, True),
}
"""A script that goes on after money was taken takes it again from whoever asks once too often."""


def scripts(count: int, seed: int) -> list[tuple[str, ...]]:
    """As many scripts, in the proportions of `CARDS`, each at least once where there is room, in random order."""
    words = list(CARDS)
    chosen = words[:count]
    chosen += random.Random(seed).choices(words, [CARDS[word][0] for word in words], k=max(0, count - len(chosen)))
    random.Random(seed + 1).shuffle(chosen)
    return chosen


class ChargingWorld(World):
    """:ivar cards: what the gateway calls each subscription's card, with its script."""

    def __init__(self, database: str, gateway):
        self.gateway, self.cards, self.scripts = gateway, {}, {}
        super().__init__(database)

    def _set_up(self, env) -> int:
        company_id = super()._set_up(env)
        company = env["res.company"].browse(company_id)
        company.write({"recurring_charge": True, "recurring_charge_from": str(self.month), "recurring_send": False})
        env = env(context={**env.context, "allowed_company_ids": [company_id]})
        self.provider_id = make_provider(env, company.with_env(env), self.gateway).id
        for mode in ("post_charge", "charge_post"):
            env["recurring.plan"].create({"name": mode, "company_id": company_id, "invoice_mode": mode})
        return company_id

    def begin_a_month(self) -> None:
        """What is older is not charged any more."""
        self.forget_the_past()
        self.sql("UPDATE account_move SET recurring_charge_state = NULL, recurring_next_charge_date = NULL")
        self.gateway.forget()
        self.tell_the_day(self.month)

    def next_day(self, days: int = 1) -> None:
        self.tell_the_day(self.month + datetime.timedelta(days=days))

    def tell_the_day(self, day) -> None:
        """Requests over HTTP, which know no context, live on this day too."""
        self.month = day
        self.work(lambda env: env["ir.config_parameter"].set_param("test_recurring_billing.today", str(day)) and None)()

    def make_payers(self, count: int, seed: int) -> list[int]:
        """Subscriptions from this month on whose invoices are charged, half of them before they are posted; the n-th costs 20.00 + n."""

        def create(env):
            plans = env["recurring.plan"].search([("company_id", "=", self.company_id), ("name", "in", ("post_charge", "charge_post"))])
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            partners = env["res.partner"].create([{"name": f"Payer {number}"} for number in range(count)])
            cards = make_cards(env, env["payment.provider"].browse(self.provider_id), partners)
            subscriptions = env["recurring.subscription"].create(
                [
                    {
                        "partner_id": card.partner_id.id,
                        "plan_id": plans[number % 2].id,
                        "payment_token_id": card.id,
                        "start_date": str(self.month),
                        "state": "active",
                        "client_order_ref": f"{number:03}",
                        "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 20 + number})],
                    }
                    for number, card in enumerate(cards)
                ]
            )
            return [[subscription.id, subscription.payment_token_id.provider_ref] for subscription in subscriptions]

        made = self.work(create)()
        chosen = dict(zip([card for _number, card in made], scripts(count, seed), strict=True))
        self.gateway.script({card: list(words) for card, words in chosen.items()})
        self.cards.update(dict(made))
        self.scripts.update(chosen)
        return [number for number, _card in made]

    # Charging

    def work(self, function, *arguments):
        """As everywhere, but whoever charges gives up on the gateway early."""
        inner = super().work(function, *arguments)

        def in_a_hurry():
            import requests

            if requests.request is not _impatient:
                _impatient.request, requests.request = requests.request, _impatient
            return inner()

        return in_a_hurry

    def charging(self):
        """The work of the scheduled action that charges; gives how often it asked the gateway for money."""

        def charge(env):
            before = _impatient.posts
            env["recurring.payment.collection"].run_scheduled()
            return _impatient.posts - before

        return self.work(charge)

    def taking_payments(self, ids: list[int]):
        """The work of staff who take cash for posted invoices, the last first, each in a request of its own; gives how many."""

        def take(env):
            from odoo.service.model import retrying

            moves = env["account.move.line"].search([("recurring_subscription_id", "in", ids)]).move_id
            taken = 0
            for number in moves.filtered(lambda move: move.state == "posted").sorted("id", reverse=True).ids:
                taken += retrying(functools.partial(_take_cash, env, number), env)
                env.cr.commit()
            return taken

        return self.work(take)

    def clarifying(self):
        """The work of a person who goes through the charges to clarify, asking the provider or repeating. Gives how many there were."""

        # Ten minutes pass, so that nothing is on its way any more.
        self.sql("UPDATE recurring_charge_attempt SET asked_at = asked_at - interval '20 minutes' WHERE clarify IS NOT NULL")

        def clarify(env):
            from odoo.exceptions import UserError

            attempts = env["recurring.charge.attempt"].search([("company_id", "=", self.company_id), ("clarify", "=", "unknown")])
            for number, attempt in enumerate(attempts.ids):
                here = env["recurring.charge.attempt"].browse(attempt)
                try:
                    here.action_repeat() if here.can_repeat and number % 3 == 0 else here.action_ask()
                except UserError:  # a notice was faster
                    env.cr.rollback()
                env.cr.commit()
            return len(attempts)

        return self.work(clarify)

    @contextlib.contextmanager
    def listening(self):
        """Odoo's own server in a process of its own, where the gateway's notices arrive."""
        with answering(self.registry.db_name) as url:
            self.gateway.deliver_to(f"{url}/payment/recurring_test/webhook")
            yield

    def wait_for_weeks(self) -> None:
        """So long that what stays pending is looked at by a person."""
        self.sql("UPDATE recurring_charge_attempt SET asked_at = asked_at - interval '20 days' WHERE company_id = %s", self.company_id)

    # What must hold

    def invoices(self, ids: list[int]) -> dict[str, dict]:
        """The invoice of each card, and all that became of it."""
        query = """
            SELECT DISTINCT ON (s.id) s.id AS subscription, m.id, m.state, m.payment_state, m.amount_total, m.amount_residual,
                   coalesce(m.recurring_charge_state, m.recurring_stage) AS charge, m.recurring_next_charge_date AS next,
                   m.recurring_charge_stop AS stop,
                   (SELECT array_agg(t.state ORDER BY t.id) FROM payment_transaction t
                      JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id WHERE r.invoice_id = m.id) AS transactions,
                   (SELECT array_agg(p.amount ORDER BY p.id) FROM account_payment p
                      JOIN payment_transaction t ON t.id = p.payment_transaction_id
                      JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id
                     WHERE r.invoice_id = m.id AND p.state IN ('in_process', 'paid')) AS payments
              FROM recurring_subscription s
              JOIN account_move_line l ON l.recurring_subscription_id = s.id JOIN account_move m ON m.id = l.move_id
             WHERE s.id IN %s AND m.move_type = 'out_invoice' ORDER BY s.id, m.id DESC
        """
        with self.registry.cursor() as cursor:
            cursor.execute(query, [tuple(ids)])
            return {self.cards[row["subscription"]]: row for row in cursor.dictfetchall()}

    def check_money(self, ids: list[int]) -> dict[str, int]:
        """No card is charged twice, no money is lost from sight, none is booked that was not taken; gives how many stand where."""
        invoices = self.invoices(ids)
        taken, counts, wrong = self.gateway.captured(), {}, []  # read last: money may move at any moment
        assert set(invoices) == {self.cards[number] for number in ids}, "every subscription has its invoice"
        for card, invoice in invoices.items():
            where, problem = _judge(taken.get(card, []), invoice)
            counts[where] = counts.get(where, 0) + 1
            if problem:
                wrong.append(f"{card} {self.scripts[card]}: {problem}; taken {taken.get(card, [])}, invoice {invoice}")
        assert not wrong, "\n".join(wrong)
        self.check_numbers()
        return dict(sorted(counts.items()))

    def check_settled(self, ids: list[int]) -> None:
        """In the end every card has paid once what it owes, or is known to be refused."""
        invoices, taken = self.invoices(ids), self.gateway.captured()
        for card, invoice in invoices.items():
            arrives = CARDS[self.scripts[card]][1]
            wanted = [Decimal(str(invoice["amount_total"])).quantize(Decimal("0.01"))] if arrives else []
            assert taken.get(card, []) == wanted, (card, self.scripts[card], taken.get(card), invoice)
            assert invoice["state"] == "posted", (card, self.scripts[card], invoice)
            assert (invoice["payment_state"] in ("paid", "in_payment")) == arrives, (card, self.scripts[card], invoice)


def _take_cash(env, number: int) -> int:
    """Register a payment of an invoice, if it is still open."""
    move = env["account.move"].browse(number)
    if move.payment_state != "not_paid":
        return 0
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
    journals = env["account.journal"].search(
        [("type", "in", ("cash", "bank")), ("code", "!=", "CRDS"), ("company_id", "=", move.company_id.id)]
    )
    wizard.create({"journal_id": journals[0].id})._create_payments()
    return 1


def _judge(taken: list, invoice: dict) -> tuple[str, str]:
    """Where an invoice stands, and what is wrong with that, if anything."""
    settled, charge = invoice["payment_state"] in ("paid", "in_payment"), invoice["charge"]
    where = "paid" if settled else charge or "open"
    booked = [Decimal(str(amount)) for amount in invoice["payments"] or []]
    if len(taken) > 1:
        return where, "charged twice"
    if settled and not taken:
        return where, "paid by nothing"
    if settled and (booked != taken or invoice["amount_residual"]):
        return where, "not booked as it was taken"
    if not settled and booked:
        return where, "booked without settling"
    if taken and where not in ("paid", "clarify", "running"):
        return where, "taken, and nobody knows"
    if where == "open":
        return where, "nobody cares for it any more"
    return where, ""


def _impatient(method, url, **options):
    """As `requests.request`, but gives up early, and counts what asks for money."""
    _impatient.posts += method == "POST"
    return _impatient.request(method, url, **{**options, "timeout": TIMEOUT_S})


_impatient.posts = 0
