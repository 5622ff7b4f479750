"""What values mean: which cells look like which kind, and which do not."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.discovery.meanings import PATTERNS, looks_like


def kinds_of(cell: str) -> list[str]:
    asked = ", ".join(looks_like(kind, "cell") for kind in PATTERNS)
    row = duckdb.execute(f"SELECT {asked} FROM (SELECT ? AS cell)", [cell]).fetchone() or ()
    return [kind for kind, is_one in zip(PATTERNS, row, strict=True) if is_one]


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("ann@example.org", ["e-mail"]),
        (" ann.o'neil+x@sub.example.co.uk ", ["e-mail"]),
        ("@ann", []),
        ("ann@home", []),
        ("+49 151 2345678", ["phone"]),
        ("(202) 555-0123", ["phone"]),
        ("2024-01-05", []),
        ("https://example.org/a?b=c", ["URL"]),
        ("s3://bucket/key", ["URL"]),
        ("www.example.org", ["URL"]),
        ("192.168.0.1", ["IP address"]),
        ("10.0.0.0/8", ["IP address"]),
        ("999.1.1.1", []),
        ("1.10.2", []),
        ("2001:db8:85a3:0:0:8a2e:370:7334", ["IP address"]),
        ("2001:db8::1", ["IP address"]),
        ("::1", ["IP address"]),
        ("fe80::", ["IP address"]),
        ("10:30:00", []),
        ("00:1A:2b:3c:4D:5e", ["MAC address"]),
        ("00-1A-2B-3C-4D-5E", ["MAC address"]),
        ("001a.2b3c.4d5e", ["MAC address"]),
        ("123e4567-e89b-12d3-a456-426614174000", ["UUID"]),
        ("DE89 3704 0044 0532 0130 00", ["IBAN"]),
        ("GB29NWBK60161331926819", ["IBAN"]),
        ("Hello", []),
    ],
)
def test_a_cell_looks_like_what_it_is(cell, kinds):
    assert kinds_of(cell) == kinds
