"""Which of the project's keypoints those of a file are: given, remembered, or of the same name."""

import dataclasses
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from poseapp.errors import FormatError, ProjectError, SkeletonError
from poseapp.labels.keypoint_names import check_names, guess_names
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton

SETTING = "keypoint_maps"
KEEP, EXTEND, TAKE = "keep", "extend", "take"


@dataclass(frozen=True)
class KeypointMap:
    """How the keypoints of a file become those of a project.

    Attributes:
        names: Their name to the project's.
        skeleton: The skeleton the project is to have, or None where it stays as it is.
        renamed: Of the project's keypoints, old name to new, where its skeleton is replaced.
    """

    names: dict[str, str]
    skeleton: Skeleton | None = None

    def index(self, theirs: Skeleton, ours: Skeleton) -> list[int]:
        """Return for each keypoint of the project as it will be its place in the file, -1 for none."""
        target = self.skeleton or ours
        places = {own: theirs.index(name) for name, own in self.names.items()}
        return [places.get(name, -1) for name in target.keypoints]

    def unmatched(self, theirs: Skeleton, ours: Skeleton) -> list[str]:
        """Return the names only one side has, those of the file first."""
        target = self.skeleton or ours
        used = set(self.names.values())
        left = [name for name in theirs.keypoints if name not in self.names]
        return left + [name for name in target.keypoints if name not in used]


def parse_map(text: str | Path) -> dict[str, str]:
    """Read a mapping from words like `LWrist=left_wrist,…`, or from a TOML file of such lines.

    Raises:
        FormatError: It has another form.
    """
    text = str(text)
    if text.lower().endswith(".toml"):
        try:
            fields = tomllib.loads(Path(text).read_text("utf-8"))
        except OSError as error:
            raise FormatError(f"Cannot read {text}: {error.strerror or error}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FormatError(f"{text} is not a TOML file: {' '.join(str(error).split())}.") from error
        fields = fields.get("map", fields)
        if not isinstance(fields, dict) or any(not isinstance(own, str) for own in fields.values()):
            raise FormatError(f'{text} needs lines such as LWrist = "left_wrist".')
        return {str(name): own for name, own in fields.items()}
    pairs = [part.split("=") for part in text.split(",") if part.strip()]
    if not pairs or any(len(pair) != 2 or not pair[0].strip() or not pair[1].strip() for pair in pairs):
        raise FormatError(
            f"{text!r} is no mapping: write NAME_IN_FILE=NAME_IN_PROJECT,… or name a TOML file."
        )
    return {name.strip(): own.strip() for name, own in pairs}


def _key(theirs: Sequence[str], ours: Sequence[str]) -> str:
    return hashlib.sha256("\0".join([*theirs, "", *ours]).encode("utf-8")).hexdigest()[:16]


def remembered(project: Project, theirs: Skeleton) -> dict[str, str] | None:
    """Return the mapping once chosen for this pair of skeletons, or None."""
    kept = project.setting(SETTING, {})
    found = kept.get(_key(theirs.keypoints, project.skeleton.keypoints)) if isinstance(kept, dict) else None
    return dict(found) if isinstance(found, dict) else None


def remember(project: Project, theirs: Skeleton, names: Mapping[str, str]) -> None:
    """Keep a mapping for this pair of skeletons, so that it is asked for once."""
    if {name: name for name in names} == dict(names):
        return
    kept = project.setting(SETTING, {})
    kept = dict(kept) if isinstance(kept, dict) else {}
    key = _key(theirs.keypoints, project.skeleton.keypoints)
    if kept.get(key) != dict(names):
        project.set_setting(SETTING, kept | {key: dict(names)})


def needs_asking(project: Project, theirs: Skeleton) -> bool:
    """Whether somebody should say which is which: not all names of the file are the project's."""
    same = same_names(theirs, project.skeleton, {})
    return len(same) < theirs.num_keypoints and remembered(project, theirs) is None


def choose_map(
    project: Project, theirs: Skeleton, names: Mapping[str, str] | None, skeleton: str, where: str
) -> KeypointMap:
    """Return the mapping to use.

    Args:
        project: The project.
        theirs: The file's skeleton.
        names: What somebody gave, beside keypoints of the same name; None: what is remembered.
        skeleton: "keep" the project's; "extend" it by keypoints that it lacks; "take" the file's.
        where: What an error calls the file.

    Raises:
        PoseError: A name is not known, no keypoint has a place, or there are labels and the skeleton is to
            be the file's.
    """
    ours = project.skeleton
    if skeleton == TAKE:
        if project.counts()["instances"]:
            raise ProjectError(
                "The project has labels, so it cannot take the file's skeleton: extend its own instead."
            )
        return KeypointMap({name: name for name in theirs.keypoints}, theirs)
    if names is None:
        names = remembered(project, theirs) or {}
    given = check_names(names, theirs.keypoints, ours.keypoints)
    found = same_names(theirs, ours, given) | given
    if skeleton == EXTEND:
        target = extended(ours, theirs, found)
        added = {name: name for name in theirs.keypoints if name not in found}
        return KeypointMap(found | added, target if added else None)
    if not found:
        guess = ",".join(
            f"{name}={own}" for name, own in guess_names(theirs.keypoints, ours.keypoints).items()
        )
        hint = f'; say which is which: --map "{guess}"' if guess else "; say which is which with --map"
        raise SkeletonError(
            f"The skeletons '{theirs.name}' of {where} and '{ours.name}' share no keypoint name{hint}."
        )
    return KeypointMap(found)


def same_names(theirs: Skeleton, ours: Skeleton, given: Mapping[str, str]) -> dict[str, str]:
    """Return which keypoints have the same name, now or before a renaming, beside those that are given."""
    columns = enumerate(ours.columns_from(theirs))
    same = {theirs.keypoints[column]: ours.keypoints[index] for index, column in columns if column >= 0}
    taken = set(given.values())
    return {name: own for name, own in same.items() if name not in given and own not in taken}


def extended(ours: Skeleton, theirs: Skeleton, names: Mapping[str, str]) -> Skeleton:
    """Return the project's skeleton with the keypoints, edges and sides of a file's that it lacks."""
    missing = [name for name in theirs.keypoints if name not in names]
    clash = next((name for name in missing if name in ours.keypoints), None)
    if clash is not None:
        raise SkeletonError(f"The project has a keypoint '{clash}' that is another one; map it first.")
    keypoints = (*ours.keypoints, *missing)
    places = [keypoints.index(names.get(name, name)) for name in theirs.keypoints]
    known = {frozenset(edge) for edge in ours.edges}
    edges = [(places[a], places[b]) for a, b in theirs.edges]
    fresh = [edge for edge in edges if frozenset(edge) not in known and max(edge) >= ours.num_keypoints]
    paired = {index for pair in ours.swap_pairs for index in pair}
    pairs = [(places[a], places[b]) for a, b in theirs.swap_pairs]
    added = [pair for pair in pairs if not paired & set(pair)]
    blank = ("",) * len(missing)
    return dataclasses.replace(
        ours,
        keypoints=keypoints,
        edges=(*ours.edges, *fresh),
        swap_pairs=(*ours.swap_pairs, *added),
        sigmas=(),
        # A resting body without the new keypoints is none.
        pose=(),
        colors=(*ours.colors, *blank) if ours.colors else (),
        edge_colors=(*ours.edge_colors, *("" for _ in fresh)) if ours.edge_colors else (),
        former_names=(*ours.former_names, *(() for _ in missing)) if ours.former_names else (),
    )
