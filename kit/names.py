"""Names of people and companies: the forms in which they are compared, sorted and searched."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin

SUFFIXES = (
    "集团股份有限公司 集团有限责任公司 股份有限公司 有限责任公司 集团有限公司 股份公司 有限公司"
    " 有限合伙 普通合伙 合伙企业 合伙企业有限合伙 合伙企业普通合伙 集团公司 总公司 公司 集团"
    " 总厂 工厂 厂 商店 商行 店 经营部 事务所 工作室 个体工商户 COLTD LTD INC LLC CORP"
)
LEGAL = sorted(SUFFIXES.split(), key=len, reverse=True)
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北"
    " 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾"
)
# Cities of prefecture level, with the few county-level ones that firms carry in their names.
CITIES = (
    "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州"
    " 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布"
    " 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 长春 四平 辽源 通化"
    " 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河"
    " 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港"
    " 常熟 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 合肥 芜湖 蚌埠 淮南"
    " 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州"
    " 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛"
    " 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳"
    " 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石"
    " 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德"
    " 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆"
    " 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港"
    " 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳"
    " 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳"
    " 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄"
    " 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 阿里 西安 铜川 宝鸡"
    " 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳"
    " 定西 陇南 临夏 甘南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密"
    " 昌吉 博尔塔拉 巴音郭楞 阿克苏 喀什 和田 伊犁 塔城 阿勒泰 石河子"
)
PROVINCE = re.compile(
    rf"({PROVINCES.replace(' ', '|')})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
)
CITY = re.compile(rf"({CITIES.replace(' ', '|')})(?:市|地区|盟|(?:[^市]{{1,6}}族)?自治州)?")
BRANCH = re.compile(r"(.+(?:公司|集团|厂|店|合伙|企业|所))([^公司]{2,12}分公司)")
PLACES = "|".join((PROVINCES + " " + CITIES).split())
PLACE_BRANCH = re.compile(rf"(.{{2,}}?)((?:{PLACES})[省市]?分公司)")
SHORTEST = 2  # characters a key or a search gram needs
MARK = "'"  # stands before each syllable of a search text


class CompanyKeys(NamedTuple):
    """What two spellings of one company share: `key`, and `without_region`; equality of either is
    similar, not the same, for parent and `branch` (as written, "" for none) differ in law.
    """

    key: str
    without_region: str
    branch: str


def normalise(name: str) -> str:
    """T3.1: compatibility forms folded, upper case, only letters and digits of any script left."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).upper()))


def company_key(name: str) -> CompanyKeys:
    """The keys of a company's name: without branch, one legal suffix, 省 or 市 after the region."""
    text, branch = normalise(name), ""
    if found := BRANCH.fullmatch(text) or PLACE_BRANCH.fullmatch(text):
        text, branch = found.groups()
    for suffix in LEGAL:
        if text.endswith(suffix) and len(text) - len(suffix) >= SHORTEST:
            text = text.removesuffix(suffix)
            break
    key, rest = "", text
    for region in (PROVINCE, CITY):
        if (found := region.match(rest)) and len(rest) > found.end():
            key, rest = key + found[1], rest[found.end() :]
    return CompanyKeys(key + rest, rest if len(rest) >= SHORTEST else key + rest, branch)


@lru_cache(maxsize=20_000)
def _reading(character: str) -> str:
    """The commonest reading of one character, or the character itself in lower case."""
    return lazy_pinyin(character)[0].lower()


def pinyin(name: str) -> str:
    """Full pinyin, joined, lower case, without tones; Latin letters and digits stay.

    Read by the dictionary of phrases: 重庆 is chongqing though 重 alone is zhong.
    """
    return "".join(_syllables(normalise(name)))


def first(syllables: Iterable[str]) -> list[str]:
    return [syllable[0] for syllable in syllables]


def initials(name: str) -> str:
    """First letters of the syllables, lower case; runs of Latin letters and digits stay whole."""
    return "".join(first(_syllables(normalise(name))))


def _syllables(plain: str) -> list[str]:
    """One per Chinese character, Latin letters and digits one by one."""
    return [part.lower() for part in lazy_pinyin(plain, errors=list)]


def readings(name: str) -> tuple[list[str], list[str]]:
    """One syllable for each sign of `normalise(name)`: by the dictionary of phrases, and singly."""
    plain = normalise(name)
    return _syllables(plain), [_reading(character) for character in plain]


def search_text(name: str, *more: str) -> str:
    """Everything a record can be found by, lower case, in tokens without repetition.

    For each text its normalised form, pinyin and initials, also by the readings of the single
    characters where these differ (people type both). In pinyin and initials every syllable begins
    with a mark, so that `pattern` never starts in the middle of one.
    """
    tokens: dict[str, str] = {}
    for text in (name, *more):
        plain = normalise(text)
        tokens.setdefault(plain.lower(), plain.lower())
        single = [_reading(character) for character in plain]
        together = _syllables(plain)
        for parts in (together, first(together), single, first(single)):
            tokens.setdefault("".join(parts), "".join(f"{MARK}{part}" for part in parts))
    tokens.pop("", None)
    return " ".join(tokens.values())


def grams(text: str) -> list[str]:
    """The distinct pairs of neighbours in each token; a token of one character as it is."""
    found: dict[str, None] = {}
    for token in text.lower().replace(MARK, "").split():
        found |= dict.fromkeys(token[i : i + 2] for i in range(max(len(token) - 1, 1)))
    return list(found)


def query_words(query: str) -> list[str]:
    """What was typed, as words of `search_text`; joined when one of them is too short."""
    words = [word for word in map(normalise, query.split()) if word]
    if any(len(word) < SHORTEST for word in words):
        words = ["".join(words)]
    return [word.lower() for word in words if len(word) >= SHORTEST]


def pattern(word: str) -> str:
    """A regular expression that finds a word of `query_words` in a `search_text`.

    Pinyin is found from the beginning of a syllable on: hongxing is no part of zhong-xin-guo. Codes
    and names, which carry no marks, are found from anywhere.
    """
    if not word.isascii():
        return re.escape(word)
    letters = f"{MARK}?".join(word)
    return f"(?:{MARK}|(?:^| )[^{MARK} ]*){letters}"


def query_grams(query: str) -> list[str]:
    """The pairs a record must all have to match; empty for fewer than two characters.

    Pairs may match in another order, so hold the `pattern` of each word against the text as well.
    """
    return grams(" ".join(query_words(query)))
