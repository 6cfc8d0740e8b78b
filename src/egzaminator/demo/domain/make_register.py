"""An invented register of a board, for the demo."""

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from faker import Faker
from faker.providers.person.pl_PL import Provider as PolishPeople

from egzaminator.core.text import fold
from egzaminator.register.columns import ADDRESS, Column
from egzaminator.register.enums import ExamKind
from egzaminator.register.models import Scope

SCOPES: Final = {
    "OPOL": (ExamKind.EIGHTH_GRADE, "język polski"),
    "OMAT": (ExamKind.EIGHTH_GRADE, "matematyka"),
    "OANG": (ExamKind.EIGHTH_GRADE, "język angielski"),
    "MPO": (ExamKind.MATURA, "język polski"),
    "MMA": (ExamKind.MATURA, "matematyka"),
    "MBI": (ExamKind.MATURA, "biologia"),
    "MCH": (ExamKind.MATURA, "chemia"),
    "MFI": (ExamKind.MATURA, "fizyka"),
    "MHI": (ExamKind.MATURA, "historia"),
    "INF.02": (ExamKind.VOCATIONAL, "administracja i eksploatacja systemów komputerowych i sieci lokalnych"),
    "HGT.02": (ExamKind.VOCATIONAL, "przygotowanie i wydawanie dań"),
    "EGE": (ExamKind.EXTERNAL, "geografia"),
}
_BORN_FROM: Final = datetime.date(1955, 1, 1)
_BORN_TO: Final = datetime.date(1998, 12, 31)
_YEARS_BEFORE_ENTRY: Final = 26  # time for studies and some years of teaching
_FIRST_YEAR, _LAST_YEAR = 1999, 2025
_ONE_FORM: Final = [name for name in PolishPeople.male_last_names if not name.endswith("ki")]
# Proportions of people, roughly as among teachers.
_WOMEN: Final = 0.8
_TWO_FIRST_NAMES: Final = 0.3
_TWO_SURNAMES: Final = 0.1
_KNOWN_EMAIL: Final = 0.4
_KNOWN_ADDRESS: Final = 0.6
_FLATS: Final = 0.5
_LOCALITIES: Final = [
    ("60-734", "Poznań"), ("61-131", "Poznań"), ("62-200", "Gniezno"), ("62-510", "Konin"),
    ("63-000", "Środa Wielkopolska"),    ("63-400", "Ostrów Wielkopolski"), ("64-100", "Leszno"), ("64-920", "Piła"),
    ("65-001", "Zielona Góra"),
    ("66-400", "Gorzów Wielkopolski"), ("70-001", "Szczecin"), ("75-001", "Koszalin"),
]  # fmt: skip
_STREETS: Final = ["Polna", "Leśna", "Słoneczna", "Krótka", "Szkolna", "Ogrodowa", "3 Maja", "Adama Mickiewicza"]


@dataclass(frozen=True, slots=True)
class DemoExaminer:
    """An examiner to try the demo with: the login name and the active registration numbers."""

    login: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoRegister:
    """The rows of a register file, by column, and some examiners of it to try the demo with."""

    rows: Sequence[dict[Column, str]]
    one_number: DemoExaminer
    several_numbers: DemoExaminer
    struck_off: DemoExaminer
    without_pesel: DemoExaminer


def make_register(*, examiners: int = 200, seed: int = 1) -> DemoRegister:
    """Return an invented register of a board.

    `examiners` is how many there are (five or more). The same `seed` gives the same people. Of every ten examiners,
    three have several entries. The first five are one of each kind.
    """
    maker = _Maker(seed)
    one_number = maker.add_examiner(entries=1)
    several_numbers = maker.add_examiner(entries=3)
    struck_off = maker.add_examiner(entries=1, struck_off=1)
    without_pesel = maker.add_examiner(entries=1, has_pesel=False)
    maker.add_examiner(entries=2, struck_off=1)
    for index in range(5, examiners):
        maker.add_examiner(entries=(1, 1, 1, 2, 1, 1, 3, 1, 2, 1)[index % 10])
    return DemoRegister(maker.rows, one_number, several_numbers, struck_off, without_pesel)


