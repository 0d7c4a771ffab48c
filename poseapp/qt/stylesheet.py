"""The application stylesheet, read from ``resources/theme/window.qss`` and filled with a theme's colours.

Widgets choose a look by the dynamic property ``role`` (:func:`poseapp.qt.theme.set_role`).
"""

from __future__ import annotations

from string import Template

from poseapp.paths import resources_dir


def stylesheet(values: dict[str, str]) -> str:
    """Fill the sheet with one theme's colours.

    Args:
        values: Token names and ``#rrggbb`` colours (:class:`poseapp.qt.theme.Tokens` as a dict).

    Raises:
        OSError: The resources of the program are missing.
    """
    sheet = (resources_dir() / "theme" / "window.qss").read_text(encoding="utf-8")
    # Qt reads url() with forward slashes on every platform.
    return Template(sheet).substitute(values, icons=(resources_dir() / "icons").as_posix())
