from meshlake.services import Service
from meshlake.settings import load_settings


def test_environment_is_what_settings_read(endpoints, tmp_path):
    settings = load_settings(endpoints.as_environment(), tmp_path)
    assert settings.catalog == "postgresql://mesh:the-password@127.0.0.1:5432/mesh"
    assert (settings.landing, settings.warehouse) == ("s3://landing", "s3://warehouse")
    assert settings.store_of("s3://landing").endpoint == "http://127.0.0.1:9000"
    assert settings.trino == "http://127.0.0.1:8080"


def test_environment_points_a_mesh_at_the_services(endpoints):
    assert endpoints.as_environment() == {
        "MESH_LANDING": "s3://landing",
        "MESH_WAREHOUSE": "s3://warehouse",
        "MESH_CATALOG": "postgresql://mesh:the-password@127.0.0.1:5432/mesh",
        "MESH_S3_ENDPOINT": "http://127.0.0.1:9000",
        "MESH_S3_ACCESS_KEY": "the-access-key",
        "MESH_S3_SECRET_KEY": "the-secret-key",
        "MESH_TRINO": "http://127.0.0.1:8080",
        "MESH_OPERATIONAL": "postgresql://mesh:the-password@127.0.0.1:5432/operational",
    }


def test_environment_of_some_services_says_nothing_of_others(endpoints):
    assert endpoints.as_environment([Service.TRINO]) == {"MESH_TRINO": "http://127.0.0.1:8080"}
    assert set(endpoints.as_environment([Service.POSTGRES])) == {"MESH_CATALOG", "MESH_OPERATIONAL"}


def test_repr_shows_addresses_and_no_key(endpoints):
    assert "9000" in repr(endpoints)
    assert "the-" not in repr(endpoints)
