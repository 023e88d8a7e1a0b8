"""The catalogues of translations: bring them up to date with the program's texts, and compile them.

`messages.py` merges every text of the code and the templates into each catalogue, where a new one
waits for its translation and a text that is gone is gone; `messages.py --compile` makes the files
that the program reads. Neither needs anything but the packages of the lock.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "django"
APPS = ("audit", "cells", "config", "districts", "elections", "members")
LANGUAGES = ("de",)
KEYWORDS = {
    **dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop", "lazy")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
_TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext|pgettext)\(({_TEXT})(?:, ?({_TEXT}))?")

Text = str | tuple[str, str]
Found = tuple[str, Text, str | None]  # where, what, in which context


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="make the files for the program")
    compiling = parser.parse_args().compile
    for language in LANGUAGES:
        catalogue = merged(read(language)) if not compiling else read(language)
        if compiling:
            with path_of(language, "mo").open("wb") as file:
                write_mo(file, catalogue)
        else:
            write(catalogue, language)
            waiting = sum(not is_translated(message.string) for message in catalogue if message.id)
            sys.stdout.write(f"{language}: {len(catalogue)} texts, {waiting} not translated\n")
    return 0


def path_of(language: str, kind: str = "po") -> Path:
    """The catalogue of a language: `po` for people, `mo` for the program."""
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def read(language: str) -> Catalog:
    """The catalogue as it stands; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(
            locale=language,
            domain=DOMAIN,
            header_comment=f"# Kartei, in the language {language}.",
            project="Kartei",
            last_translator="The Kartei authors",
            language_team="The Kartei authors",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def merged(catalogue: Catalog) -> Catalog:
    """The catalogue with the program's texts of today, each with what it was translated by."""
    catalogue.update(wanted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def wanted() -> Catalog:
    """All texts of the program, without translations."""
    texts = Catalog(domain=DOMAIN)
    for where, text, context in sorted(found(), key=lambda one: (one[0], str(one[1]))):
        texts.add(text, locations=[(where, 0)], context=context)
    return texts


def found() -> Iterator[Found]:
    """Each text of the code and the templates, with the file in which it stands."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _from(path, in_code(path))
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield from _from(path, in_template(path))


def _from(path: Path, texts: Iterable[tuple[Text, str | None]]) -> Iterator[Found]:
    where = path.relative_to(ROOT).as_posix()
    return ((where, text, context) for text, context in texts)


def in_code(path: Path) -> Iterator[tuple[Text, str | None]]:
    """The texts in a file of Python, each with its context."""
    with path.open("rb") as file:
        for _line, text, _comments, context in extract("python", file, keywords=KEYWORDS):
            yield text if isinstance(text, str) else (text[0], text[1]), context


def in_template(path: Path) -> Iterator[tuple[Text, str | None]]:
    """The texts in a template, each with its context."""
    for call, *quoted in _IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
        first, *second = [ast.literal_eval(text) for text in quoted if text]
        if call == "ngettext":
            yield (first, second[0]), None
        elif call == "pgettext":
            yield second[0], first
        else:
            yield first, None


def is_translated(string: Any) -> bool:
    """Whether a text has a translation, in every number that the language knows."""
    return all(string) if isinstance(string, tuple | list) and string else bool(string)


def write(catalogue: Catalog, language: str) -> None:
    """Write the catalogue, in the order of the files, so that two versions can be compared."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    sys.exit(main())
