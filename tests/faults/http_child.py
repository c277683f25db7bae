"""Odoo's own web server in a forked child, where a gateway or a bank can deliver what it has to tell."""

import contextlib
import functools
import socket

from processes import start


@contextlib.contextmanager
def answering(database: str):
    """A server for one database, whose registry is warm; gives its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        (child,) = start(functools.partial(_serve, database, listener))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            child.kill()


def _serve(database: str, listener) -> None:
    """Answer requests over HTTP until killed."""
    from werkzeug.serving import ThreadedWSGIServer

    import odoo.http
    import odoo.tools
    from odoo.service.server import RequestHandler

    odoo.tools.config["dbfilter"] = f"^{database}$"
    server = ThreadedWSGIServer("127.0.0.1", listener.getsockname()[1], odoo.http.root, handler=RequestHandler, fd=listener.fileno())
    server.serve_forever()
