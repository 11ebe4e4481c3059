"""What one may set in the studio for oneself; name, address and password are the site's."""

from typing import Any

from wagtail.admin.views import account

# The account has one name, no picture and its own pages for the rest.
OFFERED = (
    account.NotificationsSettingsPanel,
    account.LocaleSettingsPanel,
    account.ThemeSettingsPanel,
)


class StudioAccountView(account.AccountView):
    """Wagtail's page of settings, without those that belong elsewhere."""

    def get_panels(self) -> list[Any]:
        """Theme, language and notifications."""
        return [panel for panel in super().get_panels() if isinstance(panel, OFFERED)]
