"""The kinds of unit and where each may stand (A7, A9). Pure: usable on an unsaved unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a unit is."""

    TOWN = "town", _("town")
    AREA = "area", _("area")
    DISTRICT = "district", _("district")
    LOCAL_GROUP = "local_group", _("local group")
    FACTORY_CELL = "factory_cell", _("factory cell")
    STREET_CELL = "street_cell", _("street cell")
    JOINT_CELL = "joint_cell", _("joint cell")


CELLS = frozenset({Kind.FACTORY_CELL, Kind.STREET_CELL, Kind.JOINT_CELL})
FACTORY_CELLS = frozenset({Kind.FACTORY_CELL, Kind.JOINT_CELL})
LEADERS_OF_CELLS = frozenset({Kind.DISTRICT, Kind.LOCAL_GROUP})

# The kinds that may stand directly above each kind; None is a root of its own.
PARENTS: dict[str, frozenset[str | None]] = {
    Kind.TOWN: frozenset({None}),
    Kind.AREA: frozenset({Kind.TOWN}),
    Kind.DISTRICT: frozenset({Kind.AREA}),
    Kind.LOCAL_GROUP: frozenset({None, Kind.AREA}),
    Kind.FACTORY_CELL: LEADERS_OF_CELLS,
    Kind.STREET_CELL: LEADERS_OF_CELLS,
    Kind.JOINT_CELL: LEADERS_OF_CELLS,
}


def may_stand_under(kind: str, parent: str | None) -> bool:
    """Whether a unit of `kind` may stand under one of the kind `parent`, or as a root (A9)."""
    return parent in PARENTS[kind]


def article_of_place(kind: str) -> str:
    """The article that says where a unit of `kind` stands."""
    return "A7" if kind == Kind.JOINT_CELL else "A9"


def article_of_cell(kind: str) -> str:
    """The article that says who belongs to cells of `kind`."""
    articles: dict[str, str] = {Kind.STREET_CELL: "A3", Kind.JOINT_CELL: "A7"}
    return articles.get(kind, "A1")


def where_it_may_stand(kind: str) -> str:
    """The lawful places of `kind` as a sentence."""
    places = sorted(str(Kind(parent).label) for parent in PARENTS[kind] if parent is not None)
    names = str(_(" or ")).join(places)
    if not places:
        return str(_("A %(kind)s stands under no unit.")) % {"kind": Kind(kind).label}
    if None in PARENTS[kind]:
        sentence = _(
            "A %(kind)s stands under no other unit, or under a unit of the kind %(places)s."
        )
    else:
        sentence = _("A %(kind)s stands under one of the kind %(places)s.")
    return str(sentence) % {"kind": Kind(kind).label, "places": names}
