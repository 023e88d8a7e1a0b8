"""Every address of the program."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from districts import export_admin, import_admin
from members import views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/login/", views.admin_login),
    path("admin/import/", admin.site.admin_view(import_admin.imports_view), name="imports"),
    path("admin/import/<int:pk>/", admin.site.admin_view(import_admin.import_view), name="import"),
    path("admin/export/", admin.site.admin_view(export_admin.export_view), name="export"),
    path("admin/", admin.site.urls),
]
