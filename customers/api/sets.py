"""Customers, contacts and visits for programs, through the same rules and actions."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import actions
from customers.actions.customer import end_of
from customers.api import bodies as say
from customers.filters import CustomerFilter, VisitFilter
from customers.followers import preview
from customers.models import Contact, Customer, CustomerShare, Note, Visit
from files import actions as papers
from files.api import AttachmentSerializer, FileBody
from files.models import Attachment
from kit.forms import number
from org.access import check, load
from org.api import NewestFirst
from org.api.verbs import ById, Verbs, rows, typed, verb
from org.models import Member

MOST_ASKED = 200


class ByDay(NewestFirst):
    """Visits by their day."""

    ordering = ("-planned_on", "-id")


def revealed(view: Any, obj: Customer | Contact, names: tuple[str, ...]) -> Response:
    """Each call is logged and counts against the caller's day; nobody keeps it for a repeat."""
    actions.reveal(obj, by=view.member)
    response = Response({name: getattr(obj, name) for name in names})
    response.shown_once = view.request.path.removesuffix("reveal/")
    response.headers["Cache-Control"] = "no-store"
    return response


class CustomerViewSet(Verbs, viewsets.ModelViewSet):
    """Customers one may see; `?q=` finds by name, pinyin and initials."""

    queryset = Customer.objects.select_related("owner", "unit").order_by("-updated_at", "-id")
    serializer_class = say.CustomerSerializer
    filterset_class = CustomerFilter
    http_method_names: ClassVar[list[str]] = ["get", "post", "put", "patch", "head", "options"]
    rules: ClassVar[dict[str, str]] = {
        "list": "customers.list",
        "retrieve": "customers.view",
        "create": "customers.create",
        "search": "customers.search",
        "update": "customers.change",
        "partial_update": "customers.change",
        "set_tier": "customers.set_tier",
        "archive": "customers.archive",
        "restore": "customers.restore",
        "reveal": "customers.reveal",
        "share": "customers.share",
        "end_share": "customers.end_share",
        "hand_over": "customers.hand_over",
        "following": "customers.hand_over",
        "add_note": "customers.add_note",
        "notes": "customers.view",
        "attach": "customers.attach",
    }

    def get_serializer_class(self) -> type:
        if self.action == "create":
            return say.NewCustomerSerializer
        return super().get_serializer_class()

    @verb(
        say.SearchSerializer,
        say.HitSerializer(many=True),
        detail=False,
        pagination_class=None,
    )
    def search(self, q: str) -> Any:
        """T3.3: look through the whole company before a file is made; logged and counted."""
        return actions.search(q, by=self.member)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = actions.create(by=self.member, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        said = serializer.validated_data
        serializer.instance = actions.change(self.get_object(), by=self.member, **said)

    @verb(say.TierBody, say.CustomerSerializer)
    def set_tier(self, customer: Customer, **said: Any) -> Customer:
        """CUS-3.2: A to D by hand, with a reason."""
        return actions.set_tier(customer, by=self.member, **said)

    @verb(None, say.CustomerSerializer)
    def archive(self, customer: Customer) -> Customer:
        """Out of the lists; nothing is deleted."""
        return actions.archive(customer, by=self.member)

    @verb(None, say.CustomerSerializer)
    def restore(self, customer: Customer) -> Customer:
        """Back into the lists as it was."""
        return actions.restore(customer, by=self.member)

    @verb(None, say.NumbersSerializer)
    def reveal(self, customer: Customer) -> Response:
        """T16.2: the whole telephone number, so many a day."""
        return revealed(self, customer, ("phone",))

    @verb(say.ShareBody, say.ShareSerializer, status=201)
    def share(self, customer: Customer, member: Member, until: Any) -> CustomerShare:
        """ORG-1.6: lend sight of it to one colleague, to the end of a day."""
        return actions.share(customer, member=member, until=end_of(until), by=self.member)

    @verb(say.EndShareBody, say.CustomerSerializer)
    def end_share(self, customer: Customer, share: int) -> Customer:
        """The colleague stops seeing it at once."""
        actions.end_share(customer, share=share, by=self.member)
        return customer

    @verb(say.HandOverBody, say.HandedOverSerializer, detail=False)
    def hand_over(self, customers: list[int], **said: Any) -> dict[str, int]:
        """CUS-1.10: one or many to another owner, all or none."""
        seen = list(self.get_queryset().active().filter(pk__in=customers))
        if len(seen) < len(set(customers)):
            raise serializers.ValidationError({"customers": [_("Not found.")]})
        return {"number": actions.hand_over(seen, by=self.member, **said)}

    @extend_schema(
        parameters=[OpenApiParameter("pick", OpenApiTypes.INT, many=True, required=True)],
        responses=say.FollowingSerializer(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def following(self, request: Request) -> Response:
        """What would go along with a hand-over, and what would stay."""
        picks = [pk for text in request.query_params.getlist("pick") if (pk := number(text))]
        seen = self.get_queryset().active().filter(pk__in=picks[:MOST_ASKED])
        found = preview(list(seen.values_list("pk", flat=True)), self.member)
        said = [
            {
                "label": part["label"],
                "go": [item.title for item in part["go"]],
                "stay": [item.title for item in part["stay"]],
            }
            for part in found
        ]
        return Response(self.told(said, say.FollowingSerializer))

    @verb(say.NoteSerializer, say.NoteSerializer, status=201)
    def add_note(self, customer: Customer, **said: Any) -> Note:
        """T4.5: a call or a message; it counts as contact."""
        return actions.add_note(customer, by=self.member, **said)

    @extend_schema(responses=say.NoteSerializer(many=True), filters=False)
    @action(detail=True)
    def notes(self, request: Request, pk: str | None = None) -> Response:
        """Calls and messages, the newest first."""
        talks = Note.objects.visible_to(self.member).filter(customer=self.get_object())
        return rows(self, talks.select_related("owner", "customer"), say.NoteSerializer)

    @verb(FileBody, AttachmentSerializer, status=201, is_upload=True)
    def attach(self, customer: Customer, file: Any) -> Attachment:
        """A paper for whoever sees the customer."""
        return papers.attach(customer, file, by=self.member)


class ContactViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """Contacts of the customers one may see; `?customer=` narrows, POST names the customer."""

    queryset = Contact.objects.filter(archived_at=None).select_related("customer").order_by("id")
    serializer_class = say.ContactSerializer
    filterset_fields = ("is_primary",)
    pagination_class = ById
    rules: ClassVar[dict[str, str]] = {
        "list": "customers.list",
        "retrieve": "customers.view_contact",
        "create": "customers.list",
        "update": "customers.change_contact",
        "partial_update": "customers.change_contact",
        "archive": "customers.change_contact",
        "reveal": "customers.reveal",
    }

    @verb(None, say.NumbersSerializer)
    def reveal(self, contact: Contact) -> Response:
        """T16.2: the whole numbers, so many a day."""
        return revealed(self, contact, ("mobile", "phone", "email", "wechat"))

    @verb(None, say.ContactSerializer)
    def archive(self, contact: Contact) -> Contact:
        """A person who has left."""
        return actions.archive_contact(contact, by=self.member)

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset()
        customer = number(self.request.query_params.get("customer"))
        return found if customer is None else found.filter(customer=customer)

    @extend_schema(parameters=[OpenApiParameter("customer", OpenApiTypes.INT)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=say.NewContactSerializer, responses={201: say.ContactSerializer})
    def create(self, request: Request) -> Response:
        """`customer` in the body; its own rule decides."""
        said = typed(self, say.ContactSerializer)
        customer = customer_of(request, request.data.get("customer"))
        check(self.member, "customers.change", customer)
        contact = actions.add_contact(customer, by=self.member, **said)
        return Response(self.told(contact), status=201)

    def perform_update(self, serializer: Any) -> None:
        said = serializer.validated_data
        serializer.instance = actions.change_contact(serializer.instance, by=self.member, **said)


def customer_of(request: Request, pk: Any) -> Customer:
    """A customer the caller sees, or 404; anything but a number is 400."""
    field = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    try:
        value = field.run_validation(pk)
    except serializers.ValidationError as wrong:
        raise serializers.ValidationError({"customer": wrong.detail}) from wrong
    return load(Customer, request._request.member, value)


class VisitViewSet(Verbs, viewsets.ReadOnlyModelViewSet):
    """Visits one may see; plan, check_in and finish write."""

    queryset = Visit.objects.select_related("customer", "owner").order_by("-planned_on", "-id")
    serializer_class = say.VisitSerializer
    filterset_class = VisitFilter
    pagination_class = ByDay
    rules: ClassVar[dict[str, str]] = {
        "list": "customers.visit_list",
        "retrieve": "customers.visit_view",
        "plan": "customers.visit_list",
        "check_in": "customers.visit_list",
        "finish": "customers.finish_visit",
        "correct": "customers.correct_visit",
        "cancel": "customers.cancel_visit",
        "attach": "customers.attach_visit",
    }

    @verb(say.PlanSerializer, say.VisitSerializer, detail=False, status=201)
    def plan(self, customer: int, **said: Any) -> Visit:
        """CUS-1.8: a visit on a day, with a purpose."""
        found = customer_of(self.request, customer)
        return actions.plan_visit(found, by=self.member, **said)

    @verb(say.CheckInSerializer, say.VisitSerializer, detail=False, status=201)
    def check_in(self, visit: int | None = None, **said: Any) -> Visit:
        """T1: at the customer's, from a plan or directly; the time is the server's."""
        if visit is None:
            customer = customer_of(self.request, said.pop("customer"))
            return actions.check_in(customer, by=self.member, **said)
        plan = load(Visit, self.member, visit)
        position = {name: said.get(name) for name in ("lat", "lng", "accuracy", "client_uuid")}
        return actions.check_in(plan.customer, by=self.member, visit=plan, **position)

    @verb(say.ResultSerializer, say.VisitSerializer)
    def finish(self, visit: Visit, **said: Any) -> Visit:
        """T1.10: the result; a next date makes the next plan."""
        return actions.finish_visit(visit, by=self.member, **said)

    @verb(say.CorrectionSerializer, say.VisitSerializer)
    def correct(self, visit: Visit, **said: Any) -> Visit:
        """T1.11: one's own result, within a day; the old words stay in the log."""
        return actions.correct_visit(visit, by=self.member, **said)

    @verb(say.ReasonSerializer, say.VisitSerializer)
    def cancel(self, visit: Visit, reason: str) -> Visit:
        """T2: a plan that will not happen."""
        return actions.cancel_visit(visit, by=self.member, reason=reason)

    @verb(FileBody, AttachmentSerializer, status=201, is_upload=True)
    def attach(self, visit: Visit, file: Any) -> Attachment:
        """A photograph or a paper of the visit."""
        return papers.attach(visit, file, by=self.member)
