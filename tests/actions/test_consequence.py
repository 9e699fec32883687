"""What labels and the texts around them say of consequences."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.consequence import (
    begins_with_order,
    described,
    is_harmless,
    is_question,
    is_readable,
    is_statement,
    only_goes_on,
    ordered,
)
from actions.lexicon import KINDS, chinese, english, places

ORDERS = {
    "sends": [
        "Send",
        "&Send…",
        "Publish",
        "Post",
        "Save and send",
        "Go live",
        "Reply all",
        "发送(S)",
        "立即发布",
        "提交",
    ],
    "pays": [
        "Buy now",
        "Place order",
        "Transfer",
        "Pay 12 €",
        "Complete purchase",
        "Bezahlen",
        "立即购买",
        "转账",
        "去支付",
    ],
    "deletes": [
        *(
            "Delete",
            "Move to Trash",
            "Don't save",
            "Empty bin",
            "Close account",
            "Cancel subscription",
            "Reset all settings",
        ),
        *("删除", "清空回收站", "不保存", "恢复出厂设置", "取消订单", "删除记录", "丢弃已保存的状态"),
    ],
    "installs": ["Install", "Update all", "Uninstall", "Add to Chrome", "安装", "全部更新", "卸载(U)"],
    "signs_in": [
        "Log out",
        "Sign in",
        "Change master password",
        "Show password",
        "Authenticate",
        "退出登录",
        "导出全部密码",
    ],
    "permits": ["Allow once", "Accept", "I agree", "Confirm", "允许", "同意并继续", "授权"],
    "changes": [
        "Shut down",
        "Restart now",
        "Apply",
        "Disable firewall",
        "Turn off",
        "Open terminal",
        "关机",
        "重启",
        "打开终端",
    ],
}
NAMES = [
    *(
        "Sent",
        "Sender",
        "Deleted items",
        "Payment history",
        "Order history",
        "Installed",
        "Cancel",
        "Don't send",
        "Keep",
    ),
    *(
        "How to delete an account",
        "Release notes",
        "Sort order",
        "Date format",
        "Call history",
        "Undo delete",
        "Messages (3)",
    ),
    *(
        "已发送",
        "发送记录",
        "最近删除",
        "支付方式",
        "登录记录",
        "不删除",
        "取消",
        "如何卸载",
        "更新日志(R)",
        "订单详情",
        "保存",
    ),
    *("发送过的图片", "关注的人发布的", "删除线"),
]


@pytest.mark.parametrize("kind, label", [(kind, label) for kind, labels in ORDERS.items() for label in labels])
def test_an_order_is_known_and_of_what_kind(kind, label):
    assert ordered(label) == kind
    assert kind in KINDS


@pytest.mark.parametrize("label", NAMES)
def test_what_names_something_or_takes_no_step_is_no_order(label):
    assert ordered(label) is None


@pytest.mark.parametrize(
    "label", ["Cancel", "View basket", "Bold", "7", "+", "Version history", "取消(C)", "查看购物车", "加粗", "历史记录"]
)
def test_some_labels_are_known_to_be_harmless(label):
    assert is_harmless(label)
    assert ordered(label) is None


@pytest.mark.parametrize(
    "label", ["Reticulate splines", "Engage", "Frobnicate all", "开始轰炸", "邀请所有人", "丢弃已保存的状态"]
)
def test_what_is_not_known_is_not_said_to_be_harmless(label):
    assert not is_harmless(label)


@pytest.mark.parametrize("label", ["OK", "Yes", "Yes, go on", "Continue", "确定", "是(Y)", "继续"])
def test_some_labels_only_go_on(label):
    assert only_goes_on(label)
    assert ordered(label) is None


@pytest.mark.parametrize("label", ["Oklahoma", "Yesterday", "No", "Cancel", "确定删除"])
def test_others_do_not(label):
    assert not only_goes_on(label)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("Delete 3 files?", "deletes"),
        ("3 files will be deleted.", "deletes"),
        ("This cannot be undone.", "deletes"),
        ("You will be charged 5 €.", "pays"),
        ("Are you sure you want to send this?", "sends"),
        ("Install 14 additional packages?", "installs"),
        ("要删除这 3 个文件吗？", "deletes"),
        ("将支付 30 元。", "pays"),
        ("Your message was sent.", None),
        ("The update is here.", None),
        ("Find what you want to read", None),
        ("邮件已发送。", None),
        ("安装完成。", None),
    ],
)
def test_a_text_tells_what_is_about_to_be_done(text, kind):
    assert described(text) == kind


VERB_AND_THING = [
    *(
        "Empty folder",
        "Empty list",
        "Format card",
        "Share folder",
        "Share list",
        "Share notes",
        "Email report",
        "Drop index",
    ),
    *(
        "Drop view",
        "Block number",
        "Update status",
        "Run report",
        "Run tool",
        "Trash items",
        "Book time",
        "Register name",
    ),
    *("Upload folder", "Transfer items", "Reserve date", "Purchase tracking", "Update details", "Cancel flight"),
    *("Close position", "Add administrator"),
    *(
        "同意协议",
        "接受条款",
        "提交报告",
        "发送通知",
        "发布内容",
        "更新版本",
        "购买计划",
        "发布项目",
        "提交问题",
        "发送内容",
    ),
    *("安装版本", "停用通知", "同意规则", "接受政策", "更新状态", "已阅读并同意", "转账给张三"),
]
NAME_OF_VERB = [
    *(
        "Order history",
        "Payment details",
        "Call log",
        "Transfer limits",
        "Update history",
        "Upload log",
        "Login history",
    ),
    *("Purchase receipt", "Report options", "Post settings", "Share settings", "Order status", "Release notes"),
    *(
        "发送记录",
        "更新日志",
        "登录记录",
        "支付方式",
        "购买历史",
        "提交记录",
        "安装说明",
        "发布时间",
        "更新说明",
        "转账限额",
    ),
]


@pytest.mark.parametrize("label", VERB_AND_THING)
def test_a_verb_and_what_it_is_for_is_an_order(label):
    assert ordered(label) is not None


@pytest.mark.parametrize("label", NAME_OF_VERB)
def test_a_usual_name_of_a_verb_is_none(label):
    assert ordered(label) is None
    assert is_harmless(label)


def test_of_all_verbs_and_things_only_the_usual_names_are_names():
    known = english()
    named = {f"{first} {last}" for last, firsts in known.compounds.items() for first in firsts}
    for verb in known.orders:
        for thing in known.things:
            assert (ordered(f"{verb} {thing}") is None) == (f"{verb} {thing}" in named), f"{verb} {thing}"
    for verb in ("同意", "接受", "提交", "发送", "发布", "安装", "更新", "购买", "删除", "清空"):
        for thing in (
            "协议",
            "条款",
            "报告",
            "通知",
            "内容",
            "版本",
            "计划",
            "项目",
            "问题",
            "模板",
            "邮件",
            "合同和附件",
        ):
            assert ordered(verb + thing), verb + thing
    for verb in ("发送", "提交", "发布", "更新", "购买", "支付", "登录", "转账"):
        for thing in ("记录", "日志", "历史", "时间", "方式", "说明"):
            assert ordered(verb + thing) is None, verb + thing


@pytest.mark.parametrize("label", ["Expunge folder", "Nuke history", "Obliterate list", "轰炸计划", "清理记录"])
def test_a_word_that_is_not_known_is_not_known_before_a_thing(label):
    assert not is_harmless(label)


def test_a_row_may_be_called_as_an_order_would_be():
    assert ordered("Trash box", in_list=True) is None
    assert ordered("Delete box", in_list=True) == "deletes"


def test_a_question_is_one_in_both_languages():
    assert all(map(is_question, ("Sure?", "确定吗", "是否继续", "继续？")))
    assert not is_question("Done.")


def test_a_statement_is_no_order():
    assert is_statement("Last shutdown: Monday")
    assert not is_statement("Shut down")
    assert begins_with_order("Shut down")
    assert not begins_with_order("Last shutdown")


@pytest.mark.parametrize("label", ["", " ", "…", "→", "送信する", "Отправить", "إرسال", "보내기"])
def test_what_is_in_no_known_script_cannot_be_read(label):
    assert not is_readable(label)


@pytest.mark.parametrize("label", ["Send", "发送", "Löschen", "7", "🗑 Delete"])
def test_what_is_can(label):
    assert is_readable(label)


@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    assert ordered(text) in {None, *KINDS}
    assert described(text) in {None, *KINDS}
    assert {is_harmless(text), only_goes_on(text), is_readable(text), begins_with_order(text)} <= {True, False}


@given(
    st.sampled_from([label for labels in ORDERS.values() for label in labels]),
    st.sampled_from(["  {}", "{}…", "{} ›", "{}:"]),
)
def test_what_makes_no_difference_to_people_makes_none(label, shape):
    assert ordered(shape.format(label)) == ordered(label)


@pytest.mark.parametrize("unit", ["delete ", "发送", "will be ", "make public ", string.ascii_lowercase, "( "])
def test_long_texts_take_time_in_proportion(unit):
    def seconds(times):
        text, began = unit * times, time.process_time()
        for _ in range(3):
            ordered(text), described(text), is_harmless(text)
        return time.process_time() - began

    seconds(200)
    assert seconds(8000) < 60 * max(seconds(1000), 0.001)


def test_the_words_are_whole():
    known = english()
    assert known.orders.keys() >= known.also_nouns - {"respond"}
    assert not known.harmless & known.orders.keys()
    assert not known.goes_on & known.orders.keys()
    assert {kind for _, kind in known.phrases} == {kind for _, kind in chinese().phrases} == set(KINDS)
    assert all(places().programs)
