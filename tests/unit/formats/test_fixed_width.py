"""Text of fixed width: cut where a schema.ini says, and nowhere without one."""

from __future__ import annotations

import re

import pytest

from meshlake.errors import LandingError
from meshlake.landing.arrival import land
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

PEOPLE = "[people.txt]\nFormat=FixedLength\nCol1=id Text Width 4\nCol2=name Text Width 8\nCol3=amount Text Width 6\n"


def _line(number: int | str, name: str, amount: object) -> str:
    return f"{number:0>4}{name:8}{amount:>6}"


@pytest.fixture
def folder(mesh, tmp_path):
    """Make a folder of these files, land it as `crm.people`, and give the opened mesh."""

    def made(files: dict[str, bytes | str]):
        place = tmp_path / "people"
        place.mkdir()
        for name, content in files.items():
            (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        mesh.open().land(place, domain="crm")
        return mesh.open()

    return made


def _rows(opened) -> list[tuple[object, ...]]:
    return opened.sql("SELECT * FROM landing.crm.people").fetchall()


@pytest.mark.slow
def test_columns_stand_where_the_schema_says(folder) -> None:
    text = f"{_line(1, 'Ann', '1.50')}\n{_line(2, 'Müller', '-12.00')}\r\n{_line(3, '', '')}\n\n0004Bo\n"
    opened = folder({"schema.ini": PEOPLE, "people.txt": text})
    assert _rows(opened) == [
        ("0001", "Ann", "1.50"),
        ("0002", "Müller", "-12.00"),
        ("0003", None, None),
        ("0004", "Bo", None),
    ]
    (profile,) = opened.discover().profiles
    assert profile.notes == (
        "cut by schema.ini into id 4, name 8, amount 6 characters; blanks around a value are none of it",
        "2 lines end before their last column begins: what is behind them is empty",
    )
    assert [column.found_type for column in profile.columns] == ["string", "string", "number"]


def test_a_line_that_is_too_long_or_no_text_is_kept_aside(folder) -> None:
    lines = [_line(n, name, 1.5).encode() for n, name in enumerate(("Ann", "Bo", "__", "Cy"), start=1)]
    lines[1] += b" and more"
    text = b"\n".join(lines).replace(b"__", b"\xff\xfe")
    opened = folder({"schema.ini": PEOPLE, "people.txt": text})
    assert [row[0] for row in _rows(opened)] == ["0001", "0004"]
    (profile,) = opened.discover().profiles
    assert profile.unreadable == (
        "crm/people/people.txt, line 2: it is longer than its columns, which end at 18: 0002Bo         1.5 and more",
        "crm/people/people.txt, line 3: it is not text in utf-8: 0003\ufffd\ufffd         1.5",
    )


def test_names_encodings_and_patterns(folder) -> None:
    schema = (
        "[*.dat]\nFormat=FixedLength\nColNameHeader=True\nCharacterSet=ANSI\nCol1=id Text Width 2\n"
        'Col2="full name" Text Width 6\n; a comment\nCol3=when Date Width 10\nDateTimeFormat=dd.mm.yyyy\n'
    )
    one = "id full  when\n01Zoë   01.02.2024\n".encode("cp1252")
    opened = folder({"schema.ini": schema, "a.dat": one, "b.dat": "id full  when\n02Bo    03.02.2024\n"})
    assert sorted(_rows(opened)) == [("01", "Zoë", "01.02.2024"), ("02", "Bo", "03.02.2024")]
    (profile,) = opened.discover().profiles
    assert profile.notes[1:] == (
        "schema.ini's types are not followed, the contract's are: when date",
        "schema.ini says more that is not followed: datetimeformat",
    )


@pytest.mark.slow
def test_it_is_adopted_and_built(folder) -> None:
    text = "".join(f"{n:04}{'Name ' + str(n % 7):8}{n * 1.5:6.2f}\n" for n in range(1, 60)) + "9" * 30 + "\n"
    opened = folder({"schema.ini": PEOPLE.replace("Col1=id", "Col1=customer_id"), "people.txt": text})
    draft = opened.adopt("crm.people")
    contract = draft.folder / "contract.odcs.yaml"
    accepted = "customProperties: [{property: maxUnreadablePercent, value: 5}]"
    contract.write_text(
        re.sub(r"^( +)(properties:)", rf"\1{accepted}\n\1\2", contract.read_text(), flags=re.M)
    )
    opened.build("crm.people")
    assert opened.sql("SELECT count(*), max(customer_id), max(amount) FROM crm.people").fetchall() == [
        (59, "0059", 88.5)
    ]
    assert opened.sql("SELECT file, line, reason FROM crm.people__quarantine").fetchall() == [
        ("crm/people/people.txt", 60, "is longer than its columns, which end at 18")
    ]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            "[other.txt]\nFormat=FixedLength\nCol1=id Text Width 4\n",
            "it says nothing of crm/people/people.txt",
        ),
        ("[people.txt]\nFormat=CSVDelimited\n", "does not say Format=FixedLength"),
        ("[people.txt]\nFormat=FixedLength\nCol1=id Text\n", "Col1=id Text says no width"),
        ("[people.txt]\nFormat=FixedLength\n", "names no columns"),
        (
            "[people.txt]\nFormat=FixedLength\nCol1=a Text Width 1\nCol2=A Text Width 1\n",
            "names the column a twice",
        ),
        (
            "[people.txt]\nFormat=FixedLength\nCharacterSet=Klingon\nCol1=a Text Width 1\n",
            "no CharacterSet=klingon",
        ),
        ("Format=FixedLength\n", "cannot be read"),
    ],
)
def test_a_schema_that_cannot_be_followed_is_told(folder, schema, message) -> None:
    opened = folder({"schema.ini": schema, "people.txt": "0001\n"})
    (error,) = opened.discover().failures.values()
    assert message in error.message


def test_without_a_schema_it_is_told_how_to_give_one(tmp_path) -> None:
    (tmp_path / "people.txt").write_text("0001Ann\n")
    with pytest.raises(LandingError, match=r"people.txt is of no format") as caught:
        land([tmp_path / "people.txt"], LandingZone(str(tmp_path / "landing")), "crm")
    assert "schema.ini" in str(caught.value.hint)
    assert DatasetName("crm", "people") not in LandingZone(str(tmp_path / "landing")).datasets()
