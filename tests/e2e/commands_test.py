"""`tocsin silence` and `tocsin alert` against a running Tocsin: what amtool's users do every day."""

import json
import os
import subprocess
import unittest
from typing import Any

from case import EndToEnd
from daemon import receiver, route
from programs import TOCSIN

CONFIG = {"route": route("team", group_wait="1h"), "receivers": [receiver("team")]}
FAR = "2042-01-01T00:00:00Z"


class Commands(EndToEnd):
    def setUp(self) -> None:
        self.server = self.daemon("tocsin", "--web.route-prefix=/alerts", "--web.external-url=http://localhost/alerts")
        self.server.write_config(CONFIG)
        self.server.program.start()
        self.server.program.wait_until_up(
            "Tocsin is ready", lambda: self.server.get("/alerts/-/ready").status == 200
        )

    def command(self, *words: Any, code: int = 0, given: str = "", **environment: str) -> str:
        """Standard output, or what is wrong where something is."""
        surroundings = {"HOME": str(self.folder), "TOCSIN_URL": f"{self.server.url}/alerts", **environment}
        done = subprocess.run(
            [str(TOCSIN), *map(str, words)],
            cwd=self.folder,
            env={**os.environ, **surroundings},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def test_a_day_with_silences(self) -> None:
        """An alert is sent, looked at, silenced after a preview; the silence is changed, saved, ended and restored."""
        self.command("alert", "add", "Oven", "node=a", "--annotation=summary=too hot", f"--end={FAR}")
        self.command("alert", "add", "Fridge", "node=b", f"--end={FAR}")
        self.assert_matches(self.command("alert", "query", "Oven"), r"(?m)^Oven .* too hot +active$")

        preview = self.command("silence", "add", "Oven", "--preview")
        self.assertEqual(preview, 'would mute 1 of 2 firing alerts\n  alertname="Oven" node="a"\n')
        self.assertEqual(json.loads(self.command("silence", "query", "-o", "json")), [])
        id = self.command("silence", "add", "Oven", "-c", "baking", "-a", "me", "-d", "2h").strip()
        self.assert_matches(self.command("silence"), rf'(?m)^{id}  alertname="Oven" .* me +baking$')
        self.assert_matches(self.command("alert", "query", "-s"), r"(?m)^Oven .* suppressed$")
        self.assertNotIn("Oven", self.command("alert"))

        self.assertEqual(self.command("silence", "update", "-q", "--end", FAR, id), f"{id}\n")
        [listed] = json.loads(self.command("silence", "query", "-o", "json"))
        self.assertEqual((listed["endsAt"], listed["comment"]), ("2042-01-01T00:00:00.000Z", "baking"))

        self.command("silence", "expire", id)
        self.assertEqual(self.command("silence", "query", "-q", "--expired"), f"{id}\n")
        again = self.command("silence", "import", given=json.dumps([listed])).strip()
        self.assertNotEqual(again, id)
        self.assertEqual(self.command("silence", "query", "-q", "Oven"), f"{again}\n")

    def test_refuses_what_would_mute_everything(self) -> None:
        """A silence that narrows nothing down needs --yes, and says what it would have muted."""
        self.command("alert", "add", "Oven", "node=a", f"--end={FAR}")
        said = self.command("silence", "add", "node=~.+", "-c", "quiet!", code=1)
        self.assert_matches(said, "mutes nearly every alert", "now it would mute 1 of 1 firing alerts")
        self.command("silence", "add", "node=~.+", "-c", "quiet!", "--yes")

    def test_finds_its_server_as_amtool_does(self) -> None:
        """amtool's configuration file names server and author; who cannot be reached is said with the way out."""
        config = self.folder / ".config/amtool/config.yml"
        config.parent.mkdir(parents=True)
        config.write_text(f"alertmanager.url: {self.server.url}/alerts/\nauthor: somebody\n")
        self.command("silence", "add", "Oven", "-c", "x", TOCSIN_URL="")
        self.assert_matches(self.command("silence", TOCSIN_URL=""), "somebody")
        self.server.kill()
        said = self.command("silence", code=1)
        self.assert_matches(said, f"cannot reach {self.server.url}: connection refused", "is tocsin running")


if __name__ == "__main__":
    unittest.main()
