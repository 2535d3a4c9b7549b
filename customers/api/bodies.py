"""What programs send and are told about customers, contacts and visits."""

from typing import Any, ClassVar

from rest_framework import serializers

from customers import numbers
from customers.filters import sellers_under
from customers.models import Contact, Customer, CustomerShare, Note, Visit
from org.api.verbs import VisibleField
from org.models import Member

FILE = (
    "name",
    "credit_code",
    "industry",
    "province",
    "city",
    "address",
    "phone",
    "source",
    "needs",
    "preferences",
    "notes",
    "is_focus",
)
PERSON = ("name", "title", "mobile", "phone", "email", "wechat", "is_primary", "notes")


class SellerField(VisibleField):
    """A colleague with a selling post where the caller leads or assists."""

    def get_queryset(self) -> Any:
        member = getattr(self.context["request"]._request, "member", None)
        return sellers_under(member, "lead", "assist") if member else Member.objects.none()


class Veiled:
    """T16.2: masks what the caller has no right to; `veiled` names the fields."""

    veiled: ClassVar[tuple[str, ...]] = ()

    def to_representation(self, obj: Any) -> dict[str, Any]:
        said, member = super().to_representation(obj), self.context["request"]._request.member
        customer = obj if isinstance(obj, Customer) else obj.customer
        if isinstance(obj, Visit) and numbers.is_said_to(member, obj):
            return said
        return numbers.veil(member, customer, said, self.veiled)


class CustomerSerializer(Veiled, serializers.ModelSerializer):
    """The file; owner, unit, tier and days are the product's to write."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    veiled = numbers.CUSTOMER

    class Meta:
        model = Customer
        fields = (
            "id",
            *FILE,
            "duplicate_reason",
            "tier",
            "owner",
            "owner_name",
            "unit",
            "unit_name",
            "last_contact_at",
            "next_visit_on",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = tuple(name for name in fields if name not in FILE)


class FirstContactSerializer(serializers.Serializer):
    """The main contact that comes with a new file."""

    name = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=60, required=False, allow_blank=True)
    mobile = serializers.CharField(max_length=20, required=False, allow_blank=True)


class NewCustomerSerializer(CustomerSerializer):
    """T3: a new file may need the reason why it is another customer all the same."""

    contact = FirstContactSerializer(required=False, write_only=True)
    owner = SellerField(queryset=Member.objects.all(), required=False)

    class Meta(CustomerSerializer.Meta):
        fields = (*CustomerSerializer.Meta.fields, "contact")
        read_only_fields = tuple(
            name
            for name in CustomerSerializer.Meta.read_only_fields
            if name not in {"duplicate_reason", "owner"}
        )


class SearchSerializer(serializers.Serializer):
    """T3.3: the name to look for."""

    q = serializers.CharField(max_length=120)


class HitSerializer(serializers.Serializer):
    """T3.3: all that is told of a customer out of sight; `id` only of one in sight."""

    id = serializers.IntegerField(source="pk", allow_null=True)
    name = serializers.CharField()
    tier = serializers.CharField()
    owner_name = serializers.CharField(source="owner")
    last_contact_days = serializers.IntegerField(source="contact_days", allow_null=True)


class ContactSerializer(Veiled, serializers.ModelSerializer):
    """A person at a customer's."""

    veiled = numbers.CONTACT
    mobile = serializers.CharField(max_length=20, required=False, allow_blank=True)
    # the action looks at the address; what a mask leaves of one is none
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields = ("id", "customer", *PERSON)
        # which customer is asked of `load`; one main contact is the action's to keep
        read_only_fields = ("id", "customer")
        validators: ClassVar[list[Any]] = []


class NewContactSerializer(ContactSerializer):
    """A person, and the customer."""

    customer = serializers.IntegerField()

    class Meta(ContactSerializer.Meta):
        read_only_fields = ("id",)


class NumbersSerializer(serializers.Serializer):
    """T16.2: the numbers of a customer or of one person there, in full."""

    mobile = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)
    email = serializers.CharField(required=False)
    wechat = serializers.CharField(required=False)


