"""The tree, the people in it, their posts and grants, and the base of every owned record."""

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from kit.because import Because
from tenancy.models import Company, CompanyModel, Link

if TYPE_CHECKING:
    from org.access import Scope


MOST_SUPPORT = timedelta(hours=72)


class Role(models.TextChoices):
    """ROLE: what a post may do is one table, `org.roles.PERMISSIONS`."""

    MANAGEMENT = "management", _("Management")
    DIRECTOR = "director", _("Sales director")
    REGIONAL_MANAGER = "regional_manager", _("Regional manager")
    SUPERVISOR = "supervisor", _("Supervisor")
    REP = "rep", _("Sales representative")
    FINANCE = "finance", _("Finance")
    SALES_OPS = "sales_ops", _("Sales secretary")
    MARKETING = "marketing", _("Marketing")
    PRODUCTION = "production", _("Production")
    LOGISTICS = "logistics", _("Logistics")
    SERVICE = "service", _("Customer service")
    HR = "hr", _("Human resources")
    ANALYST = "analyst", _("Sales analyst")
    COMPANY_ADMIN = "company_admin", _("Company administrator")


class ColleagueQuerySet(models.QuerySet):
    """Rows of the organisation itself, which every member of the company may look up."""

    def visible_to(self, member: "Member") -> "ColleagueQuerySet":
        """The company's own; what may be done with them is the rule's to say."""
        return self.filter(company_id=member.company_id)


class Unit(CompanyModel):
    """ORG-1.1: a node of the tree; `path` is zero-padded ids from the root, each closed by /."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        REGION = "region", _("Region")
        AREA = "area", _("Area")
        TEAM = "team", _("Team")

    parent = Link("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    code = models.CharField(_("code"), max_length=10, blank=True)
    path = models.TextField(db_collation="C", editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ColleagueQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        default_permissions = ()
        permissions = [
            ("see", "see the records of the unit and below"),
            ("lead", "lead the unit and below"),
            ("assist", "keep the records of the unit and below"),
            ("settle", "check payment terms of the unit and below"),
            ("administer", "administer the unit and below"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(parent=None), name="org_unit_one_root"
            ),
            models.UniqueConstraint(
                fields=["company", "parent", "name"],
                name="org_unit_name_once",
                violation_error_message=_("There is a unit of this name here already."),
            ),
        ]
        indexes = [models.Index(fields=["company", "path"], name="org_unit_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count("/")

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the unit itself up to the root."""
        return [int(part) for part in reversed(self.path.strip("/").split("/"))]


class Member(CompanyModel):
    """A person in one company: the actor everywhere."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    employee_no = models.CharField(_("staff number"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    joined_on = models.DateField(_("joined on"), default=timezone.localdate)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ColleagueQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"],
                name="org_member_once",
                violation_error_message=_("This login is a member already."),
            ),
            models.UniqueConstraint(
                fields=["company", "employee_no"],
                condition=~models.Q(employee_no=""),
                name="org_member_no_once",
                violation_error_message=_("This staff number is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def scope(self) -> "Scope":
        """Grants and posts as of now, read once; a new request reads them anew."""
        from org.access import Scope

        return Scope.of(self)

    def may(self, rule: str, obj: Any = None) -> Because:
        """The one rule's answer, with its reasons."""
        from org.access import may

        return may(self, rule, obj)

    @property
    def role_label(self) -> str:
        return self.scope.title


class PostQuerySet(ColleagueQuerySet):
    """Posts by time."""

    def in_force(self, on: date | None = None) -> "PostQuerySet":
        """Held on a day (default today) by members who are active."""
        day = on or timezone.localdate()
        open_ended = models.Q(ends_on=None) | models.Q(ends_on__gte=day)
        return self.filter(open_ended, starts_on__lte=day, member__is_active=True)


class Post(CompanyModel):
    """ORG-1.5: a member holds a role at a unit from a day, perhaps to a day."""

    member = Link(Member, models.PROTECT, related_name="posts")
    unit = Link(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    is_acting = models.BooleanField(_("acting"), default=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="org_post_ends_after_start",
                violation_error_message=_("A post cannot end before it starts."),
            )
        ]
        indexes = [models.Index(fields=["company", "unit", "role"], name="org_post_seat")]

    def __str__(self) -> str:
        return f"{self.member} · {self.unit} · {self.get_role_display()}"


