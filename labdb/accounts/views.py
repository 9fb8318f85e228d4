"""Pages about people: log-in, profile, tokens, projects and their members."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labdb.accounts import services
from labdb.accounts.current import SESSION_KEY
from labdb.accounts.forms import MemberForm, NewMemberForm, ProfileForm, ProjectForm, TokenForm
from labdb.accounts.models import ApiToken, Membership, Project, Role, User


def person(request: HttpRequest) -> User:
    """Who asks; the log-in is required for every page."""
    return cast(User, request.user)


login = login_not_required(auth_views.LoginView.as_view(redirect_authenticated_user=True))
logout = login_not_required(auth_views.LogoutView.as_view())
password = auth_views.PasswordChangeView.as_view(template_name="labdb/accounts/password.html", success_url="/profile")


@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """Name, password, and the tokens; the secret of a new one is on this answer alone."""
    user = person(request)
    posted = request.POST.get("form") if request.method == "POST" else None
    about = ProfileForm(request.POST if posted == "about" else None, instance=user)
    token_form = TokenForm(request.POST if posted == "token" else None, user=user, prefix="token")
    secret = token = None
    if posted == "about" and about.is_valid():
        about.save()
        messages.success(request, "Your name and e-mail are saved.")
        return redirect("profile")
    if posted == "token" and token_form.is_valid():
        token, secret = token_form.create()
        token_form = TokenForm(user=user, prefix="token")
    return render(
        request,
        "labdb/accounts/profile.html",
        {
            "about": about,
            "token_form": token_form,
            "token": token,
            "secret": secret,
            "tokens": ApiToken.objects.filter(user=user).select_related("project"),
            "memberships": Membership.objects.filter(user=user).select_related("project").order_by("project__name"),
        },
    )


@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=person(request))
    services.revoke_token(token)
    messages.success(request, f"The token {token} is revoked: nothing can use it any more.")
    return redirect("profile")


def project_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = services.create_project(user, form.cleaned_data["name"], form.cleaned_data["description"])
        messages.success(request, f"{project} is made, and you manage it.")
        return redirect("project", project.pk)
    projects = Project.objects.visible_to(user).annotate(
        members=Count("memberships", distinct=True), files=Count("raw_files", distinct=True)
    )
    roles = {row.project_id: row for row in Membership.objects.filter(user=user)}
    return render(
        request,
        "labdb/accounts/project_list.html",
        {"form": form, "rows": [(project, roles.get(project.pk)) for project in projects]},
    )


def project(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    manages = services.is_manager(user, found)
    return _project_page(request, found, ProjectForm(instance=found) if manages else None, NewMemberForm())


def _project_page(
    request: HttpRequest, found: Project, form: ProjectForm | None, member_form: NewMemberForm
) -> HttpResponse:
    return render(
        request,
        "labdb/accounts/project.html",
        {
            "project": found,
            "form": form,
            "member_form": member_form,
            "memberships": found.memberships.select_related("user"),
            "roles": Role.choices,
            "manages": form is not None,
            "role": found.role_of(request.user),
            "crumbs": [("Projects", "/projects/"), (found.name, "")],
        },
    )


@require_POST
def change_project(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    services.require_manager(user, found)
    form = ProjectForm(request.POST, instance=found)
    if not form.is_valid():
        return _project_page(request, Project.objects.get(pk=pk), form, NewMemberForm())
    form.save()
    messages.success(request, "Saved.")
    return redirect("project", pk)


@require_POST
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    services.require_manager(user, found)
    form = NewMemberForm(request.POST)
    if form.is_valid() and found.memberships.filter(user=form.cleaned_data["person"]).exists():
        form.add_error("person", f"{form.cleaned_data['person']} is a member already; change the role in the list.")
    if not form.is_valid():
        return _project_page(request, found, ProjectForm(instance=found), form)
    data = form.cleaned_data
    membership = services.set_member(user, found, data["person"], Role(data["role"]), data["manages"])
    messages.success(request, f"{membership.user} is a member now, as {membership.get_role_display()}.")
    return redirect("project", pk)


@require_POST
def change_member(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Change a member's role, or take the member out (`remove`)."""
    user = person(request)
    found = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    membership = get_object_or_404(found.memberships.select_related("user"), pk=member)
    try:
        if "remove" in request.POST:
            services.remove_member(user, found, membership.user)
            messages.success(request, f"{membership.user} is no longer a member.")
        else:
            form = MemberForm(request.POST)
            if form.is_valid():
                data = form.cleaned_data
                services.set_member(user, found, membership.user, Role(data["role"]), data["manages"])
                messages.success(request, f"{membership.user} is {Role(data['role']).label} now.")
    except ValueError as error:
        messages.error(request, str(error))
    if not Project.objects.visible_to(user).filter(pk=pk).exists():
        return redirect("project-list")
    return redirect("project", pk)


@require_POST
def switch_project(request: HttpRequest) -> HttpResponse:
    """Choose the project that lists show; an empty choice shows all."""
    chosen = request.POST.get("project", "")
    visible = Project.objects.visible_to(request.user)
    if chosen.isdecimal() and visible.filter(pk=chosen).exists():
        request.session[SESSION_KEY] = int(chosen)
    else:
        request.session.pop(SESSION_KEY, None)
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "home")
