"""Addresses of contracts and products."""

from django.urls import path

from contracts import views

app_name = "contracts"
urlpatterns = [
    path("", views.list_, name="list"),
    path("new/", views.create, name="create"),
    path("preview/", views.preview, name="preview"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("<int:pk>/signed_copy/", views.attach_signed_copy, name="attach_signed_copy"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
    path("<int:pk>/docx/", views.docx, name="docx"),
    path("<int:pk>/copy/", views.copy, name="copy"),
    path("products/", views.products, name="products"),
    path("products/new/", views.create_product, name="create_product"),
    path("products/lookup/", views.product_lookup, name="product_lookup"),
    path("products/<int:pk>/", views.change_product, name="change_product"),
]
