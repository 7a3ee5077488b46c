"""E-mail over SMTP: one open connection, one recipient a message; knows no database."""

import smtplib
import ssl
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, localtime, parseaddr
from urllib.parse import unquote, urlsplit
from uuid import uuid5

from notifications import wording
from notifications.domain import Email, Refused, Unreachable

TIMEOUT_SECONDS = 10.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def compose(email: Email, *, mail_from: str, portal_url: str) -> MIMEMultipart:
    """The letter; equal inputs give the same Message-ID, so that a second copy can be told from a second letter.

    Made with the older half of the standard library: the folding of the newer loses spaces between Vietnamese words.
    """
    sender_name, sender = parseaddr(mail_from)
    domain = sender.partition("@")[2]
    link = f"{portal_url.rstrip('/')}{email.path}"
    body = wording.letter(email.name, email.text, link, "Mở hồ sơ" if email.initiative_id else "Mở yêu cầu")
    message = MIMEMultipart("alternative", _subparts=[MIMEText(body.text), MIMEText(body.html, "html")])
    message["From"] = _mailbox(sender_name, sender)
    message["To"] = _mailbox(email.name, email.address)
    message["Subject"] = Header(email.subject, "utf-8", header_name="Subject").encode()
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{uuid5(email.event_id, str(email.person_id))}@{domain}>"
    message["References"] = (
        f"<{email.initiative_id or email.request_id}@{domain}>"  # Mail programs keep a dossier's letters together.
    )
    message["Auto-Submitted"] = "auto-generated"
    return message


def _mailbox(name: str, address: str) -> str:
    """Raises ValueError or MessageError for what is no address, such as one with a line break in it."""
    checked = Address(addr_spec=address).addr_spec
    return f"{Header(name, 'utf-8', header_name='From').encode()} <{checked}>" if name else checked


class Post:
    """Connects when there is something to send; `close` when there is nothing more."""

    def __init__(self, smtp_url: str, mail_from: str, portal_url: str) -> None:
        self._url, self._mail_from, self._portal_url = urlsplit(smtp_url), mail_from, portal_url
        self._client: smtplib.SMTP | None = None

    def send(self, email: Email) -> None:
        """Returns when the server has taken it. Raises Refused, or Unreachable when no server could be asked."""
        try:
            message = compose(email, mail_from=self._mail_from, portal_url=self._portal_url)
        except (ValueError, MessageError) as error:
            raise Refused(type(error).__name__, final=True) from error
        client = self._client or self._connect()
        try:
            client.send_message(message, to_addrs=[email.address])
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            raise Refused(f"recipient {codes[0]}", final=codes[0] >= 500) from refusal
        except smtplib.SMTPResponseException as refusal:
            raise Refused(f"{type(refusal).__name__} {refusal.smtp_code}") from refusal
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Refused(type(error).__name__) from error

    def close(self) -> None:
        client, self._client = self._client, None
        if client:
            client.close()

    def _connect(self) -> smtplib.SMTP:
        try:
            self._client = client = self._open()
            if self._url.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
            if self._url.username:
                client.login(unquote(self._url.username), unquote(self._url.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Unreachable(type(error).__name__) from error
        return client

    def _open(self) -> smtplib.SMTP:
        url = self._url
        host, port = url.hostname or "localhost", url.port or _PORTS[url.scheme]
        if url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
