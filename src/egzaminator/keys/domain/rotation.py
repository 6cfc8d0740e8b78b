from dataclasses import dataclass, field


@dataclass(slots=True)
class Rotation:
    """The result of a rotation: how many values were renewed, and the contexts of the undecryptable ones."""

    renewed: int = 0
    unreadable: set[str] = field(default_factory=set)
