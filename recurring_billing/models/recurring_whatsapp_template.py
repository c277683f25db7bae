from odoo import api, fields, models

from ..rules import whatsapp

APPROVED, PENDING, REJECTED, PAUSED, GONE = "approved", "pending", "rejected", "paused", "gone"
STATES = [
    (PENDING, "Waiting for Approval"),
    (APPROVED, "Approved"),
    (REJECTED, "Rejected"),
    (PAUSED, "Paused by WhatsApp"),
    (GONE, "Not Registered"),
]
_TOLD = {
    "APPROVED": APPROVED,
    "PENDING": PENDING,
    "IN_APPEAL": PENDING,
    "REJECTED": REJECTED,
    "PAUSED": PAUSED,
    "DISABLED": PAUSED,
    "LIMIT_EXCEEDED": PAUSED,
}


class RecurringWhatsappTemplate(models.Model):
    """A text registered at WhatsApp: the only kind that may open a conversation. Which of our texts it stands for is ours to say."""

    _name = "recurring.whatsapp.template"
    _inherit = ["recurring.service.written"]
    _description = "WhatsApp Text"
    _order = "account_id, name, language"

    _written_by_people = frozenset({"text_id", "place_ids"})

    account_id = fields.Many2one("recurring.whatsapp.account", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    name = fields.Char(required=True, readonly=True)
    language = fields.Char(required=True, readonly=True)
    state = fields.Selection(STATES, "Status", required=True, readonly=True, default=PENDING)
    category = fields.Char(readonly=True)
    header = fields.Char(readonly=True)
    body = fields.Text(readonly=True)
    footer = fields.Char(readonly=True)
    button = fields.Char(readonly=True, help="What is written on the button.")
    button_url = fields.Char("Button Opens", readonly=True)
    is_named = fields.Boolean(readonly=True, default=False)
    needs = fields.Char("Not Usable Because", readonly=True, help="Parts of it that cannot be filled by us.")
    text_id = fields.Many2one("recurring.dunning.template", "Stands For", ondelete="set null", index="btree_not_null")
    place_ids = fields.One2many("recurring.whatsapp.place", "template_id", "Places")
    problem = fields.Char("Last Problem", readonly=True)

    _once = models.UniqueIndex("(account_id, name, language)", "This text is known already.")

    @api.depends("name", "language")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name} ({template.language})"

    @api.model
    def _take_over(self, account, told):
        """Keep what WhatsApp tells of an account's texts; what we know of them beside that stays."""
        # sudo: what WhatsApp tells is written by services only
        self = self.sudo()
        known = {(each.name, each.language): each for each in self.search([("account_id", "=", account.id)])}
        for each in told:
            name, language = each.get("name"), each.get("language")
            if not isinstance(name, str) or not isinstance(language, str):
                continue
            values = self._read(each)
            template = known.pop((name, language), None)
            if template:
                template.write({**values, "problem": False})
            else:
                template = self.create({"account_id": account.id, "name": name, "language": language, **values})
            template._make_places()
        for template in known.values():
            template.state = GONE

    @api.model
    def _read(self, told):
        """The values of a text from what WhatsApp tells of it."""
        values = {
            "state": _TOLD.get(told.get("status"), REJECTED),
            "category": told.get("category"),
            "is_named": told.get("parameter_format") == "NAMED",
            **dict.fromkeys(("header", "body", "footer", "button", "button_url", "needs"), False),
        }
        for part in told.get("components") or ():
            kind = part.get("type") if isinstance(part, dict) else None
            if kind in ("HEADER", "BODY", "FOOTER") and part.get("format", "TEXT") == "TEXT":
                values[kind.lower()] = part.get("text")
            elif kind == "BUTTONS":
                values.update(self._read_buttons(part.get("buttons") or ()))
            elif kind:
                values["needs"] = self.env._("It begins with a picture or a document.")
        return values

    @api.model
    def _read_buttons(self, buttons):
        values = {}
        for index, button in enumerate(buttons):
            if button.get("type") == "URL" and "button_url" not in values and not index:
                values |= {"button": button.get("text"), "button_url": button.get("url")}
            elif whatsapp.places(button.get("url")) or button.get("type") in ("COPY_CODE", "OTP"):
                values["needs"] = self.env._("It has a second button that must be filled.")
        return values

    def _make_places(self):
        """One row per place of the text, keeping what was said of those that stay."""
        for template in self:
            wanted = [
                (part, place)
                for part, text in (("header", template.header), ("body", template.body), ("button", template.button_url))
                for place in whatsapp.places(text)
            ]
            there = {(row.part, row.name): row for row in template.place_ids}
            for key, row in there.items():
                if key not in wanted:
                    row.unlink()
            self.env["recurring.whatsapp.place"].create(
                [{"template_id": template.id, "part": part, "name": name, "sequence": index}
                 for index, (part, name) in enumerate(wanted) if (part, name) not in there]
            )  # fmt: skip

    def _remember(self, problem):
        """Keep what WhatsApp says is wrong with a text: it is not used until the texts are read again."""
        for template in self.filtered(lambda each: each.state == APPROVED):
            template.write({"problem": str(problem)[:500], "state": PAUSED})

    # Choosing and filling

    @api.model
    def _for(self, account, text, lang):
        """The registered text that stands for one of ours in a language, or the best other; none where nothing is approved.

        :param lang: as Odoo writes it: "pt_BR".
        """
        found = self.search([("account_id", "=", account.id), ("text_id", "=", text.id), ("state", "=", APPROVED), ("needs", "=", False)])
        rank = {lang or "": 0, (lang or "")[:2]: 1}
        close = found.filtered(lambda each: each.language[:2] == (lang or "")[:2])
        return min(close, key=lambda each: rank.get(each.language, 2), default=self.browse())

    def _missing(self):
        """The places nobody said what belongs there."""
        return self.place_ids.filtered(lambda place: not place.placeholder)

    def _content(self, values):
        """What is sent, and what the customer reads, for words by placeholder.

        :param values: dict of words by placeholder.
        :return: (the ``template`` of a message, the text as plain words).
        """
        self.ensure_one()
        words = {place: whatsapp.parameter(values.get(place.placeholder)) or "-" for place in self.place_ids}
        components = []
        for part in ("header", "body"):
            given = [self._parameter(place, words[place]) for place in self.place_ids if place.part == part]
            if given:
                components.append({"type": part, "parameters": given})
        for place in self.place_ids.filtered(lambda place: place.part == "button"):
            ending = self._ending(words[place])
            components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": ending}]})
        by_part = {
            part: {place.name: words[place] for place in self.place_ids if place.part == part} for part in ("header", "body", "button")
        }
        lines = [whatsapp.filled(self.header, by_part["header"]), whatsapp.filled(self.body, by_part["body"]), self.footer or ""]
        template = {"name": self.name, "language": {"code": self.language}, "components": components}
        return template, "\n\n".join(line for line in lines if line)

    def _parameter(self, place, words):
        return {"type": "text", "text": words, **({"parameter_name": place.name} if self.is_named else {})}

    def _ending(self, link):
        """What is added to a button's fixed address to make a link."""
        fixed = (self.button_url or "").split("{{")[0]
        return link.removeprefix(fixed) or "-"
