"""The command line of the installation: `.venv/bin/python manage.py help`."""
import os
import sys

from django.core.management import execute_from_command_line

from salesops.supervisor import Refused

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesops.settings")
    try:
        execute_from_command_line(sys.argv)
    except Refused as reason:
        sys.exit(f"salesops: {reason}")
