import base64
from decimal import Decimal

from odoo import models

from ..const import dunning as const
from ..rules.money import to_decimal
from .dunning_words import IMAGINED
from .qr_picture import qr_png

NOTHING = Decimal(0)


class RecurringDunningWords(models.AbstractModel):
    """How what a message asks for is paid: the button, the code and its picture, where one says that it was paid."""

    _inherit = "recurring.dunning.words"

    def _pay(self, message, owed, values):
        """How it is paid: the button, and where one invoice is all, its code.

        :return: {link, code: {picture, text, title, hint} or {}, claim: where one says that it was paid, page: its picture on paper}
        """
        moves = self.env["account.move"].union(*[each.line.move_id for each in owed])
        code = {}
        if len(moves) == 1 and moves.move_type == "out_invoice" and not any(each.credit for each in owed):
            code = self._code(message, moves, sum((each.to_pay for each in owed), NOTHING))
        link = moves._recurring_pay_link() if len(moves) == 1 and moves.move_type == "out_invoice" else values["link"]
        return {"link": link, "code": code, "claim": self._claim_link(values["link"]), "page": self._page_picture(message, values["link"])}

    def _page_picture(self, message, link):
        """On paper: the code that opens the page of debts, where all is told and paid."""
        picture = self.env["recurring.payment.code"].picture
        return picture({"barcode_type": "QR", "value": link}) if message.channel == const.LETTER and link else ""

    def _claim_link(self, link):
        return f"{link}?paid=1#claim" if link else ""

    def _code(self, message, move, total):
        """The payment code of an invoice, where it asks for exactly what the message asks for."""
        code = move._recurring_shown_code()
        if not code or to_decimal(code["amount"]) != total:
            return {}
        words = move._recurring_code_words(code)
        return {"picture": self._picture(message, code), "text": code["text"], "title": words["title"], "hint": words["hint"]}

    def _picture(self, message, code):
        """Where the picture of a code is found: readers of e-mail show no pictures that are part of the text."""
        if not code["image"].startswith("data:image/svg"):
            return code["image"]
        content = qr_png(code.get("value") or code["text"])
        if message.channel == const.LETTER or self.env.context.get(IMAGINED):
            return f"data:image/png;base64,{base64.b64encode(content).decode()}"
        # sudo: the customer's reader fetches it by its token
        picture = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "code.png", "raw": content, "mimetype": "image/png", "res_model": message._name, "res_id": message.id})
        )
        return f"{message.company_id.get_base_url()}/web/image/{picture.id}?access_token={picture.generate_access_token()[0]}"
