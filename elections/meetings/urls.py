"""The addresses of the meetings: for members, for calendars, and for the door."""

from django.urls import path

from elections.meetings import door_views, views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("doors/", door_views.doors, name="meeting-doors"),
    path("calendar/link/", views.calendar_link, name="calendar-link"),
    path("calendar/<str:token>.ics", views.feed, name="meeting-feed"),
    path("<slug:code>/", views.meeting, name="meeting"),
    path("<slug:code>/meeting.ics", views.meeting_calendar, name="meeting-ics"),
    path("<slug:code>/code/", views.meeting_pass, name="meeting-pass"),
    path("<slug:code>/door/", door_views.door, name="meeting-door"),
    path("<slug:code>/door/present/", door_views.present, name="meeting-present"),
    path("<slug:code>/door/take-back/", door_views.take_back, name="meeting-take-back"),
    path("<slug:code>/door/guests/", door_views.guests, name="meeting-guests"),
    path("<slug:code>/door/list/", door_views.tick, name="meeting-list"),
    path("<slug:code>/door/counts/", door_views.counts, name="meeting-counts"),
]
