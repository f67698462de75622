"""The beginning and the end of the program."""

import time
import unittest
from pathlib import Path

from case import EndToEnd
from daemon import Daemon, receiver, rfc3339, route, webhook
from waiting import free_ports, wait_until


class StartAndStop(EndToEnd):
    def configured(self, tocsin: Daemon) -> Daemon:
        hook = webhook(f"{self.webhooks.url}/first", timeout="60s")
        tocsin.write_config({"route": route("first"), "receivers": [receiver("first", **hook)]})
        return tocsin

    def setUp(self) -> None:
        self.webhooks = self.webhook()

    def post(self, tocsin: Daemon, name: str) -> None:
        answer = tocsin.post_alerts({"labels": {"alertname": name}, "endsAt": rfc3339(time.time() + 3600)})
        self.assertEqual(answer.status, 200, answer.text)

    def test_a_delivery_that_ends_within_the_grace_is_waited_for_and_not_repeated(self) -> None:
        """Told to stop during a delivery, Tocsin waits for its answer; the next start does not say it again."""
        self.webhooks.script("/first", "hang")
        tocsin = self.configured(self.daemon())
        tocsin.start()
        self.post(tocsin, "Disk")
        wait_until("the delivery is under way", lambda: self.webhooks.all("/first"))
        tocsin.program.send(15)
        wait_until("it does not take requests any more", lambda: not self.answers(tocsin))
        self.assertTrue(tocsin.program.is_running(), "it waits for the answer")
        self.webhooks.script("/first")  # answers
        self.assertEqual(tocsin.program.exit_code(5), 0)

        tocsin.start()
        self.post(tocsin, "Other")
        wait_until("a later alert is told", lambda: self.webhooks.told("/first", "Other", "firing"))
        self.assertEqual(len([call for call in self.webhooks.all("/first") if b"Disk" in call.raw]), 1)

    @staticmethod
    def answers(tocsin: Daemon) -> bool:
        try:
            return tocsin.get("/-/ready").status == 200
        except OSError:
            return False

    def test_a_delivery_that_hangs_beyond_the_grace_is_finished_by_the_next_start(self) -> None:
        """Told to stop while a delivery hangs, Tocsin ends with 0 within its grace; the next start delivers."""
        self.webhooks.script("/first", "hang")
        tocsin = self.configured(self.daemon())
        tocsin.start()
        self.post(tocsin, "Disk")
        wait_until("the delivery is under way", lambda: self.webhooks.all("/first"))
        began = time.monotonic()
        self.assertEqual(tocsin.stop(15), 0)
        self.assertLess(time.monotonic() - began, 14)
        self.assertEqual(self.webhooks.accepted("/first"), [])

        tocsin.start()
        [told] = wait_until("it is delivered now", lambda: self.webhooks.told("/first", "Disk", "firing"))
        self.assertEqual(len(self.webhooks.all("/first")), 2)
        self.assertEqual(told.body["alerts"][0]["labels"], {"alertname": "Disk"})

    def test_ends_at_once_where_nothing_is_under_way(self) -> None:
        """With nothing under way, SIGTERM and SIGINT end it at once, with 0."""
        tocsin = self.configured(self.daemon())
        for number in (15, 2):
            tocsin.start()
            began = time.monotonic()
            tocsin.program.send(number)
            self.assertEqual(tocsin.program.exit_code(), 0)
            self.assertLess(time.monotonic() - began, 3)

    def second(self, name: str, port: int, data: Path) -> Daemon:
        folder = self.folder / name
        folder.mkdir()
        return self.configured(self.daemon(name, f"--storage.path={data}", port=port, folder=folder))

    def test_a_second_one_on_the_same_port_fails_and_says_so(self) -> None:
        """A second Tocsin on the same port ends with 1 and a clear message; the first goes on."""
        tocsin = self.configured(self.daemon())
        tocsin.start()
        second = self.second("same-port", int(tocsin.address.split(":")[1]), self.folder / "same-port/data")
        second.program.start()
        self.assertEqual(second.program.exit_code(), 1)
        self.assert_matches(second.program.text(), rf"cannot listen on {tocsin.address}", "another process")
        self.assertEqual(tocsin.get("/-/ready").status, 200)

    def test_a_second_one_on_the_same_storage_fails_and_says_so(self) -> None:
        """A second Tocsin on the same storage folder ends with 1 and a clear message; the first goes on."""
        tocsin = self.configured(self.daemon())
        tocsin.start()
        second = self.second("same-storage", free_ports(1)[0], self.folder / "data")
        second.program.start()
        self.assertEqual(second.program.exit_code(), 1)
        self.assert_matches(second.program.text(), r"another tocsin uses .*data")
        self.post(tocsin, "Disk")
        wait_until("the first goes on", lambda: self.webhooks.told("/first", "Disk", "firing"))

    def test_a_damaged_store_is_set_aside_with_a_loud_message(self) -> None:
        """A store that cannot be read is set aside, said so, and the program starts."""
        (self.folder / "data").mkdir()
        (self.folder / "data/tocsin.db").write_bytes(b"this is no database" * 1000)
        tocsin = self.configured(self.daemon())
        tocsin.start()
        self.assert_matches(tocsin.program.text(), r"(?i)level=error .*tocsin\.db is damaged.* was kept as")
        self.assertGreaterEqual(len([*(self.folder / "data").glob("tocsin.db*")]), 2, "it is still there to look at")
        self.post(tocsin, "Disk")
        wait_until("it works", lambda: self.webhooks.told("/first", "Disk", "firing"))


if __name__ == "__main__":
    unittest.main()
