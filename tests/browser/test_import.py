"""A secretary imports a GB18030 file: dry run with row messages, one commit, found by initials."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser
NAMES = [f"{place}{brand}机电{n}" for n, place in enumerate(("苏州", "无锡", "常州") * 40)
         for brand in ("恒远",)]  # fmt: skip


def test_a_file_of_real_world_names(stage, workers, log_in, tmp_path):
    path = tmp_path / "名单.csv"
    rows = ["客户名称", *NAMES, "", NAMES[0], "步步高电器"]
    path.write_bytes("\r\n".join(rows).encode("gb18030"))
    with log_in("secretary", DESK) as secretary:
        page = secretary.open("/files/imports/new/")
        page.set_input_files("[type=file]", path)
        page.select_option("[name=owner]", label="acme.east_manager")
        page.click("main form button.btn-primary")
        page.wait_for_url(re.compile(r"/files/imports/\d+/"))
        button = page.locator("main form[action*=commit] button").first
        button.wait_for(timeout=30_000)
        # the first one wins; its copy names the row it copies
        expect(page.locator("main")).to_contain_text("已有同一客户")
        button.click()
        expect(page.locator("main")).to_contain_text("已导入", timeout=30_000)
        expect(page.locator("main")).to_contain_text(str(len(NAMES) + 1))
    with log_in("east_manager", PHONE) as manager:
        for words in ("步步", "bbgdq", "bubugao"):
            page = manager.open(f"/customers/?q={words}")
            expect(page.locator("#rows")).to_contain_text("步步高电器")
    with log_in("west_manager", PHONE) as other:
        page = other.open("/customers/?q=步步")
        expect(page.locator("main")).not_to_contain_text("步步高电器")
