"""The flags that people start Alertmanager with, in any order, to both servers."""

import re
import unittest

from daemon import ask, receiver, route
from programs import Program, relocated_alertmanager
from side_by_side import OURS, TOCSIN, Server, SideBySide
from waiting import wait_until

CONFIG = {"route": route("nobody"), "receivers": [receiver("nobody")]}
FLAGS = {
    "the cluster is off, and said first": ["--cluster.listen-address=", "--web.listen-address=127.0.0.1:0"],
    "the cluster is off, and said last": ["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
    "values apart": ["--web.listen-address", "127.0.0.1:0", "--cluster.listen-address", "", "--data.retention", "100h"],
    "a cluster": [
        "--cluster.listen-address=127.0.0.1:0",
        "--cluster.peer=127.0.0.1:9",
        "--cluster.peer=127.0.0.2:9",
        "--cluster.peer-timeout=1s",
        "--cluster.gossip-interval=10ms",
        "--cluster.pushpull-interval=1m",
        "--cluster.settle-timeout=100ms",
        "--cluster.reconnect-timeout=1h",
        "--cluster.advertise-address=127.0.0.1:9094",
        "--web.listen-address=127.0.0.1:0",
    ],
    "times and limits": [
        "--data.retention=120h",
        "--data.maintenance-interval=15m",
        "--alerts.gc-interval=30m",
        "--web.get-concurrency=4",
        "--web.timeout=30s",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
    ],
    "a prefix": [
        "--web.external-url=http://alerts.example.com/am/",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
        "--log.format=json",
    ],
    "a prefix of its own": [
        "--web.external-url=http://alerts.example.com/am/",
        "--web.route-prefix=/other",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
    ],
}
PREFIXES = {"a prefix": "/am", "a prefix of its own": "/other"}
LISTENING = re.compile(r'Listening on"?,? ?"?address"?[=:]"?(127\.0\.0\.1:\d+)|"address":"(127\.0\.0\.1:\d+)"')


class Flags(SideBySide):
    def test_are_those_of_alertmanager(self) -> None:
        """Both start with them, and log where they listen; the API is where the prefix says."""
        [theirs, ours] = self.prepared(CONFIG)
        for server in (theirs, ours):
            for title, flags in FLAGS.items():
                with self.subTest(f"{server.name}: {title}"):
                    self.judge(server, title, flags)

    def judge(self, server: Server, title: str, flags: list[str]) -> None:
        binary = TOCSIN if server.name == OURS else relocated_alertmanager(server.folder)
        name = f"{server.name}-{re.sub(r'[^a-z]+', '-', title)}"
        command = [binary, "--config.file=alertmanager.yml", *flags, f"--storage.path=data-{name}"]
        program = self.own(Program(name, command, server.folder))
        program.start()
        found = program.wait_until_up("it listens", lambda: LISTENING.search(program.text()), 10)
        address = found[1] or found[2]
        prefix = PREFIXES.get(title, "")
        wait_until("it is ready", lambda: ask(address, "GET", f"{prefix}/-/ready").status == 200)
        self.assertEqual(ask(address, "GET", f"{prefix}/api/v2/status").status, 200)
        if prefix:
            self.assertEqual(ask(address, "GET", "/api/v2/status").status, 404)
        self.assertEqual(program.stop(), 0)


if __name__ == "__main__":
    unittest.main()
