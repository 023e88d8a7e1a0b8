"""The tellers' addresses: the door, the papers, the box."""

from django.urls import path

from elections import door_box_views, door_paper_views, door_views

urlpatterns = [
    path("", door_views.tell, name="tell"),
    path("key/", door_box_views.teller_key, name="teller-key"),
    path("<uuid:code>/", door_views.door, name="door"),
    path("<uuid:code>/check-off/", door_views.check_off_here, name="check-off"),
    path("<uuid:code>/take-back/<uuid:vote>/", door_views.take_back_here, name="take-back"),
    path("<uuid:code>/papers/", door_paper_views.papers, name="papers"),
    path("<uuid:code>/box/", door_box_views.box, name="box"),
]
