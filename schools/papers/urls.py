"""Addresses of papers."""

from django.urls import path

from schools.papers import views

app_name = "papers"
urlpatterns = [
    path("requisites/", views.school_requisites, name="requisites"),
    path("consents/class.docx", views.class_consents, name="class-consents"),
    path("consents/<uuid:person_id>.docx", views.consent, name="consent"),
    path("orders/draft.docx", views.draft_order, name="order-draft"),
    path("orders/<uuid:order_id>.docx", views.order, name="order"),
]
