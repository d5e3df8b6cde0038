"""Addresses of papers: each to be edited (``.docx``) and to be printed (``.pdf``)."""

from django.urls import path

from schools.papers import attachment_views, views

app_name = "papers"
urlpatterns = [
    path("requisites/", views.school_requisites, name="requisites"),
    path("consents/class.docx", views.class_consents, {"way": "docx"}, name="class-consents"),
    path("consents/class.pdf", views.class_consents, {"way": "pdf"}, name="class-consents-pdf"),
    path("consents/own/<uuid:person_id>.pdf", views.own_consent, name="own-consent"),
    path("consents/<uuid:person_id>.docx", views.consent, {"way": "docx"}, name="consent"),
    path("consents/<uuid:person_id>.pdf", views.consent, {"way": "pdf"}, name="consent-pdf"),
    path("orders/draft.docx", views.draft_order, {"way": "docx"}, name="order-draft"),
    path("orders/draft.pdf", views.draft_order, {"way": "pdf"}, name="order-draft-pdf"),
    path("orders/<uuid:order_id>.docx", views.order, {"way": "docx"}, name="order"),
    path("orders/<uuid:order_id>.pdf", views.order, {"way": "pdf"}, name="order-pdf"),
    path("consents/<uuid:consent_id>/files/", attachment_views.of_consent, name="consent-files"),
    path("orders/<uuid:order_id>/files/", attachment_views.of_order, name="order-files"),
    path("meetings/<uuid:meeting_id>/files/", attachment_views.of_meeting, name="meeting-files"),
    path("files/<uuid:attachment_id>/", attachment_views.give, name="file"),
    path("files/<uuid:attachment_id>/remove/", attachment_views.remove, name="file-remove"),
]
