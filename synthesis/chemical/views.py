"""Pages of the inventory: lots, chemicals, and a formula that is computed while one types."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Count, F, Max, Q, Sum
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from labdb.accounts.services import researches
from labdb.accounts.views import person
from labdb.files.uploads import HashedUpload
from labdb.history import changes_of
from synthesis.batch.models import Weighing
from synthesis.chemical.forms import ChemicalForm, CorrectionForm, LotForm
from synthesis.chemical.formula import FormulaError, parse
from synthesis.chemical.listing import LotListing
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import LotError, correct_lot, require_researcher, save_chemical, save_lot
from synthesis.recipe.models import Recipe

INVENTORY = ("Inventory", "/inventory/")


def lot_list(request: HttpRequest) -> HttpResponseBase:
    listing = LotListing(request)
    if listing.wants_csv:
        return listing.csv()
    context = {"listing": listing, "may_write": researches(person(request))}
    return render(request, "synthesis/chemical/lot_list.html", context)


def lot(request: HttpRequest, pk: int) -> HttpResponse:
    return _lot_page(request, pk, CorrectionForm())


def _lot_page(request: HttpRequest, pk: int, correction: CorrectionForm) -> HttpResponse:
    user = person(request)
    rows = Lot.objects.with_state(timezone.localdate()).select_related("chemical", "created_by")
    found = get_object_or_404(rows, pk=pk)
    weighings = Weighing.objects.visible_to(user).filter(lot=found)
    seen = list(weighings.select_related("batch", "weighed_by").order_by("-weighed_at", "-pk"))
    weighed_g = found.weighings.aggregate(total=Sum("mass_g"))["total"] or 0.0
    return render(
        request,
        "synthesis/chemical/lot.html",
        {
            "lot": found,
            "weighings": seen,
            "elsewhere_g": round(weighed_g - sum(weighing.mass_g for weighing in seen), 9),
            "corrections": found.corrections.select_related("created_by"),
            "correction": correction,
            "changes": changes_of(found, leave_out=("certificate_sha256",)),
            "may_write": researches(user),
            "crumbs": [INVENTORY, (found.chemical.name, found.chemical.get_absolute_url()), (found.number, "")],
        },
    )


def new_lot(request: HttpRequest) -> HttpResponse:
    """A form, for the chemical named by `?chemical=`."""
    wanted = request.GET.get("chemical", "")
    start = {"chemical": Chemical.objects.filter(pk=wanted).first()} if wanted.isdecimal() else {}
    return _lot_form(request, LotForm(request.POST or None, request.FILES or None, initial=start), "New lot")


def change_lot(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Lot.objects.select_related("chemical"), pk=pk)
    form = LotForm(request.POST or None, request.FILES or None, instance=found)
    return _lot_form(request, form, f"Change {Lot.objects.get(pk=pk)}")


def _lot_form(request: HttpRequest, form: LotForm, title: str) -> HttpResponse:
    user = person(request)
    require_researcher(user)
    if request.method == "POST" and (refused := getattr(request, "upload_refused", "")):
        form.add_error("certificate", refused)
    if request.method == "POST" and form.is_valid():
        file = cast("HashedUpload | None", form.cleaned_data["certificate"])
        path = Path(file.temporary_file_path()) if file else None
        said = (path, str(file.name) if file else "", form.cleaned_data.get("reason", ""))
        if _saved(form, lambda made: save_lot(made, user, *said)):
            messages.success(request, f"{form.instance} is saved.")
            return redirect(form.instance)
    cancel = form.instance.get_absolute_url() if form.instance.pk else reverse("lot-list")
    context = {"form": form, "title": title, "cancel": cancel, "crumbs": [INVENTORY, (title, "")]}
    return render(request, "synthesis/chemical/lot_form.html", context)


def _saved(form: ModelForm, save: Any) -> bool:
    """Call the service; what it refuses stands at its field."""
    try:
        save(form.instance)
    except (LotError, ValidationError) as error:
        field = getattr(error, "field", "")
        form.add_error(
            field if field in form.fields else None, error if isinstance(error, ValidationError) else str(error)
        )
        return False
    return True


@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Lot.objects.select_related("chemical"), pk=pk)
    user = person(request)
    require_researcher(user)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if _saved(form, lambda _: correct_lot(found, user, said["amount_g"], said["reason"])):
            messages.success(request, f"{said['amount_g']:+g} g of {found} are noted.")
            return redirect(found)
    return _lot_page(request, pk, form)


def certificate(request: HttpRequest, pk: int) -> FileResponse:
    """The certificate as it was uploaded."""
    found = get_object_or_404(Lot, pk=pk)
    if not found.certificate_key:
        raise Http404("this lot has no certificate")
    response = FileResponse(
        default_storage.open(found.certificate_key),
        as_attachment=True,
        filename=found.certificate_name,
        content_type="application/octet-stream",
    )
    response["ETag"] = f'"{found.certificate_sha256}"'
    return response


def chemical_list(request: HttpRequest) -> HttpResponse:
    rows = Chemical.objects.annotate(lot_count=Count("lots"), newest_lot=Max("lots__received_on")).order_by(
        "role", "name"
    )
    text = request.GET.get("q", "").strip()
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(formula__icontains=word) | Q(cas_number__icontains=word))
    context = {
        "chemicals": rows,
        "q": text,
        "may_write": researches(person(request)),
        "crumbs": [INVENTORY, ("Chemicals", "")],
    }
    return render(request, "synthesis/chemical/chemical_list.html", context)


def chemical(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Chemical.objects.select_related("created_by"), pk=pk)
    user = person(request)
    recipes = Recipe.objects.visible_to(user).filter(versions__components__chemical=found).distinct()
    return render(
        request,
        "synthesis/chemical/chemical.html",
        {
            "chemical": found,
            "lots": found.lots.with_state(timezone.localdate()).order_by(F("received_on").desc(), "-pk"),
            "recipes": recipes.select_related("project"),
            "changes": changes_of(found),
            "may_write": researches(user),
            "crumbs": [INVENTORY, ("Chemicals", reverse("chemical-list")), (found.name, "")],
        },
    )


def new_chemical(request: HttpRequest) -> HttpResponse:
    return _chemical_form(request, ChemicalForm(request.POST or None), "New chemical")


def change_chemical(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Chemical, pk=pk)
    return _chemical_form(request, ChemicalForm(request.POST or None, instance=found), f"Change {found.name}")


def _chemical_form(request: HttpRequest, form: ChemicalForm, title: str) -> HttpResponse:
    user = person(request)
    require_researcher(user)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data.get("reason", "")
        if _saved(form, lambda made: save_chemical(made, user, why)):
            messages.success(request, f"{form.instance} is saved.")
            return redirect(form.instance)
    cancel = form.instance.get_absolute_url() if form.instance.pk else reverse("chemical-list")
    crumbs = [INVENTORY, ("Chemicals", reverse("chemical-list")), (title, "")]
    context = {"form": form, "title": title, "cancel": cancel, "crumbs": crumbs}
    return render(request, "synthesis/chemical/chemical_form.html", context)


def formula(request: HttpRequest) -> JsonResponse:
    """What a formula amounts to, or the sentence that says why it is none."""
    try:
        found = parse(request.GET.get("text", "")[:200])
    except FormulaError as error:
        return JsonResponse({"error": str(error)})
    return JsonResponse(
        {
            "formula": found.text,
            "molar_mass_g_per_mol": found.molar_mass_g_per_mol,
            "water": found.water,
            "metals": found.metal_fractions(),
        }
    )
