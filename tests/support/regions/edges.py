"""The edges of the counting rules, each planted by one function in schools of its choice.

A one-person edge is an engaged pupil with one thing changed; the others span rows, workbooks or schools.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from deploy.demo.names import random_name, random_snils
from tests.support.regions.drafts import TO_BANK, Maker, RegionDraft, Row, SchoolDraft, as_name

DAY = timedelta(days=1)
Change = dict[str, Row]


def one_person_edges(make: Maker) -> dict[str, Change]:
    """Name every edge that is one changed fact of one engaged pupil: its lines' changed values."""
    day = make.day
    at_18, after_18 = make.years_before(18), make.years_before(18, days=1)
    long_ago = make.september - 400 * DAY
    return {
        "order without number": {"pair": {"order_number": None}},
        "order without date": {"pair": {"order_date": None}},
        "no order": {"pair": {"order_number": None, "order_date": None}},
        "order after the day": {"pair": {"order_number": "201", "order_date": day + DAY}},
        "order on the day": {"pair": {"order_number": "202", "order_date": day}},
        "pair ends on the day": {"pair": {"last": day}},
        "pair ended the day before": {"pair": {"last": day - DAY}},
        "pair of one day": {"pair": {"first": day, "last": day}},
        "pair starts on the day": {"pair": {"first": day, "last": None}},
        "pair starts the day after": {"pair": {"first": day + DAY, "last": None}},
        "leaves on the day": {"pupil": {"left": day}},
        "leaves the day after": {"pupil": {"left": day + DAY}},
        "admitted on the day": {"pupil": {"admitted": day}},
        "admitted the day after": {"pupil": {"admitted": day + DAY}},
        "consent runs out on the day": {"consent": {"until": day}},
        "consent ran out the day before": {"consent": {"until": day - DAY}},
        "withdrawn on the day": {"consent": {"withdrawn": day}},
        "withdrawn the day after": {"consent": {"withdrawn": day + DAY}},
        "consent given on the day": {"consent": {"given": day}},
        "consent given the day after": {"consent": {"given": day + DAY}},
        "minor signed himself": {"pupil": {"born": make.years_before(15)}, "consent": {"signer": "сам"}},
        "18 on the day, signed by mother": {"pupil": {"born": at_18}, "consent": {"signer": "мать"}},
        "18 the day after, signed by mother": {"pupil": {"born": after_18}, "consent": {"signer": "мать"}},
        "18 on the day, signed himself": {"pupil": {"born": at_18}, "consent": {"signer": "сам"}},
        "18 the day after, signed himself": {"pupil": {"born": after_18}, "consent": {"signer": "сам"}},
        "10 on the day": {"pupil": {"born": make.years_before(10)}},
        "10 the day after": {"pupil": {"born": make.years_before(10, days=1)}},
        "20 on the day": {"pupil": {"born": make.years_before(20)}},
        "20 the day after": {"pupil": {"born": make.years_before(20, days=1)}},
        "born on 29 February": {"pupil": {"born": date(2012, 2, 29)}},
        "18 on 29 February": {"pupil": {"born": date(2008, 2, 29)}, "consent": {"signer": "сам"}},
        "only another kind of consent": {"consent": {"kind": TO_BANK}},
        "consent of long ago": {"consent": {"given": long_ago}, "pupil": {"admitted": long_ago}},
        "no СНИЛС": {"pupil": {"snils": None}},
    }


