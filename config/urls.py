"""Every address of the program."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.languages import choose_language
from members import views

urlpatterns = [
    path("", include("elections.urls")),
    path("", views.home, name="home"),
    path("", include("members.urls")),
    path("", include("members.accounts.urls")),
    path("join/", include("cells.join_urls")),
    path("language/<slug:code>/", choose_language, name="language"),
    path("admin/login/", views.admin_login),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", include("districts.urls")),
    path("admin/", include("cells.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "config.errors.failure"
