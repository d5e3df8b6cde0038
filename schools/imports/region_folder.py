"""A region as a folder: region.json and each school's three workbooks, loaded through the product's own import."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from core.audit.services import record
from core.authz import Actor, system_actor
from core.tenancy import region, school
from schools.imports.applying import import_at_once
from schools.imports.errors import FileFault, FilesRefusedError
from schools.imports.services import Upload
from tenants.provisioning.runner import provision_now
from tenants.provisioning.services import create_school
from tenants.registry.models import CODE_PATTERN, District, Region, School

WORKBOOKS: Final = ("контингент.xlsx", "пары.xlsx", "согласия.xlsx")
_LABEL: Final = "load_region"


class RegionRefusedError(Exception):
    """The folder is refused as a whole; the sentence says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class DescribedSchool:
    """A school of region.json; ``district`` None is a school of the region itself."""

    code: str
    title: str
    district: str | None


@dataclass(frozen=True, slots=True)
class DescribedRegion:
    """What region.json says."""

    title: str
    districts: tuple[str, ...]
    schools: tuple[DescribedSchool, ...]


def describe(folder: Path) -> DescribedRegion:
    """Read region.json; every other file but the workbooks is ignored.

    :raises RegionRefusedError: it is missing, no JSON, or does not say what it must.
    """
    try:
        told = json.loads((folder / "region.json").read_text(encoding="utf-8"))
        districts = tuple(_title(item) for item in told["districts"])
        schools = tuple(
            DescribedSchool(
                _code(item["code"]),
                _title(item["name"]),
                None if item.get("district") is None else _title(item["district"]),
            )
            for item in told["schools"]
        )
        described = DescribedRegion(_title(told["region"]), districts, schools)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegionRefusedError(f"region.json: {type(error).__name__}: {error}") from error
    unknown = {item.district for item in schools if item.district} - set(districts)
    if unknown:
        raise RegionRefusedError(f"region.json: no such district: {', '.join(sorted(unknown))}")
    if len({item.code for item in schools}) != len(schools):
        raise RegionRefusedError("region.json: two schools have one code")
    return described


def load_region(folder: Path) -> dict[str, Any]:
    """Make the region's districts and schools and import their workbooks; twice changes nothing.

    Runs outside every context as ``app``; schools are made ready by a short-lived provisioner. Returns
    ``{"region", "schools": {code: {"imported": bool, counts…}}, "files_refused": [{"school", "file", "why"}]}``.

    :raises RegionRefusedError: the folder is wrong, the installation holds another region, or one of the schools is
        not in work (suspended, closed).
    :raises NoProvisionerError: schools are to be made and nobody can make them.
    """
    described = describe(folder)
    with region(), transaction.atomic():
        _require_same_region(described)
        _require_in_work(described)
        _make_region(described)
        has_new = School.objects.filter(state=School.State.CREATING).exists()
    if has_new:
        provision_now()
    with region():
        # Asked again: a school may have been suspended while others were made.
        _require_in_work(described)
        schemas = dict(School.objects.values_list("code", "schema_name"))
    answer: dict[str, Any] = {"region": described.title, "schools": {}, "files_refused": []}
    for item in described.schools:
        with school(schemas[item.code]):
            answer["schools"][item.code], faults = _import_school(folder / item.code)
        answer["files_refused"] += [{"school": item.code, "file": fault.file, "why": fault.code} for fault in faults]
    return answer


def _import_school(folder: Path) -> tuple[dict[str, Any], tuple[FileFault, ...]]:
    uploads = [Upload(name, path.read_bytes()) for name, path in _workbooks(folder)]
    if not uploads:
        return {"imported": False}, ()
    actor = system_actor(_LABEL)
    faults: tuple[FileFault, ...] = ()
    try:
        job = import_at_once(actor=actor, uploads=uploads)
    except FilesRefusedError as refused:
        # The other workbooks of the school are still good.
        faults = refused.faults
        bad = {fault.file for fault in faults}
        rest = [upload for upload in uploads if upload.name not in bad]
        job = import_at_once(actor=actor, uploads=rest) if rest and len(rest) < len(uploads) else None
    return ({"imported": False} if job is None else {"imported": True, **job.counts}), faults


def _workbooks(folder: Path) -> list[tuple[str, Path]]:
    """Return the three workbooks that are there; some systems store «й» in two characters."""
    if not folder.is_dir():
        return []
    named = {unicodedata.normalize("NFC", path.name): path for path in folder.iterdir() if path.is_file()}
    return [(name, named[name]) for name in WORKBOOKS if name in named]


def _require_same_region(described: DescribedRegion) -> None:
    """Refuse to mix two regions: what is there already must be a part of what the folder says."""
    known = Region.objects.first()
    districts = set(District.objects.values_list("title", flat=True))
    schools = dict(School.objects.values_list("code", "title"))
    if not districts and not schools:
        return
    if known is not None and known.title != described.title:
        raise RegionRefusedError(f"the installation holds another region: {known.title}")
    strangers = sorted(districts - set(described.districts))
    told = {item.code: item.title for item in described.schools}
    strangers += sorted(code for code, title in schools.items() if told.get(code) != title)
    if strangers:
        raise RegionRefusedError(f"the installation holds what the folder does not: {', '.join(strangers[:10])}")


def _require_in_work(described: DescribedRegion) -> None:
    """Refuse before the first import when a school that is there already answers no requests."""
    codes = [item.code for item in described.schools]
    at_work = (School.State.READY, School.State.CREATING)
    idle = School.objects.filter(code__in=codes).exclude(state__in=at_work).order_by("code")
    if told := ", ".join(f"{code} ({state})" for code, state in idle.values_list("code", "state")[:10]):
        raise RegionRefusedError(f"schools are not in work: {told}")


def _make_region(described: DescribedRegion) -> None:
    actor = system_actor(_LABEL)
    known = Region.objects.first()
    if known is None:
        Region.objects.create(title=described.title)
    elif known.title != described.title:
        known.title = described.title
        known.save(update_fields=["title"])
    districts = {title: _district(title, actor) for title in described.districts}
    existing = set(School.objects.values_list("code", flat=True))
    for item in described.schools:
        if item.code not in existing:
            create_school(
                actor=actor,
                code=item.code,
                title=item.title,
                district=districts[item.district] if item.district else None,
            )


def _district(title: str, actor: Actor) -> District:
    district, is_new = District.objects.get_or_create(title=title)
    if is_new:
        record(actor=actor, action="district.added", object_type="district", object_id=district.pk)
    return district


def _title(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise ValueError(f"not a title: {value!r}")
    return " ".join(value.split())


def _code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(CODE_PATTERN, value):
        raise ValueError(f"not a school's code: {value!r}")
    return value
