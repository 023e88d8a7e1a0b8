"""The members' addresses: what is open, ballots and receipts; and the board and the results."""

from django.urls import include, path

from elections import ballot_views

urlpatterns = [
    path("<uuid:code>/", ballot_views.vote, name="vote"),
    path("", ballot_views.votes, name="votes"),
    path("receipt-code/", ballot_views.receipt_code, name="receipt-code"),
    path("", include("elections.board_urls")),
]
