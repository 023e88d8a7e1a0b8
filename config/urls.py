"""Every address of the program."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from config.languages import choose_language
from members import views

urlpatterns = [
    path("", include("elections.urls")),
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/<slug:code>/", choose_language, name="language"),
    path("admin/login/", views.admin_login),
    path("admin/", include("districts.urls")),
    path("admin/", include("cells.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "config.errors.failure"
