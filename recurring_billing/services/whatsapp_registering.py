import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import dunning as const
from ..rules import whatsapp, wording
from .whatsapp_errors import WhatsappProblem

UTILITY = "UTILITY"
"""WhatsApp's word for messages about what somebody bought; those that advertise are another kind."""


class RecurringWhatsappRegistering(models.AbstractModel):
    """Hands our own texts in at WhatsApp, in the languages in use, so that nobody has to write them twice."""

    _name = "recurring.whatsapp.registering"
    _description = "Registering of WhatsApp Texts"

    @api.private
    @api.model
    def hand_in(self, account):
        """Hand in every text that is not registered yet; they are used from the moment WhatsApp has approved them.

        :return: (how many were handed in, what went wrong with the others, in words).
        """
        handed, problems = 0, []
        with self.env["recurring.whatsapp.api"].session(account) as service:
            account._read_templates(service)
            known = {(each.name, each.language) for each in account.template_ids.filtered(lambda each: each.state != "gone")}
            for text, lang in self._wanted(account):
                name, language = self._name_of(text), self._language(lang)
                if (name, language) in known:
                    continue
                try:
                    service.register(self._content(text.with_context(lang=lang), name, language, account.company_id))
                    handed += 1
                except WhatsappProblem as problem:
                    problems.append(f"{text.with_context(lang=lang).name} ({language}): {problem}")
                    if problem.meaning != whatsapp.REFUSED:
                        break
            account._read_templates(service)
        self._say_what_they_stand_for(account)
        return handed, problems

    def _wanted(self, account):
        """Our texts for chats, in each language customers read."""
        domain = Domain("company_id", "in", (False, account.company_id.id)) & Domain("whatsapp_text", "!=", False)
        texts = self.env["recurring.dunning.template"].search(domain & Domain("kind", "!=", const.TEXT_STATEMENT))
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        if not texts:
            raise UserError(self.env._("There is no text for WhatsApp among the collection texts."))
        return [(text, lang) for text in texts for lang in langs if self._speaks(text, lang)]

    def _speaks(self, text, lang):
        """Whether a text was translated: English words must not be approved as those of another language."""
        return lang.startswith("en") or text.with_context(lang=lang).whatsapp_text != text.with_context(lang="en_US").whatsapp_text

    def _name_of(self, text):
        """The name of one of our texts at WhatsApp: the same however often it is handed in."""
        return f"rb_{text.kind}_{text.tone}_{text.id}"

    def _language(self, lang):
        """A language as WhatsApp writes it: Brazil, Portugal and the big kinds of English and Spanish by region, others without."""
        return lang if lang in ("pt_BR", "pt_PT", "en_US", "en_GB", "es_AR", "es_ES", "es_MX") else lang.split("_")[0]

    def _content(self, text, name, language, company):
        """What is handed in: names in braces become numbered places, each with an example. None may stand first or last."""
        names, examples = wording.names_in(text.whatsapp_text), self.env["recurring.whatsapp.words"].examples(company)
        body = text.whatsapp_text.strip()
        body = f"{company.name}: {body}" if body.startswith("{") else body
        body = f"{body}\n\n{company.name}" if body.endswith("}") else body
        for number, each in enumerate(names, 1):
            body = body.replace(f"{{{each}}}", f"{{{{{number}}}}}")
        component = {"type": "BODY", "text": re.sub(r"\n{3,}", "\n\n", body).strip()}
        if names:
            component["example"] = {"body_text": [[examples.get(each, "-") for each in names]]}
        return {"name": name, "language": language, "category": UTILITY, "components": [component]}

    def _say_what_they_stand_for(self, account):
        """Which of our texts those handed in stand for, and what belongs in their places."""
        texts = {self._name_of(text): text for text, _lang in self._wanted(account)}
        for template in account.template_ids.filtered(lambda each: each.name in texts and not each.text_id):
            text = texts[template.name]
            template.text_id = text
            for place, name in zip(template.place_ids, wording.names_in(text.whatsapp_text), strict=False):
                place.placeholder = name
