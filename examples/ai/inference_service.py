#!/usr/bin/python3
"""An AI inference service to monitor: a pretended fraud detector behind Flask, with real Prometheus metrics.

It makes its own requests, so its metrics move without anybody calling it. Four switches make it misbehave, at the start
(--slow, --inaccurate, --drifting, --failing) or while it runs:

    curl -X POST 'http://127.0.0.1:5000/switch?slow=on'
    curl -X POST 'http://127.0.0.1:5000/switch?slow=off&inaccurate=on'

It needs Debian's python3-flask and python3-prometheus-client.
"""

import argparse
import json
import logging
import random
import signal
import sys
import threading
import time
from pathlib import Path

from flask import Flask, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from werkzeug.serving import make_server

MODEL = "fraud_detector"
VERSION = "v1.2"

REQUESTS = Counter("ai_inference_requests_total", "Inference requests answered.", ["model_name", "status"])
LATENCY = Histogram(
    "ai_inference_latency_seconds",
    "Time taken by one inference, in seconds.",
    ["model_name"],
    # Fine up to the objective of one second, and well beyond it: a quantile cannot exceed the last finite bucket.
    buckets=(0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
)
ACCURACY = Gauge("ai_model_accuracy", "Accuracy of the model on recently labelled data.", ["model_name", "version"])
DRIFT = Gauge("ai_data_drift_score", "Distance of a feature's values from those of the training data.", ["model_name", "feature"])

# What each switch changes: the range a value is drawn from when the switch is off, and when it is on.
RANGES = {
    "slow": ((0.05, 0.5), (1.2, 2.4)),  # seconds for one inference
    "inaccurate": ((0.93, 0.97), (0.70, 0.84)),  # share of right predictions
    "drifting": ((0.01, 0.10), (0.60, 0.90)),  # drift score of transaction_amount
    "failing": ((0.0, 0.005), (0.3, 0.5)),  # share of requests that fail
}


class FraudDetector:
    """The pretended model: how it does depends on the switches alone. Safe to use from several threads."""

    def __init__(self, switches: dict[str, bool]) -> None:
        self.switches = switches

    def draw(self, switch: str) -> float:
        """A value for what this switch governs."""
        return random.uniform(*RANGES[switch][int(self.switches[switch])])

    def predict(self) -> dict:
        """One inference: takes its time, and counts itself."""
        began = time.monotonic()
        time.sleep(self.draw("slow"))
        status = "failure" if random.random() < self.draw("failing") else "success"
        latency = time.monotonic() - began
        REQUESTS.labels(MODEL, status).inc()
        LATENCY.labels(MODEL).observe(latency)
        return {"prediction": random.randint(0, 1), "latency": latency, "status": status}

    def evaluate(self) -> None:
        """What a real service would compute from labelled feedback and recent input."""
        ACCURACY.labels(MODEL, VERSION).set(self.draw("inaccurate"))
        DRIFT.labels(MODEL, "transaction_amount").set(self.draw("drifting"))
        DRIFT.labels(MODEL, "user_location").set(random.uniform(0.005, 0.08))


def make_app(model: FraudDetector) -> Flask:
    """The service's HTTP side."""
    app = Flask(__name__)

    @app.post("/predict")
    def predict() -> Response:
        return jsonify(model.predict())

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    @app.get("/switch")
    def show_switches() -> Response:
        return jsonify(model.switches)

    @app.post("/switch")
    def set_switches() -> tuple[Response, int]:
        for name, value in request.args.items():
            if name not in model.switches or value not in ("on", "off"):
                known = ", ".join(model.switches)
                return jsonify(error=f"no switch {name}={value}; there are {known}, each on or off"), 400
        model.switches.update({name: value == "on" for name, value in request.args.items()})
        model.evaluate()
        return jsonify(model.switches), 200

    return app


def keep_calling(work, pause: float) -> None:
    """Calls work for ever, in the background."""

    def loop() -> None:
        while True:
            work()
            time.sleep(pause)

    threading.Thread(target=loop, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--port-file", type=Path, help='write {"http": PORT} there once the service listens')
    parser.add_argument("--callers", type=int, default=8, help="background callers (default: %(default)s)")
    for switch in RANGES:
        parser.add_argument(f"--{switch}", action="store_true", help=f"start with the switch '{switch}' on")
    options = parser.parse_args()

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line per request
    model = FraudDetector({switch: getattr(options, switch) for switch in RANGES})
    model.evaluate()
    server = make_server(options.host, options.port, make_app(model), threaded=True)
    for _ in range(options.callers):
        keep_calling(model.predict, pause=0.0)
    keep_calling(model.evaluate, pause=1.0)

    if options.port_file:
        partial = options.port_file.with_suffix(".partial")
        partial.write_text(json.dumps({"http": server.server_port}))
        partial.rename(options.port_file)
    print(f"AI inference service on http://{options.host}:{server.server_port}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
