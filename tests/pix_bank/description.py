"""The published description of the API Pix as a judge of requests and answers.

Its mistakes are mended before it judges, each by name, so that nothing else of it is bent:

* patterns of CPF are written with the slashes of JavaScript, so no CPF would ever fit;
* the default of an integer is written as text;
* patterns are not anchored, so that longer texts would fit too;
* the transaction id of a payment is said to be as long as that of a charge, though static codes have shorter ones;
* a list of payments is said to require ``cobs``, which it does not have, instead of ``pix``;
* a charge with a due date is said to require the receiver's street beside the receiver, not in it;
* the payers' addresses (``/{pixUrlAccessToken}``, ``/cobv/{pixUrlAccessToken}``) overlap with the receivers' and are another server's.
"""

import functools
import json
import os
import pathlib

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

BASE = "/api/v2"
HOST = "https://bank.example"
PAYERS = ("/{pixUrlAccessToken}", "/cobv/{pixUrlAccessToken}", "/rec/{recUrlAccessToken}")


def path() -> pathlib.Path:
    """Where the description is: beside the checkout, unless the ring was told another folder."""
    beside = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return pathlib.Path(os.environ.get("RECURRING_BILLING_SHARED_DATA") or beside) / "pix-api" / "openapi.yaml"


class Judge:
    """Says what is wrong with a request, or an answer."""

    def __init__(self):
        words = yaml.load(path().read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.operations = words["paths"]
        self._api = OpenAPI.from_dict(
            _mended(words), config=Config(spec_validator_cls=None, extra_media_type_deserializers={"application/problem+json": json.loads})
        )

    def request(self, method: str, where: str, query: dict, content_type: str, body: bytes) -> str:
        """What is wrong with a request, or an empty text."""
        return self._wrong(self._api.validate_request, _request(method, where, query, content_type, body))

    def answer(self, method: str, where: str, query: dict, status: int, content_type: str, body: bytes) -> str:
        """What is wrong with an answer, or an empty text."""
        asked = _request(method, where, query, "application/json", b"")
        return self._wrong(self._api.validate_response, asked, MockResponse(body, status_code=status, content_type=content_type))

    def scope(self, method: str, template: str) -> str:
        """What a token must allow for an operation."""
        return self.operations[template][method.lower()]["x-security"][0]["OAuth2"][0]

    @staticmethod
    def _wrong(check, *what) -> str:
        try:
            check(*what)
        except Exception as error:
            causes, cause = [], error
            while cause is not None:
                causes += [str(cause), *(str(each) for each in getattr(cause, "schema_errors", ()))]
                cause = cause.__cause__
            return " | ".join(causes)[:600]
        return ""


@functools.lru_cache
def judge() -> Judge:
    return Judge()


def _request(method, where, query, content_type, body):
    return MockRequest(HOST, method.lower(), BASE + where, args=query, data=body or None, content_type=content_type)


def _mended(words: dict) -> dict:
    for payer in PAYERS:
        words["paths"].pop(payer, None)
    words["servers"] = [{"url": HOST + BASE}]
    schemas = words["components"]["schemas"]
    schemas["PixConsultados"]["required"] = ["parametros", "pix"]
    schemas["Pix"]["properties"]["txid"] = {"type": "string", "pattern": "[a-zA-Z0-9]{1,35}"}
    schemas["DadosRecebedor"].pop("required")
    _walk(words)
    # Tokens are checked by the bank itself.
    words["components"].pop("securitySchemes")
    for operations in words["paths"].values():
        for name, operation in operations.items():
            if name in ("get", "put", "patch", "post", "delete"):
                operation["x-security"] = operation.pop("security", None)
                operation.pop("callbacks", None)
    return words


def _walk(part) -> None:
    """Patterns without the slashes of JavaScript, and examples gone: some are not what they are examples of."""
    if isinstance(part, dict):
        pattern = part.get("pattern")
        if isinstance(pattern, str) and pattern.startswith("/") and pattern.endswith("/"):
            pattern = pattern[1:-1]
        if isinstance(pattern, str):
            part["pattern"] = f"^(?:{pattern.removeprefix('^').removesuffix('$')})$"
        if part.get("type") == "integer" and isinstance(part.get("default"), str):
            part["default"] = int(part["default"])
        for name in ("example", "examples"):
            if name in part and not isinstance(part.get("properties"), dict):
                part.pop(name)
        for each in part.values():
            _walk(each)
    elif isinstance(part, list):
        for each in part:
            _walk(each)
