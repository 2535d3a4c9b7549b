"""CUS: customers with their files, contacts, tiers and visits."""
