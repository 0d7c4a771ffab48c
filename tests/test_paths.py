import os
import stat
import sys

import pytest

from poseapp import paths
from poseapp.errors import PoseError


def test_shipped_folders_lie_beside_the_package():
    assert (paths.resources_dir() / "skeletons" / "coco17.toml").is_file()
    assert paths.models_dir().name == "models"


def test_a_wheel_has_them_inside_the_package(tmp_path, monkeypatch):
    inside = tmp_path / "poseapp" / "resources"
    inside.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "poseapp")
    assert paths.resources_dir() == inside
    assert paths.models_dir() == tmp_path / "models"


def test_user_folders_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("POSEAPP_CONFIG_DIR", str(tmp_path / "c"))
    assert paths.user_config_dir() == tmp_path / "c"
    monkeypatch.delenv("POSEAPP_CONFIG_DIR")
    monkeypatch.delenv("POSEAPP_CACHE_DIR")
    assert paths.user_config_dir().name == "poseapp"
    assert paths.user_cache_dir() != paths.user_config_dir()


def test_write_atomic_writes_bytes_and_text(tmp_path):
    target = tmp_path / "a.txt"
    paths.write_atomic(target, "größer\n")
    assert target.read_bytes() == "größer\n".encode()
    paths.write_atomic(target, b"\x00\x01")
    assert target.read_bytes() == b"\x00\x01"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_failing_writer_leaves_the_old_file_alone(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), paths.replace_atomic(target) as draft:
        draft.write_text("half of the n")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("name", ["run.h5", "best.safetensors", "labels.json", "lock"])
def test_no_search_by_ending_finds_a_draft(tmp_path, name):
    with paths.replace_atomic(tmp_path / name) as draft:
        assert draft.parent == tmp_path and draft.name.startswith(".")
        assert draft.suffix == ".tmp" and list(tmp_path.glob(f"*{(tmp_path / name).suffix or name}")) == []


def test_a_target_that_is_open_elsewhere_is_tried_again(tmp_path, monkeypatch):
    """The refusal of Windows, which no other system has, is the only thing made up here."""
    refusals, replace = [1, 2], os.replace

    def refusing(source, target):
        if refusals:
            refusals.pop()
            raise PermissionError(13, "The process cannot access the file")
        replace(source, target)

    monkeypatch.setattr(paths, "_PATIENCE_S", 60.0)
    monkeypatch.setattr(os, "replace", refusing)
    paths.write_atomic(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new" and os.listdir(tmp_path) == ["a.txt"]


def test_other_systems_say_at_once_that_it_is_forbidden(tmp_path, monkeypatch):
    def refusing(source, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(os, "replace", refusing)
    with pytest.raises(PoseError, match="Permission denied"):
        paths.write_atomic(tmp_path / "a.txt", "new")
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(PoseError, match="No such file or directory") as caught:
        paths.write_atomic(tmp_path / "nowhere" / "a.txt", "x")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are those of POSIX")
def test_permissions_and_links_stay(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(target)
    paths.write_atomic(link, "new")
    assert link.is_symlink() and target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
def test_a_full_disk_is_one_clear_line(tmp_path):
    with (
        pytest.raises(PoseError, match="No space left"),
        paths.replace_atomic(tmp_path / "a.txt"),
        open("/dev/full", "wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert os.listdir(tmp_path) == []
