"""The words of `poseapp edit` and what they call."""

import argparse
from pathlib import Path

from poseapp import api
from poseapp.cli.output import HasJson, ProgressLine
from poseapp.labels import bulk_actions, query

EPILOG = (
    f"WHERE is any of: {query.WORDS}. All must hold; a score is that of the person, a size the longer side "
    f"of the box. WHAT is one of: {bulk_actions.WORDS}. Predictions can be deleted and accepted, labels "
    "everything but accepted."
)


def add_edit(parser: argparse.ArgumentParser) -> None:
    """Add the words of `poseapp edit`."""
    parser.epilog = EPILOG.replace("%", "%%")
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument(
        "--where", default="", metavar="WHERE", help="conditions in one text; all people without"
    )
    parser.add_argument("--do", required=True, metavar="WHAT", help="what is done to them")
    parser.add_argument(
        "--of",
        choices=("labels", "predictions"),
        default="labels",
        help="predictions: those neither labelled nor deleted yet",
    )
    parser.add_argument("--run", metavar="NAME", help="predictions of one run; else of all")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def edit(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp edit`."""
    return api.edit(
        words.project,
        words.where,
        words.do,
        of=words.of,
        run=words.run,
        dry_run=words.dry_run,
        on_progress=progress,
    )
