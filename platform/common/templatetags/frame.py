"""The parts of a page that are the same for everybody, rendered once per process and language."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.shell import COLLECTOR

register = template.Library()


class OnceNode(template.Node):
    """Renders its content at the first request in each language and repeats it afterwards."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._rendered: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return the content; two threads that come first at once both render the same."""
        language = get_language()
        if language not in self._rendered:
            # A context of its own: nothing that belongs to one reader can get into it.
            self._rendered[language] = self.nodelist.render(context.new({}))
        return self._rendered[language]


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """``{% once %}…{% endonce %}``: for content that depends on the language and nothing else.

    Addresses, translated words and names of static files may stand in it. It sees no variables, so
    that a name or a token put there by mistake shows as nothing instead of leaking to others.
    """
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist)


class PersonalNode(template.Node):
    """Renders its content for each reader, also where the page around it is rendered once."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Return the content, or the mark of its place while a shell is made."""
        collector = context.get(COLLECTOR)
        if collector is None:
            return self.nodelist.render(context)
        return SafeString(collector.place(self.nodelist))


@register.tag
def personal(parser: Parser, token: Token) -> PersonalNode:
    """``{% personal %}…{% endpersonal %}``: for what depends on the reader or the request.

    In a page that `common.shell` renders, only such parts are rendered for each request, and the
    request, the user and the token exist only here. Elsewhere it changes nothing. Variables of a
    loop around it do not reach inside.
    """
    nodelist = parser.parse(("endpersonal",))
    parser.delete_first_token()
    return PersonalNode(nodelist)
