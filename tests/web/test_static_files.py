import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage

import egzaminator
from egzaminator.web.static_files import JoinedStaticFilesStorage

SOURCES = Path(egzaminator.__file__).parent / "static/css"
IMPORT = re.compile(r'@import url\("(.+)\.css"\) layer\((.+)\);')


def imported() -> list[str]:
    return [name for name, _ in IMPORT.findall((SOURCES / "site.css").read_text())]


def test_every_component_is_imported_into_the_layer_of_its_name_and_print_comes_last() -> None:
    """Or else, as the panel's, it has a place among the layers and stands in it."""
    panels = sorted(SOURCES.glob("panel*.css"))
    apart = {SOURCES / "site.css", *panels}
    assert sorted(imported()) == sorted(path.stem for path in SOURCES.glob("*.css") if path not in apart)
    (order,) = re.findall(r"^@layer (.+);$", (SOURCES / "site.css").read_text(), re.MULTILINE)
    layers = order.split(", ")
    assert [name for name in layers if name != "panel"] == imported()
    assert layers[-3:] == ["panel", "focus", "print"]
    in_layer = re.compile(r"/\*.*?\*/\s*@layer panel \{\n.*\n\}\n", re.DOTALL)
    assert [path.name for path in panels if not in_layer.fullmatch(path.read_text())] == []
    assert all(name == layer for name, layer in IMPORT.findall((SOURCES / "site.css").read_text()))
    assert imported()[-1] == "print"


def test_pages_get_one_style_sheet_with_all_components_in_their_layers() -> None:
    hashed = staticfiles_storage.url("css/site.css").removeprefix(settings.STATIC_URL)
    joined = (settings.STATIC_ROOT / hashed).read_text()
    assert re.fullmatch(r"css/site\.[0-9a-f]{12}\.css", hashed)
    assert re.findall(r"^@layer (\S+) \{$", joined, re.MULTILINE) == imported()
    assert "@import" not in joined
    joined = re.sub(r"(?<=/atkinson-)(\w+)\.[0-9a-f]{12}(?=\.woff2)", r"\1", joined)
    for name in imported():
        styles = re.sub(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/\s*", "", (SOURCES / name).with_suffix(".css").read_text())
        assert f"@layer {name} {{\n{styles}}}" in joined


def test_pages_load_nothing_but_fonts_of_this_site() -> None:
    """They are two by themselves, and two for letters that Polish does not have."""
    joined = (
        settings.STATIC_ROOT / staticfiles_storage.url("css/site.css").removeprefix(settings.STATIC_URL)
    ).read_text()
    fonts = re.findall(r'url\("\.\./(fonts/[\w.-]+)"\) format\("woff2"\)', joined)
    assert len(fonts) == joined.count("url(") == 4
    assert sum(Path(settings.STATIC_ROOT, name).stat().st_size for name in fonts[:2]) < 17_000
    assert all(Path(settings.STATIC_ROOT, name).read_bytes().startswith(b"wOF2") for name in fonts)


def test_a_changed_component_changes_the_name_of_the_joined_file(tmp_path: Path) -> None:
    sources = FileSystemStorage(tmp_path / "sources")
    (tmp_path / "sources/css").mkdir(parents=True)
    (tmp_path / "collected/css").mkdir(parents=True)
    (tmp_path / "sources/css/site.css").write_text('@import url("print.css") layer(print);\n')
    names = set()
    for colour in ("red", "blue", "blue"):
        for folder in ("sources", "collected"):
            (tmp_path / folder / "css/print.css").write_text(f"a {{ color: {colour} }}\n")
        storage = JoinedStaticFilesStorage(location=tmp_path / "collected")
        paths = {name: (sources, name) for name in ("css/site.css", "css/print.css")}
        assert {name for name, _, _ in storage.post_process(paths)} >= set(paths)
        names.add(storage.hashed_files["css/site.css"])
        joined = (tmp_path / "collected" / storage.hashed_files["css/site.css"]).read_text()
        assert joined == f"@layer print {{\na {{ color: {colour} }}\n}}\n"
    assert len(names) == 2


def test_a_component_that_does_not_exist_fails_the_collecting(tmp_path: Path) -> None:
    sources = FileSystemStorage(tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css/site.css").write_text('@import url("lost.css") layer(lost);\n')
    with pytest.raises(KeyError, match=r"css/lost\.css"):
        JoinedStaticFilesStorage(location=tmp_path).post_process({"css/site.css": (sources, "css/site.css")})
