"""What the service knows: a business number, templates, people who can be reached, messages that were really taken."""

import re
import secrets
import threading
import time

from .errors import Problem

DAY_S = 24 * 3600
SPACES = re.compile(r"[\n\t]| {5,}")
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Books:
    """Everything, under one lock.

    :ivar ledger: the messages that were taken, in order: this is the judge of what was sent.
    """

    def __init__(self, phone_number_id: str, business_account_id: str):
        self.lock = threading.RLock()
        self.phone_number_id, self.business_account_id = phone_number_id, business_account_id
        self.ledger: list[dict] = []
        self.templates: list[dict] = []
        self.media: dict[str, dict] = {}
        self.strangers: set[str] = set()
        self.wrote: dict[str, float] = {}

    @property
    def number(self) -> dict:
        return {
            "id": self.phone_number_id,
            "display_phone_number": "+55 11 3333-4444",
            "verified_name": "Academia do Porto",
            "quality_rating": "GREEN",
        }

    # Messages

    def take(self, body: dict) -> dict:
        """A message that was asked for; gives the answer.

        :raises Problem: with the documented code, where it is refused at once.
        """
        if body.get("messaging_product") != "whatsapp":
            raise Problem(100, "messaging_product is required")
        number = re.sub(r"\D", "", str(body.get("to") or ""))
        if not 8 <= len(number) <= 15:
            raise Problem(131009, "to is not a phone number")
        if len(str(body.get("biz_opaque_callback_data") or "")) > 512:
            raise Problem(100, "biz_opaque_callback_data is too long")
        kind = body.get("type")
        if kind == "template":
            text = self._template_text(body.get("template") or {})
        elif kind == "text":
            text = (body.get("text") or {}).get("body")
            if not text:
                raise Problem(131008, "text.body is missing")
        else:
            raise Problem(131009, "type")
        wa_id = whatsapp_id(number)
        taken = {
            "id": f"wamid.{secrets.token_hex(16).upper()}",
            "to": number,
            "wa_id": wa_id,
            "type": kind,
            "template": (body.get("template") or {}).get("name"),
            "language": ((body.get("template") or {}).get("language") or {}).get("code"),
            "text": text,
            "callback": body.get("biz_opaque_callback_data"),
            "fails": self._fails_later(number, kind),
        }
        self.ledger.append(taken)
        return taken

    def _fails_later(self, number: str, kind: str) -> int:
        """The code of which a notification tells later, for a message that was taken and does not arrive."""
        if number in self.strangers:
            return 131026
        if kind == "text" and time.time() - self.wrote.get(whatsapp_id(number), 0) > DAY_S:
            return 131047
        return 0

    def _template_text(self, asked: dict) -> str:
        language = (asked.get("language") or {}).get("code")
        found = [each for each in self.templates if (each["name"], each["language"]) == (asked.get("name"), language)]
        if not found or found[0]["status"] not in ("APPROVED", "PAUSED", "DISABLED"):
            raise Problem(132001, f"template name ({asked.get('name')}) does not exist in {language}")
        template = found[0]
        if template["status"] != "APPROVED":
            raise Problem(132015 if template["status"] == "PAUSED" else 132016)
        told = []
        for component in template["components"]:
            if component["type"] in ("HEADER", "BODY") and component.get("text"):
                told.append(_filled(component["text"], _given(asked, component["type"].lower())))
            for index, button in enumerate(component.get("buttons") or ()):
                if button["type"] == "URL" and PLACE.search(button["url"]):
                    told.append(_filled(button["url"], _given(asked, "button", index)))
        return "\n".join(told)

    # People

    def hear(self, number: str) -> None:
        """Somebody wrote: for a day, free texts reach them."""
        self.wrote[whatsapp_id(re.sub(r"\D", "", number))] = time.time()

    def keep(self, content: bytes, mime: str, name: str) -> str:
        key = str(secrets.randbelow(10**15))
        self.media[key] = {"content": content, "mime": mime, "name": name}
        return key


def whatsapp_id(number: str) -> str:
    """The id of a number's account: in most of Brazil it has kept eight digits (area codes from 31 on)."""
    if len(number) == 13 and number.startswith("55") and number[4] == "9" and int(number[2:4]) > 30:
        return number[:4] + number[5:]
    return number


def _given(asked: dict, kind: str, index: int | None = None) -> list[dict]:
    """The parameters that came for a component."""
    for component in asked.get("components") or ():
        if component.get("type") == kind and (index is None or str(component.get("index")) == str(index)):
            return component.get("parameters") or []
    return []


def _filled(text: str, given: list[dict]) -> str:
    """The text with its parameters, which must be as many as it has places, and fit.

    :raises Problem: the documented one.
    """
    places = list(dict.fromkeys(PLACE.findall(text)))
    if len(given) != len(places):
        raise Problem(
            132000, f"body: number of localizable_params ({len(given)}) does not match the expected number of params ({len(places)})"
        )
    values = {}
    for position, (place, each) in enumerate(zip(places, given, strict=True)):
        words = each.get("text")
        if each.get("type") != "text" or not isinstance(words, str) or not words:
            raise Problem(131008, f"parameter {position} has no text")
        if SPACES.search(words):
            raise Problem(132018)
        values[each.get("parameter_name") or place] = words
    if set(values) != set(places):
        raise Problem(132012, "parameter_name does not match")
    return PLACE.sub(lambda found: values[found[1]], text)


def unfit(template: dict) -> str:
    """Why a text cannot be handed in, by the documented rules; empty where it can."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", template.get("name") or ""):
        return "name"
    if template.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        return "category"
    for component in template["components"]:
        text, places = component.get("text") or "", PLACE.findall(component.get("text") or "")
        if places != [str(number + 1) for number in range(len(places))] and len(set(places)) == len(places):
            return "places are not numbered"
        if re.match(r"\s*\{\{", text) or re.search(r"\}\}\s*$", text):
            return "Variables can't be at the start or end of the template."
        examples = (component.get("example") or {}).get("body_text") or [[]]
        if len(examples[0]) != len(set(places)) or not all(examples[0]):
            return "examples are missing"
        if len(text) > 1024:
            return "too long"
    return ""
