"""A translation that lost a placeholder, a tag or a line break is found."""

from types import SimpleNamespace

import pytest

from tools import translations

SOUND = [
    ("%(first)s to %(last)s", "até %(last)s desde %(first)s"),
    ("There is no rate of %s on or before %s", "Não há taxa de câmbio de %s até %s"),
    ('<i title="Attention"/>Left out', '<i title="Atenção"/>Fora'),
    ("Disc.%", "% desc."),
    ("{name}, {amount} is due", "{amount} vence, {name}"),
    ("%s\n\nMend this.", "%s\n\nCorrija isso."),
]
BROKEN = [
    ("%(first)s to %(last)s", "%(first)s a %(ultimo)s"),
    ("Billed until %s", "Faturado até"),
    ("%s of %d", "%d de %s"),
    ("Hello {name}", "Olá {nome}"),
    ("<span>days</span>", "<b>dias</b>"),
    ("<span>days</span>", "<span>dias"),
    ("%s\n\nMend this.", "%s\nCorrija isso."),
]


@pytest.mark.parametrize(("source", "translation"), SOUND)
def test_words_may_change(source, translation):
    assert not translations.differs(SimpleNamespace(msgid=source, msgstr=translation))


@pytest.mark.parametrize(("source", "translation"), BROKEN)
def test_what_is_not_words_may_not(source, translation):
    assert translations.differs(SimpleNamespace(msgid=source, msgstr=translation))
