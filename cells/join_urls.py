"""The addresses of the public form, and of the link under which an application is followed."""

from django.urls import path

from cells import joining_views as views

urlpatterns = [
    path("", views.join, name="join"),
    path("<str:token>/", views.application, name="application"),
    path("<str:token>/withdraw/", views.withdraw, name="withdraw-application"),
]
