"""manage.py create_course SLUG --title TITLE --instructor EMAIL"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import User
from courses.interchange.characters import is_slug
from courses.ownership import create_course


class Command(BaseCommand):
    help = "Begin a course as a draft that its instructor owns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--title", required=True)
        parser.add_argument("--instructor", required=True, metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["instructor"].lower()).first()
        if user is None:
            raise CommandError(_("Nobody has the address %(instructor)s.") % options)
        if not is_slug(options["slug"]):
            raise CommandError(_("A slug has small letters, digits and single hyphens."))
        try:
            create_course(slug=options["slug"], title=options["title"], instructor=user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(_("Created the course “%(title)s”.") % options)
