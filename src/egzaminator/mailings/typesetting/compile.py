"""Typeset letters: read their data as JSON from standard input, and write a PDF/UA file to standard output.

A program of its own, so that the compiler's memory goes with it, and that it sees neither settings nor keys.
"""

import sys
from pathlib import Path
from typing import Any

import typst

if __name__ == "__main__":
    template = Path(__file__).with_name("letters.typ").read_bytes()
    files: Any = {"main.typ": template, "data.json": sys.stdin.buffer.read()}  # its stubs know paths alone
    fonts = typst.Fonts(include_system_fonts=False)
    pdf: Any = typst.Compiler(files, font_paths=fonts).compile(format="pdf", pdf_standards=["ua-1"])
    sys.stdout.buffer.write(pdf)
