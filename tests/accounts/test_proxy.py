"""Whose address counts when guessing is slowed."""

from django.test import Client
from pytest_django.fixtures import Settings


def guess(client: Client, forwarded: str) -> int:
    form = {"login": "nobody@example.org", "password": "wrong"}
    return client.post("/account/login/", form, headers={"X-Forwarded-For": forwarded}).status_code


def test_behind_a_proxy_each_reader_is_counted_alone(stranger: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _try in range(31):
        last = guess(stranger, "198.51.100.7")
    assert last == 429
    assert guess(stranger, "203.0.113.9") == 200


def test_without_a_proxy_nobody_can_pretend_to_be_many(stranger: Client) -> None:
    answers = [guess(stranger, f"198.51.100.{number}") for number in range(31)]
    assert answers[-1] == 429
