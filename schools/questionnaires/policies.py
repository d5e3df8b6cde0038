"""Who may put questionnaires to whom."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied


def may_edit_rounds(actor: Actor) -> Decision:
    """Whether the actor may open rounds and enter answers from paper, at least for some people."""
    return actor.has("questionnaires.edit")


def may_open_round(actor: Actor, form_code: str, *, only_own_classes: bool) -> Decision:
    """Whether the actor may open a round of a form (empty: of every form); a class teacher only for own classes."""
    reach = actor.reach("questionnaires.edit")
    if reach.everything or (form_code and form_code in reach.values("form")) or (only_own_classes and reach):
        return ALLOWED
    if reach.values("form"):
        return Denied(_("Выберите форму наставничества, которую вы курируете."))
    return Denied(_("Опрос можно открыть только для своих классов.")) if reach else may_edit_rounds(actor)


def may_edit_templates(actor: Actor) -> Decision:
    """Whether the actor may change the school's copies of questionnaires: they are everybody's here."""
    return actor.has("questionnaires.templates")
