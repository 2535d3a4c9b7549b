"""Contracts and products for programs, through the same actions as the pages."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts import views as pages
from contracts.filters import ContractFilter, ProductFilter
from contracts.forms import MOST_ROWS
from contracts.models import Contract, Instalment, Line, Product
from customers.models import Customer
from files import actions as papers
from files.api import FILE, AsItIs, AttachmentSerializer, FileBody
from files.models import Attachment, Purpose
from org.api.verbs import Verbs, VisibleField, typed, verb


class ProductSerializer(serializers.ModelSerializer):
    """A product of the catalogue."""

    class Meta:
        model = Product
        fields = (
            "id", "name", "code", "specification", "unit", "list_price", "vat_category",
            "is_active",
        )  # fmt: skip
        read_only_fields = ("id",)

    def validate_code(self, code: str) -> str:
        others = Product.objects.filter(code=code).exclude(pk=getattr(self.instance, "pk", None))
        if others.exists():
            raise serializers.ValidationError(_("There is a product with this code already."))
        return code


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
            "instalments", "archive_number", "archive_place", "updated_at",
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


class PlaceSerializer(serializers.Serializer):
    """CTR-1.5: where the signed paper is kept."""

    place = serializers.CharField(max_length=120)


class ContractViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """Contracts one may see; draft, change, submit, sign and archive."""

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
        "archive": "contracts.archive",
        "copy": "contracts.copy",
        "attach": "contracts.attach",
        "attach_signed_copy": "contracts.attach_signed_copy",
        "pdf": "contracts.view",
        "docx": "contracts.view",
    }

    def get_serializer_class(self) -> type[ContractSerializer]:
        return ContractRowSerializer if self.action == "list" else ContractSerializer

    def told(self, obj: Any, answer: Any = None) -> Any:
        """A contract as it stands now."""
        if isinstance(obj, Contract):
            rows = Contract.objects.visible_to(self.member).select_related("customer", "owner")
            obj = rows.get(pk=obj.pk)
        return super().told(obj, answer)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        words = typed(self, ContractSerializer)
        rows = {name: words.pop(name, []) for name in ("lines", "instalments")}
        customer = words.pop("customer")
        contract = actions.create_draft(customer, by=self.member, header=words, **rows)
        return Response(self.told(contract, ContractSerializer), status.HTTP_201_CREATED)

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
        changed = actions.change(contract, by=self.member, header=words, **rows)
        return Response(self.told(changed, ContractSerializer))

    @verb(None, ContractSerializer)
    def submit(self, contract: Contract) -> Contract:
        """CTR-1.1: freeze, number, route, open the first step."""
        return actions.submit(contract, by=self.member)

    @verb(SignSerializer, ContractSerializer)
    def sign(self, contract: Contract, **said: Any) -> Contract:
        """CTR-1.4: only after all steps passed."""
        return actions.sign(contract, by=self.member, **said)

    @verb(PlaceSerializer, ContractSerializer)
    def archive(self, contract: Contract, place: str) -> Contract:
        """CTR-1.5: number, place and checksum; nothing changes afterwards."""
        return actions.archive(contract, by=self.member, place=place)

    @verb(None, ContractSerializer, status=201)
    def copy(self, contract: Contract) -> Contract:
        """A new draft with the same words and rows."""
        return actions.copy(contract, by=self.member)

    @verb(FileBody, AttachmentSerializer, status=201, is_upload=True)
    def attach(self, contract: Contract, file: Any) -> Attachment:
        """CTR-1.1: a paper that is decided on together with the contract."""
        return papers.attach(contract, file, by=self.member)

    @verb(FileBody, AttachmentSerializer, status=201, is_upload=True, url_path="signed_copy")
    def attach_signed_copy(self, contract: Contract, file: Any) -> Attachment:
        """CTR-1.5: the one signed copy that is archived."""
        purpose = Purpose.SIGNED_COPY
        return papers.attach(contract, file, by=self.member, purpose=purpose)

    @extend_schema(responses=FILE)
    @action(detail=True, content_negotiation_class=AsItIs)
    def pdf(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The paper as A4 pages."""
        return pages.pdf(request._request, pk=self.get_object().pk)

    @extend_schema(responses=FILE)
    @action(detail=True, content_negotiation_class=AsItIs)
    def docx(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The same text as a Word file."""
        return pages.docx(request._request, pk=self.get_object().pk)


class ProductViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """The catalogue, and for those who keep it new and changed products."""

    queryset = Product.objects.order_by("-updated_at", "-id")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "contracts.products",
        "retrieve": "contracts.view_product",
        "create": "contracts.keep_products",
        "update": "contracts.keep_products",
        "partial_update": "contracts.keep_products",
    }

    def perform_create(self, serializer: Any) -> None:
        product = Product(**serializer.validated_data)
        serializer.instance = actions.save_product(product, by=self.member)

    def perform_update(self, serializer: Any) -> None:
        product = serializer.instance
        for name, value in serializer.validated_data.items():
            setattr(product, name, value)
        serializer.instance = actions.save_product(product, by=self.member)
