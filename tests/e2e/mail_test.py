"""Mail through a real mail server, Exim, read back by Python's email package, which raises on any defect."""

import email.utils
import json
import re
import socketserver
import threading
import time
import unittest
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import Any

from case import EndToEnd
from daemon import Daemon, receiver, rfc3339, route
from mail_server import MailServer
from stand_ins import StandIn
from waiting import wait_until

SUMMARY = "Grüße & <b>Kisses</b>\n.\n..a line that begins with dots\nFrom here = 100 %, " + "long " * 300 + "日本語 🔥"


class TokenIssuer(StandIn):
    """OAuth2 client credentials."""

    def __init__(self, *tokens: str) -> None:
        super().__init__()
        self.tokens = list(tokens)
        self.asked: list[str] = []

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.lock:
            self.asked.append(body.decode())
            token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        self.answer(request, 200, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 3600}))


class ForgetfulMailServer:
    """It takes each mail. Of the first it never says so, and hangs up instead; of the second it says so when told to."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.may_answer = threading.Event()
        server = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                server.talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass  # a client that was killed is no news here

        self.server = Server(("127.0.0.1", 0), Session)
        self.smarthost = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.may_answer.set()
        self.server.shutdown()
        self.server.server_close()

    def talk(self, session: socketserver.StreamRequestHandler) -> None:
        def say(text: str) -> None:
            session.wfile.write(text.encode() + b"\r\n")

        say("220 forgetful")
        while line := session.rfile.readline().decode():
            if line.startswith("QUIT"):
                return say("221 bye")
            if not line.startswith("DATA"):
                say("250 ok")
                continue
            say("354 go on")
            text = ""
            while (line := session.rfile.readline().decode()) not in (".\r\n", ""):
                text += line
            self.mails.append(text)
            if len(self.mails) == 1:
                return
            if len(self.mails) == 2:
                self.may_answer.wait()
            say("250 taken")

    def message_ids(self) -> list[str]:
        return [re.search(r"(?im)^message-id: (\S+)", mail)[1] for mail in self.mails]  # type: ignore[index]


class Mail(EndToEnd):
    def server(self, **options: Any) -> MailServer:
        self.unpacked("../sbin/exim4")
        server = MailServer(self.folder, **options)
        self.own(server.program)
        server.start()
        return server

    def block(self, server: MailServer, port: str, **more: Any) -> dict[str, Any]:
        return {
            "to": "Ops Tëam <ops@example.org>, second@example.org",
            "from": "Alerts <alerts@example.com>",
            "smarthost": server.smarthost(port),
            "force_implicit_tls": port == "implicit",
            "tls_config": {"ca_file": str(server.certificate)},
            "auth_username": "tocsin",
            "send_resolved": True,
            "pace": "none",
            **more,
        }

    def tocsin(self, *blocks: dict[str, Any], **root: Any) -> Daemon:
        tocsin = self.daemon()
        tocsin.write_config({
            "global": {"message_style": "tocsin"},
            "route": route("post", **root),
            "receivers": [receiver("post", email_configs=list(blocks))],
        })  # fmt: skip
        tocsin.start()
        return tocsin

    @staticmethod
    def alert(name: str, instance: str, ends_in: float = 3600) -> dict[str, Any]:
        return {
            "labels": {"alertname": name, "instance": instance, "severity": "critical"},
            "annotations": {"summary": SUMMARY},
            "generatorURL": "http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
            "endsAt": rfc3339(time.time() + ends_in),
        }

    def test_a_groups_mails_are_a_thread_without_a_defect(self) -> None:
        """Firing, one more, resolved: every header, part and line arrives as it should, and the three belong together."""
        server = self.server()
        threading = {"enabled": True, "thread_by_date": "none"}
        headers = {"X-Team": "{{ .CommonLabels.severity }} ü", "Reply-To": "On Call <oncall@example.com>"}
        tocsin = self.tocsin(self.block(server, "starttls", auth_password="secret", threading=threading, headers=headers))
        tocsin.post_alerts(self.alert("Down & out", "db-1"))
        server.wait_for(1)
        tocsin.post_alerts(self.alert("Down & out", "db-2"))
        server.wait_for(2)
        tocsin.post_alerts(self.alert("Down & out", "db-1", 0), self.alert("Down & out", "db-2", 0))
        mails = server.wait_for(3)
        self.assertEqual(len(mails), 3)

        for mail in mails:
            self.judge_headers(mail)
            self.judge_parts(mail)
        roots = {(mail["References"], mail["In-Reply-To"]) for mail in mails}
        self.assertEqual(len(roots), 1, "one thread")
        [(references, reply_to)] = roots
        self.assertEqual(references, reply_to)
        self.assertEqual(len({mail["Message-ID"] for mail in mails}), 3)
        self.assertNotIn(references, {mail["Message-ID"] for mail in mails})
        subjects = [mail["Subject"] for mail in mails]
        self.assert_matches(subjects[0], r"^🔴 \[FIRING\] Down & out — instance=db-1$")
        self.assert_matches(subjects[1], r"^🔴 \[FIRING 2\] Down & out$")
        self.assert_matches(subjects[2], r"^🟢 \[RESOLVED 2\] Down & out$")
        self.assertIn("+1 new (db-2), 1 unchanged", mails[1].get_body(("plain",)).get_content())

    def judge_headers(self, mail: EmailMessage) -> None:
        self.assertEqual(mail.defects, [])
        for name, value in mail.items():
            self.assertEqual(value.defects, (), name)
            self.assertTrue(name == "Received" or len(mail.get_all(name)) == 1, name)
        self.assertEqual(mail["From"].addresses[0].addr_spec, "alerts@example.com")
        self.assertEqual([one.addr_spec for one in mail["To"].addresses], ["ops@example.org", "second@example.org"])
        self.assertEqual(mail["To"].addresses[0].display_name, "Ops Tëam")
        self.assertEqual(mail["Reply-To"].addresses[0].display_name, "On Call")
        self.assertEqual(mail["X-Team"], "critical ü")
        self.assert_matches(mail["Message-ID"], r"^<[^<>@\s]+@example\.com>$")
        self.assertEqual(mail["List-Id"], "<post.alerts.example.com>")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(mail["MIME-Version"], "1.0")
        self.assertLess(abs(email.utils.parsedate_to_datetime(mail["Date"]).timestamp() - time.time()), 60)
        raw = mail.as_bytes(policy=mail.policy.clone(refold_source="none"))
        self.assertLessEqual(max(len(line) for line in raw.split(b"\r\n")), 998)

    def judge_parts(self, mail: EmailMessage) -> None:
        self.assertEqual(mail.get_content_type(), "multipart/alternative")
        parts = list(mail.iter_parts())
        self.assertEqual([part.get_content_type() for part in parts], ["text/plain", "text/html"])
        for part in mail.walk():
            self.assertEqual(part.defects, [])
        plain, html = (part.get_content().replace("\r\n", "\n") for part in parts)
        self.assertIn(SUMMARY, plain, "dots, line ends and characters survive")
        self.assertIn("Grüße &amp; &lt;b&gt;Kisses&lt;/b&gt;", html)
        self.assertIn("日本語 🔥", html)

    def test_every_way_to_log_in_works_over_starttls_and_implicit_tls(self) -> None:
        """PLAIN, LOGIN, CRAM-MD5 and XOAUTH2, with a token from a file and one from an issuer."""
        server = self.server()
        (self.folder / "token").write_text("good-token\n")
        issuer = self.play(TokenIssuer("withdrawn-token", "good-token"))
        oauth2 = {"client_id": "c", "client_secret": "s", "token_url": issuer.url + "/token", "scopes": ["mail.send"]}
        ways = {
            "plain": {"auth_password": "secret"},
            "cram": {"auth_secret": "secret"},
            "xoauth2": {"auth_xoauth2": {"token_file": str(self.folder / "token")}},
            "issued": {"auth_xoauth2": {"oauth2": oauth2}},
        }
        blocks = [
            self.block(server, port, to=f"{way}-{port}@example.org", **secret)
            for port in ("starttls", "implicit")
            for way, secret in ways.items()
        ]
        blocks.append(self.block(server, "login_only", to="login-login_only@example.org", auth_password="secret"))
        self.tocsin(*blocks).post_alerts(self.alert("Down", "db-1"))
        logins = {mail["To"]: mail["X-Login"].split() for mail in server.wait_for(len(blocks))}
        expected = {}
        for block in blocks:
            way, port = block["to"].removesuffix("@example.org").split("-")
            expected[block["to"]] = [{"issued": "xoauth2"}.get(way, way), str(server.ports[port])]
        self.assertEqual(logins, expected)
        self.assertIn("scope=mail.send", issuer.asked[0])
        self.assertEqual(len(issuer.asked), 2, "fetched, and fetched again once when the mail server refused it")

    def test_a_wrong_password_is_said_and_a_gone_mailbox_holds_up_nobody(self) -> None:
        server = self.server()
        tocsin = self.tocsin(
            self.block(server, "starttls", auth_password="wrong"),
            self.block(server, "implicit", to="gone@example.org, here@example.org", auth_password="secret"),
        )
        tocsin.post_alerts(self.alert("Down", "db-1"))
        [mail] = server.wait_for(1)
        self.assertEqual(mail["X-Login"].split()[0], "plain")
        wait_until("the refused login is told", lambda: "535" in tocsin.program.text() and "authError" in tocsin.get("/metrics").text)
        self.assertNotIn("wrong", tocsin.program.text())
        self.assert_matches(tocsin.program.text(), r"gone@example\.org \(550 no such mailbox\)")

    def test_a_mail_whose_answer_was_lost_comes_again_under_its_message_id_and_others_do_not_wait(self) -> None:
        """One server took a mail and hung up, and thinks about it when it comes again; meanwhile mails go to another."""
        server, forgetful = self.server(), ForgetfulMailServer()
        self.addCleanup(forgetful.close)
        slow = {**self.block(server, "starttls"), "smarthost": forgetful.smarthost, "require_tls": False, "auth_username": ""}
        tocsin = self.daemon()
        tocsin.write_config({
            "global": {"message_style": "tocsin"},
            "route": {**route("forgetful"), "routes": [{"receiver": "good", "matchers": ['alertname=~"Good.*"']}]},
            "receivers": [
                receiver("forgetful", email_configs=[slow]),
                receiver("good", email_configs=[self.block(server, "starttls", auth_password="secret")]),
            ],
        })  # fmt: skip
        tocsin.start()
        tocsin.post_alerts(self.alert("Slow", "db-1"))
        wait_until("the mail has come twice", lambda: len(forgetful.mails) == 2)
        [first, second] = forgetful.message_ids()
        self.assertEqual(first, second)
        for number in range(3):
            tocsin.post_alerts(self.alert(f"Good{number}", "db-1"))
            server.wait_for(number + 1)
        forgetful.may_answer.set()
        arrived = r'msg=Notified .*integration="?forgetful/email\[0\].*tries=2'
        wait_until("it has arrived", lambda: re.search(arrived, tocsin.program.text()))
        self.assertEqual(len(forgetful.mails), 2)

    def burst(self, server: MailServer, port: str) -> None:
        """Mails of thirty groups at one moment."""
        tocsin = self.tocsin(self.block(server, port, auth_password="secret"), group_by=["alertname"])
        tocsin.post_alerts(*(self.alert(f"Down{number}", "db-1") for number in range(30)))
        self.assertEqual(len(server.wait_for(30)), 30)
        self.assertEqual(len({mail["Message-ID"] for mail in server.mails()}), 30)

    def test_a_burst_of_mails_goes_over_few_connections_with_starttls(self) -> None:
        server = self.server()
        self.burst(server, "starttls")
        self.assertLessEqual(server.connections(), 3, "and not thirty")

    def test_a_burst_of_mails_goes_over_few_connections_with_implicit_tls(self) -> None:
        server = self.server()
        self.burst(server, "implicit")
        self.assertLessEqual(server.connections(), 3, "and not thirty")

    def test_a_server_that_takes_few_mails_per_connection_gets_all_of_them(self) -> None:
        """It says 421 to each fifth and hangs up: those begin a new connection, and none is lost or sent twice."""
        server = self.server(mails_per_connection=4)
        self.burst(server, "starttls")
        self.assertGreaterEqual(server.connections(), 8)
        self.assertEqual(len(server.mails()), 30)


if __name__ == "__main__":
    unittest.main()
