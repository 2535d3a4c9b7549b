"""Logins and nothing else: a person in a company is org.Member."""
