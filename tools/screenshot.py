"""`./dev shot URL FILE`: log in to the demo, open a page, save a picture of it."""

import argparse
import contextlib
import pathlib
import sys

from . import browser, demo, environment, places, postgres, server, web


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="a path like /odoo/sales or a whole address")
    parser.add_argument("file", type=pathlib.Path, help="the PNG file to write")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", help="the login itself unless told")
    parser.add_argument("--lang", help="language of the user from now on, for example pt_BR or en_US")
    parser.add_argument("--company", help="name of the company to work in")
    parser.add_argument("--width", type=int, default=web.SIZE["width"])
    parser.add_argument("--height", type=int, default=web.SIZE["height"])
    parser.add_argument("--full", action="store_true", help="the whole page, not just the window")


def run(words: list[str]) -> int:
    """Have a demo server and a browser, then take the picture inside the environment."""
    environment.ensure()
    browser.ensure()
    with postgres.running(), contextlib.ExitStack() as stack:
        known = demo.running_server()
        if known:
            url = known["url"]
        else:
            demo.ensure_database(demo.database())
            url = stack.enter_context(server.serving(demo.database())).url
        return environment.call(environment.python_command("-m", "tools.screenshot", url, *words))


def _main(base: str, words: list[str]) -> int:
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    parser = argparse.ArgumentParser(prog="./dev shot")
    add_options(parser)
    options = parser.parse_args(words)
    with web.chromium() as started:
        page = web.open_page(started, base, {"width": options.width, "height": options.height})
        if options.user != "public":
            web.log_in(page, options.user, options.password, options.lang, options.company)
        page.goto(options.url)
        try:
            web.settle(page)
        except PlaywrightTimeout:
            print("The page did not finish loading; the picture shows it as it is.", file=sys.stderr)
        file = options.file if options.file.is_absolute() else places.CHECKOUT / options.file
        web.picture(page, file, options.full)
        print(f"{page.title()} -> {file}")
        for complaint in page.complaints:
            print(f"The browser's console says: {complaint}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2:]))
