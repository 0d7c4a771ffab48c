"""What can be gone to by name: keypoints, people and tracks, layers, runs, frames by number."""

from __future__ import annotations

import re

import numpy as np

from poseapp.app.layers import Ref
from poseapp.app.palette import Entry
from poseapp.app.session import Session

_FRAME = re.compile(r"(?:frame\s*|#\s*)?(\d+)")
_TRACK = re.compile(r"track\s*(\d+)")


def things(session: Session) -> list[Entry]:
    """Keypoints, people of the frame, layers and runs of the open project."""
    skeleton = session.skeleton
    if skeleton is None:
        return []
    people = session.instances_on_screen()
    nobody = "" if people else "nobody is in this frame"
    found = [
        Entry("keypoint", str(k), name.replace("_", " ").capitalize(), "Keypoint", icon="circle", why=nobody)
        for k, name in enumerate(skeleton.keypoints)
    ]
    for number, person in enumerate(people, 1):
        track = person.instance.track_id
        what = "prediction" if person.is_prediction else "label"
        more = what if track is None else f"{what}, track {track}"
        key = f"{person.ref.layer}:{person.ref.key}"
        found.append(Entry("person", key, f"Person {number}", "In this frame", more, "user"))
    found += [
        Entry("layer", layer.id, f"{'Hide' if layer.visible else 'Show'} {layer.title}", "Layer",
              f"{layer.num_frames} frames {layer.net}", "stack")
        for layer in session.layers
    ]  # fmt: skip
    found += [
        Entry("run", run.name, run.title, "Run", f"{run.name} {run.state}", "pulse") for run in session.runs
    ]
    return found


def numbered(session: Session, query: str) -> list[Entry]:
    """What a number that was typed names: "120", "frame 120", "#120", "track 3"."""
    text = query.strip().lower()
    if session.video is None or session.project is None:
        return []
    frame, track = _FRAME.fullmatch(text), _TRACK.fullmatch(text)
    if frame and int(frame[1]) < session.num_frames:
        number = int(frame[1])
        return [Entry("frame", str(number), f"Go to frame {number}", session.video.name, icon="arrow-right")]
    if track:
        table = session.project.people_table(session.video.id)
        frames = np.unique(table.frames[table.tracks == int(track[1])])
        if len(frames):
            words = f"{len(frames)} labelled frame{'s' * (len(frames) != 1)} from {frames[0]} on"
            return [Entry("track", track[1], f"Go to track {track[1]}", session.video.name, words, "path")]
    return []


def go_to(session: Session, entry: Entry) -> None:
    """Go to what was chosen: a video, frame, track, person or keypoint; a layer is shown or hidden."""
    if entry.kind == "video":
        session.show_video(int(entry.id))
    elif entry.kind == "frame":
        session.go_to(int(entry.id))
    elif entry.kind == "layer":
        session.set_layer_visible(entry.id, not next(x.visible for x in session.layers if x.id == entry.id))
    elif entry.kind == "person":
        layer, key = entry.id.rsplit(":", 1)
        session.select(Ref(layer, int(key)))
    elif entry.kind == "keypoint":
        people = session.instances_on_screen()
        person = session.selected_instance or next(iter(people), None)
        if person is not None:
            session.select(person.ref, int(entry.id))
    elif entry.kind == "track" and session.project is not None and session.video is not None:
        table = session.project.people_table(session.video.id)
        session.go_to(int(table.frames[table.tracks == int(entry.id)].min()))
        people = session.instances_on_screen()
        found = next((p for p in people if p.instance.track_id == int(entry.id)), None)
        session.select(found.ref if found else None)
