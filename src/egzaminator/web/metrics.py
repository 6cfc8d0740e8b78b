"""The metrics of the service for Prometheus.

They are worked out from the probes at each scrape, and not counted: every web process then says the same, whichever of
them is asked, and none forgets anything when it ends.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from egzaminator import __version__
from egzaminator.runtime.health import Health

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_PREFIX: Final = "egzaminator"


def write_metrics(health: Health) -> bytes:
    """Return what the probes found as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(_Findings(health))
    return generate_latest(registry)


class _Findings(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Yield the version, whether pages can be served, the level of each probe, and the figures of all."""
        yield InfoMetricFamily(_PREFIX, "The program.", {"version": __version__})
        yield GaugeMetricFamily(f"{_PREFIX}_ready", "Whether pages can be served.", float(self._health.is_ready))
        levels = GaugeMetricFamily(
            f"{_PREFIX}_probe", "What each probe found: 0 well, 1 warning, 2 critical, 3 unknown.", labels=["probe"]
        )
        for answer in self._health.answers:
            levels.add_metric([answer.probe.name], float(answer.finding.level))
        yield levels
        for answer in self._health.answers:
            for name, value in answer.finding.figures.items():
                yield GaugeMetricFamily(f"{_PREFIX}_{name}", answer.probe.figures[name], float(value))