class NoteSerializer(Veiled, serializers.ModelSerializer):
    """T4.5: a call or a message."""

    veiled = ("text",)
    owner_name = serializers.CharField(source="owner.name", read_only=True)

    class Meta:
        model = Note
        fields = ("id", "customer", "owner", "owner_name", "kind", "text", "created_at")
        read_only_fields = ("id", "customer", "owner", "created_at")


class ShareBody(serializers.Serializer):
    """ORG-1.6: a colleague, and the last day of the loan."""

    member = VisibleField(queryset=Member.objects.filter(is_active=True))
    until = serializers.DateField()


class EndShareBody(serializers.Serializer):
    """Which loan."""

    share = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ShareSerializer(serializers.ModelSerializer):
    """A loan; `valid_until` is the first moment that no longer counts."""

    class Meta:
        model = CustomerShare
        fields = ("id", "valid_until", "created_at")
        read_only_fields = fields


class HandOverBody(serializers.Serializer):
    """CUS-1.10: which customers, to whom and why; `take` takes open contracts along."""

    customers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=200
    )
    to = SellerField(queryset=Member.objects.all())
    reason = serializers.CharField(max_length=300)
    take = serializers.BooleanField(default=True)


class HandedOverSerializer(serializers.Serializer):
    """How many customers went."""

    number = serializers.IntegerField()


class FollowingSerializer(serializers.Serializer):
    """Of one kind of record, titles of what would go along and of what would stay."""

    label = serializers.CharField()
    go = serializers.ListField(child=serializers.CharField())
    stay = serializers.ListField(child=serializers.CharField())


class CorrectionSerializer(serializers.ModelSerializer):
    """T1.11: the result again; the next date has become a plan of its own."""

    class Meta:
        model = Visit
        fields = ("summary", "met", "rival_news", "next_step")
        extra_kwargs: ClassVar[dict[str, Any]] = {"summary": {"required": True}}


class TierBody(serializers.Serializer):
    """CUS-3.2: the tier and why."""

    tier = serializers.CharField(max_length=1)
    reason = serializers.CharField(max_length=300)


class VisitSerializer(Veiled, serializers.ModelSerializer):
    """A visit as it is read."""

    veiled = numbers.VISIT
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = Visit
        fields = (
            "id",
            "customer",
            "customer_name",
            "owner",
            "owner_name",
            "kind",
            "purpose",
            "planned_on",
            "planned_time",
            "is_planned",
            "status",
            "checked_in_at",
            "checked_out_at",
            "is_unclosed",
            "lat",
            "lng",
            "accuracy",
            "datum",
            "met",
            "summary",
            "rival_news",
            "next_step",
            "next_on",
            "cancel_reason",
            "client_uuid",
        )
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer):
    """CUS-1.8: a plan for one customer."""

    customer = serializers.IntegerField()

    class Meta:
        model = Visit
        fields = ("customer", "planned_on", "planned_time", "kind", "purpose")
        extra_kwargs: ClassVar[dict[str, Any]] = {"planned_on": {"required": True}}


class CheckInSerializer(serializers.Serializer):
    """T1: from a plan (`visit`) or directly (`customer`); the position is optional."""

    customer = serializers.IntegerField(required=False)
    visit = serializers.IntegerField(required=False)
    kind = serializers.ChoiceField(choices=Visit.Kind.choices, required=False)
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True)
    lat = serializers.DecimalField(None, None, required=False, allow_null=True)
    lng = serializers.DecimalField(None, None, required=False, allow_null=True)
    accuracy = serializers.DecimalField(
        None, None, min_value=0, max_value=9999999, required=False, allow_null=True
    )
    client_uuid = serializers.UUIDField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("customer" in attrs) == ("visit" in attrs):
            raise serializers.ValidationError({"customer": ["customer | visit"]})
        return attrs


class ResultSerializer(serializers.ModelSerializer):
    """T1.10: the result of a visit."""

    class Meta:
        model = Visit
        fields = ("summary", "met", "rival_news", "next_step", "next_on")


class ReasonSerializer(serializers.Serializer):
    """T2: why a plan is cancelled."""

    reason = serializers.CharField(max_length=200)
