"""Which videos of two lists are the same file: by their paths, by name only where that cannot be mistaken."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from poseapp.api.projects import is_project, open_project
from poseapp.errors import PoseError


def base_name(name: str | Path) -> str:
    """The file name at the end of a path, also of one written on Windows."""
    return PurePosixPath(str(name).replace("\\", "/")).name


def whole(path: str | Path) -> Path:
    """A path without links, dots and doubled separators; it need not exist."""
    return Path(path).resolve()


def pair_videos(ours: Sequence[Path], theirs: Sequence[Path], where: str) -> dict[int, int]:
    """Find for each of our videos the same one among theirs.

    Two are the same when their paths lead to one file. Of the rest, which may have moved, two of one name are
    the same where each list has that name once.

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
    left = {index for index in range(len(theirs)) if index not in pairs.values()}
    our_names, their_names = ([base_name(path) for path in paths] for paths in (ours, theirs))
    our_counts, their_counts = Counter(our_names), Counter(their_names)
    for index, name in enumerate(our_names):
        found = [place for place in left if their_names[place] == name]
        if index in pairs or not found:
            continue
        if our_counts[name] > 1 or their_counts[name] > 1:
            raise PoseError(
                f"there are several videos named {name}, and their paths do not tell which of {where} is "
                f"{ours[index]}: keep the videos where they were, or give them different names"
            )
        pairs[index] = found[0]
    return pairs


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
