"""The rollup: sums by measure, month, unit and owner, and the queue of what is not yet in them."""

from django.db import models

from org.models import Member, Unit
from tenancy.models import CompanyModel, Link


class Cell(CompanyModel):
    """One sum; without an owner it is that of the whole unit, so that a region reads few rows.

    It keeps the unit alone: the tree is joined when it is read, and moving a team rewrites nothing.
    """

    measure = models.CharField(max_length=40)
    month = models.DateField()
    unit = Link(Unit, models.PROTECT, related_name="+")
    owner = Link(Member, models.PROTECT, null=True, related_name="+")
    number = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "measure", "month", "unit", "owner"],
                name="figures_cell_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "measure", "month", "unit"],
                include=["number"],
                condition=models.Q(owner=None),
                name="figures_cell_of_units",
            ),
            models.Index(fields=["owner", "month"], name="figures_cell_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month:%Y-%m} {self.unit_id} {self.owner_id}: {self.number}"


class Delta(CompanyModel):
    """A change of one sum, written by a trigger with the row that caused it, until it is folded."""

    measure = models.CharField(max_length=40)
    month = models.DateField()
    unit_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    number = models.DecimalField(max_digits=20, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.measure} {self.month:%Y-%m} {self.unit_id} {self.owner_id}: {self.number}"
