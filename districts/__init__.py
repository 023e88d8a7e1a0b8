"""The ground: the tree of units, localities, workplaces, and who may see which part of it."""
