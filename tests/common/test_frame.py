"""What stands in {% once %} is rendered once per language, and sees nobody's data."""

import pytest
from django.template import Context, Engine
from django.utils.translation import override

ENGINE = Engine(
    libraries={"frame": "common.templatetags.frame", "i18n": "django.templatetags.i18n"}
)


def test_the_content_is_rendered_once() -> None:
    seen: list[int] = []
    template = ENGINE.from_string("{% load frame %}{% once %}same{% endonce %} {{ own }}")
    node = template.nodelist[1]
    original = node.nodelist.render

    def counted(context: Context) -> str:
        seen.append(1)
        return original(context)

    node.nodelist.render = counted
    pages = [template.render(Context({"own": name})) for name in ("Ada", "Grace")]
    assert pages == ["same Ada", "same Grace"]
    assert len(seen) == 1


def test_each_language_has_its_own_rendering() -> None:
    source = "{% load frame i18n %}{% once %}{% get_current_language as l %}{{ l }}{% endonce %}"
    template = ENGINE.from_string(source)
    for language in ("en", "de", "en"):
        with override(language):
            assert template.render(Context()) == language


@pytest.mark.parametrize("name", ["user", "csrf_token", "request"])
def test_nothing_that_belongs_to_one_reader_gets_in(name: str) -> None:
    source = "{% load frame %}{% once %}[{{ " + name + " }}]{% endonce %}"
    template = ENGINE.from_string(source)
    assert template.render(Context({name: "secret"})) == "[]"
    assert template.render(Context({name: "other"})) == "[]"
