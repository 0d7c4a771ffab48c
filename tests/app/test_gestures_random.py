"""Any sequence of gestures and commands keeps the session whole, and undo takes all of it back."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp.app import commands
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.tools import CanvasTools
from tests.app.material import HEIGHT, WIDTH, coco_settings, write_predictions

PLACE = st.tuples(st.integers(-10, WIDTH + 10), st.integers(-10, HEIGHT + 10))
COMMANDS = (
    commands.toggle_visibility, commands.unset_keypoint, commands.swap_sides, commands.copy_previous,
    commands.accept_prediction, commands.delete_person, commands.delete_frame_labels, commands.deselect,
    commands.next_keypoint(1), commands.next_keypoint(-1), commands.select_person(1),
    commands.select_person(2),
    commands.tool("add"), commands.tool("move"), commands.tool("select"), commands.next_labelled,
    commands.previous_doubtful, commands.toggle_overlay, commands.undo, commands.redo,
)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("drag"), PLACE, PLACE, st.booleans()),
    st.tuples(st.just("right"), PLACE),
    st.tuples(st.just("go"), st.integers(0, 4)),
    st.tuples(st.just("command"), st.integers(0, len(COMMANDS) - 1)),
    st.tuples(st.just("command"), st.integers(0, len(COMMANDS) - 1)),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip and its project with two predicted people."""
    from tests.app.material import write_clip

    folder = tmp_path_factory.mktemp("template")
    clip = write_clip(folder / "walk.mp4")
    session = Session(coco_settings(), RecentFiles())
    session.open(clip)
    write_predictions(session, people=2, low=(2, 3))
    session.close()
    return folder


def act(session: Session, tools: CanvasTools, step: tuple) -> None:
    kind, *values = step
    if kind == "drag":
        start, end = (np.array(v, float) for v in values[:2])
        tools.press(start, 8.0, alt=values[2])
        tools.move((start + end) / 2, 8.0)
        tools.people()
        tools.release(end, 8.0)
    elif kind == "right":
        tools.right_click(np.array(values[0], float), 8.0)
    elif kind == "go":
        session.go_to(values[0])
    else:
        COMMANDS[values[0]](session)


def state(session: Session) -> list[tuple]:
    return [
        (frame, p.id, p.points.tobytes(), p.visibility.tobytes(), p.source)
        for _, frame, people in session.project.iter_frames()
        for p in people
    ]


@given(steps=st.lists(STEP, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_sequence_can_be_undone_and_done_again(
    template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(template, folder / "at")
    session = Session(coco_settings(), RecentFiles())
    session.open(folder / "at" / "walk.mp4")
    try:
        tools = CanvasTools(session)
        for step in steps:
            if session.video is None:  # adding the video was undone
                session.redo()
            else:
                act(session, tools, step)
            assert tools.drag is None and not session.gesture_active
            on_screen = session.instances_on_screen()
            assert session.selection is None or session.selection in [p.ref for p in on_screen]
            tools.hints()
            for person in on_screen:
                labelled = person.instance.visibility > 0
                assert np.array_equal(labelled, np.isfinite(person.instance.points).all(axis=1))
                inside = person.instance.points[labelled]
                assert (inside >= -1e-6).all() and (inside <= (WIDTH - 1 + 1e-6, HEIGHT - 1 + 1e-6)).all()
        while session.project.redo_text:
            session.redo()
        final, undone = state(session), 0
        while (text := session.project.undo_text) and not text.startswith("Add video"):
            session.undo()
            undone += 1
        assert state(session) == []
        for _ in range(undone):
            session.redo()
        assert state(session) == final
    finally:
        session.close()
