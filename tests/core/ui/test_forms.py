"""Forms: labels, notes and errors are tied to their control, and files are refused before they are read."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from core.ui.design import SampleFilter, SampleForm
from core.ui.forms import DayField, LimitedFileField


def render(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_every_error_links_to_a_control_that_exists() -> None:
    form = SampleForm(data={"number": "84-од"})
    html = render("{% form_errors form %}{% form_fields form %}", form=form)
    targets = re.findall(r'<a href="#([^"]+)">', html)
    assert len(targets) == len(form.errors) == 6
    for target in targets:
        assert re.search(rf'<(input|select|textarea)[^>]*\sid="{target}"', html), target
    assert 'role="alert"' in html


def test_what_was_typed_is_kept() -> None:
    assert 'value="84-од"' in render("{% form_fields form %}", form=SampleForm(data={"number": "84-од"}))


def test_notes_and_errors_describe_their_control() -> None:
    class OrderForm(forms.Form):
        number = forms.CharField(label="Номер", help_text="Как в журнале")

    html = render("{% field form.number %}", form=OrderForm(data={}))
    assert 'aria-describedby="id_number_helptext id_number_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<p class="hint" id="id_number_helptext">Как в журнале</p>' in html
    assert re.search(r'<p class="error" id="id_number_error">.*Обязательное поле', html, re.S)
    assert '<label class="label" for="id_number">Номер</label>' in html


def test_group_is_a_fieldset_with_a_legend() -> None:
    html = render("{% field form.signer %}", form=SampleForm(data={}))
    assert '<fieldset class="field field--error" aria-describedby="id_signer_error">' in html
    assert "<legend" in html


def test_optional_field_says_so_but_not_in_filters() -> None:
    assert "(необязательно)" in render("{% field form.note %}", form=SampleForm())
    assert "(необязательно)" not in render("{% filters form %}", form=SampleFilter({}))


def test_filters_offer_reset_only_when_something_is_chosen() -> None:
    assert 'href="?"' not in render("{% filters form %}", form=SampleFilter({"q": ""}))
    assert 'href="?"' in render("{% filters form %}", form=SampleFilter({"state": "wait"}))


@pytest.mark.parametrize("text", ["2026-11-21", "21.11.2026", "21.11.26"])
def test_day_is_read_as_people_write_it(text: str) -> None:
    assert DayField().clean(text) == date(2026, 11, 21)


def test_day_is_shown_as_the_picker_wants_it() -> None:
    class DayForm(forms.Form):
        day = DayField(label="Дата")

    assert 'type="date" name="day" value="2026-11-21"' in render(
        "{% field form.day %}", form=DayForm(initial={"day": date(2026, 11, 21)})
    )


def test_a_wrong_day_is_shown_as_it_was_typed() -> None:
    class DayForm(forms.Form):
        day = DayField(label="Дата")

    assert 'type="text" name="day" value="31.02.2026"' in render(
        "{% field form.day %}", form=DayForm({"day": "31.02.2026"})
    )
    assert 'type="date" name="day" value="2026-02-31"' in render(
        "{% field form.day %}", form=DayForm({"day": "2026-02-31"})
    )


def test_file_limits_are_told_and_kept() -> None:
    field = LimitedFileField(max_bytes=100, extensions=[".XLSX"])
    assert field.limits_text == "Файл .xlsx, не больше 100\u00a0байт."
    assert field.clean(SimpleUploadedFile("Контингент.XLSX", b"x" * 100)).size == 100
    for name, content, code in [("a.xls", b"x", "extension"), ("a.xlsx", b"x" * 101, "too_large")]:
        with pytest.raises(ValidationError) as refused:
            field.clean(SimpleUploadedFile(name, content))
        assert refused.value.code == code


def test_hostile_text_is_escaped_everywhere() -> None:
    hostile = '"><script>alert(1)</script>'
    html = render(
        "{% status 'ok' x %}{% button x name=x value=x %}{% link_button x x %}{% notice 'warn' title=x %}{{ x }}"
        "{% endnotice %}{% card title=x %}{{ x }}{% endcard %}{% table caption=x %}{% endtable %}{% crumb x x %}"
        "{% emptystate x action_url=x action_label=x %}{{ x }}{% endemptystate %}{% post_button x x a=x %}"
        "{% picture x x %}{% progress 1 2 x %}{% stat x 1 2 noun=x url=x %}{% next_step x x x hint=x %}",
        x=hostile,
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 25
