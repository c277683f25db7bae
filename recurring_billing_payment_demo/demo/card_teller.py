from odoo.addons.recurring_billing.demo.storyteller import Storyteller

from .cards import SAVED, TURNED, UNANSWERED


class CardTeller(Storyteller):
    """Tells the story of customers whose cards are charged: by the service itself, day by day."""

    def tell(self):
        """Live every day; then the live database is whatever is made of this one."""
        self.tokens = {self._ref(card.customer): self._save(card) for card in SAVED}
        self.silent = {(self._ref(each.customer), self.today + each.since + each.then) for each in UNANSWERED}
        self.company.write({"recurring_charge": True, "recurring_charge_from": min(self.today + sold.start for sold in self.story.sold)})
        res = super().tell()
        # sudo: what says which database is the live one is nobody's to change
        self.env["recurring.identity"].sudo().search([]).unlink()
        return res

    def _save(self, card):
        provider = self.env.ref("payment.payment_provider_demo")
        partner = self._ref(card.customer)
        token = self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids[:1].id,
                "partner_id": partner.id,
                "provider_ref": f"demo card {card.ends_in}",
                "payment_details": card.ends_in,
                "demo_simulated_state": "done",
            }
        )
        if card.expires:
            token.recurring_expiry = self.today + card.expires
        partner.with_company(self.company).recurring_token_id = token
        return token

    def _fill_agenda(self):
        res = super()._fill_agenda()
        for turned in TURNED:
            self._on(self.today + turned.since + turned.then, self._turn, turned)
        return res

    def _turn(self, _env, _day, turned):
        self.tokens[self._ref(turned.customer)].demo_simulated_state = turned.state

    def _expect_payment(self, move, day):
        """Their invoices are charged; nobody registers a payment."""

    def _live(self, day):
        res = super()._live(day)
        env = self.env(context={**self.env.context, "recurring_today": day})
        collection = env["recurring.payment.collection"]._for_company(self.company)
        for partner, silent_day in self.silent:
            if silent_day == day:
                self._lose_answer(collection, partner)
        collection._run(self.company)
        return res

    def _lose_answer(self, collection, partner):
        """The server stopped while the provider was asked."""
        moves = collection.env["account.move"].search(
            [("commercial_partner_id", "=", partner.id), *collection.due_domain(self.company)], limit=1
        )
        request = collection.env["recurring.provider.request"]
        for move in moves:
            attempt, _refusal = collection._intend(move.id, None)
            request._release(request.begin(attempt))
        request.recover(self.company)
