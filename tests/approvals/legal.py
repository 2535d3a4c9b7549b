"""Whether the history of a case is a legal one: B2's races and B3's machine ask the same."""

from collections import Counter

from approvals.kinds import kinds
from approvals.models import Case, Decision, Delegation, Status, Step, Task, Version
from audit.models import AuditLine
from kit.texthash import digest
from org.models import Member
from tenancy.models import Outbox

VOTES = ("approve", "return", "reject")
ENDS = {"return": "returned", "reject": "rejected", "withdraw": "withdrawn"}
# a verb of the log -> what the outbox calls its news; the rest have the verb's own name
TOPICS = {"submit": "approvals.submitted"}
WITHOUT_CASE_STATE = ("comment", "copy")
AFTERWARDS = ("sign", "archive")
STATUS = {
    "running": Status.IN_REVIEW, "approved": Status.APPROVED, "returned": Status.RETURNED,
    "rejected": Status.REJECTED, "withdrawn": Status.WITHDRAWN,
}  # fmt: skip


class History:
    """Everything the tables say about one case, read once."""

    def __init__(self, pk):
        self.case = Case.objects.get(pk=pk)
        model = kinds[self.case.kind].model
        self.document = model.objects.get(pk=self.case.object_id)
        self.log = list(Decision.objects.filter(case=pk).order_by("id"))
        self.tasks = {task.pk: task for task in Task.objects.filter(case=pk)}
        self.steps = {step.pk: step for step in Step.objects.filter(chain=self.case.chain_id)}
        self.versions = {row.round: row for row in Version.objects.filter(case=pk)}
        self.lines = list(
            AuditLine.objects.filter(
                object_kind=model._meta.label_lower, object_id=self.document.pk
            ).order_by("seq")
        )
        self.news = Counter(
            Outbox.objects.filter(payload__case=pk).values_list("topic", flat=True)
        )

    @property
    def now(self):
        """Tasks of the present round."""
        return [task for task in self.tasks.values() if task.round == self.case.round]

    @property
    def votes(self):
        """Approvals that count: of the present round, and not voided when it went back."""
        return [
            row for row in self.log
            if row.verb == "approve" and row.round == self.case.round
            and self.tasks[row.task_id].state == "done"
        ]  # fmt: skip


def problems(pk):
    """Everything about the history of a case that could not have happened; empty when legal."""
    told = History(pk)
    found = []
    for part in (_order, _end, _asked, _answers, _versions, _people, _chain, _records):
        found += part(told)
    return found


def _order(told):
    """The log is a way through the states: nothing is done to what is not in review."""
    state, at = "draft", 0
    for row in told.log:
        if row.verb == "submit":
            # while it runs only over a text that has changed, which begins another round
            if state not in {"draft", "returned", "withdrawn", "running"}:
                yield f"submitted while {state}"
            if state == "running" and row.round != at + 1:
                yield "submitted twice in a round"
            at, state = row.round, "running"
        elif row.verb in AFTERWARDS:
            state = told.case.state
        elif row.verb in WITHOUT_CASE_STATE:
            continue
        elif state != "running":
            yield f"{row.verb} while {state}"
        elif row.round != at:
            yield f"{row.verb} of round {row.round} in round {at}"
        elif row.verb in ENDS and not (row.verb == "return" and row.people):
            state = ENDS[row.verb]
    wanted = told.case.state if state == "running" and told.case.state == "approved" else state
    if told.case.state != wanted:
        yield f"the log ends {state}, the case is {told.case.state}"


def _end(told):
    case, status = told.case, told.document.status
    if status not in {STATUS[case.state], *(("signed", "archived") if case.state == "approved"
                                            else ())}:  # fmt: skip
        yield f"the case is {case.state}, its document {status}"
    if (case.decided_at is None) != (case.state == "running"):
        yield "the moment of the end does not fit"


def _asked(told):
    """Who is asked stands where the case stands; nobody is asked when it is over."""
    case = told.case
    for task in told.tasks.values():
        if task.state in {"open", "waiting"} and (
            case.state != "running" or task.round != case.round
        ):
            yield f"task {task.pk} is {task.state} in a {case.state} case"
        if task.state == "open":
            if task.position != case.position:
                yield f"position {task.position} is open at {case.position}"
            if not (task.opened_at and task.due_at):
                yield f"task {task.pk} is open without its moments"
            if task.member_id in case.authors:
                yield f"an author is asked: {task.member_id}"
        if task.state == "waiting" and task.position < case.position:
            yield f"position {task.position} still waits at {case.position}"
    if case.state == "running" and not any(task.state == "open" for task in told.now):
        yield "nobody is asked although it runs"


def _answers(told):
    """Each answer has its task, and each task at most one answer."""
    answered = Counter(row.task_id for row in told.log if row.verb in VOTES)
    back = {row.round: row.pk for row in told.log if row.verb == "return" and row.people}
    for task in told.tasks.values():
        if answered[task.pk] > 1:
            yield f"task {task.pk} was answered {answered[task.pk]} times"
        if (task.state == "done") > answered[task.pk]:
            yield f"task {task.pk} is done without an answer"
        if task.state in {"open", "waiting"} and answered[task.pk]:
            yield f"task {task.pk} is {task.state} although it was answered"
    for row in told.log:
        if row.verb not in VOTES:
            continue
        task = told.tasks[row.task_id]
        if task.state != "done" and back.get(row.round, 0) < row.pk:
            yield f"the answer {row.pk} has a task that is {task.state}"
        if task.done_by_id != row.by_id:
            yield f"the answer {row.pk} and its task name two people"


