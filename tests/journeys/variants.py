"""Pages that change their face with the state of what they show: further visits beside one per endpoint."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tests.support.seeds import NOW, OWN

_JOBS = {
    state: UUID(f"0c0c0c0c-0000-4000-8000-{number:012d}")
    for number, state in enumerate(("columns", "checking", "done", "failed", "cancelled", "undone"))
}
_UNTOUCHED = UUID("0c0c0c0c-0000-4000-8000-000000000200")
_DRAFT = UUID("0c0c0c0c-0000-4000-8000-000000000100")

# Path → status that the page answers with, when it is not 200.
VARIANTS: dict[str, tuple[str, ...]] = {
    "school": (
        f"/import/{_JOBS['columns']}/columns/",
        f"/import/{_JOBS['checking']}/",
        f"/import/{_JOBS['done']}/",
        f"/import/{_JOBS['failed']}/",
        f"/import/{_JOBS['cancelled']}/",
        f"/import/{_JOBS['undone']}/",
        f"/import/{_JOBS['done']}/absent/",
        f"/import/{_JOBS['done']}/undo/",
        f"/import/{_UNTOUCHED}/undo/",
        f"/pairs/{_DRAFT}/",
        f"/pairs/{_DRAFT}/edit/",
        f"/pairs/{_DRAFT}/discard/",
        "/people/?q=нетакого",
        "/pairs/?q=нетакого",
    ),
    "region": ("/schools/?q=нетакой",),
}


def seed_variants() -> None:
    """Add, in the current school, an import in every state and a pair that waits for an order."""
    from schools.imports.models import ImportFile, ImportJob
    from schools.pairs.models import Pair
    from tests.support import world

    seeded = ImportJob.objects.get(pk=OWN["job_id"])
    file = seeded.files.get()
    for state, key in _JOBS.items():
        job = ImportJob.objects.create(
            id=key,
            state=state,
            created_at=NOW,
            counts=seeded.counts,
            progress_total=200,
            progress_done=80,
            absent=[[str(OWN["enrolment_id"]), True]],
            is_journalled=key != _JOBS["done"],
            applied_at=NOW,
            undone_at=NOW,
        )
        ImportFile.objects.create(
            job=job,
            name=f"{state}.xlsx",
            sha256=str(key),
            size_bytes=file.size_bytes,
            content=file.content,
            layouts=file.layouts,
        )
    ImportJob.objects.create(
        id=_UNTOUCHED,
        state=ImportJob.State.DONE,
        created_at=NOW,
        applied_at=NOW,
        counts=seeded.counts,
        named={"people": [], "pairs": [], "consents": []},
        is_journalled=True,
    )
    Pair.objects.create(
        id=_DRAFT,
        mentor_id=world.MENTOR,
        mentee_id=OWN["person_id"],
        form_code="teacher-pupil",
        starts_on=date(2026, 10, 2),
        created_at=NOW,
    )
