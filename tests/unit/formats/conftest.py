"""What the tests of CSV files read: a file as it lands, what is kept aside of it, and what is told."""

from __future__ import annotations

import pytest

from meshlake.landing.relation import relation_sql, unreadable


@pytest.fixture
def read_csv(connection, put):
    """The names and rows of a file, what is kept aside of it, and what is told."""

    def read(content):
        dataset = put({"a.csv": content})
        connection.execute("SET preserve_insertion_order = true")
        answer = connection.execute(f"SELECT * FROM {relation_sql(dataset)}")
        names, rows = [column[0] for column in answer.description], answer.fetchall()
        aside = [line.content for line in unreadable(connection, dataset).lines()]
        return names, rows, aside, " ".join(dataset.format.notes(dataset.files))

    return read
