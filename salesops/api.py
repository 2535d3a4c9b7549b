"""One router for the whole API; each app's viewsets are added here."""

from rest_framework.routers import DefaultRouter

from approvals.api import CaseViewSet

router = DefaultRouter()
router.include_root_view = False
router.register("cases", CaseViewSet, basename="case")
