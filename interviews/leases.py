"""What it means to hold a grading no longer."""


class LeaseLostError(Exception):
    """Another worker, or nobody, may write to this grading now."""
