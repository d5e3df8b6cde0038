"""The WSGI application; served by sync workers only."""

import os

from django.core.wsgi import get_wsgi_application

from core.tenancy.limits import become

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
become("web")
