"""The addresses of the cells' own pages; they stand below the admin."""

from django.contrib import admin
from django.urls import path

from cells import coverage_admin

urlpatterns = [
    path("coverage/", admin.site.admin_view(coverage_admin.coverage_view), name="coverage"),
]
