"""A real IMAP server on the loopback interface: Dovecot, with one mailbox, gone at the end."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from koostoo.mail.imap import Account
from tests.mail.servers import free_port

USER, PASSWORD = "koostoo@example.ee", "made-up_for_tests"
START_SECONDS = 60

CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_uid = {owner}
mail_gid = {group}
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/certificate.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Done {{
    auto = create
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A running server, and what it shows of its mailbox to somebody else."""

    plain_port: int
    tls_port: int
    certificate: Path

    def account(
        self, *, tls: bool = False, done: str = "Done", password: str = PASSWORD
    ) -> Account:
        """Where the mailbox is."""
        port = self.tls_port if tls else self.plain_port
        return Account("127.0.0.1", port, tls, USER, password, "INBOX", done)

    @contextmanager
    def opened(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Look into a folder as a person's mail program does."""
        with imaplib.IMAP4("127.0.0.1", self.plain_port, timeout=START_SECONDS) as imap:
            imap.login(USER, PASSWORD)
            imap.select(folder)
            yield imap

    def put(self, raw: bytes, arrived: str = "") -> None:
        """Let a letter arrive."""
        with self.opened() as imap:
            status, _ = imap.append("INBOX", "", arrived, raw)
            assert status == "OK"

    def clear(self) -> None:
        """Throw every letter away."""
        for folder in ("INBOX", "Done"):
            with self.opened(folder) as imap:
                imap.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
                imap.expunge()

    def count(self, folder: str, criterion: str = "ALL") -> int:
        """How many letters of a folder meet a criterion."""
        with self.opened(folder) as imap:
            _, [numbers] = imap.search(None, criterion)
            return len(numbers.split())


@contextmanager
def running() -> Iterator[Server]:
    """Run the server until the block ends; without Dovecot the test is left out, but not in CI."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None and not os.environ.get("CI"):
        pytest.skip("needs Dovecot (on Debian: apt install dovecot-imapd)")
    folder = Path(tempfile.mkdtemp(prefix="koostoo-dovecot-"))
    server = Server(free_port(), free_port(), folder / "certificate.pem")
    _make_certificate(server.certificate)
    # Everything runs as one user, who may not be root: Dovecot gives root no mailbox.
    is_root = os.geteuid() == 0
    owner = "nobody" if is_root else getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(owner).pw_gid).gr_name
    (folder / "dovecot.conf").write_text(
        CONF.format(
            folder=folder,
            owner=owner,
            group=group,
            password=PASSWORD,
            plain_port=server.plain_port,
            tls_port=server.tls_port,
        )
    )
    folder.chmod(0o755)
    for name in ("mail", "home"):
        (folder / name).mkdir()
        if is_root:
            shutil.chown(folder / name, owner, group)
    process = subprocess.Popen([program or "dovecot", "-F", "-c", folder / "dovecot.conf"])
    try:
        _wait(server, folder)
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with server.opened():
                return
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.05)
    raise RuntimeError((folder / "dovecot.log").read_text())


def _make_certificate(path: Path) -> None:
    key = path.with_name("key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + key.read_text())
