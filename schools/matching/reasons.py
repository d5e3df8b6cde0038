"""Codes of the engine in plain Russian: why a pair fits, why somebody is left, which rule forbids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.numbers import plural_form
from schools.matching.domain.exchange import Exchange, Why, WhyNot
from schools.matching.domain.fit import ReasonCode
from schools.matching.domain.problem import FULL_FIT, ProblemError, Reason
from schools.matching.domain.result import Unmatched, WhyUnmatched
from schools.matching.domain.rules import HardRule

# Rules that are told in the same words to whoever must not know what a mentee said of him.
_TOLD_ALIKE: Final = frozenset({HardRule.VETO_OF_MENTEE, HardRule.MENTEE_NOT_WILLING, HardRule.BANNED})
_HIDDEN_RULE: Final = "not_proposed"


def out_of_100(score: int) -> int:
    """Return a fit as people are told it."""
    return round(score * 100 / FULL_FIT)


def rule_in_words(rule: HardRule) -> str:
    """Return why a pair may not be proposed, as a whole sentence."""
    return {
        HardRule.SAME_PERSON: _("Человек не может быть наставником самому себе."),
        HardRule.OWN_CHILD: _("Родитель не может быть наставником своего ребёнка."),
        HardRule.MENTEE_KIND: _("Наставляемый не подходит своей стороне формы: другая роль в школе."),
        HardRule.MENTOR_KIND: _("Наставник не подходит своей стороне формы: другая роль в школе."),
        HardRule.MENTEE_NOT_WILLING: _("Наставляемый ответил, что не хочет участвовать."),
        HardRule.MENTOR_NOT_WILLING: _("Наставник ответил, что не готов участвовать."),
        HardRule.BANNED: _("Куратор запретил эту пару."),
        HardRule.VETO_OF_MENTEE: _("Наставляемый после встречи отметил: не подходит."),
        HardRule.VETO_OF_MENTOR: _("Наставник после встречи отметил: не подходит."),
        HardRule.NOT_CLEARED: _("У наставника нет документа, без которого школа не допускает к работе."),
        HardRule.MENTEE_NO_CONSENT: _("У наставляемого нет действующего согласия на обработку данных."),
        HardRule.MENTOR_NO_CONSENT: _("У наставника нет действующего согласия на обработку данных."),
        HardRule.NO_PLACES: _("Наставник больше никого не берёт."),
        HardRule.MENTEE_WITHDREW: _("Согласие на участие наставляемого отозвано."),
        HardRule.MENTOR_WITHDREW: _("Согласие на участие наставника отозвано."),
    }[rule]


def told(rule: HardRule, *, is_hidden: bool) -> tuple[str, str]:
    """Return the code and the sentence of a rule as the reader is told it."""
    if is_hidden and rule in _TOLD_ALIKE:
        return _HIDDEN_RULE, _hidden_in_words()
    return rule, rule_in_words(rule)


def _hidden_in_words() -> str:
    return _("Эту пару предложить нельзя.")


def without_vetoes(rules: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return counted rules with those that are told alike counted together."""
    counted: dict[str, int] = {}
    for code, count in rules:
        key = _HIDDEN_RULE if code in _TOLD_ALIKE else code
        counted[key] = counted.get(key, 0) + count
    return list(counted.items())


def reason_in_words(reason: Reason) -> str:
    """Return one reason of a fit as a sentence; what takes away from it is said as plainly as what adds."""
    with_them = dict(reason.parameters)
    match reason.code:
        case ReasonCode.CHOSEN_BY_MENTEE:
            return _("Наставляемый выбрал этого наставника %(rank)s-м по счёту.") % with_them
        case ReasonCode.CHOSEN_BY_MENTOR:
            return _("Наставник выбрал этого наставляемого %(rank)s-м по счёту.") % with_them
        case ReasonCode.REQUEST:
            return _("Запрос и то, в чём силён наставник, сходятся в словах: %(words)s.") % with_them
        case ReasonCode.SUBJECTS:
            return _("Нужна помощь по предметам, которые ведёт или знает наставник: %(subjects)s.") % with_them
        case ReasonCode.INTERESTS:
            return _("Общие интересы: %(interests)s.") % with_them
        case ReasonCode.AGE:
            return _("Возраст наставляемого (%(age)s) – тот, с которым наставник хочет работать.") % with_them
        case ReasonCode.AGE_APART:
            years = int(with_them["years"])
            words = plural_form(years, _("год|года|лет"))
            return _("Возраст наставляемого отличается от желаемого на %(years)s %(words)s.") % {
                "years": years,
                "words": words,
            }
        case ReasonCode.TIME:
            return _("Есть общее свободное время: %(slots)s.") % with_them
        case ReasonCode.NO_TIME:
            return _("Общего свободного времени нет.")
        case ReasonCode.FORMAT:
            return _("Обоим удобно встречаться одинаково: %(format)s.") % with_them
        case ReasonCode.FORMAT_APART:
            return _("Встречаться хотят по-разному: наставляемый – %(mentee)s, наставник – %(mentor)s.") % with_them
    return str(reason.code)


