"""Things are found by name or number and gone to."""

from poseapp.app.layers import LABELS, Ref
from poseapp.app.palette import find
from poseapp.app.search import go_to, numbered, things
from poseapp.app.session import Session
from poseapp.labels.edits import AddInstance
from tests.app.material import pose, write_predictions


def first(session: Session, query: str):
    return find(things(session), query)[0]


def test_a_keypoint_is_found_by_its_name_and_selected(opened: Session) -> None:
    assert first(opened, "left wrist").why == "nobody is in this frame"
    write_predictions(opened, "p")
    entry = first(opened, "left wrist")
    assert entry.title == "Left wrist" and not entry.why
    go_to(opened, entry)
    assert opened.selection == Ref("p", 0) and opened.selected_keypoint == 9


def test_people_and_layers(opened: Session) -> None:
    write_predictions(opened, "p", people=2)
    go_to(opened, first(opened, "person 2"))
    assert opened.selection == Ref("p", 1)
    entry = first(opened, "hide p")
    assert entry.kind == "layer"
    go_to(opened, entry)
    assert opened.instances_on_screen() == [] and first(opened, "show p").id == "p"


def test_frames_and_tracks_by_number(opened: Session) -> None:
    for query in ("12", "frame 12", "#12", "Frame 12 "):
        (entry,) = numbered(opened, query)
        go_to(opened, entry)
        assert opened.frame_idx == 12
        opened.go_to(0)
    assert numbered(opened, "frame 99") == numbered(opened, "track 4") == numbered(opened, "wrist") == []
    person = pose()
    person.track_id = 4
    opened.push(AddInstance(opened.video.id, 7, person))
    (entry,) = numbered(opened, "track 4")
    assert entry.more == "1 labelled frame from 7 on"
    go_to(opened, entry)
    assert opened.frame_idx == 7 and opened.selection.layer == LABELS


def test_nothing_is_offered_where_nothing_is_open(session: Session) -> None:
    assert things(session) == [] and numbered(session, "3") == []