def left_and_came_back(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Two stays of one pupil, the newer one first in the list."""
    school = schools[0]
    back = make.engaged_pupil(school, {"admitted": make.september + 45 * DAY})
    school.pupils.append(back | {"admitted": make.september, "left": make.september + 19 * DAY})


def mentor_from_an_enterprise(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """An engineer and a student from outside; the engineer has two pupils and a consent of his own.

    Entered under a form whose mentor belongs to the school, the same engineer is nobody it knows.
    """
    school = schools[0]
    born = date(1985, 6, 14)
    engineer: Row = {"name": random_name(make.random), "born": born, "position": "инженер завода"}
    for form in ("работодатель – ученик", "работодатель – студент"):
        pupil = make.pupil(school)
        make.consent(school, pupil)
        make.pair(school, engineer, pupil, form=form)
    make.consent(school, engineer)
    make.pair(school, engineer, make.pupil(school), form="учитель – ученик")
    student: Row = {"name": random_name(make.random), "born": date(2005, 3, 3), "position": "студент"}
    make.pair(school, student, make.pupil(school), form="студент – ученик")


def own_teacher_as_employer(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A teacher of the school entered under an outside form stays who he is."""
    school = schools[0]
    teacher, pupil = make.teacher(school), make.pupil(school)
    make.pair(school, teacher, pupil, form="работодатель – ученик")
    make.consent(school, teacher)


def mentor_nobody_knows(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A mentor who is in no list, in a form whose mentor belongs to the school."""
    stranger: Row = {"name": random_name(make.random), "born": date(1980, 5, 5), "position": "учитель физики"}
    make.pair(schools[0], stranger, make.pupil(schools[0]))


def mentee_nobody_knows(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A mentee who is in no list, with an outside mentor who then is not created either."""
    stranger: Row = {"name": random_name(make.random), "born": date(2012, 5, 5), "class": "8А"}
    guest: Row = {"name": random_name(make.random), "born": date(1979, 4, 4), "position": "мастер участка"}
    make.pair(schools[0], guest, stranger, form="работодатель – ученик")
    make.consent(schools[0], guest)
    make.consent(schools[0], stranger)


def refused_pairs(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A last day before the first, a form that does not exist, days that are not there or no days."""
    first = make.september + 20 * DAY
    for change in (
        {"first": first, "last": first - 10 * DAY},
        {"form": "бабушка – внук"},
        {"first": "31.02.2026"},
        {"last": "31.11.2026"},
        {"order_date": "32.09.2026"},
        {"form": "бабушка – внук", "first": first, "last": first - DAY},
        {"first": None},
        {"mentor_born": None},
        {"mentee_born": None, "form": "работодатель – ученик"},
        {"mentor_born": None, "form": "студент – ученик"},
    ):
        make.engaged_pupil(schools[0], pair=change)


def refused_consents(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Days that are not there or not in the calendar, and an end before the beginning."""
    for change in (
        {"given": "31.09.2026"},
        {"until": "30.02.2027"},
        {"withdrawn": "31.11.2026"},
        {"given": None},
        {"born": None},
        {"given": make.september + DAY, "until": make.september},
    ):
        make.engaged_pupil(schools[0], consent=change)


def refused_people(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Every fault of a row of people, also two at once."""
    name = random_name(make.random)
    for change in (
        {"name": replace(name, surname="", given="", patronymic="")},
        {"name": replace(name, given="", patronymic="")},
        {"born": None},
        {"born": "31.02.2013"},
        {"admitted": "31.09.2026"},
        {"admitted": None},
        {"left": "когда-то"},
        {"name": replace(name, given="", patronymic=""), "born": "31.02.2013"},
        {"born": None, "admitted": "31.09.2026"},
    ):
        make.pupil(schools[0], **change)
    make.teacher(schools[0], born="30.02.1980")


def duplicates(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """The same row again: as it is, without СНИЛС, and first without and then with it."""
    school = schools[0]
    for snils_first, snils_again in ((True, True), (True, False), (False, True), (False, False)):
        pupil = make.engaged_pupil(school)
        again = dict(pupil)
        pupil["snils"] = pupil["snils"] if snils_first else None
        again["snils"] = again["snils"] if snils_again else None
        school.pupils.append(again)


def namesakes_of_one_birth_date(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Two people of one school whom only СНИЛС tells apart: a pair and a consent cannot."""
    school = schools[0]
    one = make.engaged_pupil(school)
    make.pupil(school, name=one["name"], born=one["born"])


def row_between_namesakes(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A row without СНИЛС that could be either of two namesakes, before, between or after them."""
    school = schools[0]
    one = make.pupil(school)
    for change in make.random.sample(({"snils": None}, {"snils": random_snils(make.random)}), 2):
        school.pupils.append(one | change)


def namesake_in_another_school(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Two people of two schools with different СНИЛС."""
    one = make.engaged_pupil(schools[0])
    make.engaged_pupil(schools[1], {"name": one["name"], "born": one["born"]})


def namesake_and_two_without_snils(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Records without СНИЛС that could be either of two: they are each other's, and neither's."""
    one = make.engaged_pupil(schools[0])
    known = {"name": one["name"], "born": one["born"]}
    make.engaged_pupil(schools[1], known)
    for school in schools[2:4]:
        make.engaged_pupil(school, known | {"snils": None, "admitted": make.september + DAY})


def transfer(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A pupil who moved: leaves the one on the day he is admitted to the other; the pair stays behind."""
    moved = make.september + 41 * DAY
    for snils_there in (True, False):
        here = make.engaged_pupil(schools[0], {"left": moved})
        there = {key: here[key] for key in ("name", "born", "class", "snils")} | {"admitted": moved}
        make.pupil(schools[1], **(there if snils_there else there | {"snils": None}))


def in_both_schools_at_once(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A pupil listed by two schools; engaged in one of them, in the other only consenting."""
    here = make.engaged_pupil(schools[0])
    there = make.pupil(schools[1], **{key: here[key] for key in ("name", "born", "snils")})
    make.consent(schools[1], there)


def part_timers(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """Teachers of two or three schools, with a СНИЛС everywhere, somewhere and nowhere."""
    for snils_here, snils_there in ((True, True), (True, False), (False, False)):
        here = make.teacher(schools[0])
        if not snils_here:
            here["snils"] = None
        pupil = make.pupil(schools[0])
        make.pair(schools[0], here, pupil)
        make.consent(schools[0], here)
        for school in schools[1:3]:
            there = here | {"admitted": make.september}
            school.teachers.append(there if snils_there else there | {"snils": None})


def married_name(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """One СНИЛС under two names in two schools, and each name without СНИЛС in others: all one person."""
    here = make.teacher(schools[0], name=random_name(make.random, of_woman=True))
    other = replace(as_name(here), surname=random_name(make.random, of_woman=True).surname)
    make.teacher(schools[1], name=other, born=here["born"], snils=here["snils"])
    make.teacher(schools[2], name=here["name"], born=here["born"], snils=None)
    last = make.teacher(schools[3], name=other, born=here["born"], snils=None)
    make.pair(schools[3], last, make.pupil(schools[3]))
    make.consent(schools[3], last)


def pupil_here_teacher_there(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A grown-up pupil who works as a teacher elsewhere, and one who works in his own school."""
    born = make.years_before(19)
    pupil = make.engaged_pupil(schools[0], {"born": born})
    known = {key: pupil[key] for key in ("name", "born", "snils")}
    make.teacher(schools[1], **known, admitted=make.september)
    at_home = make.engaged_pupil(schools[0], {"born": born})
    known = {key: at_home[key] for key in ("name", "born", "snils")}
    make.teacher(schools[0], **known, admitted=make.september + 10 * DAY)


def same_pair_and_consent_again(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A later row of the same pair or consent changes it and adds none."""
    school = schools[0]
    make.engaged_pupil(school)
    school.pairs.append(school.pairs[-1] | {"last": make.day - DAY})
    make.engaged_pupil(school)
    school.consents.append(school.consents[-1] | {"withdrawn": make.day})


def consent_again_after_withdrawal(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """A withdrawn consent and a newer one."""
    given = make.september
    pupil = make.engaged_pupil(schools[0], consent={"given": given, "withdrawn": given + 20 * DAY})
    make.consent(schools[0], pupil, given=given + 25 * DAY)


def consents_before_and_after_18(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """The mother signed, and on the eighteenth birthday the pupil did."""
    pupil = make.engaged_pupil(schools[0], {"born": make.years_before(18)}, consent={"signer": "мать"})
    make.consent(schools[0], pupil, signer="сам", given=make.day)


def mentor_in_one_pair_mentee_in_another(make: Maker, region: RegionDraft, schools: list[SchoolDraft]) -> None:
    """An older pupil who has a mentor and is one; his only pair as mentee ends the day before."""
    school = schools[0]
    older = make.engaged_pupil(school, {"born": make.years_before(16)}, pair={"last": make.day - DAY})
    make.pair(school, older, make.pupil(school))


Plant = Callable[[Maker, RegionDraft, list[SchoolDraft]], None]
EDGES: dict[str, Plant] = {
    "left and came back": left_and_came_back,
    "mentor from an enterprise": mentor_from_an_enterprise,
    "own teacher as employer": own_teacher_as_employer,
    "mentor nobody knows": mentor_nobody_knows,
    "mentee nobody knows": mentee_nobody_knows,
    "refused pairs": refused_pairs,
    "refused consents": refused_consents,
    "refused people": refused_people,
    "duplicates": duplicates,
    "namesakes of one birth date": namesakes_of_one_birth_date,
    "row between namesakes": row_between_namesakes,
    "namesake in another school": namesake_in_another_school,
    "namesakes and two without СНИЛС": namesake_and_two_without_snils,
    "transfer": transfer,
    "in both schools at once": in_both_schools_at_once,
    "part-timers": part_timers,
    "married name": married_name,
    "pupil here, teacher there": pupil_here_teacher_there,
    "same pair and consent again": same_pair_and_consent_again,
    "consent again after withdrawal": consent_again_after_withdrawal,
    "consents before and after 18": consents_before_and_after_18,
    "mentor here, mentee there": mentor_in_one_pair_mentee_in_another,
}
"""Edges of more than one fact; each is handed four schools drawn by chance (repeated in a small region)."""


def plant_edges(make: Maker, region: RegionDraft) -> None:
    """Plant every edge once, each in schools drawn by chance."""
    for name, change in one_person_edges(make).items():
        make.engaged_pupil(make.random.choice(region.schools), **change)
        region.planted[name] = region.planted.get(name, 0) + 1
    for name, plant in EDGES.items():
        shuffled = make.random.sample(region.schools, len(region.schools))
        plant(make, region, (shuffled * 4)[:4] if len(shuffled) < 4 else shuffled[:4])
        region.planted[name] = region.planted.get(name, 0) + 1
