from odoo import fields, models


class PaymentTransaction(models.Model):
    """What we know of a transaction that moves money of subscriptions by itself, and the hooks for providers."""

    _inherit = "payment.transaction"

    recurring_unknown = fields.Boolean(
        "Outcome Unknown",
        readonly=True,
        default=False,
        copy=False,
        help="The request left, and no answer came: it is pending until a person, the provider's notification or a status query decides.",
    )
    recurring_attempt_ids = fields.One2many("recurring.charge.attempt", "transaction_id", "Charges", readonly=True)

    def _recurring_query_status(self):
        """Ask the provider what became of the transaction, and read the answer into it through ``_process()``.

        For a provider to support it, override this, and ``_recurring_can_query()``. Called in a transaction of its own.

        :return: whether the provider knew; False where it never heard of the reference, so that nothing was charged. None: cannot be asked.
        """
        self.ensure_one()
        return None

    def _recurring_can_query(self):
        """Whether ``_recurring_query_status()`` is there for this provider."""
        self.ensure_one()
        return False

    def _recurring_can_repeat(self):
        """Whether the provider takes the same request with the same reference again without charging twice (idempotency by reference)."""
        self.ensure_one()
        return False
