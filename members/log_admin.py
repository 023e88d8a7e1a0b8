from django.contrib import admin
from django_tasks_db.models import DBTaskResult

from audit.models import Entry

admin.site.unregister(Entry)
admin.site.unregister(DBTaskResult)
