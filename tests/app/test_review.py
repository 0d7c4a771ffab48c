"""The queue of frames to look at: what is in it, going through it, what becomes of each frame."""

import os

import numpy as np
import pytest

from poseapp.app import commands, editing
from poseapp.app.layers import Ref
from poseapp.app.review import ACCEPTED, CORRECTED, DISMISSED, LABELLED, OPEN
from poseapp.app.session import Session
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddInstance
from poseapp.labels.skeleton import load_skeleton
from tests.app.material import pose, write_predictions

LOW = (2, 22)


@pytest.fixture
def doubted(opened: Session) -> Session:
    """Frames 2 and 22 are unsure, in frame 12 the left wrist leaps."""
    path = opened.project.predictions_dir
    path.mkdir(exist_ok=True)
    with PredictionWriter(path / "p.h5", load_skeleton("coco17"), [opened.video.rel_path], net="x") as writer:
        for k in range(opened.num_frames):
            person = pose(k / 10, score={2: 0.1, 22: 0.3}.get(k, 0.9))
            person.points[9] += (40, 0) if k == 12 else 0
            writer.append(0, k, [person])
    opened.reload_predictions()
    return opened


def states(session: Session) -> dict[int, str]:
    return {item.frame_idx: item.state for item in session.review.items}


def test_the_queue_has_reasons_in_the_order_of_frames(doubted: Session) -> None:
    items = doubted.review.items
    assert [(i.frame_idx, i.kind, i.state) for i in items] == [
        (2, "score", OPEN),
        (12, "jump", OPEN),
        (22, "score", OPEN),
    ]
    assert items[1].text.startswith("left wrist jumps 4") and items[1].keypoints[0] == 9
    doubted.review.show(order="strength")
    assert [i.frame_idx for i in doubted.review.items][-1] == 22
    assert doubted.doubtful_frames().tolist() == [2, 12, 22]


def test_the_list_can_be_narrowed(doubted: Session) -> None:
    review = doubted.review
    assert review.kind_counts()["jump"] == 1 and review.kind_counts()[""] == 3
    review.show(kind="jump")
    assert [i.frame_idx for i in review.items] == [12] and doubted.doubtful_frames().tolist() == [2, 12, 22]
    review.show(kind="", threshold=0.7)
    assert 22 not in [i.frame_idx for i in review.items] and 2 in [i.frame_idx for i in review.items]


def test_next_and_previous_select_the_person_and_the_keypoint(doubted: Session) -> None:
    commands.next_doubtful(doubted)
    assert doubted.frame_idx == 2 and doubted.selection == Ref("p", 0)
    commands.next_doubtful(doubted)
    assert (doubted.frame_idx, doubted.selected_keypoint) == (12, 9)
    commands.next_doubtful(doubted)
    said: list[str] = []
    doubted.message.connect(said.append)
    commands.next_doubtful(doubted)
    assert doubted.frame_idx == 22 and said == ["No doubtful frame after this one"]
    commands.previous_doubtful(doubted)
    assert doubted.frame_idx == 12
    doubted.go_to(13)
    commands.previous_doubtful(doubted)
    assert doubted.frame_idx == 12


def test_enter_accepts_and_goes_on_to_the_end(doubted: Session) -> None:
    commands.next_doubtful(doubted)
    commands.accept_prediction(doubted)
    assert doubted.frame_idx == 12 and states(doubted) == {2: ACCEPTED, 12: OPEN, 22: OPEN}
    person = doubted.selected_instance
    editing.move_keypoint(doubted, person, 9, np.array([50.0, 30.0]))
    assert doubted.frame_idx == 12 and states(doubted)[12] == CORRECTED  # stays until Enter
    commands.accept_prediction(doubted)
    assert doubted.frame_idx == 22
    said: list[str] = []
    doubted.message.connect(said.append)
    commands.dismiss_doubt(doubted)
    assert said[-1] == "Nothing left to review: 3 done"
    assert states(doubted) == {2: ACCEPTED, 12: CORRECTED, 22: DISMISSED}
    assert doubted.review.counts()[OPEN] == 0 and len(doubted.doubtful_frames()) == 0
    assert len(doubted.labelled_frames()) == 2


def test_enter_outside_the_review_stays(doubted: Session) -> None:
    doubted.go_to(2)
    commands.accept_prediction(doubted)
    assert doubted.frame_idx == 2 and states(doubted)[2] == ACCEPTED