def _versions(told):
    case = told.case
    if sorted(told.versions) != list(range(1, case.round + 1)):
        yield f"versions {sorted(told.versions)} of {case.round} rounds"
        return
    for row in told.versions.values():
        if digest(row.snapshot) != row.content_hash:
            yield f"version {row.round} is not what its hash says"
    if told.versions[case.round].content_hash != case.content_hash:
        yield "the case has the hash of another version"
    for row in told.log:
        if row.content_hash != told.versions[row.round].content_hash:
            yield f"{row.verb} {row.pk} was taken on another text"


def _people(told):
    """ORG-1.3, over every round: also what was voided had to be allowed when it was said."""
    app = told.document._meta.app_label
    writing = (f"{app}.create", f"{app}.change", f"{app}.attach")
    submitters = {row.round: row.by_id for row in told.log if row.verb == "submit"}
    lent = set(Delegation.objects.values_list("principal", "stand_in"))
    for row in told.log:
        if row.verb not in VOTES:
            continue
        task = told.tasks[row.task_id]
        if {row.by_id, row.behalf_id} & {submitters[row.round]}:
            yield f"the submitter decided: {row.pk}"
        wrote = {line.actor_id for line in told.lines
                 if line.verb in writing and line.at <= row.at}  # fmt: skip
        if ({row.by_id, row.behalf_id} - {None}) & wrote:
            yield f"who wrote it decided: {row.pk}"
        if row.behalf_id and (row.behalf_id, row.by_id) not in lent:
            yield f"{row.pk} in a name nobody lent"
        if task.member_id not in {None, row.by_id, row.behalf_id}:
            yield f"{row.pk} answered the task of another"
    people = Counter(pk for row in told.votes for pk in {row.by_id, row.behalf_id} if pk)
    twice = [pk for pk, count in people.items() if count > 1]
    if twice:
        yield f"counted twice: {twice}"


def _chain(told):
    """Approved means: every step of its chain has its votes, by the chain, on this very text."""
    if told.case.state != "approved":
        return
    by_chain = {row.task_id for row in told.votes if not told.tasks[row.task_id].is_added}
    voted = {told.tasks[pk].step_id for pk in by_chain}
    # a task that was never opened is a note: decided elsewhere already, or spared by its conditions
    passed = {
        task.step_id for task in told.now
        if task.state == "void" and not task.opened_at and not told.steps[task.step_id].is_fixed
    }  # fmt: skip
    for pk, step in told.steps.items():
        if pk not in voted | passed:
            yield f"approved without {step.key}"
        if step.is_fixed and pk not in voted:
            yield f"the manual's step {step.key} was passed over"
    if any(row.content_hash != told.case.content_hash for row in told.votes):
        yield "a vote for another text counts"


def _records(told):
    """No half effects: each act has its line in the log of the company and its news."""
    acts = Counter((_line_of(told, row.verb), row.by_id, row.behalf_id) for row in told.log)
    names = {name for name, *_rest in acts} | {f"approvals.{verb}" for verb in VOTES}
    lines = Counter(
        (line.verb, line.actor_id, line.behalf_id) for line in told.lines if line.verb in names
    )
    if acts != lines:
        yield f"acts without lines {acts - lines}, lines without acts {lines - acts}"
    news = Counter(
        TOPICS.get(row.verb, f"approvals.{row.verb}")
        for row in told.log if row.verb not in AFTERWARDS
    )  # fmt: skip
    if missing := news - told.news:
        yield f"no news of {missing}"
    acting = {f"approvals.{verb}" for verb in (*VOTES, "withdraw", "transfer", "submitted")}
    more = {topic: n for topic, n in (told.news - news).items() if topic in acting}
    if more:
        yield f"news of what was not done: {more}"


def _line_of(told, verb):
    """What the company's log calls an act of the case's."""
    app = told.document._meta.app_label
    return f"{app}.{verb}" if verb in {"submit", *AFTERWARDS} else f"approvals.{verb}"


def stuck(pk):
    """B7: open tasks that nobody can answer; of several people of one step one is enough."""
    told = History(pk)
    if told.case.state != "running":
        return []
    used = {p for row in told.votes for p in (row.by_id, row.behalf_id)} | told.case.authors
    free, blocked = set(), []
    for task in told.now:
        if task.state != "open":
            continue
        names = {task.member_id} if task.member_id else set()
        lent = Delegation.objects.in_force().filter(principal=task.member_id)
        names |= set(lent.values_list("stand_in", flat=True))
        people = Member.objects.select_related("user").filter(pk__in=names - used, is_active=True)
        if task.member_id is None or any(
            Task.objects.waiting_for(who).filter(pk=task.pk).exists() for who in people
        ):
            free.add(task.step_id)
        else:
            blocked.append(task)
    return [
        f"nobody can answer {task.pk} ({told.steps[task.step_id].key} {task.way})"
        for task in blocked
        if task.is_added or told.steps[task.step_id].mode != "any" or task.step_id not in free
    ]  # fmt: skip
