def test_environment_points_a_mesh_at_the_services(endpoints):
    assert endpoints.as_environment() == {
        "MESH_LANDING": "s3://landing",
        "MESH_WAREHOUSE": "s3://warehouse",
        "MESH_CATALOG": "postgresql+psycopg2://mesh:the-password@127.0.0.1:5432/mesh",
        "MESH_DAGSTER_STORAGE": "postgresql://mesh:the-password@127.0.0.1:5432/dagster",
        "MESH_OPERATIONAL": "postgresql://mesh:the-password@127.0.0.1:5432/operational",
        "MESH_POSTGRES_ADDRESS": "127.0.0.1:5432",
        "MESH_POSTGRES_PASSWORD": "the-password",
        "MESH_S3_ENDPOINT": "http://127.0.0.1:9000",
        "MESH_S3_ACCESS_KEY": "the-access-key",
        "MESH_S3_SECRET_KEY": "the-secret-key",
        "MESH_TRINO": "http://127.0.0.1:8080",
    }


def test_repr_shows_addresses_and_no_key(endpoints):
    assert "9000" in repr(endpoints)
    assert "the-" not in repr(endpoints)
