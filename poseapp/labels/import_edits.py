"""One edit that brings in a file: new people, people replaced, and the skeleton they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from poseapp.labels.edits import ImportInstances, ReplaceInstance, SetSkeleton
from poseapp.labels.instance import Instance
from poseapp.labels.rows import Tables


@dataclass
class ImportOver:
    """Import people, some of them in the place of people who are there.

    Attributes:
        imported: The people who are new.
        replaced: (id of a person of the project, who takes their place).
        skeleton: Set before, so that the people fit; None: it stays.
    """

    imported: ImportInstances
    replaced: Sequence[tuple[int, Instance]] = ()
    skeleton: SetSkeleton | None = None
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the rows, all or none."""
        if self.skeleton is not None:
            self.skeleton.apply(tables)
        text = self.imported.apply(tables)
        for instance_id, person in self.replaced:
            ReplaceInstance(instance_id, person).apply(tables)
        return f"{text}, replace {len(self.replaced):,}" if self.replaced else text
