"""The organisation for programs: people, units, posts, parameters and the calendar."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from drf_spectacular.helpers import forced_singular_serializer as alone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kit.forms import number
from org import actions
from org.actions.company import HEAD
from org.api import bodies as say
from org.api.verbs import ById, OnceShown, Verbs, formed, typed, verb
from org.forms import CompanyForm, InviteForm, ParamForm
from org.models import Member, OneTimeLink, Post, Unit, UnitMove
from org.succession import inventory
from org.views.company import YEARS, is_typed, shown
from tenancy.models import Company, Param, WorkDay
from tenancy.params import declared


def once(view: Any, person: Member, token: str, **more: Any) -> Response:
    """The link is told this one time; a repeat is led to the member instead."""
    address = view.request.build_absolute_uri(reverse("org:enter", args=[token]))
    response = Response(more | {"address": address}, 201)
    response.shown_once = reverse("api:member-detail", args=[person.pk])
    response.headers["Cache-Control"] = "no-store"
    return response


class MemberViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """The people of the company: the list for everybody, all else for the administrator."""

    queryset = Member.objects.prefetch_related("posts__unit").order_by("id")
    serializer_class = say.MemberSerializer
    filterset_fields = ("is_active", "employee_no")
    pagination_class = ById
    rules: ClassVar[dict[str, str]] = {
        "list": "org.members",
        "retrieve": "org.administer",
        "update": "org.administer",
        "partial_update": "org.administer",
        "invite": "org.administer",
        "invite_again": "org.administer",
        "reset": "org.administer",
        "remove_factors": "org.administer",
        "disable": "org.administer",
        "enable": "org.administer",
        "start_post": "org.administer",
        "estate": "org.administer",
        "hand_over_all": "org.administer",
    }

    def perform_update(self, serializer: Any) -> None:
        member, said = serializer.instance, serializer.validated_data
        words = {name: said.get(name, getattr(member, name)) for name in ("name", "employee_no")}
        serializer.instance = actions.change_member(member, by=self.member, **words)

    @verb(say.InviteBody, say.InvitedSerializer, detail=False, status=201)
    def invite(self, **_said: Any) -> Response:
        """A new member with a first post, outside until the link is used."""
        words = formed(InviteForm(self.request.data))
        member, token = actions.invite(by=self.member, **words)
        return once(self, member, token, member=member.pk)

    @verb(None, OnceShown, status=201)
    def invite_again(self, member: Member) -> Response:
        """A new link for somebody who has not come in yet."""
        purpose = OneTimeLink.Purpose.INVITE
        return once(self, member, actions.issue_link(member, purpose=purpose, by=self.member))

    @verb(None, OnceShown, status=201)
    def reset(self, member: Member) -> Response:
        """A link to choose a new password by."""
        purpose = OneTimeLink.Purpose.RESET
        return once(self, member, actions.issue_link(member, purpose=purpose, by=self.member))

    @verb(None, say.MemberSerializer)
    def remove_factors(self, member: Member) -> Member:
        """The second factor of somebody who lost telephone and codes."""
        actions.remove_factors(member, by=self.member)
        return member

    @verb(None, say.MemberSerializer)
    def disable(self, member: Member) -> Member:
        """Out with the next request."""
        return actions.disable(member, by=self.member)

    @verb(None, say.MemberSerializer)
    def enable(self, member: Member) -> Member:
        """In again, with the grants of every post that has not ended."""
        return actions.enable(member, by=self.member)

    @verb(say.PostBody, say.PostSerializer, status=201)
    def start_post(self, member: Member, **said: Any) -> Post:
        """ORG-1.5: a role at a unit; the post brings its grants."""
        return actions.start_post(member, by=self.member, **said)

    @extend_schema(responses=say.EstateSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def estate(self, request: Request, pk: str | None = None) -> Response:
        """What is in a person's name, and what would become of it."""
        return Response(self.told(list(inventory(self.get_object())), say.EstateSerializer))

    @verb(say.SuccessionBody, say.PassedOnSerializer)
    def hand_over_all(self, member: Member, **said: Any) -> dict[str, int]:
        """Everything in a person's name to a successor."""
        return {"number": actions.hand_over_all(member, by=self.member, **said)}


class UnitViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """The tree of units in one list: `path` says where each stands."""

    queryset = Unit.objects.order_by("id")
    serializer_class = say.UnitSerializer
    filterset_fields = ("kind", "is_active", "parent")
    pagination_class = ById
    rules: ClassVar[dict[str, str]] = {
        "list": "org.tree",
        "retrieve": "org.tree",
        "create": "org.administer",
        "update": "org.administer",
        "partial_update": "org.administer",
        "move": "org.administer",
        "switch_off": "org.administer",
        "switch_on": "org.administer",
    }

    @extend_schema(request=say.NewUnitBody, responses={201: say.UnitSerializer})
    def create(self, request: Request) -> Response:
        """A new unit below another."""
        made = actions.add_unit(by=self.member, **typed(self, say.NewUnitBody))
        return Response(self.told(made), 201)

    def perform_update(self, serializer: Any) -> None:
        unit, said = serializer.instance, serializer.validated_data
        words = {name: said.get(name, getattr(unit, name)) for name in ("name", "code")}
        serializer.instance = actions.rename_unit(unit, by=self.member, **words)

    @verb(say.MoveBody, say.MoveSerializer, status=201)
    def move(self, unit: Unit, target: Unit) -> UnitMove:
        """The unit with everything below it to another place; large moves take a while."""
        return actions.move_unit(unit, target=target, by=self.member)

    @verb(None, say.UnitSerializer)
    def switch_off(self, unit: Unit) -> Unit:
        """An empty unit out of use."""
        return actions.switch_off_unit(unit, by=self.member)

    @verb(None, say.UnitSerializer)
    def switch_on(self, unit: Unit) -> Unit:
        """In use again."""
        return actions.switch_on_unit(unit, by=self.member)


class PostViewSet(Verbs, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Who holds which post."""

    queryset = Post.objects.select_related("member", "unit").order_by("id")
    serializer_class = say.PostSerializer
    filterset_fields = ("member", "unit", "role")
    pagination_class = ById
    rules: ClassVar[dict[str, str]] = {"list": "org.members", "end": "org.administer"}

    @verb(say.EndPostBody, say.PostSerializer)
    def end(self, post: Post, ends_on: Any) -> Post:
        """ORG-1.5: its last day; the grants go with it."""
        return actions.end_post(post, ends_on=ends_on, by=self.member)


class MeViewSet(Verbs, viewsets.ViewSet):
    """Who the token speaks for."""

    rules: ClassVar[dict[str, str]] = {"list": "org.profile"}

    @extend_schema(operation_id="me_retrieve", responses=alone(say.SelfSerializer))
    def list(self, request: Request) -> Response:
        return Response(self.told(self.member, say.SelfSerializer))


class CompanyViewSet(Verbs, viewsets.ViewSet):
    """The head of the company's papers and its standing clauses."""

    rules: ClassVar[dict[str, str]] = {
        "list": "org.administer",
        "change": "org.administer",
        "change_terms": "org.administer",
    }

    @extend_schema(operation_id="company_retrieve", responses=alone(say.HeadSerializer))
    def list(self, request: Request) -> Response:
        return Response(self.told(self.member.company, say.HeadSerializer))

    @verb(say.CompanySerializer, say.HeadSerializer, detail=False)
    def change(self, **said: Any) -> Company:
        """New papers carry it; those frozen keep theirs. What is not given stays."""
        old = {name: getattr(self.member.company, name) for name in HEAD}
        return actions.change_company(by=self.member, **formed(CompanyForm(old | said)))

    @verb(say.TermsBody, say.HeadSerializer, detail=False)
    def change_terms(self, terms: str) -> Company:
        """New contracts carry them."""
        return actions.change_terms(terms=terms, by=self.member)


class ParamViewSet(Verbs, viewsets.ViewSet):
    """Every number of the rules that the company may set."""

    rules: ClassVar[dict[str, str]] = {"list": "org.administer", "change": "org.administer"}

    @extend_schema(responses=say.ParamSerializer(many=True))
    def list(self, request: Request) -> Response:
        rows: dict[str, list[Param]] = {}
        for row in Param.objects.order_by("-during"):
            rows.setdefault(row.key, []).append(row)
        found = [
            {"key": key, **shown(known, rows.get(key, []))}
            for key, known in sorted(declared.items())
        ]
        return Response(self.told(found, say.ParamSerializer))

    @verb(say.ParamBody, say.ParamRowSerializer, detail=False, status=201, url_path="set")
    def change(self, key: str, **said: Any) -> dict[str, Any]:
        """A new value from tomorrow at the earliest, with the reason."""
        if key not in declared or not is_typed(declared[key]):
            raise Http404
        row = actions.set_param(key, by=self.member, **formed(ParamForm(declared[key], said)))
        return {"value": row.value, "first": row.during.lower, "until": row.during.upper,
                "reason": row.document}  # fmt: skip


class CalendarViewSet(Verbs, viewsets.ViewSet):
    """T11: days that differ from their weekday."""

    rules: ClassVar[dict[str, str]] = {
        "list": "org.administer",
        "mark": "org.administer",
        "load_year": "org.administer",
    }

    @extend_schema(
        parameters=[OpenApiParameter("year", OpenApiTypes.INT, required=True)],
        responses=say.DaySerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        year = number(request.query_params.get("year"))
        if year not in YEARS:
            raise Http404
        days = WorkDay.objects.filter(date__year=year).order_by("date")
        return Response(self.told(list(days), say.DaySerializer))

    @verb(say.DayBody, say.DaySerializer, detail=False)
    def mark(self, **said: Any) -> WorkDay:
        """One day by hand."""
        return actions.mark_day(by=self.member, **said)

    @verb(say.YearBody, say.LoadedSerializer, detail=False)
    def load_year(self, year: int) -> dict[str, int]:
        """The published holidays and make-up days of a year."""
        return {"days": actions.load_year(year, by=self.member)}
