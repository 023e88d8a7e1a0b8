"""Asking for the pages at the door, and what they answer."""

from django.contrib.messages import get_messages
from django.urls import reverse


def address(poll, name="door", *more):
    return reverse(name, args=[poll.code, *more])


def search(client, poll, text):
    return client.post(address(poll), {"text": text})


def names(answer):
    return [person.member.pk for person in answer.context["found"].people]


def send(client, poll, member):
    return client.post(address(poll, "check-off"), {"number": member.pk})


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]
