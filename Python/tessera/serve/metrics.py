"""What /metrics says of each model, in the text format of Prometheus."""

from typing import Any

import prometheus_client

from .refusal import Reason

_LABELS = ["model", "version"]
_SECONDS = tuple(base * 10 ** power for power in range(-4, 2) for base in (1, 2, 5))
_REQUESTS = prometheus_client.Counter(
    "tessera_requests", "Requests by what became of them", [*_LABELS, "outcome"])
_QUEUE = prometheus_client.Histogram(
    "tessera_queue_seconds", "Time from a request's arrival in the queue to the start of its run", _LABELS, buckets=_SECONDS)
_COMPUTE = prometheus_client.Histogram(
    "tessera_compute_seconds", "Time of a batch's run", _LABELS, buckets=_SECONDS)
_ROWS = prometheus_client.Histogram(
    "tessera_batch_rows", "Rows of requests that run together", _LABELS, buckets=tuple(2 ** power for power in range(11)))
_WAITING = prometheus_client.Gauge("tessera_waiting_requests", "Requests in the queue", _LABELS)


class ModelMetrics:
    def __init__(self, model: str, version: str) -> None:
        self.queue: Any = _QUEUE.labels(model, version)
        self.compute: Any = _COMPUTE.labels(model, version)
        self.rows: Any = _ROWS.labels(model, version)
        self.waiting: Any = _WAITING.labels(model, version)


def count(model: str, version: str, reason: Reason | None) -> None:
    """Counts a request: answered, or refused for a reason. Names that no model has are left out."""
    _REQUESTS.labels(model, version, reason.name.lower() if reason else "answered").inc()
