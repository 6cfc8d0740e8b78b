import pytest
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.mailings.domain.markup import Block, Span, as_text, check, clean, filled, parse
from egzaminator.mailings.errors import MarkupError


def test_paragraphs_lists_bold_text_and_links() -> None:
    assert parse("Raz **dwa** [trzy](https://a.example/x)\ncztery\n\n- pięć\n- **sześć**") == [
        Block(
            (
                (
                    Span("Raz "),
                    Span("dwa", is_bold=True),
                    Span(" "),
                    Span("trzy", url="https://a.example/x"),
                ),
                (Span("cztery"),),
            )
        ),
        Block(((Span("pięć"),), (Span("sześć", is_bold=True),)), is_list=True),
    ]


def test_a_list_may_follow_a_line_at_once() -> None:
    assert [block.is_list for block in parse("Lista:\n- raz\n- dwa\nkoniec")] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "*raz* _dwa_ __trzy__ `cztery` # pięć",
        "1. raz\n2. dwa",
        "<b>raz</b> &amp; \\* dwa",
        "** raz ** i **",
        "-raz",
        "> raz",
        "| raz | dwa |",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert as_text(parse(text)) == text


@pytest.mark.parametrize(
    "link",
    [
        "[x](http://a.example)",
        "[x](javascript:alert(1))",
        "[x](//a.example)",
        "[x](https://kto@a.example)",
        "[x](https://a.example/ä)",
        "[x](https://аpple.example)",
        "[x](https:a.example)",
        "[x](https://)",
        "[x](https://a.example/{imię})",
        '[x](https://a.example/"onclick=)',
        f"[x](https://a.example/{'a' * 1000})",
        "[x](mailto:a@a.example)",
        "[x]()",
    ],
)
def test_a_link_that_cannot_be_sent_is_an_error_and_never_a_link(link: str) -> None:
    with pytest.raises(MarkupError):
        check(link)
    assert [span.url for block in parse(link) for line in block.lines for span in line if span.url] == []


@pytest.mark.parametrize("text", ["{imie}", "{}", "{", "}", "{imię", "{ imię }", "{{imię}}"])
def test_an_unknown_field_is_an_error(text: str) -> None:
    with pytest.raises(MarkupError):
        check(text)


def test_known_fields_and_links_are_fine() -> None:
    check("{imię} {nazwisko} {zwrot} {numery} [x](https://a.example:8443/b?c=d#e)")


def test_cleaning_keeps_the_paragraphs_and_drops_what_nobody_sees() -> None:
    assert clean(" raz\u202e  dwa\r\n\r\n\r\n\r\ntrzy\u00ad\x00\ue000 \n") == "raz dwa\n\ntrzy"


def test_what_a_field_is_filled_with_is_text() -> None:
    blocks = filled(parse("{imię}"), {"imię": "**x** [y](https://a.example) {nazwisko}", "nazwisko": "Lis"})
    assert blocks == [Block(((Span("**x** [y](https://a.example) {nazwisko}"),),))]


@given(st.text(max_size=400))
def test_no_text_stops_the_parser_and_no_character_is_lost(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    letters = "".join(as_text(parse(cleaned)).split()).replace("*", "")
    if "](" not in cleaned:
        assert letters == "".join(cleaned.split()).replace("*", "")
