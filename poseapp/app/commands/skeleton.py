"""What the rows about the skeleton do."""

from __future__ import annotations

from poseapp.app.session import Session
from poseapp.labels.edits import SetSkeleton
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.skeleton_change import describe_change


def edit_skeleton(session: Session, skeleton: Skeleton, renamed: dict[str, str] | None = None) -> None:
    """Give the project another skeleton; labels follow their keypoints, as one edit."""
    change = describe_change(session.writable_project(), skeleton, renamed or {})
    session.push(SetSkeleton(skeleton, renamed))
    session.message.emit(change.text)
