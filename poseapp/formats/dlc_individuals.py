"""Which column of a DeepLabCut table a person belongs to: individuals, and body parts there is one of."""

from collections import Counter

import numpy as np

from poseapp.formats.dataset import Dataset
from poseapp.labels.instance import Instance

SINGLE = "single"


class Individuals:
    """The individuals of a data set.

    Attributes:
        names: Of the animals; empty where there is a single one at a time and nothing names it.
        unique: Indices of keypoints that there is only one of.
        slots: (individual or "", indices of its keypoints) in the order of the table's columns.
        problems: Sentences on what does not fit.
    """

    def __init__(self, dataset: Dataset) -> None:
        own = dataset.info.get("dlc")
        kept = own if isinstance(own, dict) else {}
        self._tracks = {
            int(key): str(name)
            for key, name in dict(dataset.info.get("track_names") or {}).items()
            if str(key).isdecimal()
        }
        most = max(Counter(index for index, _ in dataset.instances).values(), default=0)
        places = {name: index for index, name in enumerate(dataset.skeleton.keypoints)}
        self.unique = [places[name] for name in kept.get("unique") or [] if name in places]
        wanted = [str(name) for name in kept.get("individuals") or []]
        several = bool(wanted) or most > 1
        self.names = list(dict.fromkeys([*wanted, *(self._used(dataset) if several else [])]))
        animals = [index for index in range(len(places)) if index not in self.unique]
        self._animals = animals
        if several:
            needed = max((len(self._no_single(group)) for group in dataset.by_image()), default=0)
            fresh = (f"individual{number}" for number in range(1, needed + len(self.names) + 2))
            self.names += [name for name in fresh if name not in self.names][
                : max(needed - len(self.names), 0)
            ]
        self.slots: list[tuple[str, list[int]]] = [(name, animals) for name in self.names]
        if several and self.unique:
            self.slots.append((SINGLE, self.unique))
        if not several:
            self.slots, self.unique = [("", list(range(len(places))))], []
        self.problems = self._find_problems(dataset)

    def _used(self, dataset: Dataset) -> list[str]:
        tracks = sorted({p.track_id for _, p in dataset.instances if p.track_id is not None})
        names = [self._tracks.get(track, f"track{track}") for track in tracks]
        return [name for name in names if name != SINGLE]

    def _no_single(self, persons: list[Instance]) -> list[Instance]:
        return [person for person in persons if not self._is_single(person)]

    def _is_single(self, person: Instance) -> bool:
        """Whether only keypoints are labelled that there is one of."""
        return bool(self.unique) and person.num_labelled > 0 and not person.labelled[self._animals].any()

    def place(self, persons: list[Instance]) -> dict[str, Instance]:
        """Return who of a frame goes into which slot; those who fit into none are left out."""
        if not self.names:
            return {"": persons[0]} if persons else {}
        placed: dict[str, Instance] = {}
        waiting = []
        for person in persons:
            track = person.track_id
            name = SINGLE if self._is_single(person) else None
            if name is None and track is not None:
                name = self._tracks.get(track, f"track{track}")
            if name is not None and name in self._slot_names and name not in placed:
                placed[name] = person
            elif person.num_labelled:
                waiting.append(person)
        for name in self.names:
            if waiting and name not in placed:
                placed[name] = waiting.pop(0)
        for person in persons:
            if self.unique and SINGLE not in placed and person.labelled[self.unique].any():
                placed[SINGLE] = person
        return placed

    @property
    def _slot_names(self) -> set[str]:
        return {name for name, _ in self.slots}

    def _find_problems(self, dataset: Dataset) -> list[str]:
        """Say who cannot be told apart or placed."""
        moved = lost = 0
        for persons in dataset.by_image():
            placed = self.place(persons)
            here = {id(person) for person in placed.values()}
            lost += sum(id(person) not in here and person.num_labelled > 0 for person in persons)
            if self.names:
                tracks = [p.track_id for p in persons if p.track_id is not None and not self._is_single(p)]
                moved += len(tracks) - len(set(tracks))
            lost += sum(self._loses_unique(person, placed.get(SINGLE)) for person in persons)
        problems = []
        if moved:
            problems.append(
                f"DeepLabCut has each individual once a picture: {moved} get the name of another."
            )
        if lost:
            problems.append(
                f"DeepLabCut cannot hold everything: {lost} people or their single parts are left out."
            )
        return problems

    def _loses_unique(self, person: Instance, single: Instance | None) -> bool:
        if not self.unique or person is single:
            return False
        return bool(np.any(person.labelled[self.unique]))
