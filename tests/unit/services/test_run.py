from meshlake.services import Service, down, status
from meshlake.services.state import open_endpoints


def test_a_mesh_that_never_started_has_no_status_and_goes_down(tmp_path):
    assert status(tmp_path) == ()
    down(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_status_of_servers_that_do_not_run(tmp_path):
    endpoints = open_endpoints(tmp_path, tmp_path / "cache")
    found = status(tmp_path)
    assert [each.service for each in found] == [Service.MINIO, Service.POSTGRES, Service.TRINO]
    assert [each.is_answering for each in found] == [False, False, False]
    assert found[0].address == endpoints.s3_url
    assert found[2].problem == "Trino is not running"
