"""A run: asked for by a curator, computed by the worker, verified by the separate checker, laid on the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import monotonic
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce, system_actor
from core.events.catalogue import announce
from core.events.outbox import enqueue
from schools.matching import policies
from schools.matching.domain.fit import Tables, score_tables
from schools.matching.domain.problem import Problem, ProblemError
from schools.matching.domain.result import Mode, Result
from schools.matching.models import Candidate, Round, Run
from schools.matching.question import Question, question_of
from schools.matching.services import open_round
from schools.matching.stored import store_problem, store_result
from schools.people.errors import FaultyActError

_log = structlog.get_logger(__name__)
_State = Run.State
IN_WORK = (_State.QUEUED, _State.RUNNING)
# A worker that has given no sign of life for so long is taken for dead.
SILENCE_SECONDS = 120
_RUNS_KEPT = 10
_ATTEMPTS = 3


def ask_for_run(*, actor: Actor, round_id: UUID, mode: str) -> Run:
    """Ask the worker for a run; one that is in work already is returned instead of a second.

    :raises FaultyActError: nobody on one of the sides, or the round is past that.
    :raises Http404: no such round among those the actor may lead.
    """
    from schools.matching.tasks import compute_run

    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id)
        running = found.runs.filter(state__in=IN_WORK).first()
        if running is not None and not is_silent(running):
            return running
        if running is not None:
            running.delete()
        sides = set(Candidate.objects.filter(round=found, out_at__isnull=True).values_list("side", flat=True))
        if len(sides) < 2:
            raise FaultyActError.of("one_side", _("Добавьте участников на обе стороны, потом подбирайте пары."))
        run = Run.objects.create(round=found, mode=Mode(mode), asked_by=actor.pk, asked_at=timezone.now())
        old = found.runs.order_by("-asked_at").values_list("pk", flat=True)[_RUNS_KEPT:]
        found.runs.filter(pk__in=list(old)).delete()
        record(
            actor=actor,
            action="matching.run_asked",
            object_type="matching.round",
            object_id=found.pk,
            details={"run": str(run.pk), "mode": run.mode},
        )
        enqueue(compute_run, run_id=str(run.pk))
    return run


def is_silent(run: Run) -> bool:
    """Tell whether a run in work has given no sign of life for so long that its worker must have died."""
    last = run.worked_at or run.asked_at
    return run.state in IN_WORK and timezone.now() - last > timedelta(seconds=SILENCE_SECONDS)


def compute(run_id: UUID) -> None:
    """Compute, verify and lay a run on its board; harmless when repeated, also at once: the first answer counts.

    When people change the board meanwhile, it is computed anew with what they did; after a few times it is given up.
    """
    run = Run.objects.select_related("round").filter(pk=run_id, state__in=IN_WORK).first()
    if run is None:
        return
    try:
        for _attempt in range(_ATTEMPTS):
            if _is_settled(run):
                return
    except _FailedError as failure:
        _fail(run, *failure.args)
    else:
        _fail(run, "board_busy")


class _FailedError(Exception):
    """A run has no answer: a code, and the people it is about."""


def _is_settled(run: Run) -> bool:
    """Compute once; return False when the board was changed by hand before the answer could be laid on it.

    :raises _FailedError: there is no answer, or it was not proven.
    """
    found = Round.objects.filter(pk=run.round_id).first()
    if found is None:
        return True
    question = question_of(found, timezone.localdate())
    run.state, run.worked_at = _State.RUNNING, timezone.now()
    run.progress_done, run.progress_total = 0, len(question.mentees)
    run.inputs = question.digest()
    if not _store(run, "state", "worked_at", "progress_done", "progress_total", "inputs"):
        return True
    tables = _scored(run, question)
    try:
        problem = question.problem(tables.fits)
        if run.mode == Mode.STABLE:
            problem = replace(problem, wishes=tables.of_mentors, mentee_wishes=tables.of_mentees)
        result = _solved(problem, Mode(run.mode))
    except ProblemError as error:
        raise _FailedError(error.code, *error.parameters) from error
    _verify(run, problem, result)
    if run.report["faults"]:
        _log.error("run_not_proven", run=str(run.pk), faults=run.report["faults"])
        raise _FailedError("not_proven")
    store_problem(run, problem)
    store_result(run, result)
    return _is_finished(run, question, result, found.version)


def _store(run: Run, *columns: str) -> bool:
    """Store columns of a run that is still in work; return False for one that is over, or was given up for another."""
    values = {name: getattr(run, name) for name in columns}
    return bool(Run.objects.filter(pk=run.pk, state__in=IN_WORK).update(**values))


def _scored(run: Run, question: Question) -> Tables:
    told = monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal told
        if monotonic() - told > 1 or done == of:
            told = monotonic()
            Run.objects.filter(pk=run.pk).update(progress_done=done, worked_at=timezone.now())

    mentees, mentors = list(question.mentees.values()), list(question.mentors.values())
    return score_tables(mentees, mentors, question.form, bans=question.bans, progress=progress)


def _solved(problem: Problem, mode: Mode) -> Result:
    # The solver's libraries are heavy, and the web processes never need them.
    if mode is Mode.STABLE:
        from schools.matching.domain.stable import solve_stably

        return solve_stably(problem)
    from schools.matching.domain.solver import solve

    return solve(problem)


def _verify(run: Run, problem: Problem, result: Result) -> None:
    from schools.matching.domain.checker import check

    found = check(problem, result)
    run.report = {"faults": list(found.faults), "proven": list(found.proven), "priced": found.priced}


def _fail(run: Run, code: str, *about: str) -> None:
    run.state, run.finished_at, run.failure = _State.FAILED, timezone.now(), [code, *about]
    with transaction.atomic():
        if _store(run, "state", "finished_at", "failure", "report"):
            announce("matching.run_failed", {"round": run.round_id, "run": run.pk})


def _is_finished(run: Run, question: Question, result: Result, version: int) -> bool:
    """Store the run and lay its pairs on the board: locked rows stay, everybody else's partner is the run's.

    Returns False, with nothing stored, when the board is not at that version any more.

    :raises _FailedError: the board was published meanwhile.
    """
    with transaction.atomic():
        found = Round.objects.select_for_update().filter(pk=run.round_id).first()
        if found is None or not Run.objects.filter(pk=run.pk, state__in=IN_WORK).exists():
            return True
        if found.state != Round.State.OPEN:
            raise _FailedError("round_published")
        if found.version != version:
            return False
        _lay(found, run, question, result)
        run.state, run.finished_at, run.progress_done = _State.DONE, timezone.now(), run.progress_total
        run.save()
        details = {"run": str(run.pk), "mode": run.mode, "matched": len(result.pairs), "proven": run.report["proven"]}
        record(
            actor=system_actor("matching"),
            action="matching.run_done",
            object_type="matching.round",
            object_id=found.pk,
            details=details,
        )
        announce("matching.run_done", {"round": found.pk, "run": run.pk, "matched": len(result.pairs)})
    return True


def _lay(found: Round, run: Run, question: Question, result: Result) -> None:
    """Put the run's pairs on the board, those that may still be proposed: a consent may have ended meanwhile."""
    fresh = question_of(found, timezone.localdate())
    candidate_of = {facts.key: pk for pk, facts in question.mentors.items()}
    partner_of = {mentee: candidate_of[mentor] for mentee, mentor in result.mentor_of().items()}
    rows = Candidate.objects.filter(round=found, side=Candidate.Side.MENTEE, out_at__isnull=True, is_locked=False)
    changed = []
    for row in rows.select_for_update(of=("self",)):
        partner = partner_of.get(str(row.person_id))
        if partner is not None and not fresh.may_propose(row.pk, partner):
            partner = None
        if row.partner_id != partner:
            row.partner_id, row.changed_version, row.changed_by = partner, found.version + 1, run.asked_by
            changed.append(row)
    Candidate.objects.bulk_update(changed, ["partner", "changed_version", "changed_by"])
    found.version += 1
    found.save(update_fields=["version"])
