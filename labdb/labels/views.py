"""Labels: choose and print them; and the addresses in their QR codes, which open the record."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from labdb.accounts.models import User
from labdb.accounts.views import person
from labdb.labels import short_code
from labdb.labels.kind import LabelKind, kinds, records_of
from labdb.labels.sheet import DEFAULT_SHEET, DEFAULT_SINGLE, SIZES, Content, LabelSize, sheets

MOST_LABELS = 520  # eight sheets of the smallest
NO_PLACE = "There is no record of that label here, or it is in a project that you are not a member of."


class SheetForm(forms.Form):
    """On what, and where on it, labels are printed."""

    size = forms.ChoiceField(label="Labels", choices=[(size.name, size.title) for size in SIZES.values()])
    start = forms.IntegerField(
        label="Begin at label", min_value=1, required=False, help_text="Of a sheet that is partly used."
    )
    copies = forms.IntegerField(label="Of each", min_value=1, max_value=20, required=False)
    add = forms.CharField(
        label="Add by code",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "GP-NCM-01, C-001"}),
        help_text="Codes or lot numbers, with commas between.",
    )


def sheet(request: HttpRequest) -> HttpResponse:
    """The labels that the address names, as they will be printed: `?sample=1,2&batch=3&size=a4-24&start=5`."""
    user = person(request)
    asked = {name: _keys(request.GET.get(name, "")) for name in kinds()}
    query = request.GET.copy()
    added, unknown = _by_codes(user, request.GET.get("add", ""))
    if added or unknown:
        for name, keys in added.items():
            asked[name] += [key for key in keys if key not in asked[name]]
        if not unknown:
            return redirect(_address(asked, query.get("size", ""), query.get("start", ""), query.get("copies", "")))
    size = SIZES.get(query.get("size", ""), SIZES[DEFAULT_SHEET])
    start = _number(query.get("start", ""), 1, 1, size.count)
    copies = _number(query.get("copies", ""), 1, 1, 20)
    chosen = [
        (kinds()[name], record)
        for name, keys in asked.items()
        if keys
        for record in records_of(kinds()[name], user, keys)
    ]
    most = MOST_LABELS // copies
    contents = [content_of(request, kind, record) for kind, record in chosen[:most] for _ in range(copies)]
    pages = sheets(size, contents, start)
    form = SheetForm(initial={"size": size.name, "start": start, "copies": copies, "add": ", ".join(unknown)})
    if size.single:
        del form.fields["start"]
    return render(
        request,
        "labdb/labels/sheet.html",
        {
            "form": form,
            "size": size,
            "pages": pages,
            "free": _free(size, start, asked, copies) if pages and not size.single else [],
            "chosen": [(kind, record, _address_without(request, kind, record)) for kind, record in chosen],
            "left_out": max(len(chosen) - most, 0),
            "kept": [(name, ",".join(map(str, keys))) for name, keys in asked.items() if keys],
            "unknown": unknown,
            "crumbs": [("Labels", "")],
        },
    )


def label(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The label of one record, for a label printer."""
    found = _kind(kind)
    record = get_object_or_404(found.rows(person(request)), pk=pk)
    return redirect(_address({kind: [record.pk]}, DEFAULT_SINGLE))


def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Labels of the rows that were ticked in a list: `?id=1&id=2`."""
    _kind(kind)
    keys = [int(text) for text in request.GET.getlist("id") if text.isdecimal() and len(text) < 19]
    return redirect(_address({kind: keys[:MOST_LABELS]}, DEFAULT_SINGLE if len(keys) == 1 else DEFAULT_SHEET))


def scanned(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """What the QR code of a label leads to: the record, for whoever may see it."""
    found = _kind(kind)
    try:
        number = short_code.decode(code)
    except ValueError as error:
        raise Http404(str(error)) from error
    record = found.rows(person(request)).filter(pk=number).first() if number < 2**63 else None
    if record is None:
        raise Http404(NO_PLACE)
    return redirect(record.get_absolute_url())


def scan_address(request: HttpRequest, kind: LabelKind, record: Model) -> str:
    """The address in the QR code of a record, on the host that this request came to."""
    return request.build_absolute_uri(reverse("scanned", args=[kind.name, short_code.encode(record.pk)]))


def content_of(request: HttpRequest, kind: LabelKind, record: Model) -> Content:
    said = kind.text(record)
    lab = settings.LAB_NAME or request.get_host()
    foot = f"{kind.name} {short_code.encode(record.pk)}"
    return Content(scan_address(request, kind, record), said.code, said.lines, foot, lab)


def _kind(name: str) -> LabelKind:
    if name not in kinds():
        raise Http404(f"There are no labels of {name}")
    return kinds()[name]


def _keys(text: str) -> list[int]:
    keys = [part for part in text.split(",") if part]
    if any(not part.isdecimal() or len(part) > 18 for part in keys):
        raise BadRequest("Records are named by their numbers, with commas between.")
    return [int(part) for part in keys[:MOST_LABELS]]


def _number(text: str, default: int, least: int, most: int) -> int:
    return min(max(int(text), least), most) if text.isdecimal() and len(text) < 6 else default


def _by_codes(user: User, text: str) -> tuple[dict[str, list[int]], list[str]]:
    """The records of any kind that have these codes, and the codes that none has."""
    codes = [code for part in text.replace("\n", ",").split(",") if (code := part.strip())][:50]
    found: dict[str, list[int]] = {}
    met: set[str] = set()
    if codes:
        for kind in kinds().values():
            rows = kind.rows(user).filter(**{f"{kind.code_field}__in": codes}).values_list("pk", kind.code_field)
            for key, code in rows[:MOST_LABELS]:
                found.setdefault(kind.name, []).append(key)
                met.add(code)
    return found, [code for code in codes if code not in met]


def _address(asked: dict[str, list[int]], size: str = "", start: object = "", copies: object = "") -> str:
    named = {name: ",".join(map(str, keys)) for name, keys in asked.items() if keys}
    said = {"size": size, "start": start, "copies": copies}
    query = urlencode({**named, **{name: value for name, value in said.items() if value}}, safe=",")
    return f"{reverse('label-sheet')}?{query}"


def _address_without(request: HttpRequest, kind: LabelKind, record: Model) -> str:
    query = request.GET.copy()
    keys = [key for key in _keys(query.get(kind.name, "")) if key != record.pk]
    query[kind.name] = ",".join(map(str, keys))
    query.pop("add", None)
    return f"?{query.urlencode(safe=',')}"


def _free(size: LabelSize, start: int, asked: dict[str, list[int]], copies: int) -> list[tuple[int, float, float, str]]:
    """The labels of the first page: number, place, and the address by which one begins there."""
    return [(number, *size.place(number - 1), _address(asked, size.name, number, copies)) for number in range(1, start)]
