import unicodedata

from egzaminator.kernel.text import normalise


def one_line(text: str) -> str:
    """Return a text on one line, without control, direction, private-use or unassigned characters.

    What people and servers write goes into headers, paragraphs and columns. There a line break or a reversed text
    direction could pass for something that we wrote.
    """
    return normalise("".join(" " if unicodedata.category(char).startswith("C") else char for char in text))
