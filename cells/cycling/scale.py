"""What the voltages of a figure are against: as measured, or against Li/Li⁺. Stored numbers stay as measured. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from labdb.quantities import quantity

AGAINST_LITHIUM = "lithium"


@dataclass(frozen=True)
class Scale:
    """How a figure shows voltages.

    Attributes:
        shift_volt: is added to what was measured.
        quantity: of the axis.
        reference: as printed on the axis of measured voltages; empty where it need not be said.
    """

    shift_volt: float = 0.0
    quantity: str = "voltage_volt"
    reference: str = ""

    @property
    def title(self) -> str:
        about = quantity(self.quantity)
        return f"{about.label} vs {self.reference} / {about.unit}" if self.reference else about.axis


MEASURED = Scale()


def scale_of(asked: str, potential_volt: float | None, reference: str = "") -> Scale:
    """The scale that a request asks for; as measured where the cell has no reference of a known potential.

    Args:
        potential_volt: of the reference against Li/Li⁺.
    """
    if asked == AGAINST_LITHIUM and potential_volt is not None:
        return Scale(potential_volt, "voltage_against_lithium_volt")
    return Scale(reference=reference if potential_volt else "")


def scales(potential_volt: float | None, reference: str) -> list[tuple[str, str]]:
    """What a page offers, (value, words); nothing where both would be the same."""
    return [("", f"vs {reference}"), (AGAINST_LITHIUM, "vs Li/Li⁺")] if potential_volt else []
