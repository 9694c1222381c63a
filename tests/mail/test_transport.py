import smtplib
import ssl
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from koostoo.mail import transport
from koostoo.mail.letter import to_mime
from koostoo.mail.transport import OutcomeUnknown, deliver
from tests.mail.conftest import UseServer
from tests.mail.servers import ScriptedServer, free_port, working_server
from tests.mail.test_letter import INVITED
from tests.mail.world import NOW

MESSAGE = to_mime(INVITED, NOW)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key in one file."""
    key, path = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + key.read_text())
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_a_letter_arrives_over_smtp_byte_for_byte(use_server: UseServer) -> None:
    with working_server() as server:
        use_server(server.port)
        deliver(MESSAGE, NOW)
    assert server.recipients == ["juta@example.com"]
    assert server.contents == [MESSAGE.as_bytes()]


def test_a_server_with_a_valid_certificate_gets_the_letter_encrypted(
    use_server: UseServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with working_server(server_context(certificate)) as server:
        use_server(server.port, tls=True)
        deliver(MESSAGE, NOW)
    assert server.secured == [True]


def test_a_server_with_an_unknown_certificate_gets_nothing(
    use_server: UseServer, certificate: Path
) -> None:
    with working_server(server_context(certificate)) as server:
        use_server(server.port, tls=True)
        with pytest.raises(ssl.SSLCertVerificationError):
            deliver(MESSAGE, NOW)
        assert server.contents == []


def test_a_server_that_does_not_encrypt_gets_nothing_where_tls_is_asked(
    use_server: UseServer,
) -> None:
    with working_server() as server:
        use_server(server.port, tls=True)
        with pytest.raises(smtplib.SMTPNotSupportedError):
            deliver(MESSAGE, NOW)
        assert server.contents == []


def test_a_silent_server_is_left_after_the_timeout(
    use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.2)
    with ScriptedServer(["silence"]) as server:
        use_server(server.port)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            deliver(MESSAGE, NOW)


def test_a_connection_lost_after_the_dot_is_an_unknown_outcome(use_server: UseServer) -> None:
    with ScriptedServer(["drop"]) as server:
        use_server(server.port)
        with pytest.raises(OutcomeUnknown):
            deliver(MESSAGE, NOW)


def test_nobody_listening_is_no_unknown_outcome(use_server: UseServer) -> None:
    use_server(free_port())
    with pytest.raises(ConnectionRefusedError):
        deliver(MESSAGE, NOW)


def test_in_development_a_letter_becomes_a_private_file(app: Flask, tmp_path: Path) -> None:
    deliver(MESSAGE, NOW)
    (path,) = (tmp_path / "mailbox").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == MESSAGE.as_bytes()
