"""What can go wrong with WhatsApp, by what it means for the message."""

from ..rules import whatsapp


class WhatsappProblem(Exception):
    """A call did not bring what was asked for; the words are fit for people.

    :param meaning: one of the words of ``rules.whatsapp.meaning()``.
    :param code: the documented code, where one was told.
    """

    def __init__(self, words, meaning=whatsapp.UNKNOWN, code=None):
        super().__init__(words)
        self.meaning, self.code = meaning, code
