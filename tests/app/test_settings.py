from pathlib import Path

import pytest

from poseapp.app.recent import MAX_RECENT, RecentFiles
from poseapp.app.settings import SETTINGS, Settings
from poseapp.errors import PoseError


def test_only_what_differs_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    settings = Settings.load(path)
    settings["theme"] = "light"
    settings["doubtful_score"] = 0.25
    settings["skeleton"] = 'quote " and \\ back'
    again = Settings.load(path)
    assert (again["theme"], again["doubtful_score"], again["skeleton"]) == (
        "light",
        0.25,
        'quote " and \\ back',
    )
    again["theme"] = "system"
    assert "theme" not in path.read_text()
    assert again["device"] == "auto"


def test_every_default_is_allowed_by_its_own_row() -> None:
    for row in SETTINGS:
        assert row.check(row.default) == row.default


@pytest.mark.parametrize(
    ("key", "value"),
    [("theme", "pink"), ("doubtful_score", 1.5), ("frame_cache_mb", "much"), ("frame_cache_mb", True)],
)
def test_wrong_values_are_refused_with_one_line(key: str, value: object) -> None:
    settings = Settings()
    with pytest.raises(PoseError, match=key) as caught:
        settings[key] = value  # type: ignore[assignment]
    assert "\n" not in str(caught.value)


def test_damaged_file_falls_back_to_defaults_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("theme = \n")
    assert Settings.load(path)["theme"] == "system"
    assert "settings.toml" in Settings.load(path).problem
    path.write_text('theme = "pink"\ndoubtful_score = 0.2\nfrom_the_future = 1\n')
    settings = Settings.load(path)
    assert (settings["theme"], settings["doubtful_score"]) == ("system", 0.2)
    assert "pink" in settings.problem


def test_listeners_hear_a_change_once() -> None:
    settings, heard = Settings(), []
    settings.on_change(lambda key, value: heard.append((key, value)))
    settings["ring_score"] = 0.3
    settings["ring_score"] = 0.3
    assert heard == [("ring_score", 0.3)]


def test_recent_projects_newest_first_without_those_that_are_gone(tmp_path: Path) -> None:
    store = tmp_path / "recent.json"
    recent = RecentFiles.load(store)
    folders = [tmp_path / f"{i}.pose" for i in range(MAX_RECENT + 2)]
    for folder in folders:
        folder.mkdir()
        recent.add(folder)
    recent.add(folders[5])
    folders[6].rmdir()
    again = RecentFiles.load(store).entries
    assert again[0] == folders[5]
    assert folders[6] not in again and folders[0] not in again
    assert len(again) == MAX_RECENT - 1
    store.write_text("{broken")
    assert RecentFiles.load(store).entries == []
