"""The site that the crawl visits, as a process of its own: fills its database for good, prints who may come, serves.

``python -m tests.journeys.site`` with TEST_DATABASE_NAME (a clone of the template), SITE_SOCKET (a listening socket's
file descriptor), SITE_PORT and DJANGO_SETTINGS_MODULE=tests.journeys.site_settings. The first line of its output is
JSON: ``{"sessions": {world: {persona: session key}}, "code": {world: code of an invitation}}``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from importlib import import_module
from typing import Any

DIRECTOR_ON_THE_WAY = "halfway"
LONGEST_RUN_SECONDS = 12 * 3600


def furnish() -> dict[str, Any]:
    """Seed both worlds and return who may come."""
    from core.tenancy import region, school
    from tests.journeys.variants import seed_variants
    from tests.support.seeds import seed_all
    from tests.support.world import SCHOOL_A

    seed_all()
    sessions, codes = {}, {}
    for name, context, role in (
        ("school", school(SCHOOL_A.schema), "director"),
        ("region", region(), "region_admin"),
    ):
        with context:
            sessions[name], codes[name] = _personas(role)
            if name == "school":
                sessions[name]["mentor"] = _mentor()
                sessions[name]["mentee"] = _mentee()
                sessions[name]["beginner"] = _beginner()
    with school(SCHOOL_A.schema):
        seed_variants()
    return {"sessions": sessions, "code": codes}


def _personas(role: str) -> tuple[dict[str, str], str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from core.accounts.services.invitations import invite
    from core.authz import load_actor
    from tests.support.accounts import make_user

    who = make_user(role, login="main", name="Главная Ольга Петровна")
    RecoveryCodes.activate(who)
    newcomer = make_user(role, login="newcomer", name="Новенькая Анна", with_totp=False)
    make_user(role, login=DIRECTOR_ON_THE_WAY, name="Идущая Вера")
    issued = invite(actor=load_actor(who), name="", roles=[(role, "")])
    return {"main": _fresh_session(who), "newcomer": _fresh_session(newcomer)}, issued.code


def _mentor() -> str:
    """Return a session of the mentor of the template's pair."""
    from schools.notifications.domain import News
    from schools.notifications.services import tell
    from tests.support.accounts import make_user
    from tests.support.world import MENTOR, PAIR

    mentor = make_user("mentor", login="walking-mentor", person_id=MENTOR, with_totp=False)
    for news in (News.PLANNED, News.STUCK):
        tell(news, [(mentor.pk, PAIR)])
    return _fresh_session(mentor)


def _beginner() -> str:
    """Return a session of a mentor whose pair has an order, and nothing else yet."""
    from tests.schools.makers import make_order, make_pair, make_person
    from tests.support.accounts import make_user

    mentor = make_person("Начинающева Инна Олеговна", date(1988, 4, 4), ("teacher",))
    mentee = make_person("Наставляемов Егор Ильич")
    make_pair(mentor, mentee, order=make_order("91-од"))
    return _fresh_session(make_user("mentor", login="beginner", person_id=mentor.pk, with_totp=False))


def _mentee() -> str:
    """Return a session of the mentee of the template's pair."""
    from tests.support.accounts import make_user
    from tests.support.world import MENTEE

    return _fresh_session(make_user("mentee", login="walking-mentee", person_id=MENTEE, with_totp=False))


def _fresh_session(user: Any) -> str:
    """Store a session that has just passed both steps, and stays so: no page asks for the password once more."""
    from allauth.account.internal.flows import login
    from django.conf import settings

    from tests.support.accounts import session_for

    session = import_module(settings.SESSION_ENGINE).SessionStore(session_for(user))
    now = time.time() + LONGEST_RUN_SECONDS
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": now, "reauthenticated": True},
        {"method": "mfa", "type": "totp", "at": now, "reauthenticated": True},
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return str(session.session_key)


def serve(descriptor: int) -> None:
    """Serve with gunicorn's sync workers, as production does."""
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"fd://{descriptor}")
            self.cfg.set("workers", 2)
            self.cfg.set("preload_app", True)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)

        def load(self) -> Any:
            return get_wsgi_application()

    Site().run()


def main() -> None:
    """Fill, say who may come, serve until stopped."""
    import django

    django.setup()
    from django.db import connection

    told = furnish()
    connection.close()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    serve(int(os.environ["SITE_SOCKET"]))


if __name__ == "__main__":
    sys.argv = sys.argv[:1]
    main()
