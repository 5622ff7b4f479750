"""Settings: variables, then `mesh.toml`, then defaults."""

from __future__ import annotations

from dataclasses import fields

import pytest

import meshlake
from meshlake.engines.duckdb.connection import connect
from meshlake.errors import UsageError
from meshlake.orchestration.history import dagster_environment
from meshlake.services.state import open_endpoints
from meshlake.settings import Settings, known_settings, load_settings
from meshlake.stores import STORES

HOMES = [
    ("new", False, True),
    ("../elsewhere/new", False, True),
    (".mesh", True, True),  # ours by its name, as when files were copied into its landing zone by hand
    ("mine", True, False),
    (".", True, False),
]


def test_defaults_lie_in_the_working_folder(tmp_path):
    settings = load_settings({}, tmp_path)
    assert settings.home == tmp_path / ".mesh"
    assert settings.landing == str(tmp_path / ".mesh/landing")
    assert settings.warehouse == str(tmp_path / ".mesh/warehouse")
    assert settings.catalog == f"sqlite:///{tmp_path / '.mesh/catalog.db'}"
    assert settings.products == tmp_path / "data_products"
    assert settings.engine == "duckdb"
    assert settings.is_embedded
    assert settings.mesh_file == tmp_path / ".mesh/mesh.duckdb"


@pytest.mark.parametrize("value", ["0", "-1", "soon", "1.5"])
def test_no_number_of_seconds_is_refused(tmp_path, value):
    with pytest.raises(UsageError, match=f"watch_seconds '{value}' is no number of seconds"):
        load_settings({"MESH_WATCH_SECONDS": value}, tmp_path)


def test_the_home_takes_what_is_not_set_along(tmp_path):
    settings = load_settings({"MESH_HOME": "elsewhere"}, tmp_path)
    assert settings.warehouse == str(tmp_path / "elsewhere/warehouse")
    assert settings.catalog.endswith("elsewhere/catalog.db")
    assert settings.scratch == tmp_path / "elsewhere/scratch"


@pytest.mark.parametrize(("home", "is_there", "is_hidden"), HOMES)
def test_the_home_hides_itself_from_git_but_no_folder_of_the_users(tmp_path, home, is_there, is_hidden):
    project = tmp_path / "project"
    project.mkdir()
    settings = load_settings({"MESH_HOME": home}, project)
    if is_there:
        settings.home.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        settings.make_home()
        assert settings.home.is_dir()
        assert (settings.home / ".gitignore").exists() is is_hidden


def test_every_way_a_home_comes_to_be_hides_it(tmp_path):
    def made_by(name, make):
        mesh = meshlake.open(tmp_path, home=name, landing=str(tmp_path / name / "landing"))
        make(mesh)
        assert (tmp_path / name / ".gitignore").read_text() == "*\n", name

    (tmp_path / "data_products").mkdir()
    (tmp_path / "a.csv").write_text("id\n1\n")
    made_by("listing", lambda mesh: mesh.products)
    made_by("landing", lambda mesh: mesh.land(tmp_path / "a.csv", "crm"))
    made_by("asking", lambda mesh: connect(mesh.settings).close())
    made_by("history", lambda mesh: dagster_environment(mesh.settings))
    made_by("servers", lambda mesh: open_endpoints(mesh.settings.home, tmp_path / "cache"))


def test_variables_win_over_the_file_and_the_file_over_defaults(tmp_path):
    (tmp_path / "mesh.toml").write_text('home = "of_file"\nlanding = "files"\n')
    settings = load_settings({"MESH_HOME": "of_variable", "MESH_LANDING": ""}, tmp_path)
    assert settings.home == tmp_path / "of_variable"
    assert settings.landing == str(tmp_path / "files")


def test_places_may_be_on_s3(tmp_path):
    settings = load_settings({"MESH_LANDING": "s3://raw/", "MESH_WAREHOUSE": "s3://lake/mesh"}, tmp_path)
    assert (settings.landing, settings.warehouse) == ("s3://raw", "s3://lake/mesh")


@pytest.mark.parametrize(
    ("place", "scheme"), [("s3://bucket", "s3"), ("/s3/bucket", "file"), ("s3:/bucket", "file")]
)
def test_an_address_is_told_from_a_folder(tmp_path, place, scheme):
    settings = load_settings({"MESH_LANDING": place}, tmp_path)
    assert settings.store_of(settings.landing).scheme == scheme


def test_models_lie_beside_the_tables_where_several_machines_share_them(tmp_path):
    assert load_settings({}, tmp_path).models == str(tmp_path / ".mesh/models")
    assert load_settings({"MESH_WAREHOUSE": "s3://lake/mesh"}, tmp_path).models == "s3://lake/mesh/_models"


