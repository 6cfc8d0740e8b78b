import unicodedata

from egzaminator.kernel.text import normalise


def one_line(text: str) -> str:
    """Take any text; give it on one line, without control, direction, private or unassigned characters.

    What people and servers write goes into headers, paragraphs and columns, where a line break or a turned direction
    would pass for something of ours.
    """
    return normalise("".join(" " if unicodedata.category(char).startswith("C") else char for char in text))
