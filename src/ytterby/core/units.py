"""Units, converted once, at the edge: into tonnes of contained element, USD, years."""

from ytterby.errors import InputError

TONNES = {
    "t": 1.0,
    "kt": 1e3,
    "Mt": 1e6,
    "kg": 1e-3,
    "g": 1e-6,
    "lb": 0.00045359237,
    "metric tons": 1.0,
    "thousand metric tons": 1e3,
    "kilograms": 1e-3,
    "100kg": 0.1,
}
"""Tonnes per unit of mass (the avoirdupois pound is exactly 0.45359237 kg)."""

ATOMIC_MASS = {
    "La": 138.905,
    "Ce": 140.116,
    "Pr": 140.908,
    "Nd": 144.242,
    "Sm": 150.36,
    "Eu": 151.964,
    "Gd": 157.25,
    "Tb": 158.925,
    "Dy": 162.500,
    "Ho": 164.930,
    "Er": 167.259,
    "Tm": 168.934,
    "Yb": 173.045,
    "Lu": 174.967,
    "Y": 88.906,
    "O": 15.999,
}
"""Standard atomic masses, IUPAC 2021 (to three decimals), g/mol."""

OXIDE = {
    **{symbol: (symbol, 2, 3) for symbol in ("La", "Nd", "Sm", "Eu", "Gd", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y")},
    "Ce": ("Ce", 1, 2),
    "Pr": ("Pr", 6, 11),
    "Tb": ("Tb", 4, 7),
}
"""The oxide that is traded: element, its atoms, the oxygen atoms (CeO2, Pr6O11, Tb4O7; of all others M2O3)."""


def to_tonnes(value: float, unit: str) -> float:
    """Return a mass in tonnes; an unknown unit is an InputError.

    >>> to_tonnes(2.0, "kt")
    2000.0
    """
    if unit not in TONNES:
        raise InputError(f"unknown unit of mass '{unit}'", "units", f"known: {', '.join(TONNES)}")
    return value * TONNES[unit]


def element_per_oxide(symbol: str) -> float:
    """Return tonnes of element in a tonne of its traded oxide: n M / (n M + m M_O).

    >>> round(element_per_oxide("Nd"), 4)
    0.8574
    """
    if symbol not in OXIDE:
        raise InputError(f"no oxide known for '{symbol}'", "units", f"known: {', '.join(OXIDE)}")
    element, atoms, oxygen = OXIDE[symbol]
    mass = atoms * ATOMIC_MASS[element]
    return mass / (mass + oxygen * ATOMIC_MASS["O"])
