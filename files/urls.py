"""Addresses of imports, exports and papers."""

from django.urls import path

from files import views

app_name = "files"
urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.upload, name="upload"),
    path("imports/template/<str:kind>/", views.template, name="template"),
    path("imports/<int:pk>/", views.open_, name="open"),
    path("imports/<int:pk>/commit/", views.commit, name="commit"),
    path("imports/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("imports/<int:pk>/undo/", views.undo, name="undo"),
    path("exports/", views.exports, name="exports"),
    path("exports/new/", views.export, name="export"),
    path("exports/<int:pk>/", views.open_export, name="open_export"),
    path("exports/<int:pk>/consent/", views.consent, name="consent"),
    path("exports/<int:pk>/decline/", views.decline, name="decline"),
    path("exports/<int:pk>/download/", views.download_export, name="download_export"),
    path("imports/<int:pk>/failed/", views.failed_rows, name="failed_rows"),
    path("pictures/logo/set/", views.set_picture, {"kind": "logo"}, name="set_logo"),
    path("pictures/seal/set/", views.set_picture, {"kind": "seal"}, name="set_seal"),
    path("pictures/<int:pk>/", views.view_picture, name="view_picture"),
    path("pictures/<int:pk>/remove/", views.remove_picture, name="remove_picture"),
    path("attachments/<int:pk>/", views.download, name="download"),
    path("attachments/<int:pk>/preview/", views.preview, name="preview"),
    path("attachments/<int:pk>/remove/", views.remove, name="remove"),
    path("attachments/<int:pk>/restore/", views.restore, name="restore"),
]
