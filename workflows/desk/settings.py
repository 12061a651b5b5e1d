"""Settings of a desk, from arguments, from the environment (`CASEWRIGHT_DESK_…`), or as they stand here."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from workflows.desk.roles import Role


class Settings(BaseSettings):
    """What one process of the desk needs to know. Processes that share a database share all but host and port."""

    model_config = SettingsConfigDict(env_prefix="CASEWRIGHT_DESK_", extra="forbid", frozen=True)

    database: str = "desk.db"
    """A SQLite file, or the URL of a PostgreSQL database."""
    bundles: tuple[Path, ...] = ()
    model_url: str = ""
    """An OpenAI-compatible server that answers in the place of the bundle's own weights."""
    model_name: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    inbox: Path | None = None
    """A folder in which applications are laid, per workflow; one process of those that share a database empties it."""
    workers: int = Field(default=1, ge=0, le=16)
    """Threads that do model work in this process; 0 leaves it to other processes, and loads no weights here."""
    processes: int = Field(default=1, ge=1, le=64)
    """How many serve pages; with several, model work and inbox have one process of their own beside them."""

    organisation: str = "Gemeente Voorbeeld"
    language: Literal["nl", "en"] = "nl"
    theme: Path | None = None
    """A CSS file of custom properties for the class `theme_class`, in the place of the neutral theme."""
    theme_class: str = "voorbeeld-theme"

    https: bool = False
    """Whether browsers reach the desk over HTTPS: cookies are then sent over nothing else."""
    idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=10, ge=1)
    sign_in_attempts: int = Field(default=10, ge=1)
    """Failed sign-ins per name and per address in fifteen minutes."""
    requests_per_minute: int = Field(default=600, ge=10)
    """Per signed-in person, and per address where nobody is signed in."""
    upload_bytes: int = Field(default=10_000_000, ge=10_000)

    blind_share: float = Field(default=0.05, ge=0, le=1)
    """The share of readings whose suggestion is not shown, to measure how much suggestions steer people."""
    lease_seconds: int = Field(default=120, ge=1)
    attempts: int = Field(default=5, ge=1)

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_roles_claim: str = "roles"
    oidc_workflows_claim: str = ""
    """The claim that lists the workflows a person may see; empty lets everyone see all."""
    oidc_roles: dict[str, Role] = Field(default_factory=dict)
    """Role by value of the roles claim; a value that is a role's own name needs no entry."""

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("oidc_issuer and oidc_client_id belong together; give both or neither")
        if bool(self.model_url) != bool(self.model_name):
            raise ValueError("model_url and model_name belong together; give both or neither")
        return self
