"""The tour of the sample: its steps, and which of them the open project has behind it."""

from __future__ import annotations

from dataclasses import dataclass

from poseapp.app.session import Session

SAMPLE_NAME = "sample.pose"
CLOSED = "tour_closed"
EXPORTED = "tour_exported"
CORRECTIONS = 5


@dataclass(frozen=True)
class Step:
    """One step: its name, what to do, and the command behind its button."""

    name: str
    text: str
    action: str
    button: str


STEPS = (
    Step("Predict", "Let the network find the person in every frame.", "predict.video", "Predict…"),
    Step(
        "Drag",
        f"Drag keypoints that are off to where they belong, on {CORRECTIONS} frames",
        "go.next_doubtful",
        "Next doubtful frame",
    ),
    Step("Fine-tune", "Your corrections can now teach the network.", "train.fine_tune", "Fine-tune…"),
    Step("Predict again", "See what it has learnt, on every frame.", "predict.video", "Predict again…"),
    Step("Export", "Take the result to the tool you use next.", "file.export_labels", "Export…"),
)


def is_touring(session: Session) -> bool:
    """Whether the sample is open and its tour was not ended."""
    project = session.project
    return project is not None and project.path.name == SAMPLE_NAME and not project.setting(CLOSED, False)


def steps_done(session: Session) -> list[bool]:
    """Which of ``STEPS`` have been done in the open project."""
    project = session.project
    if project is None:
        return [False] * len(STEPS)
    trained = [run for run in session.runs if run.kind == "train" and run.state in ("done", "stopped")]
    ends = [run.folder.status["ended"] or 0.0 for run in trained]
    newest = max((layer.path.stat().st_mtime for layer in session.prediction_layers), default=0.0)
    again = bool(ends) and newest >= min(ends)
    return [
        bool(session.prediction_layers),
        len(session.labelled_frames()) >= CORRECTIONS,
        bool(trained),
        again,
        bool(project.setting(EXPORTED, False)),
    ]


def note_export(session: Session) -> None:
    """An export of the sample was begun."""
    if is_touring(session) and not session.read_only and session.project is not None:
        session.project.set_setting(EXPORTED, True)


def end(session: Session) -> None:
    """Show the tour of this project no more."""
    if session.project is not None and not session.read_only:
        session.project.set_setting(CLOSED, True)
