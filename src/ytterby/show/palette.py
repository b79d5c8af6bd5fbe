"""Colours: few, safe for colour-blind readers (after Okabe and Ito 2008), each with its counterpart on a dark ground.

Figures use the light values, so that they stand alone in a notebook; the report's script swaps them on a dark ground.
"""

LIGHT = {
    "ground": "#ffffff",
    "surface": "#f6f5f2",
    "line": "#d9d6cf",
    "ink": "#1b1f24",
    "muted": "#59616b",
    "land": "#e6e4de",
    "accent": "#0b5c8c",
    "dominant": "#c4500c",
    "dominant_soft": "#f0cdb4",
    "ally": "#1f6fb2",
    "ally_soft": "#bcd7ec",
    "other": "#9aa1a9",
    "other_soft": "#d3d6da",
    "good": "#00795a",
    "good_soft": "#b9ddd1",
    "deal": "#7d6608",
    "deal_soft": "#efe3b0",
}
DARK = {
    "ground": "#14181d",
    "surface": "#1c2229",
    "line": "#38414b",
    "ink": "#e9ebee",
    "muted": "#a5aeb8",
    "land": "#2b333c",
    "accent": "#6fb8e6",
    "dominant": "#f08a4b",
    "dominant_soft": "#5e3620",
    "ally": "#62aee6",
    "ally_soft": "#234863",
    "other": "#7d8791",
    "other_soft": "#3c454e",
    "good": "#3fbf98",
    "good_soft": "#1d4a3e",
    "deal": "#d9bd4a",
    "deal_soft": "#4a411d",
}
HEAT = ((0.0, LIGHT["surface"]), (0.02, "#fbe6d8"), (0.25, "#eeb18a"), (0.6, "#d9733a"), (1.0, "#8f3708"))
"""Share lost, from none to all: one hue, darker is worse."""
HEAT_DARK = {"#fbe6d8": "#33261f", "#eeb18a": "#6b3a20", "#d9733a": "#b9602c", "#8f3708": "#ffb487"}


def swaps() -> dict[str, str]:
    """Return the dark counterpart of each light colour.

    >>> swaps()["#ffffff"]
    '#14181d'
    """
    return {LIGHT[name]: DARK[name] for name in LIGHT} | HEAT_DARK


def see_through(colour: str, share: float) -> str:
    """Return a colour with an opacity, as #rrggbbaa.

    >>> see_through("#102030", 0.5)
    '#10203080'
    """
    return f"{colour}{round(255 * share):02x}"