class UnitGrant(CompanyModel, UserObjectPermissionBase):
    """One permission of one login on one unit and everything below it, stored by guardian."""

    content_object = Link(Unit, models.CASCADE, related_name="grants")
    post = Link(Post, models.CASCADE, null=True, related_name="grants")
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = Link(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        unique_together = None
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "permission", "content_object", "post"],
                name="org_unitgrant_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"


class OneTimeLink(CompanyModel):
    """ORG-1.5: what a handed-over link may do, once; only the hash of its text is kept."""

    class Purpose(models.TextChoices):
        INVITE = "invite", _("Invitation")
        RESET = "reset", _("New password")

    member = Link(Member, models.PROTECT, related_name="links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    hash = models.CharField(max_length=64)
    made_by = Link(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "hash"], name="org_onetimelink_hash_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.member_id}"


class SupportQuerySet(ColleagueQuerySet):
    """Access of the operator by time: it dies by itself."""

    def in_force(self) -> "SupportQuerySet":
        return self.filter(ended_at=None, expires_at__gt=timezone.now())


class SupportAccess(CompanyModel):
    """ORG-1.6: the company lets one person of the operator read along, for hours and a reason."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = Link(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = Link(Member, models.PROTECT, null=True, related_name="+")

    objects = SupportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__lte=models.F("created_at") + MOST_SUPPORT),
                name="org_supportaccess_hours",
                violation_error_message=_("Support access lasts 72 hours at most."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}"

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()


class UnitMove(CompanyModel):
    """ORG-1.1: one move of a unit, done at once or, for many records, by the worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Not possible")

        @property
        def colour(self) -> str:
            return {"done": "green", "refused": "red"}.get(self.value, "blue")

    unit = Link(Unit, models.PROTECT, related_name="moves")
    origin = Link(Unit, models.PROTECT, related_name="+")
    target = Link(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    made_by = Link(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    objects = ColleagueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="org_unitmove_one_at_a_time",
                violation_error_message=_("Another unit is being moved just now."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.target}"

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def shown_state(self) -> "UnitMove.State":
        return self.State(self.state)


class ApiToken(models.Model):
    """A key for other systems; only its hash is kept. Read before a company is known."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    member_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=8, default="api")  # or "calendar": that feed alone
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ApiUse(models.Model):
    """How often a token or a member asked in one minute; unlogged: no request waits for a disk."""

    key = models.CharField(max_length=60, primary_key=True)
    minute = models.BigIntegerField()
    used = models.IntegerField()

    def __str__(self) -> str:
        return self.key


class OwnedQuerySet(models.QuerySet):
    """Reads of owned records: everything a person is shown goes through `visible_to`."""

    def visible_to(self, member: Member) -> "OwnedQuerySet":
        """What the one rule lets the member see (see org.access.Scope)."""
        return self.filter(member.scope.reach(self.model))


class OwnedModel(CompanyModel):
    """A record that belongs to a member and stands at a unit of the tree.

    `reach` says how it is seen: "self" by its own owner and path, or the name of a link whose
    target lends its visibility; beside "self" the record stands at the unit of that target
    and names its owner as `keeper`.
    """

    reach: tuple[str, ...] = ("self",)
    # what the page of one record names anyway, read with it
    shown_with: tuple[str, ...] = ("owner", "unit")

    owner = Link(Member, models.PROTECT, related_name="+", verbose_name=_("owner"))
    unit = Link(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    org_path = models.TextField(db_collation="C", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["company", "-updated_at", "-id"], name="%(app_label)s_%(class)s_all"
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"], name="%(app_label)s_%(class)s_own"
            ),
            models.Index(
                fields=["unit", "-updated_at", "-id"], name="%(app_label)s_%(class)s_unit"
            ),
            models.Index(fields=["company", "org_path"], name="%(app_label)s_%(class)s_path"),
        ]


def owned_models() -> list[type[OwnedModel]]:
    """Every table of owned records there is, whichever floor it stands on."""
    return [model for model in apps.get_models() if issubclass(model, OwnedModel)]
