"""The side of customers that programs speak to."""

from customers.api.sets import ContactViewSet, CustomerViewSet, VisitViewSet

__all__ = ["ContactViewSet", "CustomerViewSet", "VisitViewSet"]
