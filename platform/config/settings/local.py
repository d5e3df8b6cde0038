"""Settings of the demo and of a developer's instance: real servers on loopback, plain HTTP."""

import os
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS, MAIL_FROM, MAIL_SERVER, PLATFORM
from core.mail.server import server_of
from core.tenancy.share import Share

# Few processes and one or two visitors who ask for everything: nobody to share with.
SCHOOL_SHARE = Share(version="local", rate=10.0, burst=600.0)
INSTALLED_APPS = [*INSTALLED_APPS, "deploy.demo"]
SHOW_DESIGN_PAGE = True
WEBHOOKS_TO_LOOPBACK = True
if not MAIL_SERVER.scheme:
    # Letters of a demonstration reach nobody: they are files in the instance's folder.
    MAIL_SERVER = server_of(
        f"folder://{Path(os.environ.get('MENTORING_HOME', PLATFORM.parent / '.local')).resolve()}/mail"
    )
    MAIL_FROM = MAIL_FROM or "mentoring@localhost"
    globals().update(MAIL_SERVER.settings())
SCHOOLS_LISTENER = "config.local_instance.rewrite_schools"
