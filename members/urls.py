"""The addresses of the members' own pages: the first page, requests, what is held on somebody."""

from django.urls import path

from members import data_views, request_views, views

urlpatterns = [
    path("my/", views.my_page, name="my-page"),
    path("requests/", request_views.requests, name="requests"),
    path("requests/<int:number>/withdraw/", request_views.withdraw, name="withdraw"),
    path("requests/<slug:name>/", request_views.ask, name="ask"),
    path("data/", data_views.my_data, name="my-data"),
    path("data/download/", data_views.download, name="my-data-file"),
]
