"""The component kit: ``{% load ui %}``, then place components; screens carry no styles of their own.

Page (``{% extends "ui/base.html" %}``), all blocks optional but ``title`` and ``content``:
  title        words for <h1> and <title>           lead         one sentence under the title
  breadcrumbs  several {% crumb url label %}        action       the page's one primary action
  help         Russian help, folded «Как это работает»           content
  {% block_html "name" as var %}  {% block_text "name" %}   a block's result, for layouts
  {% crumb url label %}

Words and figures
  {{ n|count }}  {{ value|percent }}  {{ n|plural:_("пара|пары|пар") }}   «1 234», «58,9 %», «пары»
  {% icon "check" %}                                 names: core.ui.icons.ICONS
  {% status kind text %} or {% status status %}      kind: ok work wait stop none info
  {% stat label numerator denominator target=None as_of=None noun="" url="" %}
  {% progress done total label="" %}

Buttons
  {% button label kind="primary" icon="" name="" value="" %}       kind: primary secondary danger quiet
  {% link_button label url kind="primary" icon="" %}
  {% post_button label url kind="secondary" icon="" name=value … %}  a form of one button with hidden fields

Forms
  {% form_errors form form2 … %}  {% form_fields form %}
  {% field form.x width="" hint="" compact=False %}                width: s m l
  {% filters form %}              form: core.ui.forms.SearchFilterForm; sent by GET

Lists
  {% table caption=… stack=False hide_caption=False name="" %}<thead>…<tbody>…{% endtable %}
      name is the caption's id when two tables share a caption;
      stack=True turns rows into cards on a phone; give each <td> data-label="…" then
  {% pagination page %}           page: core.ui.pagination.paginate(request, rows)
  {% emptystate title action_url="" action_label="" %}…{% endemptystate %}   what to do first
  {% facts rows %}                rows: list of core.ui.components.Fact
  {% card title="" %}…{% endcard %}
  {% notice kind title="" %}…{% endnotice %}         kind: info ok warn error
  {% tabs links label %}          links: list of core.ui.components.Link
  {% steps labels current %}      current counts from 1
  {% task_list groups %}          groups: list of core.ui.components.TaskGroup
  {% next_step title url label hint="" %}            the one next thing to do, on top of a home page

Charts (core.ui.charts)
  {% trend_chart chart %}         TrendChart: line, target, sentence and table
  {% ranking_chart chart %}       RankingChart: a table whose cells hold bars

Live parts and pictures
  {% live url every=2 announce=False name="" active=True %}…{% endlive %}   with core.ui.live.conditional_fragment
  {% picture src alt class="" %}  an image that becomes its words when images are off

Whole pages: ``ui/confirm.html`` (title, lead, consequences, form, confirm_label, cancel_url, is_dangerous).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.ui import charts, nodes, numbers
from core.ui.components import NOTICE_ICONS, STATUS_ICONS, Fact, Link, Status, TaskGroup
from core.ui.formrendering import error_links, field_context
from core.ui.icons import ICONS
from core.ui.nodes import short_id
from core.ui.stat import Stat, build_stat

register = template.Library()
register.filter("count", numbers.format_count)
register.filter("percent", numbers.format_percent)
register.filter("target", numbers.format_target)
register.filter("plural", numbers.plural_form)


# --- the page's frame -------------------------------------------------------------------------------------------


register.tag("block_html", nodes.block_html)
register.tag("block_text", nodes.block_text)
register.tag("live", nodes.live)


@register.simple_tag
def crumb(url: str, label: str) -> SafeString:
    """Write one breadcrumb; the page itself is not among them."""
    return format_html('<li><a href="{}">{}</a></li>', url, label)


# --- words, figures, buttons ------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon beside words.

    :raises KeyError: no such icon; a misspelt name must not pass silently.
    """
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag(name="status")
def status_badge(kind: str | Status, text: object = "") -> SafeString:
    """Write a status as an icon and a word."""
    if isinstance(kind, Status):
        return status_badge(kind.kind, kind.text)
    return format_html('<span class="status status--{}">{}<span>{}</span></span>', kind, icon(STATUS_ICONS[kind]), text)


@register.inclusion_tag("ui/parts/stat.html")
def stat(
    label: str,
    numerator: int | None,
    denominator: int | None,
    target: Any = None,
    as_of: Any = None,
    noun: str = "",
    url: str = "",
) -> dict[str, Stat]:
    """Show a headline figure with its numerator, denominator, target and day."""
    return {"stat": build_stat(label, numerator, denominator, target=target, as_of=as_of, noun=noun, url=url)}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    """Show determinate progress: what is done of how much."""
    share = numbers.share_percent(done, total)
    return {
        "done": done,
        "total": total,
        "label": label,
        "share": numbers.format_percent(share, decimals=0),
        "id": short_id("progress", label),
    }


