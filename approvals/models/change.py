"""A change of a chain as a document: drafted, previewed, approved, in force from its day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.kinds import kinds
from approvals.models.case import OPEN_TO_EDIT, Chain, Document, Status
from tenancy.models import Link

UNDECIDED = (*OPEN_TO_EDIT, Status.IN_REVIEW)


class ChainChange(Document):
    """What the steps of one kind of document shall be from a day on; `chain` is what it became."""

    kind = models.CharField(_("kind of document"), max_length=40, editable=False)
    base_version = models.PositiveIntegerField(_("version it changes"), editable=False)
    steps = models.JSONField(default=list, editable=False)
    starts_on = models.DateField(_("in force from"))
    reason = models.CharField(_("reason"), max_length=500)
    discarded_at = models.DateTimeField(null=True, editable=False)
    chain = Link(Chain, models.PROTECT, null=True, editable=False, related_name="changes")

    class Meta(Document.Meta):
        abstract = False
        verbose_name = _("change of a chain")
        verbose_name_plural = _("changes of chains")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind"],
                condition=Q(discarded_at=None, status__in=UNDECIDED),
                name="approvals_change_one_open",
                violation_error_message=_("There is an open change of this chain already."),
            )
        ]

    def __str__(self) -> str:
        return _now(kinds[self.kind].label) if self.kind in kinds else self.kind

    @property
    def is_open_to_edit(self) -> bool:
        return self.discarded_at is None and self.status in OPEN_TO_EDIT

    @property
    def is_undecided(self) -> bool:
        return self.discarded_at is None and self.status in UNDECIDED
