"""Write docs/shortcuts.md from the rows of the window's commands.

python packaging/make_shortcuts.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from poseapp.app.actions import ACTIONS, MENUS  # noqa: E402

PAGE = ROOT / "docs" / "shortcuts.md"
HEAD = """# Keyboard shortcuts

The keys as the program comes; made from the table of commands by `python packaging/make_shortcuts.py`.

Every key can be changed: *Help › Keyboard Shortcuts* (`F1`) lists all commands, finds them by name or key,
and takes a new key by pressing it. A key that is in use is named, with the question whether to take it away
there. What differs from this page is kept in `keys.toml` in the folder of your settings, one line a command:

```toml
"predict.video" = ["Ctrl+P", "F5"]
```

Keys marked *video* work while the video or the timeline has the keys (a click into it, or `F6`), so that
single letters can be typed elsewhere. Commands without a key are found in the command palette
(`Ctrl+Shift+P`).
"""


def page() -> str:
    """The page as it should be."""
    lines = [HEAD]
    for menu in MENUS:
        rows = [row for row in ACTIONS if row.menu == menu and row.keys]
        if not rows:
            continue
        lines.append(f"\n## {menu}\n\n| command | keys | where | what it does |\n|---|---|---|---|\n")
        for row in rows:
            keys = " ".join(f"`{key}`" for key in row.keys)
            where = "everywhere" if row.scope == "window" else "video" if row.scope == "canvas" else row.scope
            name = f"{row.title.rstrip('…')} (`{row.id}`)"
            lines.append(f"| {name} | {keys} | {where} | {row.tip} |\n".replace("`|`", "`\\|`"))
    return "".join(lines)


def main() -> int:
    """Write the page, or with ``--check`` only say whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the page is old")
    if not parser.parse_args().check:
        PAGE.write_text(page(), "utf-8")
        return 0
    return int(not PAGE.exists() or PAGE.read_text("utf-8") != page())


if __name__ == "__main__":
    sys.exit(main())
