import base64
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools.image import image_data_uri

from ..rules import brcode
from .qr_picture import qr_png, qr_svg

QR_PIXELS = 480


class Wanted(NamedTuple):
    """What a payment code is asked to say.

    :param amount: in the currency; what is to be paid today.
    :param txid: a transaction id of ours, letters and digits.
    :param communication: what the payer's bank carries where its codes know no such id; empty: the txid.
    :param method: the method of QR codes that was chosen on the invoice; empty: the first that fits the account.
    """

    amount: float
    currency: models.Model
    payer: models.Model
    txid: str
    communication: str = ""
    method: str = ""


class RecurringPaymentCode(models.AbstractModel):
    """Payment codes of bank accounts, by whatever method of QR codes Odoo has for their country, with a transaction id of ours."""

    _name = "recurring.payment.code"
    _description = "Payment Codes"

    @api.private
    @api.model
    def build(self, bank, wanted):
        """The code that pays an amount to a bank account.

        :param bank: the account; may be empty.
        :param wanted: a ``Wanted``.
        :return: {image: data address, text: what can be copied and pasted, where the code is one line, amount, txid: what a payment
            carries, confirmed_by_hand: always, for the account tells nobody, value: the content of the picture}, or {} where the
            account has no such method.
        """
        # sudo: the company's own bank account is printed for every payer, whoever prints
        bank = bank.sudo().with_context(recurring_payment_reference=wanted.txid)
        amount = wanted.currency.round(wanted.amount)
        reference = wanted.communication or wanted.txid
        found = bank and bank._build_qr_code_vals(amount, reference, reference, wanted.currency, wanted.payer, wanted.method or None)
        params = found and bank._get_qr_code_generation_params(**found)
        if not params:
            return {}
        text = params["value"]
        if bank.country_code == "BR" and not self._says(text, amount, wanted.txid):
            return {}
        return {
            "image": self.picture(params),
            "text": text if "\n" not in text else False,
            "amount": amount,
            "txid": wanted.txid if wanted.txid in text else reference,
            "confirmed_by_hand": True,
            "value": text,
        }

    @api.private
    @api.model
    def picture(self, params):
        """The picture of a code as a data address: drawn by us, unless the method wants more than a plain QR code.

        :param params: of a barcode, as Odoo's methods give them; at least ``barcode_type`` and ``value``.
        """
        if params["barcode_type"] == "QR" and not params.get("mask"):
            return f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(params['value'], params.get('barLevel', 'M'))).decode()}"
        image = self.env["ir.actions.report"].barcode(**{**params, "width": QR_PIXELS, "height": QR_PIXELS})
        return image_data_uri(base64.b64encode(image))

    @api.private
    @api.model
    def picture_for_mail(self, code):
        """The picture of a code as PNG: readers of e-mail show no vectors.

        :param code: as ``build`` gives it, or with ``image`` and ``text`` alone.
        """
        if not code["image"].startswith("data:image/svg"):
            return code["image"]
        return f"data:image/png;base64,{base64.b64encode(qr_png(code.get('value') or code['text'])).decode()}"

    @api.private
    @api.model
    def is_pix(self, code):
        """Whether a code is read by every bank's app in Brazil."""
        return "br.gov.bcb.pix" in (code.get("text") or "").lower()

    def _says(self, text, amount, txid):
        """Whether a Pix code says what was wanted: it is read back before anybody sees it, for no code is better than a wrong one."""
        try:
            said = brcode.read(text)
        except ValueError:
            return False
        return said.amount == Decimal(str(amount)) and said.txid == txid
