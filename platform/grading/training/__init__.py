"""Fitting the coefficients in `model/heads.json`; nothing here is imported when grading."""
