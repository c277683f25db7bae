from odoo import api, models
from odoo.fields import Domain

from ...const import dunning as const


class RecurringChannel(models.AbstractModel):
    """One way to reach a customer. Each way is a model ``recurring.channel.<code>`` in a file of its own.

    Dispatch (``services/message_dispatch.py``) asks for the address, lets the message be prepared, commits that it is leaving, and lets it
    go. So ``_send()`` is the only method that may talk to the outside, and it never commits.
    """

    _name = "recurring.channel"
    _description = "Way to Reach a Customer"

    _recurring_code = None
    """The value of ``channel`` on messages and steps."""
    _recurring_reads_along = False
    """Whether others may see the message who look at the screen: nothing of a debt is told then."""

    @api.private
    @api.model
    def _of(self, code):
        """The way with a code; one that leads nowhere for what only people use (a page, a visit)."""
        name = f"recurring.channel.{code}"
        return self.env[name if name in self.env else "recurring.channel"]

    @api.private
    @api.model
    def _is_available(self, company):
        """Whether the company has this way at all."""
        return bool(self._recurring_code)

    @api.private
    @api.model
    def _address(self, partner):
        """Where the partner is reached.

        :return: (address, ""), or ("", why not, in words)
        """
        return "", self.env._("Nothing is sent this way.")

    @api.private
    @api.model
    def _prepare(self, message):
        """What is to be kept on the message before it leaves: ``subject``, ``body``… Nothing leaves here.

        :return: dict of values of ``recurring.dunning.message``
        """
        raise NotImplementedError

    @api.private
    @api.model
    def _send(self, message):
        """Let a message go whose preparation is committed.

        :return: (state, reference of the provider, error in words). The state is ``sent``; ``delivered``; ``done``; ``to_do``, when a
            person goes on with it; ``failed``, when it was refused for good, so that another way is sought; ``queued``, when nothing left
            and it is tried again later; ``unknown``, when nobody knows whether it left.
        """
        raise NotImplementedError

    @api.private
    @api.model
    def _withdraw(self, messages):
        """Take back what a person was asked to do (``to_do``), for it is not needed any more."""

    @api.private
    @api.model
    def _is_address_wrong(self, message):
        """Whether a message that failed failed for its address, which is then not tried again."""
        return False

    # What addresses have in common

    @api.model
    def _refused(self, partner, address):
        """Why an address is not tried again: the last message to it came back."""
        # sudo: whether an address works is known to whoever may send
        messages = self.env["recurring.dunning.message"].sudo()
        mine = Domain("channel", "=", self._recurring_code) & Domain("address", "=", address) & Domain("partner_id", "=", partner.id)
        tried = Domain("state", "in", (*const.MESSAGES_LEFT, const.FAILED))
        last = messages.search(mine & tried, order="id desc", limit=1)
        return last.error or "" if last.state == const.FAILED and last.is_address_wrong else ""
