"""Two languages: every text of the program has its translation, and each reader chooses."""

import re
from pathlib import Path
from string import Formatter

import pytest
import unfold
from babel.messages.catalog import Catalog
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, override

from bin import messages
from config.unfold_texts import TEXTS
from tests import factories


@pytest.fixture(scope="module", params=messages.LANGUAGES)
def catalogue(request) -> Catalog:
    return messages.read(request.param)


def test_every_text_is_translated_and_nothing_is_translated_that_is_gone(catalogue):
    wanted = {(message.context, message.id) for message in messages.wanted() if message.id}
    translated = {
        (message.context, message.id)
        for message in catalogue
        if message.id and messages.is_translated(message.string) and not message.fuzzy
    }
    assert translated == wanted, "run `make messages`, and translate what is new in locale/"


def test_no_translation_loses_or_invents_a_value(catalogue):
    wrong = []
    for message in catalogue:
        wrong += [f"{message.id}: {error}" for error in message.check(catalogue)]
        if isinstance(message.id, str) and "{" in message.id:
            named = [
                list(map(_name, Formatter().parse(text))) for text in (message.id, message.string)
            ]
            if sorted(map(str, named[0])) != sorted(map(str, named[1])):
                wrong.append(message.id)
    assert wrong == []


def _name(part) -> str | None:
    return part[1]


def test_a_text_in_code_and_one_in_a_template_are_found():
    ids = [message.id for message in messages.wanted()]
    assert "Settle the composition by the register" in ids
    assert "Log in" in ids
    assert any(isinstance(one, tuple) for one in ids)


def test_the_language_of_the_browser_is_spoken_until_another_is_chosen(client):
    login = reverse("login")
    assert 'lang="de"' in client.get(login, headers={"Accept-Language": "de-AT"}).text
    answer = client.get(
        reverse("language", args=["en"]), headers={"Referer": f"http://testserver{login}"}
    )
    assert (answer.status_code, answer.url) == (302, login)
    assert 'lang="en"' in client.get(login, headers={"Accept-Language": "de-AT"}).text


def languages_in(page: str) -> dict[str, str]:
    """The links to languages on a page: the name of each by its code."""
    link = r'<a href="/language/(\w+)/" lang="(\w+)" hreflang="(\w+)"[^>]*>\s*(.*?)\s*</a>'
    found = re.findall(link, page)
    assert all(code == lang == other for code, lang, other, _name in found)
    return {code: name for code, _lang, _other, name in found}


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["en", "de"])
@pytest.mark.parametrize("page", ["login", "admin:index"])
def test_each_language_is_named_in_itself(client, reader, page):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    if page == "login":
        client.logout()
    shown = client.get(reverse(page), headers={"Accept-Language": reader}).text
    assert languages_in(shown) == {"en": "English", "de": "Deutsch"}


@pytest.mark.django_db
def test_a_page_that_answers_a_form_offers_no_other_language(client):
    """It would be asked for again, and what it shows once is lost, or it is not there at all."""
    assert languages_in(client.get(reverse("login")).text)
    assert not languages_in(client.post(reverse("login"), {"login": "x"}).text)
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    founding = reverse("admin:districts_unit_list_act", args=["found-root"])
    assert languages_in(client.get(founding).text)
    answer = client.post(founding, {"perform": "1"})
    assert answer.status_code == 200
    assert not languages_in(answer.text)


@pytest.mark.parametrize(
    ("language", "direction", "sheet"),
    [("de", "ltr", "bootstrap.min.css"), ("fa", "rtl", "bootstrap.rtl.min.css")],
)
def test_a_page_runs_in_the_direction_of_its_language(language, direction, sheet):
    with override(language):
        page = render_to_string("404.html")
    assert f'dir="{direction}"' in page
    assert f"bootstrap/css/{sheet}" in page


def test_no_style_names_a_side_of_the_page():
    sheets = sorted((messages.ROOT / "static" / "kartei").glob("*.css"))
    sided = {
        f"{sheet.name}:{number}"
        for sheet in sheets
        for number, line in enumerate(sheet.read_text().splitlines(), start=1)
        if re.search(r"\b(left|right)\b", line)
    }
    assert sheets
    assert sided == set()  # start and end, which change with the direction


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/login/", "http://testserver//elsewhere.example"]
)
def test_choosing_leads_nowhere_but_to_the_page_that_asked(client, referer):
    answer = client.get(reverse("language", args=["de"]), headers={"Referer": referer})
    assert (answer.status_code, answer.url) == (302, "/")


def test_a_language_that_is_not_spoken_is_not_there(client):
    assert client.get(reverse("language", args=["xx"])).status_code == 404


# Parts of unfold that the office does not use, and texts of others that it never shows.
UNUSED = ("forms", "constance", "guardian", "import_export", "simple_history", "unfold_crispy")
NEVER_SHOWN = (
    "After you've created a user",
    "Dataset not found",
    "Forgotten your password or username?",
    "Raw passwords are not stored",
    "Welcome back to",
    "You can not create nested object",
)
SAME_IN_GERMAN = {"%(class_name)s %(instance)s"}


def texts_of_unfold() -> set[str]:
    """The texts in unfold's own code and templates, but for the parts that are not used here."""
    found: set[messages.Text] = set()
    for file in Path(unfold.__file__).parent.rglob("*"):
        if not set(UNUSED) & set(file.parts):
            reader = {".py": messages.in_code, ".html": messages.in_template}.get(file.suffix)
            found |= {text for text, _context in reader(file)} if reader else set()
    return {text for text in found if isinstance(text, str)}


def test_what_unfold_says_in_the_office_is_german_too():
    said = texts_of_unfold()
    assert "Select action" in said
    with override("de"):
        english = {text for text in said if text == gettext(text)} - SAME_IN_GERMAN
    assert [text for text in sorted(english) if not text.startswith(NEVER_SHOWN)] == []
    assert set(TEXTS) <= said, sorted(set(TEXTS) - said)
