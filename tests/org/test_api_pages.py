"""Every list of the API comes in pages by position, newest first."""

import pytest
from rest_framework.viewsets import GenericViewSet

from salesops.api import router
from tests.conftest import client_of

LISTS = [prefix for prefix, view, _ in router.registry if issubclass(view, GenericViewSet)]


@pytest.mark.parametrize("prefix", LISTS)
def test_a_list_has_pages_and_a_bent_cursor_is_not_found(acme, prefix):
    client = client_of(acme.director)
    answer = client.get(f"/api/v1/{prefix}/", {"page_size": 1})
    assert answer.status_code == 200
    assert set(answer.json()) == {"next", "previous", "results"}
    assert len(answer.json()["results"]) <= 1
    bent = client.get(f"/api/v1/{prefix}/", {"cursor": "cD1ub3QtYS1kYXk="})
    assert bent.status_code == 404
    assert bent.json()["code"] == "not_found"
