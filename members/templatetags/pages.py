"""What the members' pages are made of: fields with Bootstrap's classes, browsers by their names."""

import ua_parser
from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from members.looks import scope_in_words

register = template.Library()

_CHECK = "form-check-input"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field of a form as HTML; of several boxes each with its label beside it.

    What is wrong with it is marked for the eye here, and told by the page.
    """
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect):  # and the boxes, which are of its kind
        return _boxes(field)
    if isinstance(widget, forms.CheckboxInput):
        kind = _CHECK
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    else:
        kind = "form-control"
    return field.as_widget(attrs={"class": f"{kind} is-invalid" if field.errors else kind})


@register.filter
def label(field: BoundField) -> SafeString:
    """The label of a field of a form as HTML."""
    return field.label_tag(attrs={"class": "form-label"})


@register.filter
def browser(sent: str) -> str:
    """The browser and the system that it says it runs on; what it sent, where nobody knows them."""
    known = ua_parser.parse(sent)
    names = {"browser": known.user_agent, "system": known.os}
    found = {part: name.family for part, name in names.items() if name is not None}
    if len(found) == len(names):
        return _("%(browser)s on %(system)s") % found
    return next(iter(found.values()), sent)


@register.filter
def roles(scope: list[str]) -> str:
    """The roles in which somebody looked, as the log keeps them, in the reader's language."""
    return scope_in_words(scope)


def _boxes(field: BoundField) -> SafeString:
    row = '<div class="form-check">{} <label class="form-check-label" for="{}">{}</label></div>'
    rows = []
    for box in field.subwidgets:
        box.data["attrs"]["class"] = _CHECK
        rows.append((box.tag(), box.id_for_label, box.choice_label))
    return format_html('<div id="{}">{}</div>', field.auto_id, format_html_join("", row, rows))
