"""Packages of the Debian archive, unpacked into a folder of ours without installing anything.

apt runs with folders of its own, so neither root nor a change to the machine is needed. The archive's address and the
key that signs it come from the machine's own apt configuration; signatures are checked.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import parts
from .problem import Problem

ELSEWHERE = (
    "On a machine without Debian's archive set ODOO_SOURCE to a checkout of Odoo 19.0 "
    "(and DATABASE_URL to a PostgreSQL of yours if need be)."
)
KEYRINGS = [pathlib.Path("/usr/share/keyrings") / f"debian-archive-keyring.{ending}" for ending in ("pgp", "gpg")]
POCKETS = ("-updates", "-security", "-backports", "-backports-sloppy", "-proposed-updates")


class Archive:
    """A private apt that knows the machine's own suite and `sid`.

    :param folder: where its lists and packages live
    """

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.uri, self.suite = _machine_archive()
        self._write_configuration()

    def update(self) -> None:
        """Fetch the package lists."""
        parts.run(
            ["apt-get", "update"],
            "Fetching Debian's package lists",
            "Is the network up? Does a plain apt-get update work? " + ELSEWHERE,
            env=self._environment(),
        )

    def download(self, packages: list[str], into: pathlib.Path) -> list[pathlib.Path]:
        """Fetch packages, each `name` or `name/suite`; apt checks their hashes against the signed lists."""
        into.mkdir(parents=True, exist_ok=True)
        parts.run(
            ["apt-get", "download", *packages],
            "Fetching Debian packages",
            "Is the network up, and does the archive still carry them? " + ELSEWHERE,
            env=self._environment(),
            cwd=into,
        )
        return sorted(into.glob("*.deb"))

    def closure(self, package: str) -> list[str]:
        """The names of a package and of all it depends on, without what is merely recommended."""
        listing = parts.run(
            ["apt-get", "install", "--simulate", "--no-install-recommends", package],
            f"Resolving what {package} needs",
            "Does the archive carry it?",
            env=self._environment(),
        )
        return re.findall(r"^Inst (\S+)", listing, re.MULTILINE)

    def _write_configuration(self) -> None:
        for name in ("lists/partial", "archives/partial", "state", "sources"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        signed_by = _signed_by(self.uri)
        (self.folder / "sources" / "archive.sources").write_text(
            f"Types: deb\nURIs: {self.uri}\nSuites: {self.suite} sid\nComponents: main\n"
            + (f"Signed-By:{signed_by}\n" if signed_by else "")
        )
        (self.folder / "preferences").write_text(
            f"Package: *\nPin: release n={self.suite}\nPin-Priority: 900\n\nPackage: *\nPin: release n=sid\nPin-Priority: 100\n"
        )
        settings = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": self.folder / "sources",
            "Dir::Etc::Preferences": self.folder / "preferences",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": self.folder / "state",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::Status": self.folder / "status",
            "Dir::Cache": self.folder,
            "Dir::Cache::Archives": self.folder / "archives",
            "APT::Sandbox::User": "",
            "APT::Update::Post-Invoke": "",
            "APT::Update::Post-Invoke-Success": "",
            "Acquire::Languages": "none",
        }
        lines = [f'{name} "{value}";' for name, value in settings.items() if "Post-Invoke" not in name]
        lines += [f"#clear {name};" for name in settings if "Post-Invoke" in name]
        (self.folder / "apt.conf").write_text("\n".join(lines) + "\n")

    def _environment(self) -> dict:
        return {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}


def _machine_archive() -> tuple[str, str]:
    """Address and suite of the Debian archive this machine uses."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise Problem(f"{program} is not there, so Odoo cannot come from Debian's archive. {ELSEWHERE}")
    listing = parts.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
        "Reading apt's configuration",
        ELSEWHERE,
    )
    for line in listing.splitlines():
        words = line.split()
        if len(words) == 3 and words[2] == "main" and not words[1].endswith(POCKETS):
            return words[0], words[1]
    raise Problem(f"apt's configuration on this machine names no Debian archive. {ELSEWHERE}")


def _signed_by(uri: str) -> str:
    """The `Signed-By` value the machine's own sources give for an address, else Debian's keyring, else nothing.

    Without one apt falls back to the keys it trusts for every archive; it checks the signature in any case.
    """
    sources = pathlib.Path("/etc/apt")
    for file in sorted(sources.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text(errors="replace")):
            stanza = re.sub(r"^#.*\n?", "", stanza, flags=re.MULTILINE)
            uris = re.search(r"^URIs:(.*)$", stanza, re.MULTILINE | re.IGNORECASE)
            key = re.search(r"^Signed-By:((?:.*\n?)(?:^[ \t].*\n?)*)", stanza, re.MULTILINE | re.IGNORECASE)
            if uris and key and uri.rstrip("/") in [word.rstrip("/") for word in uris.group(1).split()]:
                return key.group(1).rstrip()
    for file in [sources / "sources.list", *sorted(sources.glob("sources.list.d/*.list"))]:
        for line in file.read_text(errors="replace").splitlines() if file.is_file() else []:
            key = re.search(r"signed-by=([^\s\]]+)", line)
            if key and not line.lstrip().startswith("#") and uri.rstrip("/") in line:
                return " " + key.group(1).split(",")[0]
    return next((f" {keyring}" for keyring in KEYRINGS if keyring.is_file()), "")


def unpack(package: pathlib.Path, into: pathlib.Path, exclude: tuple[str, ...] = ()) -> None:
    """Unpack a package's files; `exclude` names patterns of files to leave out."""
    if not exclude:
        parts.run(["dpkg-deb", "--extract", package, into], f"Unpacking {package.name}", "Is the disk full?")
        return
    with tempfile.TemporaryFile() as archive:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=archive, check=True)
        archive.seek(0)
        patterns = [f"--exclude={pattern}" for pattern in exclude]
        subprocess.run(["tar", "-x", "-C", into, "--wildcards", *patterns], stdin=archive, check=True)
