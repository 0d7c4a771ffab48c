"""Queries and bulk edits against a plain model in Python."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.errors import PoseError
from poseapp.labels.bulk_actions import BulkAction
from poseapp.labels.bulk_edits import BulkDelete, BulkVisibility
from poseapp.labels.edits import (
    AddInstance,
    AddVideo,
    DeleteInstances,
    ImportInstances,
    SetVisibility,
    SwapSides,
)
from poseapp.labels.instance import Instance
from poseapp.labels.people_index import PeopleIndex
from poseapp.labels.project import Project
from poseapp.labels.query import DUPLICATE_IOU, STATES, Query
from tests.labels.material import FOUR, dump, person, video_record

SOURCES = ("user", "prediction:run 1", "prediction:b", "import:x.json", "interpolated")


def random_people(seed: int, count: int) -> list[tuple[int, int, Instance]]:
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        points = random.uniform(-40, 700, (4, 2)) if random.random() < 0.8 else np.full((4, 2), 50.0)
        scores = None
        if random.random() < 0.7:
            scores = np.where(random.random(4) < 0.2, np.nan, random.random(4)).astype(np.float32)
        made.append(
            (
                int(random.integers(1, 3)),
                int(random.integers(0, 6)),
                Instance(
                    points,
                    random.integers(0, 3, 4),
                    scores,
                    float(random.random()) if random.random() < 0.4 else None,
                    str(random.choice(SOURCES)),
                    int(random.integers(0, 3)) if random.random() < 0.5 else None,
                    np.array([0.0, 0, 9, 9]) if random.random() < 0.5 else None,
                    extra={"area": 3, "note": "x"} if random.random() < 0.3 else {},
                ),
            )
        )
    return made


def kind_of(p: Instance) -> str:
    if p.source.startswith("prediction:"):
        by_hand = p.scores is None or np.isnan(p.scores[p.labelled]).any()
        return "corrected" if by_hand and p.num_labelled else "accepted"
    return {"user": "hand", "interpolated": "interpolated"}.get(p.source, "imported")


def score_of(p: Instance) -> float | None:
    if p.score is not None:
        return p.score
    known = [] if p.scores is None else [float(s) for s in p.scores[p.labelled] if np.isfinite(s)]
    return sum(known) / len(known) if known else None


def iou(a: Instance, b: Instance) -> float:
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a.bounds(), b.bounds()
    w, h = min(ax1, bx1) - max(ax0, bx0) + 2, min(ay1, by1) - max(ay0, by0) + 2
    inter = max(w, 0) * max(h, 0)
    return inter / ((ax1 - ax0 + 2) * (ay1 - ay0 + 2) + (bx1 - bx0 + 2) * (by1 - by0 + 2) - inter)


def matches(
    q: Query, video: int, frame: int, p: Instance, everybody: list[tuple[int, int, Instance]]
) -> bool:
    """The meaning of a query, one person at a time."""
    bounds, score = p.bounds(), score_of(p)
    size = None if bounds is None else max(bounds[2:] - bounds[:2])
    if q.videos and video not in q.videos:
        return False
    if q.frames is not None and not q.frames[0] <= frame < q.frames[1]:
        return False
    if q.sources and not any(s in (kind_of(p), p.source.replace("prediction:", "run:")) for s in q.sources):
        return False
    for name, state in q.keypoints:
        v = p.visibility[FOUR.index(name)]
        if not {"labelled": v > 0, "missing": v == 0, "hidden": v == 1, "visible": v == 2}[state]:
            return False
    for value, below, above in (
        (score, q.score_below, q.score_above),
        (p.num_labelled, q.labelled_below, q.labelled_above),
        (size, q.size_below, q.size_above),
    ):
        if below is not None and not (value is not None and value < below):
            return False
        if above is not None and not (value is not None and value > above):
            return False
    if q.track is not None and p.track_id != (None if q.track == "none" else q.track):
        return False
    if q.outside:
        points = p.points[p.labelled]
        inside = (points >= -0.5).all(1) & (points[:, 0] <= 639.5) & (points[:, 1] <= 479.5)
        if inside.all():
            return False
    if q.duplicates:
        others = [o for v, f, o in everybody if (v, f) == (video, frame) and o.id < p.id]
        run = p.source if p.source.startswith("prediction:") else ""
        same = [o for o in others if (o.source if o.source.startswith("prediction:") else "") == run]
        if not p.num_labelled or not any(o.num_labelled and iou(p, o) >= DUPLICATE_IOU for o in same):
            return False
    return True


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), st.none(), values)


QUERIES = st.builds(
    Query,
    videos=st.sampled_from([(), (), (1,), (2, 1)]),
    frames=maybe(st.tuples(st.integers(0, 3), st.integers(2, 6))),
    sources=st.sampled_from([(), (), ("hand",), ("accepted", "corrected"), ("run:run 1",), ("imported",),
                             ("interpolated", "run:b")]),
    keypoints=st.lists(
        st.tuples(st.sampled_from(FOUR.keypoints), st.sampled_from(STATES)),
        max_size=2,
    ).map(tuple),
    score_below=maybe(st.sampled_from([0.3, 0.6])),
    score_above=maybe(st.sampled_from([0.2, 0.5])),
    labelled_below=maybe(st.integers(1, 4)),
    labelled_above=maybe(st.integers(0, 3)),
    size_below=maybe(st.sampled_from([1.0, 300.0])),
    size_above=maybe(st.sampled_from([0.0, 200.0])),
    track=maybe(st.sampled_from([0, 1, "none"])),
    outside=st.sampled_from([False, False, True]),
    duplicates=st.sampled_from([False, False, True]),
)  # fmt: skip


@pytest.fixture(scope="module")
def crowd():
    """A project with 300 people in two videos, what is in it, and its index."""
    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder) / "p.pose", FOUR) as project:
        for name in ("walk 1.mp4", "run.mp4"):
            project.push(AddVideo(video_record(name)))
        project.push(ImportInstances(random_people(1, 300)))
        everybody = [(v, f, p) for v, f, people in project.iter_frames() for p in people]
        index = PeopleIndex.of_labels(project.path / "project.db", FOUR, project.videos)
        yield project, everybody, index
        index.close()


@settings(max_examples=300, deadline=None)
@given(query=QUERIES)
def test_sql_finds_whom_plain_python_finds(crowd, query):
    project, everybody, index = crowd
    wanted = sorted((v, f, p.id) for v, f, p in everybody if matches(query, v, f, p, everybody))
    found = index.find(query)
    assert [(v, f, k) for k, v, f in found.tolist()] == wanted
    count = index.count(query)
    assert count.people == len(wanted)
    assert count.frames == len({(v, f) for v, f, _ in wanted})
    assert count.videos == len({v for v, _, _ in wanted})
    names = {record.id: record.name for record in project.videos}
    assert Query.parse(query.words(names), {n: i for i, n in names.items()}, FOUR) == query


def test_each_condition_finds_some_and_leaves_some(crowd):
    """Else the test above would compare nothing with nothing."""
    _, everybody, index = crowd
    for query in (
        Query(videos=(1,)), Query(frames=(0, 3)), Query(sources=("corrected",)), Query(sources=("accepted",)),
        Query(sources=("run:b",)), Query(keypoints=(("tail", "hidden"),)), Query(score_below=0.5),
        Query(labelled_above=2), Query(size_below=300), Query(track="none"), Query(outside=True),
        Query(duplicates=True),
    ):  # fmt: skip
        assert 0 < index.count(query).people < len(everybody), query
    assert index.count(Query()).people == 300 and Query().is_everything
    assert index.runs() == ["b", "run 1"] and index.tracks() == [0, 1, 2]


ACTIONS = (
    "delete",
    "show tail",
    "hide nose",
    "unset left_hand",
    "swap-sides",
    "track 1",
    "track none",
    "by-hand",
)


def one_by_one(project: Project, action: BulkAction, ids: list[int]) -> None:
    """What the action means, by the edits of one person."""
    for number in ids:
        with project._reading():
            from poseapp.labels.rows import SELECT_INSTANCE, row_instance

            row = project._db.execute(f"{SELECT_INSTANCE} WHERE id = ?", (number,)).fetchone()
        p = row_instance(row)
        if action.verb == "delete":
            project.push(DeleteInstances(ids=[number]))
        elif action.keypoint:
            k = FOUR.index(action.keypoint)
            if p.visibility[k]:
                wanted = {"unset": 0, "hide": 1, "show": 2}[action.verb]
                project.push(SetVisibility(number, k, wanted))
        elif action.verb == "swap-sides":
            project.push(SwapSides(number))
        else:
            from poseapp.labels.edits import ReplaceInstance

            p.source = "user" if action.verb == "by-hand" else p.source
            p.track_id = action.track if action.verb == "track" else p.track_id
            project.push(ReplaceInstance(number, p))


@pytest.mark.parametrize("words", ACTIONS)
def test_a_bulk_edit_is_the_edits_of_each_and_one_step(tmp_path, words):
    action, query = BulkAction.parse(words, FOUR), Query(frames=(1, 5))
    assert action.words() == words
    dumps, told = [], []
    for name in ("a", "b"):
        with Project.create(tmp_path / f"{name}.pose", FOUR) as project:
            for video in ("walk.mp4", "run.mp4"):
                project.push(AddVideo(video_record(video)))
            project.push(ImportInstances(random_people(2, 60)))
            before = dump(project)
            index = PeopleIndex.of_labels(project.path / "project.db", FOUR, project.videos)
            ids = index.find(query, action.condition(FOUR))[:, 0].tolist()
            assert 0 < len(ids) < index.count(query).people or words == "delete"
            told.clear()
            if name == "a":
                project.push(action.edit(ids, FOUR, lambda done, total: told.append((done, total))))
                assert told[-1] == (len(ids), len(ids))
                dumps.append(dump(project)["instance"])
                assert project.undo() is not None and dump(project) == before
                assert project.redo() is not None and dump(project)["instance"] == dumps[0]
            else:
                one_by_one(project, action, ids)
                dumps.append(dump(project)["instance"])
            index.close()
    assert without_json_spelling(dumps[0]) == without_json_spelling(dumps[1])


def without_json_spelling(rows: list[tuple]) -> list[tuple]:
    """An empty `extra` may be written as nothing."""
    return [(*row[:-1], row[-1] or None) for row in rows]


def test_cancelled_half_way_nothing_has_changed(project):
    for frame in range(30):
        project.push(AddInstance(1, frame, person()))
    before = dump(project)

    def stop(done, total):
        raise PoseError("enough")

    for edit in (BulkDelete([1, 2, 3], stop), BulkVisibility([4, 5], 0, 0, stop)):
        with pytest.raises(PoseError, match="enough"):
            project.push(edit)
    assert dump(project) == before and project.history(1)[0].text == "Add person"


@pytest.mark.parametrize(
    "text",
    ["nonsense", "score=3", "video=other.mp4", "frames=7", "frames=a:b", "source=me", "track=x", "nose=gone",
     "labelled<many", "'open", "size>", "p.key=1", "score<0.3;DROP"],
)  # fmt: skip
def test_words_that_are_not_understood_are_refused_in_one_line(text):
    with pytest.raises(PoseError) as caught:
        Query.parse(text, {"walk.mp4": 1}, FOUR)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "explode", "hide", "hide foot", "track", "track x", "delete all"])
def test_actions_that_are_not_understood_are_refused(text):
    with pytest.raises(PoseError):
        BulkAction.parse(text, FOUR)


def test_quotes_in_names_are_no_sql(crowd):
    _, _, index = crowd
    evil = "run:'); DROP TABLE person; --"
    assert index.count(Query(sources=(evil,))).people == 0
    assert index.count(replace(Query(), sources=("hand",))).people > 0
