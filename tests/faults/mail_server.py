"""A mail server that keeps what it took, and breaks off on demand: before it took an e-mail, or after, without a word."""

import contextlib
import email
import socketserver
import threading

BEFORE, AFTER, REFUSE = "before", "after", "refuse"


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine.

    :ivar took: the e-mails it took, in order: (to, subject).
    :ivar faults: what becomes of the next ones, one each: BEFORE, AFTER, REFUSE.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        self.took, self.faults, self.lock = [], [], threading.Lock()
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def fault(self) -> str | None:
        with self.lock:
            return self.faults.pop(0) if self.faults else None

    def take(self, recipients: list[str], content: bytes) -> None:
        subject = str(email.message_from_bytes(content)["Subject"])
        with self.lock:
            self.took.extend((recipient, subject) for recipient in recipients)

    def count(self) -> int:
        with self.lock:
            return len(self.took)


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        recipients = []
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.decode(errors="replace").strip()
            verb = word[:4].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250 here")
            elif verb == "RCPT":
                recipients.append(word.partition("<")[2].partition(">")[0])
                self.say("250 ok")
            elif verb == "DATA":
                if not self.data(recipients):
                    return
                recipients = []
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def data(self, recipients: list[str]) -> bool:
        """Take an e-mail; whether the conversation goes on."""
        fault = self.server.fault()
        if fault == REFUSE:
            self.say("554 refused")
            return True
        self.say("354 go on")
        content = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            content += line
        if fault == BEFORE:
            return False
        self.server.take(recipients, content)
        if fault == AFTER:
            return False
        self.say("250 taken")
        return True

    def say(self, words: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(f"{words}\r\n".encode())


@contextlib.contextmanager
def running():
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
