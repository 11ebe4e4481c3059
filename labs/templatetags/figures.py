"""Numbers in running text, set so that they read well."""

import re

from django import template
from django.template.defaultfilters import stringfilter

register = template.Library()

# A whole number of four digits or more that is not a part of a longer one.
LONG_NUMBER = re.compile(r"(?<![\w.,:])[0-9]{4,}(?![\w:])")
BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+\Z)")
BEFORE_UNIT = re.compile(r"(?<=[0-9]) (?=(?:%|×|(?:ms|s|min|h|µs|B|KB|MB|GB|vCPU|Mbit/s)\b))")


@register.filter(is_safe=True)
@stringfilter
def figures(text: str) -> str:
    """Group the thousands of a sentence's numbers and keep each on one line with its unit."""
    grouped = LONG_NUMBER.sub(lambda number: BETWEEN_THOUSANDS.sub(",", number[0]), text)
    return BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", grouped)
