"""Lists: pages keep the filters, tables have captions, empty states say what to do."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from core.ui.components import Fact, Link, Status, Task, TaskGroup
from core.ui.pagination import paginate


def render(source: str, query: str = "", **values: object) -> str:
    request = RequestFactory().get(f"/list/?{query}")
    return Template("{% load ui %}" + source).render(Context({"request": request, **values}))


def test_page_has_25_rows_and_forgives_bad_numbers() -> None:
    rows = list(range(60))
    pages = {
        raw: paginate(RequestFactory().get("/", {"page": raw}), rows).number
        for raw in ("1", "2", "99", "-3", "x", "9" * 5000, "")
    }
    assert pages == {"1": 1, "2": 2, "99": 3, "-3": 3, "x": 1, "9" * 5000: 1, "": 1}
    assert list(paginate(RequestFactory().get("/?page=3"), rows)) == list(range(50, 60))


def test_page_links_keep_the_filters() -> None:
    request = RequestFactory().get("/?q=ё%26b&state=wait&page=2")
    html = Template("{% load ui %}{% pagination page %}").render(
        Context({"request": request, "page": paginate(request, range(60))})
    )
    assert 'rel="prev" href="?q=%D1%91%26b&amp;state=wait&amp;page=1"' in html
    assert 'rel="next" href="?q=%D1%91%26b&amp;state=wait&amp;page=3"' in html
    assert "Показаны 26–50 из 60" in html
    assert html.count('aria-current="page"') == 1


def test_one_page_needs_no_links() -> None:
    request = RequestFactory().get("/")
    assert render("{% pagination page %}", page=paginate(request, range(25))).strip() == ""


def test_table_is_captioned_and_reachable_by_keyboard() -> None:
    html = render('{% table caption="Пары" stack=True name="pairs" %}<tbody></tbody>{% endtable %}')
    assert html == (
        '<div class="table-box" role="region" aria-labelledby="pairs" tabindex="0">'
        '<table class="table table--stack"><caption id="pairs">Пары</caption><tbody></tbody></table></div>'
    )


def test_status_is_an_icon_and_a_word() -> None:
    html = render("{% status one %}{% status 'ok' 'Действует' %}", one=Status("wait", "Ждёт приказа"))
    assert html.count("<svg") == 2
    assert "<span>Ждёт приказа</span>" in html
    with pytest.raises(KeyError):
        render("{% status 'unknown' 'x' %}")


def test_task_list_counts_what_is_done() -> None:
    tasks = [
        Task("Назначить куратора", Status("ok", "Сделано"), "/curator/"),
        Task("Утвердить пары", Status("none", "Ещё нет"), hint="Сначала согласия."),
    ]
    html = render("{% task_list groups %}", groups=[TaskGroup("Подготовка", tasks)])
    assert "Сделано 1 из 2" in html
    assert '<a href="/curator/">Назначить куратора</a>' in html
    assert "<span>Утвердить пары</span>" in html


def test_steps_tell_where_one_stands() -> None:
    html = render("{% steps labels 2 %}", labels=["Файл", "Столбцы", "Готово"])
    assert "Шаг 2 из 3" in html
    assert html.count('aria-current="step"') == 1
    assert html.count("пройден") == 1


def test_progress_is_determinate() -> None:
    html = render("{% progress 120 400 'Загрузка' %}")
    assert 'max="400" value="120"' in html
    assert "120 из 400 (30\u00a0%)" in html
    assert "0 из 0" in render("{% progress 0 0 'Пусто' %}")


def test_facts_tabs_and_empty_state() -> None:
    assert "<dd>—</dd>" in render("{% facts rows %}", rows=[Fact("Класс", "")])
    assert "<dd>0</dd>" in render("{% facts rows %}", rows=[Fact("Встреч", 0)])
    html = render("{% tabs links 'Пары' %}", links=[Link("Все", "/a/", is_current=True, count=1200), Link("Б", "/b/")])
    assert 'aria-current="page">Все <span class="tabs-count">1\u00a0200</span></a>' in html
    html = render("{% emptystate 'Пар нет' action_url='/n/' action_label='Составить' %}Сначала…{% endemptystate %}")
    assert '<a class="button button--primary" href="/n/">Составить</a>' in html


@pytest.mark.parametrize(
    "source",
    ["{% live %}{% endlive %}", "{% live '/x/' fast=1 %}{% endlive %}", "{% block_html %}", "{% block_text 'a' b %}"],
)
def test_misused_tags_fail_when_the_template_is_read(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}" + source)
