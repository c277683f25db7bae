"""What is told to who pressed a button, for some seconds in a corner of the screen."""

CLOSE = {"type": "ir.actions.act_window_close"}
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


def notification(message, kind="success", *, title="", sticky=False, then=None):
    """The action a button gives back.

    :param kind: ``success``, ``info``, ``warning``, ``danger``.
    :param sticky: it stays until it is closed.
    :param then: what follows: an action, or the name of one; unless told, what is on the screen is read anew.
    """
    then = then or RELOAD
    params = {"type": kind, "message": message, "sticky": sticky, "next": dict(then) if isinstance(then, dict) else then}
    return {"type": "ir.actions.client", "tag": "display_notification", "params": {**params, **({"title": title} if title else {})}}
