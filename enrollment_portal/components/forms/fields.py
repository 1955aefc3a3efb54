"""Forms of any page: labelled fields with their refusals, and the result of a save.

An uncontrolled form's state is an `UncontrolledForm`: the browser keeps what is typed until the
form is submitted, so that a refusal leaves it there; the fields are filled again only when
`form_key` changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.forms.drafts.components import FormGuard, UncontrolledFormDraft
from enrollment_portal.components.ui.pieces import BUTTON, INPUT, PANEL_TITLE, PRIMARY, icon
from enrollment_portal.domain.shared.messages import NOT_DONE, UNSAVED, UNSAVED_HEADING
from enrollment_portal.state.shared.session import Shell

_PREFIX = "field"


def _ids(name: str, prefix: str) -> tuple[str, str]:
    """Return the ids of a field's control and of its description."""
    return f"{prefix}-{name}", f"hint-{name}" if prefix == _PREFIX else f"{prefix}-hint-{name}"


def field(
    *,
    name: str,
    label: Any,
    control: Any,
    error: Any = "",
    hints: Sequence[Any] = (),
    prefix: str = _PREFIX,
) -> rx.Component:
    """Return a control with its label above, and its refusal and hints below.

    Args:
        name: of the field; the control's id is "field-" and the hints' id "hint-" before it.
        label: what it reads.
        control: has those ids.
        error: the refusal, "" for none.
        hints: what helps to fill it in.
        prefix: of the ids, where two forms of a page have a field of the same name.
    """
    return rx.el.div(
        _label(label, name, prefix),
        control,
        _below(error, hints, name, prefix, class_name="min-h-5"),
        class_name="grid min-w-0 gap-1",
    )


def _label(label: Any, name: str, prefix: str) -> rx.Component:
    return rx.el.label(label, html_for=_ids(name, prefix)[0], class_name="text-small font-medium")


def _below(
    error: Any, hints: Sequence[Any], name: str, prefix: str, class_name: str
) -> rx.Component:
    return rx.el.div(
        rx.el.p(error, role="alert", class_name="font-medium text-bad empty:hidden"),
        *hints,
        id=_ids(name, prefix)[1],
        class_name=f"{class_name} text-small text-ink3".lstrip(),
    )


def _props(form: Any, name: str, prefix: str) -> dict[str, Any]:
    control_id, hint_id = _ids(name, prefix)
    return {
        "key": form.form_key + name,
        "id": control_id,
        "name": name,
        "disabled": ~form.may_edit,
        # Before the form is filled for the first time, there is no entry for the field.
        "aria_invalid": rx.cond(form.errors[name], "true", "false"),
        "aria_describedby": hint_id,
    }


def _uncontrolled_field(
    form: Any,
    element: Any,
    name: str,
    label: Any,
    *children: Any,
    hints: Sequence[Any] = (),
    prefix: str = _PREFIX,
    **props: Any,
) -> rx.Component:
    is_optional = props.pop("optional", False)
    mark = (" ", rx.el.span("optional", class_name="font-normal text-ink3")) if is_optional else ()
    size = "min-h-20 resize-y" if element is rx.el.textarea else "h-8.5"
    control = element(
        *children,
        class_name=f"{INPUT} {size}",
        **{**_props(form, name, prefix), "default_value": form.form[name], **props},
    )
    return field(
        name=name,
        label=rx.fragment(label, *mark),
        control=control,
        error=form.errors[name],
        hints=hints,
        prefix=prefix,
    )


# What follows takes `hints` and `prefix` as `field` does, `optional` to say so beside the label,
# and properties of the control.


def text_input(form: Any, name: str, label: Any, **props: Any) -> rx.Component:
    """Return a single-line field of an uncontrolled form."""
    props = {"type": "text", "auto_complete": "off", **props}
    return _uncontrolled_field(form, rx.el.input, name, label, **props)


def date_input(form: Any, name: str, label: Any, **props: Any) -> rx.Component:
    """Return a date field of an uncontrolled form."""
    return text_input(form, name, label, type="date", **props)


def text_area(form: Any, name: str, label: Any, **props: Any) -> rx.Component:
    """Return a multi-line field of an uncontrolled form."""
    props = {"rows": 4, **props}
    return _uncontrolled_field(form, rx.el.textarea, name, label, **props)


def select_box(
    form: Any, name: str, label: Any, options: Sequence[tuple[str, str]] | rx.Var, **props: Any
) -> rx.Component:
    """Return a select of an uncontrolled form.

    Options are pairs of a value and a label; those of a state must be there before the form is
    filled, or change together with its `form_key`.
    """
    if isinstance(options, rx.Var):
        choices = [rx.foreach(options, lambda option: rx.el.option(option[1], value=option[0]))]
    else:
        choices = [rx.el.option(reads, value=value) for value, reads in options]
    return _uncontrolled_field(form, rx.el.select, name, label, *choices, **props)


def check_box(
    form: Any,
    name: str,
    label: Any,
    *,
    hints: Sequence[Any] = (),
    prefix: str = _PREFIX,
    **props: Any,
) -> rx.Component:
    """Return a labelled checkbox of an uncontrolled form: it submits "on", or nothing."""
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            value="on",
            default_checked=form.form[name] == "on",
            class_name="mt-0.75 size-4 shrink-0",
            **{**_props(form, name, prefix), **props},
        ),
        rx.el.div(
            _label(label, name, prefix),
            _below(form.errors[name], hints, name, prefix, class_name=""),
            class_name="min-w-0",
        ),
        class_name="flex items-start gap-2.5 py-1",
    )


