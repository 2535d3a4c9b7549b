"""One router for the whole API; each app's viewsets are added here."""

from rest_framework.routers import DefaultRouter

from applications.api import ApplicationViewSet
from approvals.api import CaseViewSet, DelegationViewSet
from contracts.api import ContractViewSet, ProductViewSet
from customers.api import ContactViewSet, CustomerViewSet, VisitViewSet
from handbook.api import WhyViewSet

router = DefaultRouter()
router.include_root_view = False
router.register("cases", CaseViewSet, basename="case")
router.register("delegations", DelegationViewSet, basename="delegation")
router.register("applications", ApplicationViewSet, basename="application")
router.register("customers", CustomerViewSet, basename="customer")
router.register("contacts", ContactViewSet, basename="contact")
router.register("visits", VisitViewSet, basename="visit")
router.register("contracts", ContractViewSet, basename="contract")
router.register("products", ProductViewSet, basename="product")
router.register("why", WhyViewSet, basename="why")