@pytest.mark.parametrize(
    ("variables", "told", "hint"),
    [
        ({"MESH_HOEM": "x"}, "'hoem' is not a setting", "Did you mean home?"),
        ({"MESH_XYZZY": "x"}, "'xyzzy' is not a setting", "Known settings: home"),
        ({"MESH_LANDING": "gs://raw"}, "'gs://raw' is neither a folder nor an s3:// address", ""),
        ({"MESH_LANDING": "file:///raw"}, "'file:///raw' is neither a folder nor an s3:// address", ""),
        ({"MESH_S3_ENDPOIN": "x"}, "'s3_endpoin' is not a setting", "Did you mean s3_endpoint?"),
        ({"MESH_HOME": "a#b"}, "the warehouse cannot lie in", "MESH_WAREHOUSE"),
        ({"MESH_WAREHOUSE": "what?"}, "its name has a '?'", "another folder"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, variables, told, hint):
    with pytest.raises(UsageError) as caught:
        load_settings(variables, tmp_path)
    assert told in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"home = ", "not valid TOML"),
        (b"home = 7", "home must be a text in quotes, not 7"),
        (b"[mesh]\nhome = 'x'", "mesh must be a text in quotes"),
        (b"hoem = 'x'", "'hoem' is not a setting"),
        (b"home = '\xff'", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, content, told):
    (tmp_path / "mesh.toml").write_bytes(content)
    with pytest.raises(UsageError, match=told):
        load_settings({}, tmp_path)


def test_variables_of_others_are_left_alone(tmp_path):
    assert load_settings({"HOME": "/", "MESH_CACHE": "x", "MESH_DEBUG": "1", "PATH": ""}, tmp_path)


def test_no_secret_is_printed(tmp_path):
    settings = load_settings(
        {
            "MESH_S3_ACCESS_KEY": "accesskey",
            "MESH_S3_SECRET_KEY": "topsecret",
            "MESH_CATALOG": "postgresql://mesh:topsecret@db/mesh",
            "MESH_TRINO": "trino://mesh:topsecret@db",
        },
        tmp_path,
    )
    assert "topsecret" not in repr(settings)
    assert "accesskey" not in repr(settings)
    assert not settings.is_embedded
    assert settings.store_of("s3://raw").secret_key == "topsecret"


def test_every_setting_has_one_name():
    assert {"home", "landing", "products", "s3_endpoint", "s3_secret_key"} <= set(known_settings())
    plain = {each.name for each in fields(Settings)}
    assert not {name for name in plain if "_" in name and name.partition("_")[0] in STORES.names}


def test_all_that_is_wrong_in_a_file_is_told_with_its_line(tmp_path):
    (tmp_path / "mesh.toml").write_text("# mine\nhoem = 'x'\nengine = 7\n\n[mesh]\nhome = 'x'\n")
    with pytest.raises(UsageError) as caught:
        load_settings({}, tmp_path)
    file = tmp_path / "mesh.toml"
    assert caught.value.message.splitlines() == [
        f"{file}:2: 'hoem' is not a setting",
        f"{file}:3: engine must be a text in quotes, not 7",
        f"{file}:5: mesh must be a text in quotes, not {{'home': 'x'}}",
    ]
    assert caught.value.hint == "Did you mean home?"


def test_a_catalog_server_is_not_waited_for_without_end(tmp_path):
    given = "postgresql://ana:p%40ss@db/mesh?sslmode=require&connect_timeout=9"
    opened = load_settings({"MESH_CATALOG": given}, tmp_path).catalog_uri
    assert opened.startswith("postgresql://ana:p%40ss@db/mesh?connect_timeout=9&")
    assert opened.endswith("&tcp_user_timeout=25000&sslmode=require")
    embedded = load_settings({}, tmp_path)
    assert embedded.catalog_uri == embedded.catalog


def test_a_working_folder_that_was_deleted_is_told_in_a_line(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(UsageError, match="the folder that this command runs in is not there any more"):
        load_settings({})


def test_what_cannot_be_read_is_told_and_passed_over_where_that_is_asked_for(tmp_path):
    (tmp_path / "mesh.toml").mkdir()
    with pytest.raises(UsageError, match=r"mesh\.toml cannot be read: Is a directory"):
        load_settings({}, tmp_path)
    assert load_settings({}, tmp_path, is_lenient=True).home == tmp_path / ".mesh"


def test_a_home_that_is_a_file_or_nobodys_is_told(tmp_path):
    (tmp_path / "home").touch()
    with pytest.raises(UsageError, match="home is a file, not the home of a mesh"):
        load_settings({"MESH_HOME": "home"}, tmp_path)
    with pytest.raises(UsageError, match="'~nobody-at-all/mesh' cannot be found"):
        load_settings({"MESH_HOME": "~nobody-at-all/mesh"}, tmp_path)
