"""What the rows of the work list say, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor, actor_of
from core.ui.home import HomeBlock
from schools.clearances.words import papers_in_words
from schools.consents.words import kind_titles
from schools.matching.models import Round as Matching
from schools.pairs.models import Pair
from schools.questionnaires.models import Round
from schools.worklist import policies
from schools.worklist.domain import Matter
from schools.worklist.models import MATTER_TITLES
from schools.worklist.selectors import Row, Waiting, what_waits

# What is to be done about a matter, and the page where all of it stands: (name of the address, query).
_PLACES: dict[Matter, tuple[str, str]] = {
    Matter.STAFF_LOGIN: ("accounts:staff", ""),
    Matter.UNHEARD: ("accounts:staff", ""),
    Matter.UNORDERED: ("pairs:list", ""),
    Matter.NO_CONSENT: ("consents:missing", ""),
    Matter.CONSENT_ENDED: ("consents:to-check", ""),
    Matter.CLEARANCE_MISSING: ("clearances:list", "?show=lacking"),
    Matter.CLEARANCE_ENDED: ("clearances:list", "?show=lacking"),
    Matter.CLEARANCE_ENDING: ("clearances:list", "?show=ending"),
    Matter.LEAVERS: ("pairs:leavers", ""),
    Matter.NEVER_MET: ("meetings:list", "?rhythm=none"),
    Matter.STUCK: ("meetings:list", "?rhythm=stuck"),
    Matter.PROPOSALS: ("matching:list", ""),
    Matter.UNANSWERED: ("questionnaires:list", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words."""

    title: str
    url: str
    hint: str
    row: Row


@dataclass(frozen=True, slots=True)
class Section:
    """A sort of thing that waits, in words; ``url`` leads to all of it, where there is such a page."""

    matter: Matter
    title: str
    hint: str
    total: int
    lines: Sequence[Line]
    url: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.lines)


# So many rows are read through without losing one's place on a phone.
_MOST_UNFOLDED = 10


def unfolded(sections: Sequence[Section], asked: str | None) -> list[Matter]:
    """Return the matters whose rows are shown at once: the one asked for, or the first ones that fit a few screens."""
    if chosen := [section.matter for section in sections if section.matter == asked]:
        return chosen
    shown: list[Matter] = []
    rows = 0
    for section in sections:
        rows += len(section.lines)
        if shown and rows > _MOST_UNFOLDED:
            break
        shown.append(section.matter)
    return shown


def hint_of(matter: Matter) -> str:
    """Return what is to be done about a matter."""
    return {
        Matter.STAFF_LOGIN: _(
            "По карточке это обучающийся или ему нет 18 лет, либо это наставляемый без карточки, а вход открывает "
            "чужие данные. Откройте вход и отзовите роль; если ошибка в карточке, исправьте её или отвяжите вход; "
            "если карточки нет, свяжите вход с карточкой."
        ),
        Matter.OWN_CHILD: _(
            "Родитель не может быть наставником своего ребёнка, а представителя записали, когда пара уже была. "
            "Завершите пару или смените наставника, черновик удалите; если представитель записан по ошибке, уберите "
            "его из карточки."
        ),
        Matter.UNHEARD: _(
            "Если кому-то в такой паре станет некомфортно или понадобится другой партнёр, написать некому: отвечающие "
            "сами состоят в паре. Пригласите, например, педагога-психолога."
        ),
        Matter.UNORDERED: _("Пока у пары нет приказа с номером и датой, она не действует и в охват не входит."),
        Matter.CONSENT_WITHDRAWN: _(
            "Решите о парах. Данные того, кто отозвал обработку, уничтожают за 30 дней; имя и фотографии того, кто "
            "отозвал распространение, уберите с сайта и стендов. Через 30 дней строка исчезнет, если пары нет."
        ),
        Matter.NO_CONSENT: _("Возьмите подписанное согласие: без него человек не входит в охват и в автоподбор."),
        Matter.CONSENT_ENDED: _("Закончился срок или исполнилось 18 лет: нужна новая подпись."),
        Matter.SOON_ADULT: _("После дня рождения подписи представителя мало: нужна своя."),
        Matter.CLEARANCE_MISSING: _("Возьмите у наставника не из школы документ и запишите его номер и дату."),
        Matter.CLEARANCE_ENDED: _("Попросите новый документ: прежний больше не действует."),
        Matter.CLEARANCE_ENDING: _("Осталось не больше 60 дней: попросите новый документ заранее."),
        Matter.LEAVERS: _("Один из двоих больше не в школе, а пара не завершена: завершите её последним днём в школе."),
        Matter.NEVER_MET: _("Со дня приказа прошло две недели, а встреч нет. Напомните наставнику или запишите сами."),
        Matter.STUCK: _("Три недели без встреч. Спросите, не мешает ли что-нибудь."),
        Matter.CONTACT: _("Дважды в первый месяц, затем раз в месяц: как идёт работа, нужна ли помощь."),
        Matter.PROPOSALS: _(
            "Скоро пройдёт срок ответа на предложение о паре. Спросите тех, кто молчит: ответ можно записать за них."
        ),
        Matter.UNANSWERED: _(
            "Срок анкеты подходит или прошёл. Откройте опрос: там видно, кто молчит, и есть «Напомнить»."
        ),
    }[matter]


