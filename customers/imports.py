"""T17, T3: customers out of a table: what is wrong with a row, and what it becomes."""

from collections.abc import Callable, Mapping, Sequence

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from customers.actions.intake import add_many, archive_many
from customers.actions.search import LEAST
from customers.duplicates import PHONE, SAME, SIMILAR, Known, Sought, likeness, twins_of
from customers.models import NAME_LENGTH, Customer, Tier
from customers.regions import PROVINCES
from files.importers import Column, Context, Data, Importer, Said, register
from kit import codes
from kit.because import Refused
from kit.names import PROVINCE, normalise
from org.models import Member, Unit

COLUMNS = (
    Column(
        "name",
        N_("Customer name"),
        ("客户名称", "公司名称", "单位名称", "企业名称", "名称", "name", "customer"),
        required=True,
        example=N_("Mingyuan Technology Co., Ltd."),
    ),
    Column("credit_code", N_("Credit code"), ("统一社会信用代码", "信用代码", "税号")),
    Column("tier", N_("Tier"), ("客户等级", "等级", "分级"), example="D"),
    Column("industry", N_("Industry"), ("所属行业",)),
    Column("province", N_("Province"), ("省份", "省")),
    Column("city", N_("City"), ("城市", "市")),
    Column("address", N_("Address"), ("详细地址",)),
    Column("phone", N_("Telephone"), ("电话", "座机", "公司电话")),
    Column("contact_name", N_("Contact"), ("联系人", "联系人姓名", "姓名")),
    Column("contact_title", N_("Position"), ("职务", "职位")),
    Column("contact_mobile", N_("Mobile"), ("手机", "手机号", "手机号码", "联系电话")),
    Column("needs", N_("Needs"), ("客户需求", "需求")),
    Column("notes", N_("Notes"), ("备注",)),
    Column("duplicate_reason", N_("Why it is another customer all the same"), ("重复原因",)),
)
LENGTHS = {
    "name": NAME_LENGTH,
    "industry": 40,
    "city": 40,
    "address": 200,
    "contact_name": 60,
    "contact_title": 60,
    "duplicate_reason": 300,
}
# in the order of PROVINCES
PLACES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南"
    " 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"
)
CODES = dict(zip(PLACES.split(), (code for code, _name in PROVINCES), strict=True))


def credit_code(text: str) -> str:
    """Only a wrong form is refused: old registers hold codes whose check characters are off."""
    code, problems = codes.credit_code(text)
    if hard := next((problem for problem in problems if problem.kind == "hard"), None):
        raise ValueError(hard.message)
    return code


def tier(text: str) -> str:
    letter = normalise(text).removesuffix("级")
    if letter not in Tier.values:
        raise ValueError(_("Choose one of the tiers."))
    return letter


def province(text: str) -> str:
    if text in dict(PROVINCES):
        return text
    found = PROVINCE.fullmatch(text)
    if not found:
        raise ValueError(_("This is not a province."))
    return CODES[found[1]]


CLEAN: Mapping[str, Callable[[str], str]] = {
    "credit_code": credit_code,
    "tier": tier,
    "province": province,
    "phone": codes.phone,
    "contact_mobile": codes.mobile,
}


def cleaned(row: Data) -> tuple[dict[str, str], list[Said]]:
    """The row as it would be stored, and a sentence for each cell that cannot be."""
    values, said = dict(row), []
    for key, value in row.items():
        most = LENGTHS.get(key, 2000)
        if len(value) > most:
            text = _("At most %(most)d characters; there are %(length)d.")
            said.append(Said(key, text % {"most": most, "length": len(value)}))
        elif value and key in CLEAN:
            try:
                values[key] = CLEAN[key](value)
            except ValueError as wrong:
                said.append(Said(key, str(wrong.args[0])))
    if not row["name"]:
        said.append(Said("name", _("The name is missing.")))
    elif len(normalise(row["name"])) < 2:
        said.append(Said("name", _("A name has at least two letters or characters.")))
    if row.get("contact_mobile") and not row.get("contact_name"):
        said.append(Said("contact_name", _("Whose number is this? The name is missing.")))
    return values, said


def check(rows: Sequence[tuple[int, Data]], context: Context) -> list[list[Said]]:
    """Faults first; only a row without fault can be a duplicate, or the first of its name."""
    results = [(number, *cleaned(row)) for number, row in rows]
    sought = {
        number: Sought.of(
            values["name"], values.get("credit_code", ""), [values.get("contact_mobile", "")]
        )
        for number, values, said in results
        if not said
    }
    known = known_by(twins_of(list(sought.values()))) if sought else {}
    pks = {twin.pk for twins in known.values() for twin in twins}
    seen = Customer.objects.visible_to(context.by).filter(pk__in=pks)
    shown = set(seen.values_list("pk", flat=True))
    for number, values, said in results:
        if not said:
            row = sought[number]
            said += _in_file(number, (row.key, row.branch), row.code, context)
            reason = values.get("duplicate_reason", "")
            said += _in_company(row, known, shown, reason) if not said else []
    return [said for _number, _values, said in results]


Index = Mapping[str, Sequence[Known]]


def known_by(twins: Sequence[Known]) -> dict[str, list[Known]]:
    """The hits by each thing they may share with a row."""
    found: dict[str, list[Known]] = {}
    for twin in twins:
        of = Sought.of(twin.name)
        for mark in filter(None, {of.key, of.bare, twin.code, *twin.mobiles}):
            found.setdefault(mark, []).append(twin)
    return found


def _in_file(number: int, key: tuple[str, str], code: str, context: Context) -> list[Said]:
    """The first row of a name or a code wins."""
    text = _("The same customer stands in row %(row)d.")
    for column, value in (("name", key), ("credit_code", code)):
        if value and (first := context.seen.get((column, value))):
            return [Said(column, text % {"row": first}, is_duplicate=True)]
    context.seen["name", key] = number
    if code:
        context.seen["credit_code", code] = number
    return []


def _in_company(row: Sought, known: Index, shown: set[int], reason: str) -> list[Said]:
    """T3: another's customer is not named; a reason lets in what is only similar."""
    marks = (row.code, row.key, row.bare, *row.mobiles)
    hits = {twin.pk: twin for mark in marks for twin in known.get(mark, ())}
    ways = {pk: likeness(row, twin) for pk, twin in hits.items()}
    if len(reason) >= LEAST and SAME not in ways.values():
        return []
    for way, column in ((SAME, "credit_code"), (SIMILAR, "name"), (PHONE, "contact_mobile")):
        found = [twin for pk, twin in hits.items() if ways[pk] == way]
        for twin in sorted(found, key=lambda twin: twin.pk not in shown):
            if twin.pk not in shown:
                text = _("A colleague keeps this customer already.")
            else:
                text = _("The company has this customer already: %(name)s.") % {"name": twin.name}
            return [Said(column, text, is_duplicate=True)]
    return []


def commit(rows: Sequence[Data], *, unit: Unit, owner: Member, by: Member) -> list[int]:
    """All of them or none; Refused when a credit code was taken since the check."""
    try:
        return add_many([cleaned(row)[0] for row in rows], unit=unit, owner=owner, by=by)
    except IntegrityError as taken:
        text = _("A credit code in the file was taken meanwhile: check the file again.")
        raise Refused(text, code="taken") from taken


def ready() -> None:
    register(
        Importer(
            kind="customers.customer",
            label=N_("Customers"),
            columns=COLUMNS,
            check=check,
            commit=commit,
            rule="customers.create",
            url="customers:list",
            undo=archive_many,
        )
    )
