"""How forms are drawn: `{{ form }}` and `{{ form.field.as_field_group }}` use our own templates."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    form_template_name = "includes/form.html"
    field_template_name = "includes/field.html"
