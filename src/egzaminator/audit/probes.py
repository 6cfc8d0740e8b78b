"""The probes of stored values and of retention."""

from egzaminator.audit.domain.retention import rule_states
from egzaminator.audit.models import UndecryptableValue
from egzaminator.core.probes import Finding, Level, probe


@probe("values", figures={"undecryptable_values": "Stored values that no key opens and nobody has looked at."})
def check_values() -> Finding:
    """Find out whether stored values were met that no key opens."""
    count = UndecryptableValue.objects.filter(needs_review=True).count()
    figures = {"undecryptable_values": count}
    if count:
        return Finding(
            f"Stored values that no key opens: {count}.",
            Level.WARNING,
            "The panel lists them („Do sprawdzenia”). Put them right from a backup, or mark them as seen.",
            figures,
        )
    return Finding("Every stored value that was read could be opened.", figures=figures)


@probe("retention", figures={"retention_rules_late": "Retention rules that were not carried out in time."})
def check_retention() -> Finding:
    """Find out whether what was kept long enough is deleted in time."""
    late = sorted(state.rule.name for state in rule_states() if state.is_late)
    figures = {"retention_rules_late": len(late)}
    if late:
        return Finding(
            f"Not deleted in time: {', '.join(late)}.",
            Level.WARNING,
            "The jobs of the night did not run: keep a worker running between 3 and 5 o'clock, and look into its log.",
            figures,
        )
    return Finding("What was kept long enough is deleted in time.", figures=figures)
