"""The parts that pages are made of: chips, icons, times, sizes, numbers with their units. Listed in `docs/ui.md`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, HiddenInput, RadioSelect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labdb.provenance.folded import folded
from labdb.quantities import Quantity, quantity

register = template.Library()

# status → word, colour, shape. A status is never told by its colour alone.
STATUS: dict[str, tuple[str, str, str]] = {
    "queued": ("queued", "idle", "ring"),
    "running": ("running", "busy", "half"),
    "succeeded": ("done", "good", "check"),
    "failed": ("failed", "bad", "cross"),
    "stale": ("stale", "warn", "diamond"),
    "inbox": ("in the inbox", "warn", "triangle"),
    "warning": ("warning", "warn", "triangle"),
    "simulated": ("simulated", "odd", "wave"),
    "reported": ("reported", "odd", "quote"),
    "excluded": ("excluded", "idle", "cross"),
    "duplicate": ("duplicate", "idle", "diamond"),
    "quarantine": ("quarantine", "warn", "square"),
    "released": ("released", "good", "check"),
    "rejected": ("rejected", "bad", "square"),
    "draft": ("draft", "busy", "ring"),
    "approved": ("approved", "good", "check"),
    "withdrawn": ("withdrawn", "idle", "cross"),
    "in-date": ("in date", "good", "check"),
    "expires-soon": ("expires soon", "warn", "triangle"),
    "past-date": ("expired", "bad", "diamond"),
    "no-expiry": ("no expiry date", "idle", "plain"),
    "nearly-empty": ("nearly empty", "warn", "ring"),
    "empty": ("empty", "idle", "square"),
    "in-doubt": ("calibration in doubt", "warn", "half"),
    "due-soon": ("due soon", "warn", "triangle"),
    "late": ("late", "bad", "diamond"),
    "waiting": ("waiting", "idle", "ring"),
    "checked": ("all checks made", "good", "check"),
    "ended": ("ended", "idle", "check"),
    "none-kept": ("none kept", "idle", "plain"),
    "retired": ("retired", "idle", "cross"),
    "ok": ("ok", "good", "check"),
    "warn": ("warning", "warn", "triangle"),
    "fail": ("out of band", "bad", "cross"),
    "active": ("active", "good", "check"),
    "expired": ("expired", "idle", "cross"),
    "revoked": ("revoked", "idle", "cross"),
    "read-only": ("read-only", "idle", "plain"),
}


@register.simple_tag
def chip(status: str, fraction: float | None = None, word: str = "") -> SafeString:
    """A status as a word with a colour and a shape; `fraction` of 1 adds how far it is. An unknown one is plain."""
    known_word, colour, shape = STATUS.get(status, (status, "idle", "plain"))
    far = f" {fraction:.0%}".replace("%", "\u00a0%") if fraction is not None else ""
    return format_html('<span class="chip {} {}">{}{}</span>', colour, shape, word or known_word, far)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from `icons.svg`, silent for screen readers: the words stand beside it or in an aria-label."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("labdb/icons.svg"), name
    )


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """A time as 2026-11-22 09:43, with seconds and zone on hover."""
    if value is None:
        return format_html('<span class="quiet">{}</span>', "–")
    local = timezone.localtime(value)
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}",
        f"{local:%Y-%m-%d %H:%M}",
    )


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """How long something took: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None:
        return "–"
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    return f"{whole // 3600} h {whole % 3600 // 60} min".removesuffix(" 0 min")


@register.filter
def size(count: int | None) -> str:
    """Bytes as 3.7 MB (decimal, as instruments' own software prints them)."""
    if count is None:
        return "–"
    number, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):  # noqa: B007
        if number < 999.5:
            break
        number /= 1000
    return f"{number:.0f} B" if unit == "B" else f"{number:.3g} {unit}"


