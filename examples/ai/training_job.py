#!/usr/bin/python3
"""A short-lived training job. It ends before Prometheus could scrape it, so it pushes its metrics to a Pushgateway.

    training_job.py --pushgateway localhost:9091

It needs Debian's python3-prometheus-client.
"""

import argparse
import random
import time

from prometheus_client import CollectorRegistry, Gauge, push_to_gateway


def train(model: str, version: str, seconds: float, quality: float, gateway: str) -> None:
    """Pretends to train for so many seconds, then pushes how long it took and how good the model has become."""
    registry = CollectorRegistry()
    duration_gauge = Gauge(
        "ai_model_training_duration_seconds",
        "Duration of the training job, in seconds.",
        ["model_name", "version"],
        registry=registry,
    )
    score_gauge = Gauge(
        "ai_model_evaluation_score",
        "Score of the trained model on the evaluation data.",
        ["model_name", "version", "metric_type"],
        registry=registry,
    )
    began = time.monotonic()
    time.sleep(seconds)
    duration = time.monotonic() - began
    duration_gauge.labels(model, version).set(duration)
    score_gauge.labels(model, version, "accuracy").set(quality)
    score_gauge.labels(model, version, "precision").set(quality - random.uniform(0.0, 0.03))

    # The gateway adds push_time_seconds to every group that is pushed; the rule TrainingMetricsStale watches it.
    push_to_gateway(gateway, job=f"{model}_training_job", registry=registry)
    print(f"Trained {model} {version} in {duration:.1f} s, accuracy {quality:.3f}; pushed to {gateway}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pushgateway", default="localhost:9091", help="host:port (default: %(default)s)")
    parser.add_argument("--model", default="fraud_detector")
    parser.add_argument("--version", default="v1.3_beta")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to train (default: %(default)s)")
    parser.add_argument("--quality", type=float, help="the accuracy to reach, 0 to 1 (default: between 0.92 and 0.98)")
    options = parser.parse_args()
    quality = random.uniform(0.92, 0.98) if options.quality is None else options.quality
    train(options.model, options.version, options.seconds, quality, options.pushgateway)


if __name__ == "__main__":
    main()
