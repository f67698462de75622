"""Programs under the control of one test: each has a log, and none outlives the test, whichever way it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from waiting import PATIENCE, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
TOCSIN = Path(os.environ.get("TOCSIN_BINARY", REPOSITORY / "build/tocsin")).resolve()
UNPACKED = Path(os.environ.get("TOCSIN_PROGRAMS", REPOSITORY / "build/quickstart/root/usr/bin")).resolve()
PYTHON = [sys.executable, "-B"]


def end_with_parent() -> None:
    """In a child, before it becomes its program: the kernel ends it should the tests be killed outright.

    Linux counts the thread that started the child as its parent: a thread that starts programs must live on with them.
    """
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG


class Program:
    """One program: started, killed or stopped, and started again with the same command, as often as a test wants."""

    def __init__(self, name: str, command: list[Any], folder: Path) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert not self.is_running(), f"{self.name} runs already"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def exit_code(self, patience: float = PATIENCE) -> int:
        """Waits for the program to end by itself."""
        assert self.process is not None
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {patience:.0f} s") from None

    def kill(self) -> None:
        """Without warning: kill -9."""
        if self.is_running():
            self.send(signal.SIGKILL)
            self.exit_code()

    def stop(self, patience: float = PATIENCE) -> int:
        """Politely; returns the exit code."""
        self.send(signal.SIGTERM)
        return self.exit_code(patience)

    def text(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_until_up(self, what: str, condition: Any, patience: float = PATIENCE) -> Any:
        """As wait_until, and reports at once if the program ends meanwhile."""

        def look() -> Any:
            if not self.is_running():
                code = self.process.returncode if self.process else None
                raise AssertionError(f"{self.name} ended with exit code {code}:\n{self.text()[-3000:]}")
            return condition()

        return wait_until(what, look, patience)


def relocated_alertmanager(folder: Path) -> Path:
    """Debian's Alertmanager, able to run where it was merely unpacked.

    It reads its default templates from an absolute path under /usr/share. The copy that this returns has that path made
    relative (a dot for the first slash: a path of the same length), and the folder has what it then looks for.
    """
    program = folder / "alertmanager"
    code = (UNPACKED / "prometheus-alertmanager").read_bytes()
    program.write_bytes(code.replace(b"/usr/share/prometheus", b".usr/share/prometheus"))
    program.chmod(0o755)
    if not (folder / ".usr").exists():
        (folder / ".usr").symlink_to(UNPACKED.parent)
    return program
