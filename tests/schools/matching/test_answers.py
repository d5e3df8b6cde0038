"""Answers of questionnaires as facts of matching."""

from __future__ import annotations

import pytest

from schools.matching.domain.answers import facts_of_mentee, facts_of_mentor, places_wanted
from schools.matching.domain.facts import MenteeFacts, MentorFacts
from schools.matching.domain.fit import fit_of

TITLES = {
    "request": {"exams": "подготовка к экзаменам"},
    "competences": {"exams": "подготовка к экзаменам"},
    "subjects": {"physics": "физика"},
    "time": {"saturday": "в субботу"},
}


def test_both_sides_are_told_by_titles_and_meet():
    mentee = facts_of_mentee(
        {
            "takes_part": True,
            "request": ["exams"],
            "request_text": "Хочу сдать физику",
            "subjects": ["physics"],
            "time": ["saturday"],
            "format": "any",
        },
        {"wanted_mentors": ["m"]},
        TITLES,
    )
    mentor = facts_of_mentor(
        {"competences": ["exams"], "subjects": ["physics"], "time": ["saturday"], "format": "online"},
        {"not_with": ["x"]},
        TITLES,
    )
    assert mentee["request"] == "подготовка к экзаменам Хочу сдать физику"
    assert (mentee["format"], mentor["format"], mentor["vetoes"]) == ("", "online", frozenset({"x"}))
    fit = fit_of(MenteeFacts(key="a", **mentee), MentorFacts(key="m", **mentor))
    told = {reason.code: dict(reason.parameters) for reason in fit.reasons}
    assert told["subjects"] == {"subjects": "физика"}
    assert told["time"] == {"slots": "в субботу"}
    assert told["chosen_by_mentee"] == {"rank": 1}


@pytest.mark.parametrize(
    ("codes", "ages"),
    [
        (["11_13"], {"age_from": 11, "age_to": 13}),
        (["7_10", "14_15"], {"age_from": 7, "age_to": 15}),
        (["16_18", "adult"], {"age_from": 16}),
        (["any", "7_10"], {}),
        ([], {}),
    ],
)
def test_wished_ages(codes: list[str], ages: dict[str, int]):
    assert facts_of_mentor({"wanted_ages": codes}, {}, {}) == ages


def test_what_nobody_answered_is_no_fact():
    assert facts_of_mentee({}, {}, {}) == {}
    assert facts_of_mentee({"takes_part": False}, {}, {}) == {"is_willing": False}
    assert (places_wanted({}), places_wanted({"mentees_wanted": "3"})) == (None, 3)
