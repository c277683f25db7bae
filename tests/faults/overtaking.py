"""Two works on the same records that meet at a moment told exactly, instead of one hit by chance.

PostgreSQL shows a transaction what was there when it began (REPEATABLE READ): who is overtaken decides on the past, and learns of it only
in a row that both write.

def test_two(world):
    said = overtaken(world, lambda env: pay(env), by=world.work(lambda env: block(env)))
    with meanwhile(world, "recurring.service.debts", "pressing", world.work(pay)):
        run_scheduled()
"""

import contextlib
from functools import partial
from unittest.mock import patch


def overtaken(world, first, *, by) -> str:
    """A request begins; other work is done and committed; the request goes on, tried again on a conflict as Odoo does.

    :param first: a function of an environment. ``by``: the other work, as ``World.work`` makes it.
    :return: in words, why it was refused; empty when it was done
    """
    from odoo.exceptions import UserError
    from odoo.service.model import retrying

    with world.registry.cursor() as cursor, at_once():
        env = world.environment(cursor)
        cursor.execute("SELECT 1")
        by()
        try:
            retrying(partial(first, env), env)
        except UserError as refusal:
            cursor.rollback()
            return str(refusal)
        cursor.commit()
        return ""


@contextlib.contextmanager
def meanwhile(world, model: str, method: str, other):
    """The first time a method has decided something, other work is done and committed before its caller goes on."""
    service, met = world.registry[model], []
    decide = getattr(service, method)

    def decide_and_be_overtaken(self, *arguments, **options):
        found = decide(self, *arguments, **options)
        if not met:
            met.append(method)
            other()
        return found

    with patch.object(service, method, decide_and_be_overtaken):
        yield
    assert met, f"{model}.{method} was never asked, so this proves nothing"


@contextlib.contextmanager
def at_once():
    """Who meets another process starts again at once: Odoo waits a second or more."""
    with patch("odoo.service.model.random.uniform", lambda _least, _most: 0.01):
        yield
