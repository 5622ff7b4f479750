"""The pictures of a model: files beside it, told by the front door, and shown by Dagster."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote

from meshlake.orchestration.pictures import MOST_BYTES_EACH, pictures

DRAWN = ["calibration", "confusion_matrix", "gain", "importances", "lift", "precision_recall", "roc"]


def test_a_model_s_product_says_where_its_pictures_are(trained):
    folder, _ = trained
    *files, distributions = [Path(file) for file in folder.open().product("crm.predictions").pictures]
    assert distributions.suffix == ".svg"
    assert [file.stem for file in files] == DRAWN
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    assert str(files[0]) in "".join(folder.run("show", "crm.predictions").ended().out.split())


def test_a_product_without_a_model_has_one_of_its_distributions(trained):
    folder, _ = trained
    (file,) = folder.open().product("crm.features").pictures
    assert "crm.features: 200 rows" in Path(file).read_text()


def test_dagster_is_given_each_picture_and_the_folder(trained):
    folder, result = trained
    told = pictures(folder.workspace, result)
    images = told["pictures"].md_str.split("\n\n")
    titles, data = zip(*(image[2:-1].split("](data:image/png;base64,") for image in images), strict=True)
    assert [title.replace(" ", "_") for title in titles] == DRAWN
    *files, distributions = folder.open().product("crm.predictions").pictures
    assert [base64.b64decode(each) for each in data] == [Path(file).read_bytes() for file in files]
    assert told["model/folder"].path == str(Path(files[0]).parent)
    assert "<h1>crm.predictions</h1>" in Path(told["model/report"].path).read_text()
    assert len(told["pictures"].md_str) < MOST_BYTES_EACH
    address = (
        told["distributions"].md_str.removeprefix("![distributions](<data:image/svg+xml,").removesuffix(">)")
    )
    assert unquote(address) == Path(distributions).read_text().strip()
    assert not set("<>\n#") & set(address)
    assert told["distributions_file"].path == distributions


def test_a_picture_that_is_too_large_for_an_event_stays_a_file(trained):
    folder, result = trained
    (first, *_) = folder.open().product("crm.predictions").pictures
    before = Path(first).read_bytes()
    Path(first).write_bytes(before + bytes(MOST_BYTES_EACH))
    try:
        assert "calibration" not in pictures(folder.workspace, result)["pictures"].md_str
        assert first in folder.open().product("crm.predictions").pictures
    finally:
        Path(first).write_bytes(before)
