"""Notices: what a member has to learn, once each, told in the words of whoever may still see it."""
