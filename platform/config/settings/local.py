"""Settings of the demo and of a developer's instance: real servers on loopback, plain HTTP."""

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "deploy.demo"]
SHOW_DESIGN_PAGE = True
WEBHOOKS_TO_LOOPBACK = True
SCHOOLS_LISTENER = "config.local_instance.rewrite_schools"
