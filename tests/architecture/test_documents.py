"""Documents that must not fall behind the code."""

import argparse
import re
from pathlib import Path

from poseapp.cli.main import COMMANDS
from poseapp.cli.parser import build_parser

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Every command line that can be called, by its words."""
    found = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                below = subcommands(child)
                found.update({f"{name} {words}": leaf for words, leaf in below.items()} or {name: child})
    return found


def section(text: str, title: str) -> str:
    match = re.search(rf"^### `poseapp {re.escape(title)}[` ].*?(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    return match.group(0) if match else ""


def test_every_command_and_option_is_documented():
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    missing = []
    for words, parser in subcommands(build_parser()).items():
        part = section(text, words)
        if not part:
            missing.append(words)
            continue
        options = {o for a in parser._actions for o in a.option_strings if o.startswith("--")}
        missing += [f"{words} {option}" for option in options - {"--help", "--json"} if option not in part]
    assert not missing, f"docs/commands.md says nothing of: {missing}"


def test_every_command_is_known_to_the_entry_point():
    names = {words.split()[0] for words in subcommands(build_parser())}
    assert names == set(COMMANDS)


def test_every_command_and_option_has_help():
    for words, parser in subcommands(build_parser()).items():
        assert parser.description, words
        assert "--json" in parser.format_help(), words


def test_links_between_documents_lead_somewhere():
    broken = []
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


def test_every_decision_and_page_is_listed():
    listed = (DOCS / "adr" / "index.md").read_text(encoding="utf-8")
    decisions = [page.name for page in (DOCS / "adr").glob("0*.md")]
    assert decisions and not [name for name in decisions if f"({name})" not in listed]
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page for page in DOCS.rglob("*.md") if page.parent != DOCS / "adr"]
    assert not [page.name for page in pages if page.relative_to(DOCS).as_posix() not in site]


def test_the_list_of_decisions_has_their_titles():
    listed = (DOCS / "adr" / "index.md").read_text(encoding="utf-8")
    for page in (DOCS / "adr").glob("0*.md"):
        title = page.read_text(encoding="utf-8").splitlines()[0].split(": ", 1)[1]
        assert f"[{title}]({page.name})" in listed


def test_the_architecture_page_knows_the_tree():
    """Every room stands on the page, and every file it names exists in the room it is named under."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent for path in (ROOT / "poseapp").glob("*/__init__.py")]
    assert not [folder.name for folder in packages if f"`{folder.name}/`" not in text]
    wrong = []
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        rooms = [ROOT / "poseapp" / name for name in re.findall(r"`(\w+)/`", part.splitlines()[0])]
        for name in re.findall(r"`([\w/]+\.py)`", part.split("\n## ")[0]):
            if rooms and name != "dev.py" and not any([*room.rglob(name)] for room in rooms):
                wrong.append(f"{part.splitlines()[0]}: {name}")
    assert not wrong, wrong


def test_the_licence_is_in_place():
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_changelog_knows_this_version():
    from poseapp import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text or "## [Unreleased]" in text
