"""The addresses of votes, nominations and meetings: for members, and for tellers at the door."""

from django.urls import include, path

urlpatterns = [
    path("votes/", include("elections.ballot_urls")),
    path("meetings/", include("elections.meetings.urls")),
    path("nominations/", include("elections.nominating.urls")),
    path("tell/", include("elections.door_urls")),
]
