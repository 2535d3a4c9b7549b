"""Contracts and products for programs, through the same actions as the pages."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.filters import ContractFilter, ProductFilter
from contracts.forms import MOST_ROWS
from contracts.models import Contract, Instalment, Line, Product
from customers.models import Customer
from org.api import DoorMixin


class ProductSerializer(serializers.ModelSerializer):
    """A product of the catalogue."""

    class Meta:
        model = Product
        fields = (
            "id", "name", "code", "specification", "unit", "list_price", "vat_category",
            "is_active",
        )  # fmt: skip
        read_only_fields = fields


class VisibleField(serializers.PrimaryKeyRelatedField):
    """A reference to a record that the caller sees; any other id does not exist."""

    def __init__(self, **kwargs: Any) -> None:
        # 1e400 is a number to JSON and none to the database
        super().__init__(pk_field=serializers.IntegerField(), **kwargs)

    def get_queryset(self) -> Any:
        member = getattr(self.context["request"]._request, "member", None)
        rows = super().get_queryset()
        return rows.visible_to(member) if member else rows.none()


class LineSerializer(serializers.ModelSerializer):
    """A line; a given unit_price wins over the discount, the amounts are computed."""

    product = VisibleField(queryset=Product.objects.all(), required=False, allow_null=True)
    list_price = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    unit_price = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    discount = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=999, required=False
    )

    class Meta:
        model = Line
        fields = (
            "product", "name", "specification", "quantity", "unit", "list_price", "discount",
            "unit_price", "vat_category", "vat_rate", "net", "tax", "gross",
        )  # fmt: skip
        read_only_fields = ("vat_rate", "net", "tax", "gross")
        extra_kwargs = {"name": {"required": False}, "quantity": {"required": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        product = attrs.get("product")
        if product is None and not attrs.get("name"):
            raise serializers.ValidationError(
                {"name": self.fields["name"].error_messages["required"]}
            )
        if attrs.get("list_price") is None and product:
            attrs["list_price"] = product.list_price
        if attrs.get("list_price") is None and attrs.get("unit_price") is None:
            text = self.fields["list_price"].error_messages["required"]
            raise serializers.ValidationError({"list_price": text})
        return attrs


class InstalmentSerializer(serializers.ModelSerializer):
    """One payment of the plan: a share of the amount or an amount."""

    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True
    )

    class Meta:
        model = Instalment
        fields = ("basis", "percent", "amount", "due_on", "days_after", "note")


class ContractSerializer(serializers.ModelSerializer):
    """A contract with its lines and its plan."""

    customer = VisibleField(queryset=Customer.objects.all())
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    lines = LineSerializer(many=True, required=False, max_length=MOST_ROWS)
    instalments = InstalmentSerializer(many=True, required=False, max_length=MOST_ROWS)

    class Meta:
        model = Contract
        fields = (
            "id", "number", "status", "customer", "customer_name", "owner", "owner_name", "unit",
            "case", *actions.HEADER, "payment_days", "net_amount", "tax_amount", "gross_amount",
            "lowest_discount", "signed_on", "signatory_ours", "signatory_theirs", "lines",
            "instalments", "updated_at",
        )  # fmt: skip
        read_only_fields = tuple(
            name
            for name in fields
            if name not in {"customer", "lines", "instalments", *actions.HEADER}
        )


class ContractRowSerializer(ContractSerializer):
    """A contract as lists show it."""

    class Meta(ContractSerializer.Meta):
        fields = tuple(
            name for name in ContractSerializer.Meta.fields if name not in {"lines", "instalments"}
        )


class SignSerializer(serializers.Serializer):
    """CTR-1.4: day and signatories."""

    signed_on = serializers.DateField()
    signatory_ours = serializers.CharField(max_length=60)
    signatory_theirs = serializers.CharField(max_length=60)


class ContractViewSet(
    DoorMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """Contracts one may see; draft, change, submit and sign."""

    queryset = Contract.objects.select_related("customer", "owner").order_by("-updated_at", "-id")
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "contracts.list",
        "retrieve": "contracts.view",
        "create": "contracts.create",
        "update": "contracts.change",
        "partial_update": "contracts.change",
        "submit": "contracts.submit",
        "sign": "contracts.sign",
    }

    def get_serializer_class(self) -> type[ContractSerializer]:
        return ContractRowSerializer if self.action == "list" else ContractSerializer

    def _answer(self, contract: Contract, code: int = status.HTTP_200_OK) -> Response:
        fresh = Contract.objects.select_related("customer", "owner").get(pk=contract.pk)
        return Response(ContractSerializer(fresh, context={"request": self.request}).data, code)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        words = dict(said.validated_data)
        rows = {name: words.pop(name, []) for name in ("lines", "instalments")}
        customer = words.pop("customer")
        contract = actions.create_draft(customer, by=self.member, header=words, **rows)
        return self._answer(contract, status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The customer of a contract stays; rows that are not given stay as they are."""
        contract = self.get_object()
        said = self.get_serializer(
            contract, data=request.data, partial=kwargs.get("partial", False)
        )
        said.is_valid(raise_exception=True)
        words = dict(said.validated_data)
        rows = {name: words.pop(name, None) for name in ("lines", "instalments")}
        words.pop("customer", None)
        return self._answer(actions.change(contract, by=self.member, header=words, **rows))

    @extend_schema(request=None, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        return self._answer(actions.submit(self.get_object(), by=self.member))

    @extend_schema(request=SignSerializer, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str | None = None) -> Response:
        contract = self.get_object()
        said = SignSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        return self._answer(actions.sign(contract, by=self.member, **said.validated_data))


class ProductViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """The catalogue."""

    queryset = Product.objects.order_by("-updated_at", "-id")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "contracts.products",
        "retrieve": "contracts.view_product",
    }
