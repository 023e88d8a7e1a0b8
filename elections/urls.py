"""The addresses of votes and meetings: for members, and for tellers at the door."""

from django.urls import include, path

urlpatterns = [
    path("votes/", include("elections.ballot_urls")),
    path("meetings/", include("elections.meetings.urls")),
    path("tell/", include("elections.door_urls")),
]
