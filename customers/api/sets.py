"""Customers, contacts and visits for programs, through the same rules and actions."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import actions
from customers.api.bodies import (
    CheckInSerializer,
    ContactSerializer,
    CustomerSerializer,
    HitSerializer,
    NewCustomerSerializer,
    NumbersSerializer,
    PlanSerializer,
    ReasonSerializer,
    ResultSerializer,
    SearchSerializer,
    TierSerializer,
    VisitSerializer,
)
from customers.filters import CustomerFilter, VisitFilter
from customers.models import Contact, Customer, Visit
from kit.forms import number
from org.access import check, load
from org.api import DoorMixin, NewestFirst


class ByDay(NewestFirst):
    """Visits by their day."""

    ordering = ("-planned_on", "-id")


class ById(NewestFirst):
    """Contacts as they came."""

    ordering = ("id",)


class Telling:
    """Answers of the further verbs, masked for the caller as the lists are."""

    def told(self, obj: Any) -> dict[str, Any]:
        kind = type(self).serializer_class
        return kind(obj, context=self.get_serializer_context()).data

    def revealed(self, obj: Customer | Contact, names: tuple[str, ...]) -> Response:
        """Each call is logged and counts against the caller's day."""
        actions.reveal(obj, by=self.member)
        return Response({name: getattr(obj, name) for name in names})


class CustomerViewSet(Telling, DoorMixin, viewsets.ModelViewSet):
    """Customers one may see; `?q=` finds by name, pinyin and initials."""

    queryset = Customer.objects.select_related("owner", "unit").order_by("-updated_at", "-id")
    serializer_class = CustomerSerializer
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
    }

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        # one record is reached by its id, also when it is archived
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_serializer_class(self) -> type:
        return NewCustomerSerializer if self.action == "create" else super().get_serializer_class()

    @extend_schema(request=SearchSerializer, responses=HitSerializer(many=True))
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def search(self, request: Request) -> Response:
        said = SearchSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        hits = actions.search(said.validated_data["q"], by=self.member)
        return Response(HitSerializer(hits, many=True).data)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = actions.create(by=self.member, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        typed = serializer.validated_data
        serializer.instance = actions.change(self.get_object(), by=self.member, **typed)

    @extend_schema(request=TierSerializer, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    def set_tier(self, request: Request, pk: str | None = None) -> Response:
        found = self.get_object()
        said = TierSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        customer = actions.set_tier(found, by=self.member, **said.validated_data)
        return Response(self.told(customer))

    @extend_schema(request=None, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str | None = None) -> Response:
        customer = actions.archive(self.get_object(), by=self.member)
        return Response(self.told(customer))

    @extend_schema(request=None, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str | None = None) -> Response:
        customer = actions.restore(self.get_object(), by=self.member)
        return Response(self.told(customer))

    @extend_schema(request=None, responses=NumbersSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str | None = None) -> Response:
        return self.revealed(self.get_object(), ("phone",))


class ContactViewSet(
    Telling,
    DoorMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """Contacts of the customers one may see; `?customer=` narrows, POST names the customer."""

    queryset = Contact.objects.filter(archived_at=None).select_related("customer").order_by("id")
    serializer_class = ContactSerializer
    filterset_fields = ("is_primary",)
    pagination_class = ById
    rules: ClassVar[dict[str, str]] = {
        "list": "customers.list",
        "retrieve": "customers.view_contact",
        "create": "customers.list",
        "update": "customers.change_contact",
        "partial_update": "customers.change_contact",
        "reveal": "customers.reveal",
    }

    @extend_schema(request=None, responses=NumbersSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str | None = None) -> Response:
        return self.revealed(self.get_object(), ("mobile", "phone", "email", "wechat"))

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset()
        customer = number(self.request.query_params.get("customer"))
        return rows if customer is None else rows.filter(customer=customer)

    @extend_schema(responses={201: ContactSerializer})
    def create(self, request: Request) -> Response:
        """`customer` in the body; its own rule decides."""
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        customer = customer_of(request, request.data.get("customer"))
        check(self.member, "customers.change", customer)
        contact = actions.add_contact(customer, by=self.member, **said.validated_data)
        return Response(self.told(contact), status=201)

    def perform_update(self, serializer: Any) -> None:
        typed = serializer.validated_data
        serializer.instance = actions.change_contact(serializer.instance, by=self.member, **typed)


def customer_of(request: Request, pk: Any) -> Customer:
    """A customer the caller sees, or 404; anything but a number is 400."""
    number = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    try:
        value = number.run_validation(pk)
    except serializers.ValidationError as wrong:
        raise serializers.ValidationError({"customer": wrong.detail}) from wrong
    return load(Customer, request._request.member, value)


class VisitViewSet(Telling, DoorMixin, viewsets.ReadOnlyModelViewSet):
    """Visits one may see; plan, check_in and finish write."""

    queryset = Visit.objects.select_related("customer", "owner").order_by("-planned_on", "-id")
    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    pagination_class = ByDay
    rules: ClassVar[dict[str, str]] = {
        "list": "customers.visit_list",
        "retrieve": "customers.visit_view",
        "plan": "customers.visit_list",
        "check_in": "customers.visit_list",
        "finish": "customers.finish_visit",
        "cancel": "customers.cancel_visit",
    }

    @extend_schema(request=PlanSerializer, responses={201: VisitSerializer})
    @action(detail=False, methods=["post"])
    def plan(self, request: Request) -> Response:
        said = PlanSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        typed = dict(said.validated_data)
        customer = customer_of(request, typed.pop("customer"))
        visit = actions.plan_visit(customer, by=self.member, **typed)
        return Response(self.told(visit), status=201)

    @extend_schema(request=CheckInSerializer, responses={201: VisitSerializer})
    @action(detail=False, methods=["post"])
    def check_in(self, request: Request) -> Response:
        said = CheckInSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        typed = dict(said.validated_data)
        if pk := typed.pop("visit", None):
            plan = load(Visit, self.member, pk)
            position = {name: typed.get(name) for name in ("lat", "lng", "accuracy", "client_uuid")}
            visit = actions.check_in(plan.customer, by=self.member, visit=plan, **position)
        else:
            customer = customer_of(request, typed.pop("customer"))
            visit = actions.check_in(customer, by=self.member, **typed)
        return Response(self.told(visit), status=201)

    @extend_schema(request=ResultSerializer, responses=VisitSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str | None = None) -> Response:
        found = self.get_object()
        said = ResultSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        visit = actions.finish_visit(found, by=self.member, **said.validated_data)
        return Response(self.told(visit))

    @extend_schema(request=ReasonSerializer, responses=VisitSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        found = self.get_object()
        said = ReasonSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        visit = actions.cancel_visit(found, by=self.member, **said.validated_data)
        return Response(self.told(visit))
