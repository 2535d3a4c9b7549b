"""What programs send and are told about the organisation."""

from typing import Any, ClassVar

from rest_framework import serializers

from org.api.verbs import VisibleField
from org.models import Member, Post, Role, Unit
from tenancy.models import WorkDay

# what may stand below the company itself
BRANCHES = Unit.Kind.choices[1:]


class PostSerializer(serializers.ModelSerializer):
    """ORG-1.5: a role at a unit between days."""

    unit_name = serializers.CharField(source="unit.name", read_only=True)
    member_name = serializers.CharField(source="member.name", read_only=True)

    class Meta:
        model = Post
        fields = (
            "id", "member", "member_name", "unit", "unit_name", "role", "starts_on", "ends_on",
            "is_acting",
        )  # fmt: skip
        read_only_fields = fields


class MemberRowSerializer(serializers.ModelSerializer):
    """A person of the company."""

    class Meta:
        model = Member
        fields = ("id", "name", "employee_no", "is_active")
        read_only_fields = ("id", "is_active")
        extra_kwargs: ClassVar[dict[str, Any]] = {"employee_no": {"max_length": 20}}
        validators: ClassVar[list[Any]] = []


class MemberSerializer(MemberRowSerializer):
    """A person with every post, also those that are over."""

    posts = PostSerializer(many=True, read_only=True)

    class Meta(MemberRowSerializer.Meta):
        fields = (*MemberRowSerializer.Meta.fields, "posts")


class SelfSerializer(MemberRowSerializer):
    """Who asks, in which company, with which posts."""

    company = serializers.CharField(source="company.name")
    company_id = serializers.IntegerField()
    seats = serializers.SerializerMethodField()

    class Meta(MemberRowSerializer.Meta):
        fields = (*MemberRowSerializer.Meta.fields, "company", "company_id", "seats")

    def get_seats(self, member: Member) -> list[dict[str, str]]:
        return [{"role": str(seat.role), "unit": seat.unit} for seat in member.scope.seats]


class UnitField(VisibleField):
    """A unit in use."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.filter(is_active=True), **kwargs)


class InviteBody(serializers.Serializer):
    """A new member with the first post; a mobile number or an e-mail address is the login."""

    name = serializers.CharField(max_length=60)
    login = serializers.CharField(max_length=254)
    employee_no = serializers.CharField(max_length=20, default="", allow_blank=True)
    unit = UnitField()
    role = serializers.ChoiceField(choices=Role.choices)


class InvitedSerializer(serializers.Serializer):
    """The member, and the link that is told this one time."""

    member = serializers.IntegerField()
    address = serializers.CharField()


class PostBody(serializers.Serializer):
    """A role at a unit, from a day, perhaps to a day."""

    unit = UnitField()
    role = serializers.ChoiceField(choices=Role.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    is_acting = serializers.BooleanField(default=False)


class EndPostBody(serializers.Serializer):
    """The last day."""

    ends_on = serializers.DateField()


class SuccessionBody(serializers.Serializer):
    """Who takes everything on, and why."""

    to = VisibleField(queryset=Member.objects.filter(is_active=True))
    reason = serializers.CharField(max_length=300)


class PassedOnSerializer(serializers.Serializer):
    """How many records went; 0 while a worker passes them on."""

    number = serializers.IntegerField()


class EstateSerializer(serializers.Serializer):
    """One kind of record in a person's name, and what becomes of it."""

    label = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField()
    fate = serializers.CharField(source="estate.fate")


class UnitSerializer(serializers.ModelSerializer):
    """A node of the tree."""

    class Meta:
        model = Unit
        fields = ("id", "parent", "name", "kind", "code", "path", "is_active")
        read_only_fields = ("id", "parent", "kind", "path", "is_active")
        validators: ClassVar[list[Any]] = []


class NewUnitBody(serializers.Serializer):
    """A unit below another."""

    parent = UnitField()
    name = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(choices=BRANCHES)
    code = serializers.CharField(max_length=10, default="", allow_blank=True)


class MoveBody(serializers.Serializer):
    """Where the unit is to stand."""

    target = UnitField()


class MoveSerializer(serializers.Serializer):
    """A move and how far it is."""

    id = serializers.IntegerField()
    unit = serializers.IntegerField(source="unit_id")
    target = serializers.IntegerField(source="target_id")
    state = serializers.CharField()


class CompanySerializer(serializers.Serializer):
    """The head of the company's papers."""

    name = serializers.CharField(max_length=100, required=False)
    credit_code = serializers.CharField(max_length=30, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    bank_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    bank_account = serializers.CharField(max_length=40, required=False, allow_blank=True)


class TermsBody(serializers.Serializer):
    """The standing clauses of contracts, one a line."""

    terms = serializers.CharField(max_length=20_000, allow_blank=True)


class HeadSerializer(CompanySerializer):
    """Head and standing clauses."""

    terms = serializers.CharField()


class ParamRowSerializer(serializers.Serializer):
    """A value with its first day, and the first day it no longer holds."""

    value = serializers.CharField()
    first = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class ParamSerializer(serializers.Serializer):
    """A parameter: its value today and what was set for it; every value is told as text."""

    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.CharField()
    is_default = serializers.BooleanField()
    rows = ParamRowSerializer(many=True)


class ParamBody(serializers.Serializer):
    """A new value as text (85, 0.85, True, False), from tomorrow at the earliest."""

    key = serializers.CharField(max_length=80)
    value = serializers.CharField(max_length=200)
    starts = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class DaySerializer(serializers.ModelSerializer):
    """A day that differs from its weekday."""

    class Meta:
        model = WorkDay
        fields = ("date", "is_workday", "name")
        read_only_fields = fields


class DayBody(serializers.Serializer):
    """One day of the working calendar."""

    day = serializers.DateField()
    is_workday = serializers.BooleanField()
    name = serializers.CharField(max_length=40, default="", allow_blank=True)


class YearBody(serializers.Serializer):
    """A year whose holidays were published."""

    year = serializers.IntegerField(min_value=2020, max_value=2050)


class LoadedSerializer(serializers.Serializer):
    """How many days were loaded."""

    days = serializers.IntegerField()
