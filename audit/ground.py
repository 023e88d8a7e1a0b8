"""The part of the organisation that a check, an export or a person is confined to."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Extent:
    """A unit with all below it, as MPTT's range: the units of `tree` from `left` to `right`."""

    tree: int
    left: int
    right: int

    @property
    def alone(self) -> "Extent":
        """The unit without what is below it."""
        return Extent(self.tree, self.left, self.left)


@dataclass(frozen=True, slots=True)
class Ground:
    """Several extents, or everywhere. No extents is nowhere: an empty ground holds nothing."""

    extents: tuple[Extent, ...] = ()
    everywhere: bool = False

    def holds(self, unit: str = "") -> Q:
        """The condition that a unit lies in this ground.

        `unit` reaches the unit from the row that is asked for ('registrations__unit__').
        """
        if self.everywhere:
            return Q()
        condition = Q(pk__in=[])
        for extent in self.extents:
            condition |= Q(
                **{
                    f"{unit}tree_id": extent.tree,
                    f"{unit}lft__gte": extent.left,
                    f"{unit}lft__lte": extent.right,
                }
            )
        return condition

    def has(self, tree: int, left: int) -> bool:
        """Whether the unit at that place of a tree lies in this ground; asks nothing."""
        return self.everywhere or any(
            extent.tree == tree and extent.left <= left <= extent.right for extent in self.extents
        )


EVERYWHERE = Ground(everywhere=True)
