"""Colours, fonts, icons and the one application stylesheet, dark and light, following the system.

Panes ask :func:`tokens` for colours while painting, :func:`icon` for icons and connect to ``changed`` to
repaint what they have cached. Icons look their colour up at paint time, so they never need to be made anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from poseapp.qt.stylesheet import stylesheet

CHOICES = ("system", "dark", "light")
BODY_PX = 12.5
SMALL_PX = 11.0
ICON_PX = 16


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme as ``#rrggbb``; ``name`` is "dark" or "light"."""

    name: str
    background: str
    panel: str
    raised: str
    hairline: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    selection: str
    left: str
    right: str
    middle: str
    good: str
    doubtful: str
    bad: str
    suggested: str
    canvas: str
    field: str

    def side(self, side: str) -> str:
        """The colour of a keypoint side.

        Args:
            side: "left", "right" or "middle", the person's own.
        """
        return {"left": self.left, "right": self.right}.get(side, self.middle)


DARK = Tokens(
    name="dark", background="#14161a", panel="#1b1e24", raised="#23272f", hairline="#2c313a", text="#e6e9ef",
    muted="#8b93a1", faint="#5b6370", accent="#5b9dff", on_accent="#0b1220", selection="#243249",
    left="#4c9bff", right="#ff6b4a", middle="#c9d1dc", good="#4cc38a", doubtful="#f2b84b", bad="#ff7a7a",
    suggested="#c08bff", canvas="#0d0f12", field="#14161a",
)  # fmt: skip
LIGHT = Tokens(
    name="light", background="#eceef2", panel="#ffffff", raised="#f4f5f8", hairline="#dcdfe6", text="#1b1f27",
    muted="#667085", faint="#98a1b2", accent="#2b6fe3", on_accent="#ffffff", selection="#dfe9fb",
    left="#4c9bff", right="#ff6b4a", middle="#7b8494", good="#1f9d63", doubtful="#b7791f", bad="#c9363b",
    suggested="#8a3ffc", canvas="#20242b", field="#f7f8fa",
)  # fmt: skip


