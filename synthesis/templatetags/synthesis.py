"""What pages of synthesis are made of beside the parts of `ui`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from labdb.templatetags.ui import icon
from synthesis.recipe.editor import Draft, FieldOf, Row

register = template.Library()


@register.filter
def grams(value: float | None) -> str:
    """A mass as a balance shows it: more decimals where there is less."""
    if value is None:
        return "–"
    size = abs(value)
    decimals = 4 if size < 1 else 3 if size < 10 else 2 if size < 1000 else 1 if size < 10_000 else 0
    return f"{value:,.{decimals}f}".replace(",", "\u202f")


@register.filter
def ratio(value: float | None) -> str:
    """A mole ratio as one writes it: 1, 1.05, 0.1."""
    return "–" if value is None else f"{value:.6g}"


@register.filter
def percent(fraction: float | None) -> str:
    """A fraction in %, without its sign: 0.985 is 98.5."""
    return "–" if fraction is None else f"{100 * fraction:.6g}"


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key, "")


@register.simple_tag
def do_button(
    draft: Draft, verb: str, what: str, place: str = "", label: str = "", drawing: str = "", text: bool = False,
    of: str = "", off: bool = False,
) -> SafeString:  # fmt: skip
    """A button that adds, moves or removes a row of the form of a recipe version; `of` is the step of a segment."""
    order = " ".join(part for part in (verb, what, of, place) if part)
    return format_html(
        '<button class="button {}" name="do" value="{}" id="do-{}" formnovalidate hx-post="" hx-target="#editor"'
        ' hx-swap="outerHTML"{}{}{}>{}{}</button>',
        "small" if text else "quiet square small",
        order,
        order.replace(" ", "-"),
        SafeString(" disabled") if off else "",
        SafeString(" autofocus") if draft.focus == order else "",
        "" if text else format_html(' aria-label="{}" title="{}"', label, label),
        icon(drawing),
        label if text else "",
    )


@register.simple_tag
def row_field(draft: Draft, row: Row, at: str, number: str, about: FieldOf) -> SafeString:
    """A field of a step or segment, with its unit inside and its sentence below."""
    name = "-".join(part for part in (at, number, about.name) if part)
    error = row.errors.get(about.name, "")
    attributes: list[tuple[str, str]] = [("type", "text"), ("name", name), ("id", name)]
    attributes += [("value", row.values.get(about.name, "")), ("autocomplete", "off")]
    if about.number:
        attributes.append(("inputmode", "decimal"))
    if about.list_id:
        attributes.append(("list", about.list_id))
    if about.hint:
        attributes.append(("placeholder", about.hint))
    if error:
        attributes += [("aria-invalid", "true"), ("aria-describedby", f"{name}_error")]
    if draft.focus == name:
        attributes.append(("autofocus", "autofocus"))
    control = format_html("<input {}>", format_html_join(" ", '{}="{}"', attributes))
    if about.unit:
        control = format_html(
            '<div class="with-unit">{}<span class="unit" aria-hidden="true">{}</span></div>', control, about.unit
        )
    hidden = format_html('<span class="visually-hidden"> in {}</span>', about.unit) if about.unit else ""
    said = format_html('<div class="error" id="{}_error">{}<p>{}</p></div>', name, icon("warn"), error) if error else ""
    return format_html(
        '<div class="field {}"><label for="{}">{}{}</label>{}{}</div>',
        about.name.replace("_", "-"), name, about.label, hidden, control, said,
    )  # fmt: skip