def test_undo_opens_again_and_a_dismissal_is_kept(doubted: Session) -> None:
    path = doubted.project.path
    doubted.go_to(12)
    commands.dismiss_doubt(doubted)
    assert doubted.project.undo_text == "Frame 12 is not doubtful" and 12 not in doubted.doubtful_frames()
    doubted.undo()
    assert 12 in doubted.doubtful_frames()
    doubted.redo()
    doubted.open(path.parent / "elsewhere.pose") if (path.parent / "elsewhere.pose").exists() else None
    doubted.close()
    doubted.open(path)
    assert states(doubted)[12] == DISMISSED
    # Another network may be wrong there again.
    newer = write_predictions(doubted, "q", low=(12,))
    os.utime(newer, (2e9, 2e9))
    doubted.reload_predictions()
    assert states(doubted)[12] == OPEN


def test_frames_labelled_before_do_not_count_as_reviewed(doubted: Session) -> None:
    path = doubted.project.path
    doubted.push(AddInstance(doubted.video.id, 2, pose()))
    doubted.close()
    doubted.open(path)
    assert list(states(doubted)) == [12, 22]


def test_frames_can_be_suggested_and_are_replaced(doubted: Session) -> None:
    video = doubted.video.id
    doubted.review.suggest([(video, 7, "unlike the others"), (video, 17, "unlike the others")])
    assert [i.frame_idx for i in doubted.review.items] == [2, 7, 12, 17, 22]
    assert doubted.review.suggested_frames().tolist() == [7, 17]
    assert doubted.doubtful_frames().tolist() == [2, 12, 22]
    doubted.review.show(kind="suggested")
    assert [(i.frame_idx, i.text) for i in doubted.review.items] == [
        (7, "unlike the others"),
        (17, "unlike the others"),
    ]
    doubted.push(AddInstance(video, 7, pose()))
    assert states(doubted) == {7: LABELLED, 17: OPEN}
    doubted.review.dismiss(doubted.review.items[1])
    assert states(doubted) == {7: LABELLED}
    doubted.review.suggest([(video, 9, "even")])
    assert states(doubted) == {9: OPEN}
    doubted.undo()
    assert list(states(doubted)) == [7]


def test_all_videos_are_gone_through(doubted: Session, tmp_path) -> None:
    from tests.app.material import write_clip

    first = doubted.video.id
    second = tmp_path / "clips" / "other.mp4"
    write_clip(second)
    doubted.add_video(second)
    write_predictions(doubted, "second", low=(5,))
    assert [i.frame_idx for i in doubted.review.items] == [5]
    doubted.review.show(all_videos=True)
    assert [(i.video_id == first, i.frame_idx) for i in doubted.review.items] == [
        (True, 2), (True, 12), (True, 22), (False, 5),
    ]  # fmt: skip
    doubted.review.go(doubted.review.items[2])
    assert doubted.video.id == first and doubted.frame_idx == 22
    assert doubted.review.next() and doubted.video.id != first and doubted.frame_idx == 5


def test_beside_a_window_the_answer_comes_later(doubted: Session) -> None:
    import queue

    posted: queue.Queue = queue.Queue()
    doubted.posted.connect(posted.put)
    doubted.settings["doubtful_score"] = 0.2
    told: list[bool] = []
    doubted.review.changed.connect(lambda: told.append(True))
    _ = doubted.review.items
    assert doubted.review.busy
    while doubted.review.busy or not posted.empty():
        posted.get(timeout=10)()
    assert told and [i.frame_idx for i in doubted.review.items] == [2, 12]


def test_a_removed_video_takes_its_decisions_along(doubted: Session) -> None:
    from poseapp.labels.edits import RemoveVideo

    doubted.review.suggest([(doubted.video.id, 7, "even")])
    doubted.push(RemoveVideo(doubted.video.id))
    assert doubted.project.reviewed() == [] and doubted.review.items == []
    doubted.undo()
    assert len(doubted.project.reviewed()) == 1


def test_the_command_suggests_beside_the_window(doubted: Session) -> None:
    from poseapp.app.background import tasks_of

    commands.suggest_frames(doubted, by="even", count=4)
    for task in tasks_of(doubted).active:
        task.thread.join(20)
    assert doubted.review.kind == "suggested"
    assert [i.frame_idx for i in doubted.review.items] == [3, 9, 15, 21]
    assert doubted.project.undo_text == "Suggest 4 frames"
