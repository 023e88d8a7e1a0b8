"""The members' addresses for nominations."""

from django.urls import path

from elections.nominating import views

urlpatterns = [
    path("<int:pk>/", views.nominations, name="nominations"),
    path("<int:pk>/nominate/", views.nominate_member, name="nominate"),
    path("<int:pk>/answer/", views.answer, name="answer-nomination"),
]
