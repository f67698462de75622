"""The mail side of inbox.py: a real SMTP server (aiosmtpd) with STARTTLS, implicit TLS and authentication.

Three listeners on free ports of 127.0.0.1: `smtp` requires STARTTLS and a login, `smtps` speaks TLS from the first byte
and requires a login, `smtp_plain` requires neither. The certificate is made with openssl at the start; its own file is
the ca_file that a client verifies it with.
"""

import asyncio
import email
import email.policy
import logging
import re
import ssl
import subprocess
import threading
import warnings
from pathlib import Path
from typing import Any, Callable

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from inbox_pages import Inbox, Page, severity_in


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and localhost: its file and its key's."""
    certificate, key = directory / "inbox-cert.pem", directory / "inbox-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return certificate, key


def read_mail(page: Page, raw: bytes) -> None:
    """Fills in headers, texts and what a person would read."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    page.headers = {name: str(value) for name, value in message.items()}
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    page.body.update(text=plain.get_content() if plain else None, html=html.get_content() if html else None)
    page.title = str(message.get("Subject", ""))
    page.text = page.body["text"] or text_of_html(page.body["html"] or "")
    page.severity = severity_in(page.title)
    page.state = "resolved" if "[RESOLVED" in page.title.upper() else "firing"
    missing = [name for name in ("From", "To", "Subject", "Date", "Message-Id") if name not in message]
    if missing:
        page.problem = "the message lacks " + ", ".join(missing)


def text_of_html(html: str) -> str:
    """The readable part of an HTML mail, roughly: enough for the terminal."""
    html = re.sub(r"(?is)<(style|head|script)\b.*?</\1>", "", html)
    html = re.sub(r"(?i)<(br|/p|/div|/tr|/h\d)\b[^>]*>", "\n", html)
    lines = (re.sub(r"\s+", " ", line).strip() for line in re.sub(r"<[^>]*>", "", html).splitlines())
    return "\n".join(line for line in lines if line)


class MailProtocol(SMTP):
    """aiosmtpd, asking for the login with the words that other servers use: some clients accept no others."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"


class MailHandler:
    """aiosmtpd's hooks: misbehaves when told to, and hands each message to the inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.word = self.inbox.answers["email"].take()
        stage, _, code = envelope.word.partition(":")
        if stage in ("mail", "auth"):  # auth: without a login there was no earlier moment to refuse
            return f"{code} told to refuse the sender"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        stage, _, code = envelope.word.partition(":")
        if stage == "rcpt":
            return f"{code} told to refuse the recipient"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        name, _, argument = envelope.word.partition(":")
        page = Page("email", "", {}, self.facts(session, envelope))
        read_mail(page, envelope.original_content)
        if name == "delay":
            await asyncio.sleep(float(argument))
        page.answer = "250" if name in ("ok", "delay") else envelope.word
        if page.problem and name in ("ok", "delay"):
            page.answer = "550"
        page.accepted = name in ("ok", "delay", "lost") and not page.problem
        self.inbox.receive(page)
        if name == "hang":
            await asyncio.get_running_loop().run_in_executor(None, self.inbox.stopping.wait)
        if name in ("hang", "close", "lost"):
            server.transport.abort()
            return "421 closing"
        if name.isdigit():
            return f"{name} told to refuse the message"
        return f"550 {page.problem}" if page.problem else "250 OK, queued as page"

    @staticmethod
    def facts(session: Any, envelope: Any) -> dict[str, Any]:
        """What the envelope says, beside the message itself."""
        user = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else None
        return {
            "mail_from": envelope.mail_from,
            "rcpt_tos": list(envelope.rcpt_tos),
            "helo": session.host_name,
            "user": user,
            "raw": envelope.original_content.decode("utf-8", "replace"),
        }


class MailServer:
    """The three listeners, on an event loop of their own."""

    def __init__(self, inbox: Inbox, user: str, password: str, directory: Path) -> None:
        self.inbox = inbox
        self.handler = MailHandler(inbox)
        self.credentials = LoginPassword(user.encode(), password.encode())
        self.directory = directory

    def authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        stage, _, code = self.inbox.answers["email"].peek().partition(":")
        if stage == "auth":
            self.inbox.answers["email"].take()
            return AuthResult(success=False, handled=False, message=f"{code} told to refuse the login")
        if data == self.credentials:
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Authentication credentials invalid")

    def start(self) -> dict[str, Any]:
        """Listens, and returns the ports and the certificate's file."""
        # aiosmtpd warns of the listener without STARTTLS, because it does not know that TLS is already spoken there.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
        certificate, key = make_certificate(self.directory)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        login = {"authenticator": self.authenticate, "auth_required": True}
        loop = asyncio.new_event_loop()

        def starttls() -> SMTP:
            return MailProtocol(self.handler, tls_context=context, require_starttls=True, loop=loop, **login)

        def behind_tls() -> SMTP:
            return MailProtocol(self.handler, auth_require_tls=False, loop=loop, **login)

        def plain() -> SMTP:
            return MailProtocol(self.handler, loop=loop)

        def listen(factory: Callable[[], SMTP], tls: ssl.SSLContext | None) -> int:
            server = loop.run_until_complete(loop.create_server(factory, "127.0.0.1", 0, ssl=tls))
            return server.sockets[0].getsockname()[1]

        ports = {"smtp": listen(starttls, None), "smtps": listen(behind_tls, context), "smtp_plain": listen(plain, None)}
        threading.Thread(target=loop.run_forever, daemon=True).start()
        return {**ports, "ca_file": str(certificate)}
