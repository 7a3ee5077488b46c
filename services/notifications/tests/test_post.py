"""SMTP as servers speak it: passwords, encryption, and a certificate nobody vouches for."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from common import clock
from common.ids import new_id
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from notifications.domain import Email, Unreachable
from notifications.post import Post

HOST = "127.0.0.1"
LOGIN = "sangtao:m%40t%2Fkhau"  # The password is m@t/khau.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this host and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"sangtao", b"m@t/khau"), handled=False)


@pytest.fixture
def serve(mailbox: Any, port: int, certificate: Path) -> Iterator[Callable[..., int]]:
    """A server that wants encryption and, after it, a password; its port."""
    started: list[Controller] = []

    def start(*, from_the_start: bool) -> int:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        rules: dict[str, Any] = {"authenticator": _authenticate, "auth_required": True}
        rules |= {"auth_require_tls": False} if from_the_start else {"tls_context": context, "require_starttls": True}
        options = {"ssl_context": context} if from_the_start else {}
        started.append(Controller(mailbox, hostname=HOST, port=port, **options, **rules))
        started[0].start()
        return port

    yield start
    for controller in started:
        controller.stop()


def email() -> Email:
    ids = dict.fromkeys(("message_id", "event_id", "person_id", "initiative_id"), new_id())
    words = {"kind": "initiative.returned", "subject": "Thư", "text": "Câu.", "name": "", "address": "a@b.example"}
    return Email(queued_at=clock.now(), due_at=clock.now(), attempts=0, **ids, **words)


def post(scheme: str, port: int, login: str = LOGIN) -> Post:
    return Post(f"{scheme}://{login}@{HOST}:{port}", "Sáng Tạo <khong-tra-loi@sangtao.example>", "https://p.example")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # The server does not see that its socket is encrypted.
@pytest.mark.parametrize(("scheme", "from_the_start"), [("smtp+starttls", False), ("smtps", True)])
def test_a_letter_goes_out_encrypted_and_with_a_password(
    scheme: str, from_the_start: bool, serve: Any, mailbox: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = serve(from_the_start=from_the_start)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sender = post(scheme, port)
    sender.send(email())
    sender.send(email())
    sender.close()
    assert len(mailbox.letters) == 2


def test_a_certificate_nobody_vouches_for_is_not_trusted(serve: Any, mailbox: Any) -> None:
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        post("smtp+starttls", serve(from_the_start=False)).send(email())
    assert not mailbox.letters


def test_a_wrong_password_is_no_emails_fault(
    serve: Any, mailbox: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(Unreachable, match="SMTPAuthenticationError"):
        post("smtp+starttls", serve(from_the_start=False), "sangtao:wrong").send(email())
    assert not mailbox.letters
