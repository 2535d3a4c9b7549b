"""One router for the whole API; each app's viewsets are added here."""

from rest_framework.routers import DefaultRouter

from applications.api import ApplicationViewSet
from approvals.api import (
    CaseViewSet,
    ChainChangeViewSet,
    ChainViewSet,
    DelegationViewSet,
)
from contracts.api import ContractViewSet, ProductViewSet
from customers.api import ContactViewSet, CustomerViewSet, VisitViewSet
from desk.api import SearchViewSet
from figures.api import FigureViewSet
from files.api import AttachmentViewSet, ExportViewSet, ImportViewSet
from handbook.api import WhyViewSet
from kpi.api import PeriodViewSet, ReopeningViewSet, ReviewViewSet
from notices.api import NoticeChoiceViewSet, NoticeViewSet
from org.api.sets import (
    CalendarViewSet,
    CompanyViewSet,
    MemberViewSet,
    MeViewSet,
    ParamViewSet,
    PostViewSet,
    UnitViewSet,
)
from org.job_api import JobViewSet

router = DefaultRouter()
router.include_root_view = False
router.register("cases", CaseViewSet, basename="case")
router.register("delegations", DelegationViewSet, basename="delegation")
router.register("chains", ChainViewSet, basename="chain")
router.register("chain-changes", ChainChangeViewSet, basename="chain-change")
router.register("applications", ApplicationViewSet, basename="application")
router.register("customers", CustomerViewSet, basename="customer")
router.register("contacts", ContactViewSet, basename="contact")
router.register("visits", VisitViewSet, basename="visit")
router.register("contracts", ContractViewSet, basename="contract")
router.register("products", ProductViewSet, basename="product")
router.register("periods", PeriodViewSet, basename="period")
router.register("reviews", ReviewViewSet, basename="review")
router.register("reopenings", ReopeningViewSet, basename="reopening")
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("imports", ImportViewSet, basename="import")
router.register("exports", ExportViewSet, basename="export")
router.register("notices", NoticeViewSet, basename="notice")
router.register("notice_choices", NoticeChoiceViewSet, basename="notice_choice")
router.register("figures", FigureViewSet, basename="figure")
router.register("search", SearchViewSet, basename="search")
router.register("me", MeViewSet, basename="me")
router.register("members", MemberViewSet, basename="member")
router.register("units", UnitViewSet, basename="unit")
router.register("posts", PostViewSet, basename="post")
router.register("company", CompanyViewSet, basename="company")
router.register("params", ParamViewSet, basename="param")
router.register("calendar", CalendarViewSet, basename="calendar")
router.register("why", WhyViewSet, basename="why")
router.register("jobs", JobViewSet, basename="job")
