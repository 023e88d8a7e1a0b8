"""The tellers' addresses: the door, the papers, the box."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
