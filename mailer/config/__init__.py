"""The workspace and its settings: `find_workspace()` gives the folder, `read_config()` what mailer.toml says,
`open_template()` a template's folder with those it is based on.

Settings are passed down as the small values below; no stage takes the whole `Config`.
"""

from mailer.config.mail_services import OAuth, OutboxRelay, RelaySettings, SmtpRelay
from mailer.config.settings import (
    Config,
    DkimKey,
    LedgerSettings,
    Newsletter,
    Office,
    Profile,
    PublicMode,
)
from mailer.config.template_folder import TemplateFolder, list_templates, open_template
from mailer.config.workspace import Workspace, find_workspace, open_workspace, read_config

__all__ = [
    "Config",
    "DkimKey",
    "LedgerSettings",
    "Newsletter",
    "OAuth",
    "Office",
    "OutboxRelay",
    "Profile",
    "PublicMode",
    "RelaySettings",
    "SmtpRelay",
    "TemplateFolder",
    "Workspace",
    "find_workspace",
    "list_templates",
    "open_template",
    "open_workspace",
    "read_config",
]
