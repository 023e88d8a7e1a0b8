"""The members' addresses: ballots, receipts, boards and results."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
