"""What a camera does to a picture never moves what is in it."""

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from poseapp.synth.scene.film import Film, develop, motion_kernel, sample_film
from poseapp.synth.settings import SynthSettings

CLEAN = SynthSettings(noise=0, compression=0)
EFFECTS = {
    "resolution": Film(resolution=0.4),
    "defocus": Film(defocus_px=3.0),
    "motion": Film(motion_px=9.0, motion_rad=0.7),
    "fringe": Film(fringe=0.0012),
    "sharpen": Film(sharpen=0.9),
    "vignette": Film(vignette=0.3),
    "grade": Film(contrast=1.3, saturation=0.5, white=(1.1, 1.0, 0.9), exposure=1.2),
    "dark": Film(dark=0.3),
}


def dot(x: float, y: float) -> np.ndarray:
    image = np.full((128, 128, 3), 60, np.uint8)
    rows, columns = np.mgrid[0:128, 0:128]
    soft = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 3.0**2))
    return (image + (150 * soft)[..., None]).astype(np.uint8)


def centre(image: np.ndarray) -> np.ndarray:
    grey = image.astype(np.float64).mean(2)
    weight = np.clip(grey - np.median(grey) - 0.1 * (grey.max() - np.median(grey)), 0, None)
    rows, columns = np.mgrid[0:128, 0:128]
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


@pytest.mark.parametrize("name", EFFECTS)
def test_no_effect_moves_a_dot(name):
    for x, y in ((64.0, 64.0), (40.3, 80.6)):
        image = dot(x, y)
        after = develop(image, None, EFFECTS[name], CLEAN, np.random.default_rng(0))
        assert not np.array_equal(after, image), "the effect does nothing"
        assert np.abs(centre(after) - centre(image)).max() < 0.1


def test_compression_moves_nothing():
    image = dot(40.3, 80.6)
    settings = SynthSettings(noise=0, compression=1)
    after = develop(image, None, Film(quality=0.1), settings, np.random.default_rng(0))
    assert not np.array_equal(after, image)
    assert np.abs(centre(after) - centre(image)).max() < 0.1


def test_a_clean_film_changes_nothing_below_the_bright_end():
    image = np.random.default_rng(0).integers(0, 200, (64, 64, 3), dtype=np.uint8)
    assert np.array_equal(develop(image, None, Film(), CLEAN, np.random.default_rng(0)), image)


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.3, 2.9])
def test_motion_kernels_are_symmetric(angle):
    kernel = motion_kernel(7.5, angle)
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert np.allclose(kernel, kernel[::-1, ::-1])


def test_only_the_distance_is_blurred():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 200, (64, 64, 3), dtype=np.uint8)
    far = np.zeros((64, 64), bool)
    far[:, 32:] = True
    film = Film(defocus_px=3.0, far_only=True)
    after = develop(image, far, film, CLEAN, rng).astype(int)
    assert np.abs(after[:, :30] - image[:, :30]).max() <= 1
    assert np.std(after[8:-8, 40:-8]) < 0.5 * np.std(image[8:-8, 40:-8])


def test_noise_and_compression_follow_the_settings():
    image = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 200, (96, 96, 3), dtype=np.uint8), (0, 0), 3
    )

    def change(**strength: float) -> float:
        settings = replace(CLEAN, **strength)
        after = develop(image, None, Film(quality=0.3), settings, np.random.default_rng(1))
        return float(np.abs(after.astype(int) - image).mean())

    assert change() == 0
    assert 0 < change(noise=0.5) < change(noise=2)
    assert 0 < change(compression=0.5) < change(compression=1.2)


def test_shares_of_effects_follow_the_settings():
    def films(**changes: float) -> list[Film]:
        settings = SynthSettings(**changes)
        return [sample_film(np.random.default_rng(i), settings) for i in range(60)]

    assert all(film.dark < 1 for film in films(low_light=1))
    assert all(film.dark == 1 for film in films(low_light=0))
    assert all(film.motion_px == 0 and film.defocus_px == 0 for film in films(motion_blur=0, defocus=0))
    assert all(film.motion_px > 1 and film.defocus_px > 0.5 for film in films(motion_blur=1, defocus=1))


def test_one_setting_leaves_the_other_draws_alone():
    plain = sample_film(np.random.default_rng(5), SynthSettings(low_light=0, motion_blur=0))
    dark = sample_film(np.random.default_rng(5), SynthSettings(low_light=1, motion_blur=1))
    same = [f.name for f in fields(Film) if f.name not in ("dark", "motion_px", "noise")]
    assert all(getattr(plain, name) == getattr(dark, name) for name in same)
