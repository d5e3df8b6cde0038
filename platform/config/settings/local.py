"""Settings of the demo and of a developer's instance: real servers on loopback, plain HTTP."""

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS
from core.tenancy.share import Share

# Few processes and one or two visitors who ask for everything: nobody to share with.
SCHOOL_SHARE = Share(version="local", rate=10.0, burst=600.0)
INSTALLED_APPS = [*INSTALLED_APPS, "deploy.demo"]
SHOW_DESIGN_PAGE = True
WEBHOOKS_TO_LOOPBACK = True
SCHOOLS_LISTENER = "config.local_instance.rewrite_schools"
