#!/usr/bin/python3
"""Makes the pictures of this folder: what `tocsin receiver preview` shows, as Slack and a mail program would.

    examples/screens/render.py [--tocsin build/tocsin] [--keep DIR]

It needs a built Tocsin, and Debian's chromium-headless-shell, fonts-liberation and fonts-noto-color-emoji. Slack's
message is drawn from its Block Kit JSON by a page of our own that looks much like Slack; the mail is its HTML part with
its picture, as a mail program shows it. Nothing is sent, and nothing is fetched.
"""

import argparse
import base64
import email
import email.policy
import html
import json
import math
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")


def alerts(ends: bool = False) -> dict[str, Any]:
    """Four GPUs of one model are slow, each for a while."""
    now = datetime.now(timezone.utc)
    rows = (("gpu-07", 12, "3.1 s"), ("gpu-03", 9, "2.7 s"), ("gpu-11", 4, "2.3 s"), ("gpu-02", 1, "2.1 s"))
    found = [
        {
            "labels": {"alertname": "HighInferenceLatency", "cluster": "eu-1", "instance": name,
                       "model": "llama-70b", "severity": "critical", "team": "ml"},
            "annotations": {"summary": "Inference of llama-70b takes longer than 2 s at the 99th percentile",
                            "description": f"{value} on {name}; users wait.",
                            "runbook_url": "https://runbooks.example.com/latency",
                            "dashboard_url": "https://grafana.example.com/d/inference"},
            "generatorURL": "https://prometheus.example.com/graph?g0.expr=latency+%3E+2&g0.tab=1",
            "startsAt": (now - timedelta(minutes=minutes)).isoformat(),
            **({"endsAt": now.isoformat()} if ends else {}),
        }
        for name, minutes, value in rows
    ]  # fmt: skip
    values = [1.1 + 0.25 * math.sin(i / 3.1) + 0.12 * math.sin(i * 1.7) for i in range(61)]
    for i in range(44, 61):
        values[i] += (2.1 if not ends else 2.1 * max(0, 1 - max(0, i - 54) / 4)) * (1 - math.exp(-(i - 43) / 5))
    trend = {"values": [round(value, 3) for value in values], "step_seconds": 60, "threshold": 2, "comparison": ">"}
    return {"alerts": found, "trend": trend}


def preview(tocsin: Path, folder: Path, kind: str, ends: bool) -> dict[str, Any]:
    file = folder / "alerts.json"
    file.write_text(json.dumps(alerts(ends)))
    command = [tocsin, "receiver", "preview", "oncall", f"--config.file={HERE / 'tocsin.yml'}", "--alerts", file]
    command += ["--integration", kind, "--output", "json", "--web.external-url=https://tocsin.example.com"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)[0]


# --- Slack ---


def mrkdwn(text: str) -> str:
    """Slack's markup, as far as Tocsin uses it. Its text is escaped for HTML already."""
    blocks = re.split(r"```\n?(.*?)\n?```", text, flags=re.DOTALL)
    out = []
    for index, part in enumerate(blocks):
        if index % 2:
            out.append(f"<pre>{part}</pre>")
            continue
        part = re.sub(r"<([^|>]+)\|([^>]*)>", r'<a href="\1">\2</a>', part)
        part = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", part)
        part = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", part)
        out.append(part.replace("\n", "<br>"))
    return "".join(out)


def block_html(block: dict[str, Any]) -> str:
    if block["type"] == "header":
        return f'<div class="header">{html.escape(block["text"]["text"])}</div>'
    if block["type"] == "section":
        return f'<div class="section">{mrkdwn(block["text"]["text"])}</div>'
    if block["type"] == "context":
        return f'<div class="context">{" ".join(mrkdwn(one["text"]) for one in block["elements"])}</div>'
    if block["type"] == "divider":
        return "<hr>"
    raise SystemExit(f"no picture of a Slack block of type {block['type']}")


def slack_page(messages: list[dict[str, Any]]) -> str:
    style = (HERE / "slack.css").read_text()
    out = []
    for message in messages:
        body = "".join(map(block_html, message.get("blocks", [])))
        for attachment in message.get("attachments", []):
            inner = "".join(map(block_html, attachment["blocks"]))
            body += f'<div class="attachment" style="border-color:{attachment["color"]}">{inner}</div>'
        out.append(
            f'<div class="message"><div class="avatar">🔔</div><div class="body"><div class="who"><b>{message["username"]}</b>'
            f' <span class="app">APP</span> <span class="time">3:04 AM</span></div>{body}</div></div>'
        )
    channel = html.escape(messages[0]["channel"])
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style><div class="channel">{channel}</div>{"".join(out)}'


# --- mail ---


def mail_page(raw: str) -> str:
    """The HTML part, its pictures in place."""
    message = email.message_from_bytes(raw.replace("\r\n", "\n").encode(), policy=email.policy.default)
    body = message.get_body(("html",))
    assert body is not None
    text = body.get_content()
    for part in message.walk():
        if part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_content()).decode()
            text = text.replace(f"cid:{part['Content-ID'].strip('<>')}", f"data:image/png;base64,{data}")
    return text


# --- pictures ---


def picture(folder: Path, name: str, page: str, width: int, dark: bool = False) -> None:
    browser = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if browser is None:
        raise SystemExit("There is no browser: apt-get install chromium-headless-shell fonts-liberation fonts-noto-color-emoji")
    file = folder / f"{name}.html"
    file.write_text(page + "<script>document.documentElement.dataset.height = document.documentElement.scrollHeight</script>")
    common = [browser, "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder / 'browser'}"]
    common += ["--blink-settings=preferredColorScheme=0"] if dark else []
    dom = subprocess.run([*common, f"--window-size={width},200", "--dump-dom", file.as_uri()], capture_output=True, text=True, check=True).stdout
    height = int(re.search(r'data-height="(\d+)"', dom)[1])  # type: ignore[index]
    target = HERE / f"{name}.png"
    shot = [f"--window-size={width},{height}", "--force-device-scale-factor=1.25", f"--screenshot={target}", file.as_uri()]
    subprocess.run([*common, *shot], capture_output=True, check=True)
    print(f"{target.name}: {width} x {height}, {target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tocsin", type=Path, default=HERE.parents[1] / "build/tocsin")
    parser.add_argument("--keep", type=Path, help="where to leave the HTML pages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        messages = [json.loads(preview(options.tocsin, folder, "slack", ends)["body"]) for ends in (False, True)]
        picture(folder, "slack", slack_page(messages), 720)
        mail = mail_page(preview(options.tocsin, folder, "email", False)["message"])
        picture(folder, "mail", mail, 800)
        picture(folder, "mail-phone", mail, 390)


if __name__ == "__main__":
    main()
