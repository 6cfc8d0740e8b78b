from dataclasses import dataclass, field


@dataclass(slots=True)
class Rotation:
    """How many values were made anew, and the contexts of those that no key opens."""

    renewed: int = 0
    unreadable: set[str] = field(default_factory=set)