class Theme(QObject):
    """The theme in force. One instance, :data:`theme`; use the module's functions."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = DARK
        self.choice = "system"
        self._app: QApplication | None = None

    def apply(self, app: QApplication, choice: str) -> None:
        """Put the theme on the application and follow the system from now on."""
        if self._app is not app:
            self._app = app
            app.setStyle(QStyleFactory.create("Fusion"))
            app.setFont(body_font())
            app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.set_choice(choice)

    def set_choice(self, choice: str) -> None:
        """Switch live to "system", "dark" or "light"."""
        if choice not in CHOICES:
            raise ValueError(f"unknown theme {choice!r}: choose one of {', '.join(CHOICES)}")
        self.choice = choice
        schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
        scheme = schemes.get(choice, Qt.ColorScheme.Unknown)
        if self._app is not None:
            # Native dialogs and title bars follow the application's own choice as well.
            self._app.styleHints().setColorScheme(scheme)
        self._refresh()

    def _on_system_changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        chosen = self._resolved()
        if self._app is None:
            self.tokens = chosen
            return
        unchanged = chosen is self.tokens and self._app.styleSheet() != ""
        self.tokens = chosen
        if unchanged:
            return
        self._app.setPalette(palette(chosen))
        self._app.setStyleSheet(stylesheet(asdict(chosen)))
        self.changed.emit()

    def _resolved(self) -> Tokens:
        if self.choice != "system":
            return DARK if self.choice == "dark" else LIGHT
        hints = QGuiApplication.styleHints()
        # Desktops that do not say get dark: video is judged best on a dark surround.
        return LIGHT if hints is not None and hints.colorScheme() == Qt.ColorScheme.Light else DARK


theme = Theme()
changed = theme.changed


def apply(app: QApplication, choice: str = "system") -> None:
    """Style the whole application.

    Args:
        app: The running application.
        choice: "system", "dark" or "light".

    Raises:
        ValueError: ``choice`` is none of these.
    """
    theme.apply(app, choice)


def set_choice(choice: str) -> None:
    """Switch the theme live; ``choice`` as in :func:`apply`."""
    theme.set_choice(choice)


def choice() -> str:
    """What was asked for: "system", "dark" or "light"."""
    return theme.choice


def tokens() -> Tokens:
    """The colours in force now."""
    return theme.tokens


def color(name: str, alpha: float = 1.0) -> QColor:
    """A token, or any colour string, as a ``QColor`` with an opacity of 0 to 1."""
    found = QColor(getattr(theme.tokens, name, name))
    found.setAlphaF(alpha)
    return found


def side_color(side: str, alpha: float = 1.0) -> QColor:
    """The colour of "left", "right" or "middle" with an opacity of 0 to 1."""
    return color(theme.tokens.side(side), alpha)


def mix(over: str, under: str, share: float) -> QColor:
    """``share`` (0 to 1) of the token or colour ``over`` laid on ``under``, opaque."""
    a, b = color(over), color(under)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(ground + (ink - ground) * share) for ink, ground in pairs)
    return QColor(red, green, blue)


# -- fonts --------------------------------------------------------------------------------------


@cache
def _family() -> str:
    families = set(QFontDatabase.families())
    for wanted in ("Inter", "Inter Variable"):
        if wanted in families:
            return wanted
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(px: float = BODY_PX, weight: int = 400) -> QFont:
    """The interface font at a size in logical pixels, figures all of one width.

    Args:
        px: Size in logical pixels; fractions are kept.
        weight: 400 regular, 500 medium, 600 for emphasis.
    """
    made = QFont(_family())
    screen = QGuiApplication.primaryScreen()
    dpi = screen.logicalDotsPerInchY() if screen is not None else 96.0
    # Point sizes carry fractions, pixel sizes do not.
    made.setPointSizeF(px * 72.0 / dpi)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def body_font() -> QFont:
    """12.5 px, the font of everything not said otherwise."""
    return font(BODY_PX)


def small_font(weight: int = 400) -> QFont:
    """11 px, for headings and captions."""
    return font(SMALL_PX, weight)


# -- palette and roles --------------------------------------------------------------------------


def palette(t: Tokens) -> QPalette:
    """The Qt palette of a theme, for what the stylesheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for what, value in {
        role.Window: t.panel, role.Base: t.panel, role.AlternateBase: t.raised, role.Button: t.raised,
        role.WindowText: t.text, role.Text: t.text, role.ButtonText: t.text, role.BrightText: t.text,
        role.Highlight: t.accent, role.HighlightedText: t.on_accent, role.Link: t.accent,
        role.LinkVisited: t.accent, role.ToolTipBase: t.raised, role.ToolTipText: t.text,
        role.PlaceholderText: t.muted, role.Accent: t.accent,
        role.Light: t.raised, role.Midlight: t.raised, role.Mid: t.hairline, role.Dark: t.hairline,
        role.Shadow: t.background,
    }.items():  # fmt: skip
        made.setColor(what, QColor(value))
    for what in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, what, QColor(t.faint))
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget a look of the stylesheet and repolish it.

    Labels: ``heading caption muted title big good doubtful bad``; buttons: ``primary link small-link danger
    chip status row``; frames: ``hairline raised card warning failure hint``.
    """
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


# -- icons --------------------------------------------------------------------------------------


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """Family and glyphs of the Phosphor font that qtawesome ships.

    Read from its files: importing qtawesome loads a second Qt binding layer, a third of the start.
    """
    spec = find_spec("qtawesome")
    assert spec is not None and spec.submodule_search_locations, "qtawesome is a dependency"
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    font_file = sorted(folder.glob("phosphor-[0-9]*.ttf"))[-1]
    charmap = sorted(folder.glob("phosphor-charmap-*.json"))[-1]
    loaded = QFontDatabase.addApplicationFont(str(font_file))
    family = QFontDatabase.applicationFontFamilies(loaded)[0]
    codes = json.loads(charmap.read_text("utf-8"))
    return family, {name: chr(int(code, 16)) for name, code in codes.items()}


def _glyph(name: str) -> tuple[QFont, str]:
    if "." in name and not name.startswith("ph."):
        import qtawesome  # another of its families: rare, so it may take its time

        return qtawesome.font(name.split(".", 1)[0], ICON_PX), qtawesome.charmap(name)
    family, glyphs = _phosphor()
    plain = name.removeprefix("ph.")
    return QFont(family), glyphs[_NAMES.get(plain, plain)]


class GlyphEngine(QIconEngine):
    """Paints one glyph of an icon font in the theme's colours: muted, brighter under the mouse."""

    def __init__(self, name: str, role: str, hover: str) -> None:
        super().__init__()
        self._font, self._glyph = _glyph(name)
        self._role, self._hover = role, hover

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the glyph centred in ``rect``."""
        t = theme.tokens
        if mode == QIcon.Mode.Disabled:
            ink = color(t.faint, 0.6)
        elif mode != QIcon.Mode.Normal or state == QIcon.State.On:
            ink = color(self._hover)
        else:
            ink = color(self._role)
        painter.save()
        painter.setPen(ink)
        self._font.setPixelSize(max(1, min(rect.width(), rect.height())))
        painter.setFont(self._font)
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The glyph on a transparent ground."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


_ENGINES: list[GlyphEngine] = []
_NAMES = {"images": "image-square"}  # names of later Phosphor releases that the shipped font lacks


@cache
def icon(name: str, role: str = "muted", hover: str = "text") -> QIcon:
    """An icon that follows the theme.

    Args:
        name: A Phosphor name ("play", "trash", "eye-slash", "play-fill") or any qtawesome name with
            its prefix ("ph.play", "fa6s.bone").
        role: Token or colour at rest.
        hover: Token or colour under the mouse, or when the button is on.

    Raises:
        ValueError: There is no such icon.
    """
    try:
        engine = GlyphEngine(name, role, hover)
    except (KeyError, AttributeError, TypeError) as why:
        raise ValueError(f"no icon {name!r} in the icon fonts") from why
    _ENGINES.append(engine)  # Qt takes the C++ side, Python must keep the methods alive.
    return QIcon(engine)
