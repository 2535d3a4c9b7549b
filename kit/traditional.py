"""繁體 by conversion: the simplified catalogues are the source, the list what a trade needs."""

from functools import cache

from opencc import OpenCC

# what comes out of the conversion -> what salespeople write; the later ones mend wrong guesses
OVERRIDES = {
    "合同": "合約",
    "許可權": "權限",
    "程式碼": "代碼",
    "稽核": "審核",
    "引數": "參數",
    "型別": "類型",
    "質量": "品質",
    "金鑰": "密鑰",
    "賬": "帳",
    "臺": "台",
    "獲準": "獲准",
    "錶格": "表格",
    "天后": "天後",
}


@cache
def converter() -> OpenCC:
    return OpenCC("s2twp")


def traditional(text: str) -> str:
    """The text in traditional characters and in Taiwan's words; %(places)s and markup stay."""
    text = converter().convert(text)
    for wrong, right in OVERRIDES.items():
        text = text.replace(wrong, right)
    return text