def write_csv(rows: Sequence[dict[Column, str]]) -> io.BytesIO:
    """Return the rows as a file like those of boards: UTF-8, separated by semicolons. The file is at its beginning."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(Column), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode("utf-8-sig"))


def name_scopes() -> None:
    """Create or update the demo's scopes, with their exams and names, which a register file does not contain."""
    for code, (exam_kind, name) in SCOPES.items():
        Scope.objects.update_or_create(code=code, defaults={"exam_kind": exam_kind, "name": name})


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rows: list[dict[Column, str]] = []
        self._random = Random(seed)  # noqa: S311 -- the people must be the same every time
        self._fake = Faker("pl_PL")
        self._fake.seed_instance(seed)
        self._addresses = Random(seed)  # noqa: S311 -- as above
        self._pesels: set[str] = set()
        self._serial = 0

    def add_examiner(self, *, entries: int, struck_off: int = 0, has_pesel: bool = True) -> DemoExaminer:
        is_woman = self._random.random() < _WOMEN
        born = _BORN_FROM + datetime.timedelta(days=self._random.randrange((_BORN_TO - _BORN_FROM).days + 1))
        person = {
            Column.FIRST_NAMES: self._first_names(is_woman=is_woman),
            Column.SURNAME: self._surname(is_woman=is_woman),
        }
        login = self._pesel(born, is_woman=is_woman) if has_pesel else f"BP-{self._random.randrange(1000, 10000)}"
        person[Column.PESEL if has_pesel else Column.IDENTIFIER] = login
        if self._random.random() < _KNOWN_EMAIL:
            first_name = person[Column.FIRST_NAMES].split()[0]
            person[Column.EMAIL] = fold(f"{first_name}.{person[Column.SURNAME]}@poczta.example")
        if self._addresses.random() < _KNOWN_ADDRESS:
            person |= self._address()
        scopes = self._random.sample(list(SCOPES), entries)
        numbers = [
            self._add_entry(person, scope, born, struck_off=index < struck_off) for index, scope in enumerate(scopes)
        ]
        return DemoExaminer(login, tuple(numbers[struck_off:]))

    def _address(self) -> dict[Column, str]:
        code, locality = self._addresses.choice(_LOCALITIES)
        flat = str(self._addresses.randint(1, 40)) if self._addresses.random() < _FLATS else ""
        street, house = self._addresses.choice(_STREETS), str(self._addresses.randint(1, 120))
        return dict(zip(ADDRESS, (street, house, flat, code, locality), strict=True))

    def _add_entry(self, person: dict[Column, str], scope: str, born: datetime.date, *, struck_off: bool) -> str:
        self._serial += 1
        earliest = max(born.year + _YEARS_BEFORE_ENTRY, _FIRST_YEAR)
        entered_on = self._day_in(self._random.randint(earliest, _LAST_YEAR - 1))
        number = f"{scope}/{self._serial:04}/{entered_on.year}"
        self._add_row(person, number, scope, "wpis", entered_on)
        if struck_off:
            self._add_row(person, number, scope, "skreślenie", self._day_in(_LAST_YEAR))
        return number

    def _add_row(self, person: dict[Column, str], number: str, scope: str, kind: str, day: datetime.date) -> None:
        entry = {
            Column.NUMBER: number,
            Column.SCOPE: scope,
            Column.KIND: kind,
            Column.REFERENCE: f"OKE-DE.{4410 + (kind != 'wpis')}.{len(self.rows) + 1}.{day.year}",
            Column.DECIDED_ON: day.isoformat(),
        }
        self.rows.append(person | entry)

    def _day_in(self, year: int) -> datetime.date:
        return datetime.date(year, 1, 2) + datetime.timedelta(days=self._random.randrange(360))

    def _first_names(self, *, is_woman: bool) -> str:
        choose = self._fake.first_name_female if is_woman else self._fake.first_name_male
        first, second = choose(), choose()
        is_one = self._random.random() >= _TWO_FIRST_NAMES or " " in first + second or first == second
        return first if is_one else f"{first} {second}"

    def _surname(self, *, is_woman: bool) -> str:
        surname: str = self._fake.random_element(PolishPeople.male_last_names)
        if not is_woman:
            return surname
        if surname.endswith("ki"):
            surname = surname.removesuffix("i") + "a"
        return f"{self._fake.random_element(_ONE_FORM)}-{surname}" if self._random.random() < _TWO_SURNAMES else surname

    def _pesel(self, born: datetime.date, *, is_woman: bool) -> str:
        while True:
            pesel: str = self._fake.pesel(
                datetime.datetime.combine(born, datetime.time(), datetime.UTC), "F" if is_woman else "M"
            )
            if pesel not in self._pesels:
                self._pesels.add(pesel)
                return pesel
