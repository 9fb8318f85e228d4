"""Pages of samples: the list, one sample, taking and changing them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.history import changes_of
from labdb.sections import sections
from synthesis.batch.models import Batch
from synthesis.sample.forms import SampleForm, SeriesForm
from synthesis.sample.listing import SampleListing
from synthesis.sample.models import Sample
from synthesis.sample.services import SampleError, add_series, planned, remove_sample, save_sample, taken_codes


def sample_list(request: HttpRequest) -> HttpResponseBase:
    listing = SampleListing(request)
    if listing.wants_csv:
        return listing.csv()
    return render(request, "synthesis/sample/sample_list.html", {"listing": listing})


def sample(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Sample.objects.visible_to(request.user).select_related("batch__project", "created_by")
    found = get_object_or_404(rows, pk=pk)
    return render(
        request,
        "synthesis/sample/sample.html",
        {
            "sample": found,
            "sections": sections("sample", request, found),
            "changes": changes_of(found, leave_out=("batch",)),
            "may_write": Project.objects.editable_by(request.user).filter(pk=found.batch.project_id).exists(),
            "crumbs": [
                ("Batches", reverse("batch-list")),
                (found.batch.code, found.batch.get_absolute_url()),
                (found.code, ""),
            ],
        },
    )


def new_samples(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample or a series of a batch; `preview` answers with what would be made."""
    user = person(request)
    batch = get_object_or_404(Batch.objects.visible_to(user).select_related("project"), pk=pk)
    require_role(user, batch.project)
    form = SeriesForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_series(batch, user, form.series())
        except SampleError as error:
            form.add_error(error.field or None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            first, last = made[0], made[-1]
            codes = first.code if first is last else f"{first.code} … {last.code}"
            messages.success(request, f"{codes} of {batch} {'is' if first is last else 'are'} noted; print the labels.")
            if first is last:
                return redirect(first)
            return redirect(f"{batch.get_absolute_url()}#samples")
    title = f"Samples of {batch}"
    crumbs = [("Batches", reverse("batch-list")), (batch.code, batch.get_absolute_url()), ("New samples", "")]
    start = SeriesForm({name: field.initial for name, field in form.fields.items()}, batch=batch)
    context = {"form": form, "batch": batch, "title": title, "crumbs": crumbs, **_preview(batch, start)}
    return render(request, "synthesis/sample/new_samples.html", context)


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a series would be, while one types."""
    batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    form = SeriesForm(request.POST, batch=batch)
    return render(request, "synthesis/sample/_preview.html", _preview(batch, form))


def _preview(batch: Batch, form: SeriesForm) -> dict[str, object]:
    if not form.is_valid():
        return {"samples": [], "why": next(iter(form.errors.values()))[0]}
    try:
        samples = planned(batch, form.series())
    except SampleError as error:
        return {"samples": [], "why": str(error)}
    return {"samples": samples, "taken": {sample.code for sample in taken_codes(samples)}}


def change_sample(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    rows = Sample.objects.visible_to(user).select_related("batch__project")
    found = get_object_or_404(rows, pk=pk)
    require_role(user, found.batch.project)
    form = SampleForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            save_sample(form.instance, user, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{found} is saved.")
            return redirect(found)
    was = get_object_or_404(rows, pk=pk)
    crumbs = [(was.batch.code, was.batch.get_absolute_url()), (was.code, was.get_absolute_url()), ("Change", "")]
    return render(request, "synthesis/sample/sample_form.html", {"form": form, "sample": was, "crumbs": crumbs})


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Sample.objects.visible_to(user).select_related("batch__project"), pk=pk)
    try:
        remove_sample(found, user, request.POST.get("reason", ""))
    except SampleError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"{found} is removed.")
    return redirect(f"{found.batch.get_absolute_url()}#samples")
