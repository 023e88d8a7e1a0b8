"""The program as a WSGI application, for granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# What was loaded stays to the end: no collection needs to look through it again.
gc.collect()
gc.freeze()
