"""The «Версия для слабовидящих» panel: what can be chosen, and how the choice is remembered.

The choice lives in one cookie and becomes classes on ``<html>`` on the server, so it works without scripts
and on error pages that touch no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COOKIE_NAME = "appearance"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a setting with its Russian label."""

    value: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the panel; the first option is the ordinary look."""

    name: str
    legend: str | Promise
    options: tuple[Option, ...]

    @property
    def default(self) -> str:
        return self.options[0].value

    def accepts(self, value: str) -> bool:
        return any(option.value == value for option in self.options)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "size",
        _("Размер текста"),
        (Option("100", _("100 %")), Option("150", _("150 %")), Option("200", _("200 %"))),
    ),
    Setting(
        "scheme",
        _("Цвета"),
        (
            Option("normal", _("Обычные")),
            Option("black-on-white", _("Чёрным по белому")),
            Option("white-on-black", _("Белым по чёрному")),
            Option("blue", _("Тёмно-синим по голубому")),
        ),
    ),
    Setting(
        "font",
        _("Шрифт"),
        (Option("sans", _("Без засечек")), Option("serif", _("С засечками"))),
    ),
    Setting(
        "letters",
        _("Расстояние между буквами"),
        (Option("normal", _("Обычное")), Option("wide", _("Большое")), Option("wider", _("Очень большое"))),
    ),
    Setting(
        "lines",
        _("Расстояние между строками"),
        (Option("normal", _("Обычное")), Option("wide", _("Большое")), Option("wider", _("Очень большое"))),
    ),
    Setting(
        "images",
        _("Изображения"),
        (Option("on", _("Показывать")), Option("off", _("Не показывать"))),
    ),
)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What one reader chose; only differences from the ordinary look are kept."""

    chosen: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Appearance:
        """Keep what the panel really offers and drop everything else: the cookie is the reader's own text."""
        chosen = {}
        for setting in SETTINGS:
            value = values.get(setting.name, setting.default)
            if value != setting.default and setting.accepts(value):
                chosen[setting.name] = value
        return cls(chosen)

    @classmethod
    def from_cookie(cls, raw: str) -> Appearance:
        # Bounded: a cookie is attacker-sized text and this runs on every page.
        return cls.from_mapping(dict(parse_qsl(raw[:200], max_num_fields=20)) if raw.count("&") < 20 else {})

    def to_cookie(self) -> str:
        return urlencode(self.chosen)

    def value(self, name: str) -> str:
        """Return the value in force of the setting ``name``."""
        default = next(setting.default for setting in SETTINGS if setting.name == name)
        return self.chosen.get(name, default)

    @property
    def css_classes(self) -> str:
        """Classes for ``<html>``, such as ``a-size-150 a-scheme-blue``; empty for the ordinary look."""
        return " ".join(f"a-{name}-{value}" for name, value in self.chosen.items())

    @property
    def is_changed(self) -> bool:
        return bool(self.chosen)

    @property
    def images_off(self) -> bool:
        return self.value("images") == "off"

    @property
    def rows(self) -> list[tuple[Setting, list[tuple[Option, bool]]]]:
        """The panel: each setting with its options and whether the option is the one in force."""
        return [
            (setting, [(option, option.value == self.value(setting.name)) for option in setting.options])
            for setting in SETTINGS
        ]
