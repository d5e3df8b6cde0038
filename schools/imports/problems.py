"""How the API tells what imports refuse."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.api.problems import Problem, register_problem
from schools.imports.errors import AlreadyImportedError, FilesRefusedError, JobStateError
from schools.imports.presentation import again_words
from schools.imports.undo_words import shown_obstacles
from schools.imports.undoing import StandsOnImportError


def _files(error: FilesRefusedError) -> Problem:
    said = [f"{fault.file}: {fault.sentence}" if fault.file else fault.sentence for fault in error.faults]
    codes = {fault.code for fault in error.faults}
    return Problem(422, codes.pop() if len(codes) == 1 else "files_refused", " ".join(said), {"workbooks": said})


def _again(error: AlreadyImportedError) -> Problem:
    said = {"import": [str(error.job_id)]} if error.job_id else {}
    return Problem(409, "already_imported", again_words(error), said)


def _state(error: JobStateError) -> Problem:
    return Problem(409, "import_state", _("Загрузка сейчас в другом состоянии: посмотрите, как она выглядит."))


def _stands(error: StandsOnImportError) -> Problem:
    words = _("Загрузку отменить нельзя: на неё опирается то, что перечислено ниже.")
    return Problem(409, "stands_on_import", words, {"": [item.sentence for item in shown_obstacles(error.obstacles)]})


def register() -> None:
    """Make the four known."""
    register_problem(FilesRefusedError, _files)
    register_problem(AlreadyImportedError, _again)
    register_problem(JobStateError, _state)
    register_problem(StandsOnImportError, _stands)