def reasons_in_words(reasons: Iterable[Reason]) -> list[str]:
    """Return the reasons of a fit; of a pair about whom nothing speaks either way, that."""
    said = [reason_in_words(reason) for reason in reasons]
    return said or [_("О предпочтениях и запросах этих людей ничего не известно: пара возможна, доводов нет.")]


def unmatched_in_words(left: Unmatched, *, is_hidden: bool = False) -> list[str]:
    """Return why a run left somebody without a mentor, the reason first, then the rules with how many each.

    :param is_hidden: the reader must not learn whom the mentee refused.
    """
    match left.why:
        case WhyUnmatched.NOBODY_ALLOWED:
            said = [_("Ни одного наставника предложить нельзя.")]
        case WhyUnmatched.GROUP_TOO_LARGE:
            said = [_("Ни у одного подходящего наставника нет мест на всю группу.")]
        case WhyUnmatched.PLACES_TAKEN:
            said = [_("У всех подходящих наставников места заняты; если кого-то подвинуть, без пары останется он.")]
        case WhyUnmatched.NOT_CHOSEN:
            said = [_("Подходящие наставники заняты теми, кого предпочли.")]
    for code, count in without_vetoes(left.rules) if is_hidden else left.rules:
        words = ngettext("%(rule)s (%(count)s наставник)", "%(rule)s (наставников: %(count)s)", count)
        rule = _hidden_in_words() if code == _HIDDEN_RULE else rule_in_words(HardRule(code))
        said.append(words % {"rule": rule.rstrip("."), "count": count})
    return said


def problem_in_words(error: ProblemError) -> str:
    """Return why a run cannot even begin: the locked pairs contradict something."""
    if error.code == "locked_over_capacity":
        return _("За одним наставником закреплено больше наставляемых, чем он готов взять. Открепите лишних.")
    if error.code in set(HardRule):
        # Whoever reads this may be the mentor: what a mentee said of him is on the row, for whom it is meant.
        _code, sentence = told(HardRule(error.code), is_hidden=True)
        return _("Закреплённая пара нарушает правило: %(rule)s") % {"rule": sentence}
    return _("Закреплённые пары противоречат друг другу. Открепите их и повторите подбор.")


def why_not_in_words(answer: WhyNot, names: Mapping[str, str], *, is_hidden: bool = False) -> list[str]:
    """Return the answer to «почему не этот наставник?»; ``names`` are the people's, by key.

    :param is_hidden: the reader must not learn what the mentee said of this mentor.
    """
    said = []
    if answer.rule is not None:
        said.append(told(answer.rule, is_hidden=is_hidden)[1])
    match answer.why:
        case Why.CHOSEN:
            return [_("Этот наставник и предложен.")]
        case Why.HELD:
            said.append(_("Наставляемый закреплён или идёт с группой: отдельно подбор его не переставлял."))
        case Why.PLACES_HELD:
            said.append(_("Все места наставника заняты закреплёнными парами и группами."))
        case Why.MENTEE_HAS_BETTER:
            said.append(_("Предложенный наставник подходит этому наставляемому не хуже."))
        case Why.MENTOR_HAS_BETTER:
            said.append(_("Места наставника заняты теми, кто подходит ему не хуже."))
        case Why.AS_GOOD:
            said.append(_("Было бы не хуже в сумме: при равенстве решили более ровное соответствие или жребий."))
        case Why.WORSE:
            said.append(_("Вместе с другими парами вышло бы хуже."))
        case Why.RULE:
            pass
    if answer.exchange is not None and answer.why is not Why.AS_GOOD:
        said += exchange_in_words(answer.exchange, names)
    return said


def exchange_in_words(exchange: Exchange, names: Mapping[str, str]) -> list[str]:
    """Return what it would take to make a change, and what the whole would lose."""
    said = []
    if exchange.cover < 0:
        words = ngettext(
            "Без наставника остался бы %(count)s человек.",
            "Без наставника остались бы: %(count)s.",
            -exchange.cover,
        )
        said.append(words % {"count": -exchange.cover})
    if exchange.total:
        said.append(
            _("Общее соответствие изменилось бы на %(fit)s.")
            % {"fit": f"{out_of_100(exchange.total):+d}".replace("-", "−")}
        )
    for move in exchange.moves[1:] if len(exchange.moves) > 1 else ():
        mentee, mentor = names.get(move.mentee, ""), names.get(move.after, "")
        if not mentee:
            continue
        if mentor:
            said.append(
                _("Сменилась бы пара: %(mentee)s, наставник %(mentor)s.") % {"mentee": mentee, "mentor": mentor}
            )
        else:
            said.append(_("Без наставника оказался бы человек: %(mentee)s.") % {"mentee": mentee})
    return said
