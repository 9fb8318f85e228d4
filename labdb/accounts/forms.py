"""What people type about themselves, their tokens and their projects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from labdb.accounts.models import ApiToken, Project, Role, User

TOKEN_DAYS = {30: "30 days", 90: "90 days", 365: "a year"}


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "email"]


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="Where it will be used: notebook on the cycler PC, say.")
    days = forms.TypedChoiceField(
        label="Valid for",
        coerce=int,
        choices=list(TOKEN_DAYS.items()),
        initial=90,
        empty_value=90,  # type: ignore[arg-type]
    )
    project = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="All my projects", help_text="Limits it to one project."
    )
    read_only = forms.BooleanField(required=False, initial=True, help_text="May read, but neither upload nor change.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def create(self) -> tuple[ApiToken, str]:
        data = self.cleaned_data
        return ApiToken.create(
            self.user,
            data["name"],
            timezone.now() + timedelta(days=data["days"]),
            read_only=data["read_only"],
            project=data["project"],
        )


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields: ClassVar = ["name", "description"]
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {"description": "What is being made and measured, in a sentence."}


class NewMemberForm(forms.Form):
    """A person is found by what they know of themselves, so that nobody can leaf through all accounts."""

    person = forms.CharField(label="User name or e-mail", max_length=254)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.RESEARCHER)
    manages = forms.BooleanField(label="Manages the project", required=False, help_text="May change the members.")

    def clean_person(self) -> User:
        text = self.cleaned_data["person"].strip()
        found = list(User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text), is_active=True)[:2])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(
            "Several people have that e-mail; give the user name."
            if found
            else f"Nobody here has the user name or e-mail {text}; ask whoever keeps this labdb to make the account."
        )


class MemberForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
    manages = forms.BooleanField(required=False)
