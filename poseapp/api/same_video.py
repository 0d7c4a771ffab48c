"""Which videos of two lists are the same file: by their paths, by name only where that cannot be mistaken."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from poseapp.api.projects import is_project, open_project
from poseapp.errors import PoseError, VideoError
from poseapp.video import fingerprint


def base_name(name: str | Path) -> str:
    """The file name at the end of a path, also of one written on Windows."""
    return PurePosixPath(str(name).replace("\\", "/")).name


def whole(path: str | Path) -> Path:
    """A path without links, dots and doubled separators; it need not exist."""
    return Path(path).resolve()


def pair_videos(ours: Sequence[Path], theirs: Sequence[Path], where: str) -> dict[int, int]:
    """Find for each of our videos the same one among theirs.

    Two are the same when their paths lead to one file or to copies of it under one name. Of the rest, which
    may have moved, two of one name are the same where each list has that name once.

    Args:
        ours: Paths; they need not exist.
        theirs: Paths.
        where: What the error calls their list.

    Returns:
        Index into `ours` to index into `theirs`; videos without a partner are left out.

    Raises:
        PoseError: two have the same name and nothing tells whether they are the same.
    """
    places = {whole(path): index for index, path in reversed(list(enumerate(theirs)))}
    pairs = {index: places[whole(path)] for index, path in enumerate(ours) if whole(path) in places}
    left = sorted(set(range(len(theirs))) - set(pairs.values()))
    our_names, their_names = ([base_name(path) for path in paths] for paths in (ours, theirs))
    our_counts, their_counts = Counter(our_names), Counter(their_names)
    for index, name in enumerate(our_names):
        named = [place for place in left if their_names[place] == name] if index not in pairs else []
        same = {place: have_same_content(ours[index], theirs[place]) for place in named}
        copies = [place for place in named if same[place]]
        moved = [place for place in named if same[place] is None]
        if copies:
            pairs[index] = copies[0]
        elif moved and (our_counts[name] > 1 or their_counts[name] > 1):
            raise PoseError(
                f"there are several videos named {name}, and their paths do not tell which of {where} is "
                f"{ours[index]}: keep the videos where they were, or give them different names"
            )
        elif moved:
            pairs[index] = moved[0]
    return pairs


def have_same_content(one: Path, other: Path) -> bool | None:
    """Whether two videos or image folders are copies; None where one is gone or cannot be read."""
    try:
        return fingerprint(one) == fingerprint(other)
    except VideoError:
        return None


def video_paths(file: Path, names: Sequence[str | None], root: Path) -> dict[str, Path]:
    """Where the videos that a file names are.

    Args:
        file: Labels or predictions. Predictions inside a project name videos as the project does.
        names: As they stand in the file; None (pictures) is passed over.
        root: The folder that relative names start from elsewhere.
    """
    wanted = list(dict.fromkeys(name for name in names if name is not None))
    folder = file.absolute().parent
    known: dict[str, Path] = {}
    if folder.name == "predictions" and is_project(folder.parent):
        root = folder.parent
        project = open_project(root, read_only=True)
        try:
            for record in project.videos:
                found = project.resolve(record) or Path(record.abs_path)
                known |= {record.rel_path: found, record.abs_path: found}
        finally:
            project.close()
    return {name: known.get(name, root / name.replace("\\", "/")) for name in wanted}
