"""Whose address counts, with and without a proxy in front."""

import pytest
from django.test import RequestFactory

from accounts.places import place

TABLE = [
    (0, None, "10.0.0.9"),
    (0, "1.2.3.4", "10.0.0.9"),
    (1, "1.2.3.4", "1.2.3.4"),
    (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
    (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
    (2, "1.2.3.4", "10.0.0.9"),
    (1, "", "10.0.0.9"),
]


@pytest.mark.parametrize(("proxies", "said", "wanted"), TABLE)
def test_only_what_our_own_proxies_say_is_believed(settings, proxies, said, wanted):
    settings.PROXIES = proxies
    headers = {} if said is None else {"X-Forwarded-For": said}
    request = RequestFactory(REMOTE_ADDR="10.0.0.9").get("/", headers=headers)
    assert place(request) == wanted
