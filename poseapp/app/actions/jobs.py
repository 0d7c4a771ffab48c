"""Menus Predict and Train."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import (
    Action,
    can_add_video,
    can_edit,
    can_resume,
    has_active_run,
    has_active_training,
)


def rows() -> list[Action]:
    """The rows of menus Predict and Train."""
    return [
        Action("predict.video", "Predict This Video…", "Predict", do.predict, ("Ctrl+P",), "magic-wand",
               "Find the person in every frame.", can_edit, ask="prediction", api="start_prediction"),
        Action("predict.from_here", "Predict from Here On…", "Predict", do.predict_from_here, (), "",
               "Find the person from this frame to the end.", can_edit, ask="prediction",
               api="start_prediction"),
        Action("predict.resume", "Resume Prediction", "Predict", do.resume("predict"), (), "arrow-clockwise",
               "Go on with the prediction that was cancelled or lost last.", can_resume("predict"),
               api="resume"),
        Action("predict.suggest", "Suggest Frames to Label…", "Predict", do.suggest_frames, (), "lightbulb",
               "Choose frames worth labelling and put them in the review.", can_edit, ask="suggest",
               api="suggest"),
        Action("predict.cancel", "Cancel Running Jobs", "Predict", do.cancel_runs, (), "x-circle",
               "Stop every running job now.", has_active_run, separator=True),
        Action("train.fine_tune", "Fine-Tune on My Labels…", "Train", do.fine_tune, ("Ctrl+T",),
               "graduation-cap", "Teach the network with this project's labels.", can_add_video,
               ask="fine_tune", api="start_training"),
        Action("train.stop_and_keep", "Stop and Keep", "Train", do.stop_trainings, (), "stop-circle",
               "End the running training and keep what it learnt.", has_active_training),
        Action("train.resume", "Resume Training", "Train", do.resume("train"), (), "arrow-clockwise",
               "Go on with the training that was stopped, cancelled or lost last.", can_resume("train"),
               api="resume"),
    ]  # fmt: skip
