"""Looking into the inbox: what came since the visit before this one is marked there."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from org.access import check
from org.models import Member

# the same visit goes on until there was a pause this long
PAUSE = timedelta(minutes=30)
LOOK = """
INSERT INTO approvals_inboxvisit AS kept (company_id, member_id, at, before)
VALUES (app_company(), %(member)s, %(now)s, NULL)
ON CONFLICT (company_id, member_id) DO UPDATE
SET before = CASE WHEN kept.at < %(pause)s THEN kept.at ELSE kept.before END, at = excluded.at
RETURNING before
"""


def look_in(*, by: Member) -> datetime | None:
    """The end of one's last visit, or None at the first one. Reading is no act: no line in the log.

    One statement, so that two windows opened together do not take each other's answer.
    """
    check(by, "approvals.inbox")
    if by.pk < 0:  # a guest of the operator leaves no trace but the log of pages
        return None
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"member": by.pk, "now": now, "pause": now - PAUSE})
        return cursor.fetchone()[0]