def section_of(actor: Actor, waiting: Waiting) -> Section:
    """Return a sort of thing in words."""
    name, query = _PLACES.get(waiting.matter, ("", ""))
    return Section(
        waiting.matter,
        str(MATTER_TITLES[waiting.matter]),
        hint_of(waiting.matter),
        waiting.total,
        [_line(actor, waiting.matter, row) for row in waiting.rows],
        reverse(name) + query if name else "",
    )


def _line(actor: Actor, matter: Matter, row: Row) -> Line:
    if row.pair is not None:
        return _line_of_pair(matter, row, row.pair)
    if row.survey is not None:
        return _line_of_round(row, row.survey)
    if row.matching is not None:
        return _line_of_matching(row, row.matching)
    if row.account is not None:
        url = reverse("accounts:staff-member", args=[row.account.pk])
        words = _("логин %(login)s, карточки нет") if row.account.person_id is None else _("логин %(login)s")
        return Line(row.account.name, url, words % {"login": row.account.login}, row)
    if matter is Matter.UNHEARD:
        words = _("Пар, о которых некому написать: %(number)s") % {"number": row.number}
        return Line(words, reverse("accounts:staff-invite"), "", row)
    person = row.person
    if person is None:
        raise LookupError("a row is about a person, a pair, an account or a round of asking or matching")
    if row.papers:
        hint = papers_in_words(row.papers, timezone.localdate())
        return Line(person.full_name, reverse("clearances:person", args=[person.pk]), hint, row)
    if row.consents:
        return Line(person.full_name, reverse("consents:person", args=[person.pk]), _withdrawn(row), row)
    born = _("дата рождения %(day)s") % {"day": f"{person.birth_date:%d.%m.%Y}"}
    # Whoever may not write consents still sees which there are.
    page = "consents:new" if actor.has("consents.edit") else "consents:person"
    url = reverse(page, args=[person.pk]) if actor.has("consents.view") else ""
    return Line(person.full_name, url, born, row)


def _withdrawn(row: Row) -> str:
    titles = kind_titles()
    words = _("%(kind)s – с %(day)s")
    told = [{"kind": titles.get(each.kind, each.kind), "day": f"{each.withdrawn_on:%d.%m.%Y}"} for each in row.consents]
    return "; ".join(words % each for each in told)


def _line_of_pair(matter: Matter, row: Row, pair: Pair) -> Line:
    title = _("%(mentee)s, наставник %(mentor)s") % {
        "mentee": pair.mentee.full_name,
        "mentor": pair.mentor.full_name,
    }
    cards = dict.fromkeys((Matter.OWN_CHILD, Matter.UNORDERED, Matter.LEAVERS), "pairs:card")
    cards[Matter.CONTACT] = "worklist:contact"
    name = cards.get(matter, "meetings:pair")
    return Line(title, reverse(name, args=[pair.pk]), _since(matter, row), row)


def _line_of_round(row: Row, survey: Round) -> Line:
    said = {"number": row.number, "day": f"{row.since:%d.%m.%Y}" if row.since else ""}
    hint = _("не ответили: %(number)s, срок %(day)s") if row.since else _("не ответили: %(number)s")
    return Line(survey.title, reverse("questionnaires:round", args=[survey.pk]), hint % said, row)


def _line_of_matching(row: Row, matching: Matching) -> Line:
    said = {"number": row.number, "day": f"{row.since:%d.%m.%Y}" if row.since else ""}
    hint = _("без ответа: %(number)s, срок %(day)s") % said
    return Line(matching.title, reverse("matching:proposals", args=[matching.pk]), hint, row)


def _since(matter: Matter, row: Row) -> str:
    if row.since is None:
        return ""
    day = {"day": f"{row.since:%d.%m.%Y}"}
    if matter is Matter.LEAVERS:
        return _("последний день в школе %(day)s") % day
    if matter is Matter.STUCK:
        return _("последняя встреча %(day)s") % day
    return (_("пора с %(day)s") if matter is Matter.CONTACT else _("пара с %(day)s")) % day


def home_block(request: HttpRequest) -> HomeBlock | None:
    """Return how much waits for the reader, by sorts; None when nothing does."""
    actor = actor_of(request)
    if not policies.may_see_worklist(actor):
        return None
    found = what_waits(actor, timezone.localdate(), rows=0)
    waiting = [{"matter": each.matter, "title": MATTER_TITLES[each.matter], "total": each.total} for each in found]
    return HomeBlock("worklist/home.html", {"waiting": waiting}) if waiting else None