def instant_check_box(
    label: Any, *, fills: Any, is_on: Any, on_change: Any, class_name: str = ""
) -> rx.Component:
    """Return a checkbox outside a form that takes effect at once.

    Args:
        label: what it reads.
        fills: counts up when the box must show `is_on`: the browser ticks it itself.
        is_on: whether it is ticked at first.
        on_change: called with whether it is ticked now.
        class_name: of the label.
    """
    return rx.el.label(
        rx.el.input(
            key=fills,
            type="checkbox",
            default_checked=is_on,
            on_change=on_change,
            class_name="size-4 shrink-0",
        ),
        label,
        class_name=f"flex min-h-6 items-center gap-2 text-small {class_name}".rstrip(),
    )


def instant_field(
    state: Any,
    name: str,
    label: Any,
    *,
    on_change: Any,
    prefix: str,
    hints: Sequence[Any] = (),
    **props: Any,
) -> rx.Component:
    """Return a single-line field outside a form, whose state gets each change at once.

    Args:
        state: has the field's value by its name, `errors` by field, and `fills`, which counts up
            when the field must show the state's value.
        name: of the field.
        label: what it reads.
        on_change: called with what was typed.
        prefix: of the ids; no other field of the page has the same.
        hints: what helps to fill it in.
        props: of the control.
    """
    control_id, hint_id = _ids(name, prefix)
    control = rx.el.input(
        key=state.fills,
        id=control_id,
        default_value=getattr(state, name),
        on_change=on_change,
        aria_invalid=rx.cond(state.errors[name], "true", "false"),
        aria_describedby=hint_id,
        class_name=f"{INPUT} h-8.5 !w-44",
        **props,
    )
    error = state.errors[name]
    return field(name=name, label=label, control=control, error=error, hints=hints, prefix=prefix)


def current_refusal(refusal: Any) -> Any:
    """Return a page's refusal, unless it was about the database and that can be written again.

    Args:
        refusal: why the last act changed nothing.
    """
    text: Any = rx.Var.create(refusal)
    return rx.cond((text == NOT_DONE) & (Shell.trouble == ""), "", text).to(str)


def announcement(
    *, message: Any, refusal: Any, action: Any = None, answers: Any = 0
) -> rx.Component:
    """Return the result of a save, which screen readers announce.

    Args:
        message: what it did, "" for nothing.
        refusal: why it changed nothing.
        action: a button beside the message.
        answers: counts up where the same result is announced again.
    """

    def line(text: Any, mark: str, class_name: str) -> rx.Component:
        return rx.cond(
            text != "",
            rx.el.p(
                icon(mark, 15),
                rx.el.span(text, class_name="min-w-0 break-words"),
                key=answers,
                class_name="appears mb-4 flex items-center gap-2 rounded-lg px-3 py-2 "
                f"{class_name}",
            ),
        )

    return rx.el.div(
        rx.el.div(
            rx.el.div(
                line(message, "check", "bg-ok-soft text-ok"),
                role="status",
                class_name="min-w-0 flex-1",
            ),
            *([] if action is None else [action]),
            class_name="flex items-start gap-2",
        ),
        rx.el.div(
            line(current_refusal(refusal), "circle_alert", "bg-bad-soft text-bad"), role="alert"
        ),
    )


def uncontrolled_form(
    form: Any,
    *children: Any,
    id: str,
    on_submit: Any,
    submit_label: Any = "Save Changes",
    cancel: Any = None,
    buttons: Sequence[Any] = (),
    is_guarded: bool = True,
) -> rx.Component:
    """Return an uncontrolled form with the result of its save above and its buttons below.

    Args:
        form: the state, an `UncontrolledForm`.
        children: its fields.
        id: of the form.
        on_submit: called with the values of its fields.
        submit_label: what its button reads.
        cancel: the link beside it that leads away.
        buttons: others beside it.
        is_guarded: whether to warn before the page is left with unsaved text. The router only asks
            one guard: of a page's forms, only one may have it.
    """
    guard = (
        (
            FormGuard.create(
                rx.el.h2(UNSAVED_HEADING, id=f"{id}-unsaved", class_name=PANEL_TITLE),
                rx.el.p(UNSAVED, class_name="mt-1 text-ink2"),
                form_id=id,
                form_key=form.form_key,
                refusal=form.refusal,
                title=f"{id}-unsaved",
                actions="mt-5 flex flex-wrap justify-end gap-2",
                stay=PRIMARY,
                leave=BUTTON,
            ),
        )
        if is_guarded
        else ()
    )
    return rx.fragment(
        announcement(message=form.message, refusal=form.refusal, answers=form.answers),
        rx.el.form(
            *children,
            rx.el.input(type="hidden", name="filled", value=form.form_key, read_only=True),
            rx.cond(
                form.may_edit,
                rx.el.div(
                    rx.el.button(submit_label, type="submit", class_name=PRIMARY),
                    *([] if cancel is None else [cancel]),
                    *buttons,
                    class_name="mt-2 flex flex-wrap gap-2",
                ),
            ),
            id=id,
            no_validate=True,
            on_submit=on_submit,
            # The keyboard saves a page's own form wherever the focus is.
            custom_attrs={"data-saves": ""} if is_guarded else {},
            class_name="grid gap-3",
        ),
        *guard,
        # After the guard, which has to read first what the form was filled with.
        UncontrolledFormDraft.create(
            form_id=id,
            form_key=form.form_key,
            record=form.record,
            base_version=form.base_version,
            owner=Shell.account_id,
        ),
    )
