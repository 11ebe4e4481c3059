"""{% events_address pk stage_id %}: where a page that waits for a grade hears of it."""

from django import template

from interviews.listening import address_of_events

register = template.Library()
register.simple_tag(address_of_events, name="events_address")