@register.simple_tag
def button(label: str, kind: str = "primary", icon: str = "", name: str = "", value: str = "") -> SafeString:
    """Write a submit button."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="button button--{}"{}>{}{}</button>', kind, named, _drawn(icon), label
    )


@register.simple_tag
def link_button(label: str, url: str, kind: str = "primary", icon: str = "") -> SafeString:
    """Write a link that looks like a button: it goes somewhere and changes nothing."""
    return format_html('<a class="button button--{}" href="{}">{}{}</a>', kind, url, _drawn(icon), label)


def _drawn(name: str) -> SafeString | str:
    return icon(name) if name else ""


@register.inclusion_tag("ui/parts/post_button.html", takes_context=True)
def post_button(
    context: Context, label: str, url: str, kind: str = "secondary", icon: str = "", **hidden: object
) -> dict[str, Any]:
    """Write a form of one button that sends ``hidden`` fields by POST."""
    return {
        "csrf_token": context.get("csrf_token"),
        "label": label,
        "url": url,
        "kind": kind,
        "icon": icon,
        "hidden": hidden.items(),
    }


# --- forms ------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(*forms: BaseForm) -> dict[str, Any]:
    """Summarise the errors of forms on top of the page, each linked to its field."""
    return {"errors": [link for form in forms if form is not None for link in error_links(form)]}


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, width: str = "", hint: str = "", compact: bool = False) -> dict[str, Any]:
    """Write a field with label, help and errors tied to it; ``compact`` leaves out «необязательно»."""
    return field_context(bound, width=width, hint=hint, compact=compact)


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """Write all fields of a form, the hidden ones too."""
    return {"form": form}


@register.inclusion_tag("ui/parts/filters.html")
def filters(form: BaseForm) -> dict[str, Any]:
    """Write a list's filter bar."""
    return {"form": form}


# --- lists ------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def table(content: str, caption: str, stack: bool = False, hide_caption: bool = False, name: str = "") -> SafeString:
    """Write a captioned table that scrolls in its own box, or stacks into cards, on a narrow screen."""
    caption_id = name or short_id("table", str(caption))
    return format_html(
        '<div class="table-box" role="region" aria-labelledby="{}" tabindex="0"><table class="table{}">'
        '<caption id="{}"{}>{}</caption>{}</table></div>',
        caption_id,
        " table--stack" if stack else "",
        caption_id,
        mark_safe(' class="visually-hidden"') if hide_caption else "",
        caption,
        content,
    )


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Any, parameter: str = "page") -> dict[str, Any]:
    """Write page links that keep every other parameter of the address."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbered = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [{"number": number, "url": address(number) if isinstance(number, int) else ""} for number in numbered],
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
    }


@register.simple_block_tag
def emptystate(content: str, title: str, action_url: str = "", action_label: str = "") -> SafeString:
    """Say that there is nothing yet and what to do first."""
    action = link_button(action_label, action_url) if action_url else ""
    return format_html(
        '<div class="empty"><p class="empty-title">{}</p><div class="empty-text">{}</div>{}</div>',
        title,
        content,
        action,
    )


@register.inclusion_tag("ui/parts/facts.html")
def facts(rows: Sequence[Fact]) -> dict[str, Any]:
    """Write a list of facts about one thing."""
    return {"rows": rows}


@register.simple_block_tag
def card(content: str, title: str = "") -> SafeString:
    """Frame a part of the page with its own heading."""
    heading = format_html('<h2 class="card-title">{}</h2>', title) if title else ""
    return format_html('<section class="card">{}{}</section>', heading, content)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Draw attention to a few sentences."""
    heading = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice--{}">{}<div class="notice-body">{}{}</div></div>',
        kind,
        icon(NOTICE_ICONS[kind]),
        heading,
        content,
    )


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(links: Sequence[Link], label: str) -> dict[str, Any]:
    """Write tabs, which are links to pages of their own."""
    return {"links": links, "label": label}


@register.inclusion_tag("ui/parts/steps.html")
def steps(labels: Sequence[str], current: int) -> dict[str, Any]:
    """Show where a wizard stands; ``current`` counts from 1."""
    marked = [(number, label, (number > current) - (number < current)) for number, label in enumerate(labels, 1)]
    return {"steps": marked, "current": current, "total": len(marked)}


@register.inclusion_tag("ui/parts/task_list.html")
def task_list(groups: Sequence[TaskGroup]) -> dict[str, Any]:
    """Show stages with their tasks and states."""
    return {"groups": groups}


@register.inclusion_tag("ui/parts/next_step.html")
def next_step(title: str, url: str, label: str, hint: str = "") -> dict[str, Any]:
    """Show the one next thing to do."""
    return {"title": title, "url": url, "label": label, "hint": hint}


# --- charts -----------------------------------------------------------------------------------------------------


def _images_off(context: Context) -> bool:
    frame = context.get("ui")
    return frame is not None and frame.appearance.images_off


@register.inclusion_tag("ui/parts/trend_chart.html", takes_context=True)
def trend_chart(context: Context, chart: charts.TrendChart) -> dict[str, Any]:
    """Draw a share over time with its sentence and its table (shown open when images are off)."""
    return {
        "chart": chart,
        "plot": charts.plot_trend(chart),
        "summary": charts.describe_trend(chart),
        "is_table_open": _images_off(context),
        "id": short_id("trend", str(chart.title)),
    }


@register.inclusion_tag("ui/parts/ranking_chart.html")
def ranking_chart(chart: charts.RankingChart) -> dict[str, Any]:
    """Draw a ranking as a table whose cells hold bars and the target's mark."""
    return {
        "chart": chart,
        "summary": charts.describe_ranking(chart),
        "id": short_id("ranking", str(chart.title)),
    }


# --- pictures --------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def picture(context: Context, src: str, alt: str, **attributes: str) -> SafeString:
    """Show an image, or its words when the reader switched images off; ``class`` may be given."""
    if _images_off(context):
        return format_html('<span class="picture-words">{}</span>', alt)
    return format_html('<img src="{}" alt="{}" class="{}">', src, alt, attributes.get("class", ""))
