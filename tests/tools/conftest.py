"""A cache folder of its own for each test, and programs that stand in for the real ones."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty cache folder; no setting of the person running the tests reaches them."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("RECURRING_BILLING_HOME", str(folder))
    for name in ("ODOO_SOURCE", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """The only folder on the path; `programs(name, script)` puts a shell script there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return add


@pytest.fixture
def left_behind(home):
    """A function giving what a failed set-up left in the cache folder, the locks and logs aside."""
    return lambda: sorted(path.name for path in home.iterdir() if path.name not in ("locks", "logs"))
