"""Pages of customers, contacts and visits."""
