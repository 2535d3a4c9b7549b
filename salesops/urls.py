"""Every address of the product; a test walks this table and asks each for its rule."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.views import set_language
from kit.pages import public
from salesops import api, health, metrics

handler400 = "salesops.health.bad_request"
handler403 = "salesops.health.forbidden"
handler404 = "salesops.health.not_found"
handler500 = "salesops.health.server_error"

# Swagger draws with inline styles: the one page with a slightly wider policy, and no eval
reference = csp_update({"style-src": [UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("accounts/", include("accounts.urls")),
    path("org/", include("org.urls")),
    path("approvals/", include("approvals.urls")),
    path("applications/", include("applications.urls")),
    path("handbook/", include("handbook.urls")),
    path("files/", include("files.urls")),
    path("notices/", include("notices.urls")),
    path("customers/", include("customers.urls")),
    path("contracts/", include("contracts.urls")),
    path("kpi/", include("kpi.urls")),
    path("", include("desk.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("operator/", admin.site.urls),
    path("api/v1/schema/", public(SpectacularAPIView.as_view()), name="schema"),
    path("api/v1/docs/", public(reference), name="docs"),
    path("api/v1/", include((api.router.urls, "api"))),
]
