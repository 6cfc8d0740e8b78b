import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from egzaminator import __version__
from egzaminator.core.probes import Cost
from egzaminator.runtime.health import Health, ask_probes, describe_health


class Command(BaseCommand):
    """Say how the service is: for administrators, and as a plugin for Nagios and its kin."""

    help = (
        "Say how the service is, and what to do about what is wrong. Exits with 0 (well), 1 (warning), 2 (critical) "
        "or 3 (unknown), as plugins of Nagios do."
    )
    requires_system_checks = ()  # what is wrong is what it is asked for

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the switch for programs."""
        parser.add_argument("--json", action="store_true", help="write it for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask all probes, write the answers, and exit with the gravest level."""
        health = ask_probes(most=Cost.REMOTE)
        self.stdout.write(_as_json(health) if options["json"] else describe_health(health))
        sys.exit(health.level)


def _as_json(health: Health) -> str:
    probes = [
        {
            "name": answer.probe.name,
            "level": answer.finding.level.name.lower(),
            "words": answer.finding.words,
            "cure": answer.finding.cure,
            "figures": dict(answer.finding.figures),
        }
        for answer in health.answers
    ]
    state = {
        "version": __version__,
        "at": timezone.now().isoformat(),
        "level": health.level.name.lower(),
        "is_ready": health.is_ready,
        "probes": probes,
    }
    return json.dumps(state, ensure_ascii=False, indent=2)
