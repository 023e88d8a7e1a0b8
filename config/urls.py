"""Every address of the program."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from districts.home import branch_view
from districts.search import find_view
from members import views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/login/", views.admin_login),
    path("admin/find/", admin.site.admin_view(find_view), name="find"),
    path("admin/find/<slug:token>/", admin.site.admin_view(find_view), name="found"),
    path("admin/branch/<int:key>/", admin.site.admin_view(branch_view), name="branch"),
    path("admin/", admin.site.urls),
]
