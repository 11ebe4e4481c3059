"""Quantities with units, answers with tolerance, and calculators: pure Python.

Everything raised for bad input is a `QuantityError` (or an `InputError` for a whole form) whose
message is a sentence for the person who typed it.
"""

from estimation.answers import KnownMistake, Outcome, Verdict, check_answer
from estimation.formatting import format_number, format_quantity
from estimation.parsing import Reading, parse_quantity, read_quantity
from estimation.quantity import Quantity, QuantityError
from estimation.units import Unit, parse_unit

__all__ = [
    "KnownMistake",
    "Outcome",
    "Quantity",
    "QuantityError",
    "Reading",
    "Unit",
    "Verdict",
    "check_answer",
    "format_number",
    "format_quantity",
    "parse_quantity",
    "parse_unit",
    "read_quantity",
]
