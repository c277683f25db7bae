import json
import logging
import time
from datetime import date
from urllib.parse import urlsplit

import requests
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import price_revision

_logger = logging.getLogger(__name__)

ADDRESS = "recurring_billing.index_address"
TIMEOUT = 10
"""Seconds a fetch may take altogether."""
LARGEST = 50_000
"""Bytes of the longest answer that is read."""
YEARS_BACK = 3


class RecurringIndexFetching(models.AbstractModel):
    """Fetch values of price indices from the address in the settings. Off until somebody gives the address; billing never waits for it.

    The answer is a JSON list of ``{"data": "dd/MM/yyyy", "valor": "0.56"}``; 404 means that there is nothing for those months, 406 that
    the months asked for are too many.
    """

    _name = "recurring.index.fetching"
    _description = "Fetching of Price Indices"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action, which is off until somebody wants it: each index by itself, problems are kept on it."""
        # sudo: indices are of no company, and the scheduled action works for everybody
        indices = self.sudo().env["recurring.price.index"].search([("series", "!=", False)])
        if not self._address() or not indices or not self.env["recurring.identity"].is_confirmed():
            return
        left = len(indices)
        for index in indices:
            self.fetch(index)
            left -= 1
            if self.env["ir.cron"]._commit_progress(1, remaining=left) <= 0:
                return

    @api.private
    @api.model
    def fetch(self, indices):
        """Fetch the months since the last known value, and two before it, which may have been revised.

        :return: dict of the counts ``new`` and ``revised``; what went wrong is kept in ``fetch_problem`` of each index.
        :raises UserError: when there is no address, or an index has no series.
        """
        if not self._address():
            raise UserError(
                self.env._(
                    "Values are fetched once an administrator gives the address of the service in the settings. Until then, type or "
                    "import them."
                )
            )
        found = {"new": 0, "revised": 0}
        for index in indices:
            if not index.series:
                raise UserError(self.env._("%s has no series. Give its number at the service, or type the values.", index.name))
            try:
                counts = index._record_values(self._ask(index))
            except (requests.RequestException, ValueError, RecursionError, UserError) as error:
                index.fetch_problem = self._in_words(error)
                _logger.info("Price index %s not fetched: %s", index.name, error)
                continue
            index.write({"fetched_at": fields.Datetime.now(), "fetch_problem": False})
            found = {name: found[name] + counts[name] for name in found}
        return found

    def _address(self):
        # sudo: who may fetch need not read system parameters; the address itself is an administrator's
        return (self.env["ir.config_parameter"].sudo().get_param(ADDRESS) or "").strip()

    def _ask(self, index):
        """The service's answer as percent by month."""
        today = self.env.company._recurring_today()
        since = index.last_month - relativedelta(months=2) if index.last_month else today - relativedelta(years=YEARS_BACK)
        status, body = self._get(self._address_of(index, since.replace(day=1), today))
        if status == 404:
            return {}
        if status == 406:
            raise UserError(self.env._("The service refuses so many months at once. Type or import the oldest ones."))
        if status != 200:
            raise UserError(self.env._("The service answered %s. Try again later, or type the values.", status))
        return price_revision.parse_answer(json.loads(body))

    def _address_of(self, index, since: date, until: date):
        try:
            address = self._address().format(series=index.series, start=f"{since:%d/%m/%Y}", end=f"{until:%d/%m/%Y}")
        except (KeyError, IndexError, ValueError) as error:
            raise UserError(
                self.env._("The address in the settings may name {series}, {start} and {end} only. Please correct it.")
            ) from error
        if urlsplit(address).scheme not in ("http", "https"):
            raise UserError(self.env._("The address in the settings must begin with https://. Please correct it."))
        return address

    def _get(self, address):
        """Status and text of the answer, within the time and size allowed."""
        deadline = time.monotonic() + TIMEOUT
        with requests.get(address, timeout=TIMEOUT, stream=True, headers={"Accept": "application/json"}) as response:
            body = b""
            # Byte by byte, so that the deadline also holds for a service that answers a little at a time; answers are small.
            for chunk in response.iter_content(1):
                body += chunk
                if time.monotonic() > deadline:
                    raise requests.Timeout
                if len(body) > LARGEST:
                    raise UserError(self.env._("The service sent far more than a list of months. Please check the address."))
            return response.status_code, body.decode("utf-8", "replace")

    def _in_words(self, error):
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, requests.Timeout):
            return self.env._("The service did not answer in time. Try again later, or type the values.")
        if isinstance(error, requests.RequestException):
            return self.env._("The service could not be reached. Check the address in the settings, or type the values.")
        return self.env._("The service did not send a list of months and values, so nothing was changed: %s", str(error)[:120])
