"""The periodic job of rate limits."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import COUNTERS
from egzaminator.rate_limits.domain import counters as use_case


@app.periodic(cron="7 * * * *")
@app.task(name="rate_limits.delete_ended_counters")
def delete_ended_counters(timestamp: int) -> None:
    """Delete, every hour, the counters and backoffs whose period is over."""
    record_run(rule=COUNTERS, count=use_case.delete_ended_counters())
