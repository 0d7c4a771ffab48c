"""The queue of frames to look at: doubtful predictions and suggested frames, and what became of each.

What is open follows from the labels: a frame whose people are labelled is done, undo opens it again. Only
what labels cannot say is kept in the project: what was dismissed, and what was suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from poseapp.app.doubt_search import Answer, DoubtSearch, question
from poseapp.app.layers import Ref
from poseapp.labels.doubt import KINDS, Doubt, Limits, one_a_frame
from poseapp.labels.review_edits import DISMISSED, SUGGESTED, DismissDoubt, SuggestFrames

if TYPE_CHECKING:
    from poseapp.app.session import Session
    from poseapp.labels.change import Change
    from poseapp.labels.instance import Instance
    from poseapp.labels.project import VideoRecord

OPEN, ACCEPTED, CORRECTED, LABELLED = "open", "accepted", "corrected", "labelled"
ORDERS = ("frame", "strength")
SAME_PX = 0.01
# What the list can be narrowed to; "" is everything.
FILTERS = ("", *KINDS, SUGGESTED)


@dataclass(frozen=True)
class Item:
    """One frame to look at.

    Attributes:
        video_id: its video.
        frame_idx: 0-based.
        kind: "score", "jump", "flip", "bone" or "suggested".
        text: the reason, one sentence.
        strength: 0 (just doubtful) to 1.
        run: the predictions that are doubted, "" for a suggestion.
        person: which predicted person of the frame, or None.
        keypoints: those concerned, the strongest first.
        more: further reasons at the same place.
        box: xyxy around the person in pixels, or None.
        state: "open", "accepted", "corrected", "labelled" (otherwise) or "dismissed".
    """

    video_id: int
    frame_idx: int
    kind: str
    text: str
    strength: float
    run: str = ""
    person: int | None = None
    keypoints: tuple[int, ...] = ()
    more: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
    state: str = OPEN

    @property
    def key(self) -> tuple[int, int, int]:
        """Video, frame and person."""
        return self.video_id, self.frame_idx, -1 if self.person is None else self.person


class Review:
    """The queue of one window.

    Attributes:
        changed: psygnal signal, in the window's thread: items, their states or what is shown.
        kind: one of `FILTERS`.
        threshold: doubts weaker than this are left out, 0..1.
        all_videos: whether the list holds all videos of the project (False: the current one).
        order: one of `ORDERS`.
        zoom: whether going to an item zooms to its person.
        current: the item that was gone to last, None once another frame is on screen.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self._session = session
        self.kind, self.threshold, self.order = "", 0.0, "frame"
        self.all_videos = self.zoom = False
        self.current: Item | None = None
        self._search = DoubtSearch(lambda act: self._in_window(act), self._forget_items)
        self._items: dict[tuple[int, str], list[Item]] = {}
        self._states: dict[tuple[int, int, str], str] = {}
        self._met: set[tuple[int, int, int]] = set()
        self._decided: tuple[dict[int, list[tuple[int, str]]], set[tuple[int, int, str]]] | None = None
        session.project_changed.connect(self._on_project)
        session.video_changed.connect(self._forget_items)
        session.layers_changed.connect(self._forget_items)
        session.labels_changed.connect(self._on_labels)
        session.frame_changed.connect(self._on_frame)

    # -- what is shown

    def show(
        self,
        *,
        kind: str | None = None,
        threshold: float | None = None,
        all_videos: bool | None = None,
        order: str | None = None,
    ) -> None:
        """Narrow or widen the list."""
        self.kind = self.kind if kind is None else kind
        self.threshold = self.threshold if threshold is None else threshold
        self.all_videos = self.all_videos if all_videos is None else all_videos
        self.order = self.order if order is None else order
        self._forget_items()

    @property
    def busy(self) -> bool:
        """Whether predictions are being looked through."""
        return self._search.busy

    def stop(self, seconds: float = 3.0) -> None:
        """Look through nothing any more: the window closes."""
        self._search.stop(seconds)

    @property
    def items(self) -> list[Item]:
        """All that fits what is shown, done ones too, in the order of the list."""
        return self._sorted(self._of_all(self.kind))

    @property
    def open_items(self) -> list[Item]:
        """What is left, in the order of the list."""
        return [item for item in self.items if item.state == OPEN]

    def counts(self, kind: str | None = None) -> dict[str, int]:
        """How many items of the list, or of another filter, are in each state."""
        found = dict.fromkeys((OPEN, ACCEPTED, CORRECTED, LABELLED, DISMISSED), 0)
        for item in self._of_all(self.kind if kind is None else kind):
            found[item.state] += 1
        return found

    def kind_counts(self) -> dict[str, int]:
        """How many open items each filter would show."""
        return {kind: sum(i.state == OPEN for i in self._of_all(kind)) for kind in FILTERS}

    def open_frames(self) -> np.ndarray:
        """Doubtful frames of the current video that are left, ascending int64, whatever the list shows."""
        return self._left(lambda item: item.kind != SUGGESTED)

    def suggested_frames(self) -> np.ndarray:
        """Suggested frames of the current video that are left, ascending int64."""
        return self._left(lambda item: item.kind == SUGGESTED)

    def _left(self, chosen: Callable[[Item], bool]) -> np.ndarray:
        video = self._session.video
        items = [] if video is None else self._of(video, "")
        return np.unique(np.array([i.frame_idx for i in items if i.state == OPEN and chosen(i)], np.int64))

    def reason(self, frame_idx: int) -> str:
        """Why a frame of the current video is in the queue, "" where it is not."""
        video = self._session.video
        items = [] if video is None else self._of(video, "")
        found = [item for item in items if item.frame_idx == frame_idx and item.state == OPEN]
        return max(found, key=lambda item: item.strength).text if found else ""

    # -- going through it

    def go(self, item: Item) -> None:
        """Show an item: its video and frame, the person and the keypoint selected."""
        session = self._session
        session.set_playing(False)
        if session.video is None or session.video.id != item.video_id:
            session.show_video(item.video_id)
        session.go_to(item.frame_idx)
        people = session.instances_on_screen()
        wanted = Ref(item.run, item.person) if item.person is not None else None
        found = next((p for p in people if p.ref == wanted), people[0] if len(people) == 1 else None)
        session.select(found.ref if found else None, item.keypoints[0] if found and item.keypoints else None)
        self.current = item
        if self.zoom and found is not None:
            session.view_command.emit("person")
        self.changed.emit()

    def next(self, direction: int = 1) -> bool:
        """Go to the next (1) or previous (-1) open item in the order of the list; False: there is none."""
        items = self.open_items
        if not items:
            return False
        if self.order == "frame":
            places = [item.key for item in items]
            here = self._place_now(direction)
            after = [i for i, place in enumerate(places) if place > here]
            before = [i for i, place in enumerate(places) if place < here]
            found = after[:1] if direction > 0 else before[-1:]
        else:
            ranked = [item.key for item in self.items]
            now = ranked.index(self.current.key) if self.current and self.current.key in ranked else -1
            rest = [i for i, item in enumerate(items) if (ranked.index(item.key) - now) * direction > 0]
            found = rest[:1] if direction > 0 else rest[-1:]
        if not found:
            return False
        self.go(items[found[0]])
        return True

    def next_or_first(self) -> bool:
        """Go on; from the end of the list to its first open item."""
        if self.next(1):
            return True
        items = self.open_items
        if items:
            self.go(items[0])
        return bool(items)

    def dismiss(self, item: Item | None = None) -> Item | None:
        """An item (default: that of the current frame) is not doubtful after all: an edit, can be undone.

        Raises:
            PoseError: the project is read-only.
        """
        item = item or self.here()
        if item is not None:
            self._session.push(DismissDoubt(item.video_id, item.frame_idx, item.run))
        return item

    def here(self) -> Item | None:
        """The open item of the current frame: the one gone to, else the strongest."""
        video = self._session.video
        if video is None:
            return None
        found = [i for i in self._of(video, self.kind) if i.frame_idx == self._session.frame_idx]
        found = [i for i in found if i.state == OPEN]
        if self.current is not None:
            found.sort(key=lambda i: (i.key != self.current.key, -i.strength))  # type: ignore[union-attr]
        return next(iter(found), None)

    def suggest(self, frames: Iterable[tuple[int, int, str]]) -> None:
        """Put frames in the queue, in place of those suggested before: (video_id, frame_idx, why) each.

        Raises:
            PoseError: the project is read-only.
        """
        self._session.push(SuggestFrames(list(frames)))

    # -- building the list

    def _of_all(self, kind: str) -> list[Item]:
        session = self._session
        if session.project is None:
            return []
        videos = session.project.videos if self.all_videos else [session.video]
        return [item for video in videos if video is not None for item in self._of(video, kind)]

    def _of(self, video: VideoRecord, kind: str) -> list[Item]:
        key = (video.id, kind)
        if key not in self._items:
            found = self._doubted(video, kind) if kind != SUGGESTED else []
            doubted = {item.frame_idx for item in found}
            if kind in ("", SUGGESTED):
                found = found + [i for i in self._suggested(video) if i.frame_idx not in doubted]
            self._items[key] = found
            self._met.update(item.key for item in self._items[key] if item.state == OPEN)
        return self._items[key]

    def _doubted(self, video: VideoRecord, kind: str) -> list[Item]:
        session, skeleton = self._session, self._session.skeleton
        if skeleton is None:
            return []
        limits = Limits(score=float(session.settings["doubtful_score"]))
        visible = {row.id for row in session.layers if row.visible}
        layers = [layer for layer in session.prediction_layers if layer.name in visible]
        asked = question(video, layers, skeleton, limits)
        found = self._search.known(asked, wait=not session.in_background)
        made = _items(video.id, found, kind, self.threshold)
        labelled = set(session.project.labelled_frames(video.id).tolist()) if session.project else set()
        shown = []
        for item in made:
            state = self._state(video, item, labelled)
            if state != LABELLED or item.key in self._met:
                shown.append(replace(item, state=state))
        return shown

    def _suggested(self, video: VideoRecord) -> list[Item]:
        project = self._session.project
        assert project is not None
        labelled = set(project.labelled_frames(video.id).tolist())
        items = [
            Item(video.id, frame, SUGGESTED, why, 0.5)
            for frame, why in self._decisions()[0].get(video.id, [])
        ]
        return [replace(item, state=self._state(video, item, labelled)) for item in items]

    def _decisions(self) -> tuple[dict[int, list[tuple[int, str]]], set[tuple[int, int, str]]]:
        """Suggested frames and reasons by video; dismissed (video, frame, run)."""
        if self._decided is None:
            suggested: dict[int, list[tuple[int, str]]] = {}
            dismissed = set()
            project = self._session.project
            for video_id, frame_idx, state, note in project.reviewed() if project is not None else []:
                if state == SUGGESTED:
                    suggested.setdefault(video_id, []).append((frame_idx, note))
                else:
                    dismissed.add((video_id, frame_idx, note))
            self._decided = suggested, dismissed
        return self._decided

    def _state(self, video: VideoRecord, item: Item, labelled: set[int]) -> str:
        if (video.id, item.frame_idx, item.run) in self._decisions()[1]:
            return DISMISSED
        if item.frame_idx not in labelled:
            return OPEN
        key = (video.id, item.frame_idx, item.run)
        if key not in self._states:
            self._states[key] = self._outcome(video, item)
        return self._states[key]

    def _outcome(self, video: VideoRecord, item: Item) -> str:
        """What became of a labelled frame: predictions as they were, or changed, or labelled otherwise."""
        session = self._session
        assert session.project is not None and session.skeleton is not None
        labels = session.project.instances(video.id, item.frame_idx)
        mine = [p for p in labels if p.source.startswith("prediction:")]
        if not mine:
            return CORRECTED if item.kind != SUGGESTED and item.key in self._met else LABELLED
        runs = {p.source.removeprefix("prediction:") for p in mine}
        predicted = [
            person
            for layer in session.prediction_layers
            if layer.name in runs
            for person in layer.instances(video, item.frame_idx, session.skeleton)
        ]
        kept = all(any(_same(label, person) for person in predicted) for label in labels)
        return ACCEPTED if kept else CORRECTED

    def _sorted(self, items: list[Item]) -> list[Item]:
        if self.order == "strength":
            return sorted(items, key=lambda i: (-i.strength, i.key))
        return sorted(items, key=lambda i: i.key)

    def _place_now(self, direction: int) -> tuple[int, int, int]:
        session, current = self._session, self.current
        video_id = session.video.id if session.video is not None else -1
        if current is not None and (current.video_id, current.frame_idx) == (video_id, session.frame_idx):
            return current.key
        # Outside the frame's own items: going on must not come back to where one is.
        return video_id, session.frame_idx + (direction > 0), -2

    # -- what changes it

    def _in_window(self, act: object) -> None:
        self._session.posted.emit(act)

    def _on_project(self) -> None:
        self._search.forget()
        self._met.clear()
        self._states.clear()
        self._decided = None
        self._forget_items()

    def _on_labels(self, change: Change) -> None:
        self._states.clear()
        self._decided = None
        self._forget_items()

    def _on_frame(self, frame_idx: int) -> None:
        current, video = self.current, self._session.video
        if current is not None and (video is None or (video.id, frame_idx) != current.key[:2]):
            self.current = None

    def _forget_items(self) -> None:
        self._items.clear()
        self.changed.emit()


def _items(video_id: int, found: Answer, kind: str, threshold: float) -> list[Item]:
    """One item a mistake, of a kind or of all."""
    doubts = [d for _, d in found if kind in ("", d.kind) and d.strength >= threshold]
    runs = {doubt.frame_idx: run for run, doubt in found}
    beside: dict[tuple[int, int | None], list[Doubt]] = {}
    for _, doubt in found:
        beside.setdefault((doubt.frame_idx, doubt.person), []).append(doubt)
    return [
        Item(
            video_id, d.frame_idx, d.kind, d.text, d.strength, runs[d.frame_idx], d.person, d.keypoints,
            tuple(o.text for o in beside[d.frame_idx, d.person] if o is not d), d.box,
        )
        for d in one_a_frame(doubts)
    ]  # fmt: skip


def _same(label: Instance, person: Instance) -> bool:
    if not np.array_equal(label.visibility > 0, person.visibility > 0):
        return False
    if not np.array_equal(label.visibility, person.visibility):
        return False
    known = label.visibility > 0
    return bool((np.abs(label.points[known] - person.points[known]) <= SAME_PX).all())
