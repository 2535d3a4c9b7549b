"""Addresses of customers and visits."""

app_name = "customers"
urlpatterns: list = []