@register.filter
def grouped(number: int | None) -> str:
    """An integer with thin spaces between its thousands."""
    return "–" if number is None else f"{number:,}".replace(",", "\u202f")


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ 3|plural:"file,files" }}` is "3 files"."""
    one, many = words.split(",")
    return f"{grouped(count)} {one if count == 1 else many}"


def known(name: str) -> Quantity | None:
    try:
        return quantity(name)
    except KeyError:
        return None


register.filter("folded", folded)


@register.filter
def quantity_label(name: str) -> str:
    """The printed label of a quantity, without its unit."""
    found = known(name)
    return found.label if found else name


@register.filter
def quantity_unit(name: str) -> str:
    """The printed unit of a quantity; empty for a ratio."""
    found = known(name)
    if found is None:
        return ""
    return "%" if found.percent else found.unit


@register.filter
def quantity_definition(name: str) -> str:
    found = known(name)
    return found.definition if found else ""


@register.filter
def quantity_text(value: float | None, name: str) -> str:
    """A value in the printed unit of its quantity, with the digits that are worth printing."""
    found = known(name)
    if found is None:
        return "–" if value is None else f"{value:.6g}"
    return found.text(value)


@register.simple_tag(takes_context=True)
def sort_head(context: dict[str, Any], key: str, label: str, unit: str = "", number: bool = False) -> SafeString:
    """A column head that sorts: once rising, again falling. Reads and writes `?sort=`."""
    query = context["request"].GET.copy()
    now = query.get("sort", context.get("sort", ""))
    query["sort"] = f"-{key}" if now == key else key
    query.pop("page", None)
    direction = {key: "ascending", f"-{key}": "descending"}.get(now)
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        SafeString(' class="num"') if number else "",
        format_html(' aria-sort="{}"', direction) if direction else "",
        query.urlencode(),
        label,
        format_html(' <span class="unit">/ {}</span>', unit) if unit else "",
    )


@register.filter
def has(attributes: dict[str, Any], name: str) -> bool:
    """Whether a widget has an attribute whose name a template could not spell."""
    return name in attributes


@register.filter
def field_kind(field: BoundField) -> str:
    """How a form field is laid out: hidden, choice (one box beside its label), choices (a group), or plain."""
    widget = field.field.widget
    if isinstance(widget, HiddenInput):
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "choice" if isinstance(widget, CheckboxInput) else "plain"


@register.filter
def field_unit(field: BoundField) -> str:
    """The unit inside a field's right end: the form's own `data-unit`, else that of the quantity it is named after."""
    return str(field.field.widget.attrs.get("data-unit", "") or quantity_unit(field.name))


@register.filter
def parameter(value: Any, name: str) -> str:
    """A parameter of a run: a number as its quantity prints it, anything else as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return quantity_text(value, name)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def percent_change(fraction: float | None) -> str:
    """A relative change in %, with its sign."""
    return "–" if fraction is None else f"{100 * fraction:+.3g}".replace("-", "−")


@register.filter
def words(name: str) -> str:
    """A name as in code, for people: start_time_utc is "start time (UTC)"."""
    return name.removesuffix("_utc").replace("_", " ") + (" (UTC)" if name.endswith("_utc") else "")


ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?(\+00:00|Z)?")


@register.filter
def said(value: Any) -> str:
    """What a file says of itself; a time without its T and its fractions of a second (its name tells the zone)."""
    moment = ISO_TIME.fullmatch(str(value))
    return f"{moment[1]} {moment[2]}" if moment else str(value)


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key that a variable holds."""
    return mapping.get(key)


@register.filter
def as_list(value: Any) -> list[Any]:
    return [value]


@register.filter
def split(words: str) -> list[str]:
    """`"voltage_volt current_ampere"|split`, for the parts that take several names."""
    return words.split()


@register.filter
def field(form: BaseForm, name: str) -> BoundField:
    """A field of a form by its name."""
    return form[name]


@register.simple_tag(takes_context=True)
def without(context: dict[str, Any], *names: str) -> str:
    """The address of this page without some of its parameters: what the × of a filter chip leads to."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}"
