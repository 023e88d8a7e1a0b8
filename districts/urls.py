"""The addresses of the pages that are no table of the admin; they stand below it."""

from django.contrib import admin
from django.urls import path

from districts import export_admin, findings_admin, import_admin
from districts.home import branch_view
from districts.search import find_view

_page = admin.site.admin_view

urlpatterns = [
    path("find/", _page(find_view), name="find"),
    path("find/<slug:token>/", _page(find_view), name="found"),
    path("branch/<int:key>/", _page(branch_view), name="branch"),
    path("findings/", _page(findings_admin.findings_view), name="findings"),
    path("findings/csv/", _page(findings_admin.findings_csv_view), name="findings_csv"),
    path("import/", _page(import_admin.imports_view), name="imports"),
    path("import/<int:pk>/", _page(import_admin.import_view), name="import"),
    path("export/", _page(export_admin.export_view), name="export"),
    path("rules/", _page(findings_admin.rules_view), name="rules"),
    path("rules/<slug:name>/", _page(findings_admin.rule_view), name="rule"),
]
