"""Client: the few calls to a Label Studio server that the loop needs, through label-studio-sdk.

The SDK ends a listing quietly when the server fails half way, and words its errors with the headers, cookies
included; here a listing is held against the project's count, and an error says only what the server answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.logs.output import atomic_binary
from scaffolds.errors import CasewrightError

PAGE = 500
TIMEOUT = 600
"""Seconds. An export of thousands of tasks is made before its first byte comes."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """A server at `url`, spoken to as the owner of a personal access token."""

    url: str
    sdk: Any

    def version(self) -> str:
        """The version of the server."""
        with self._told():
            return str(self.sdk.versions.get().model_dump()["release"])

    def users(self) -> dict[int, str]:
        """E-mail address of every account by its id."""
        with self._told():
            return {user.id: str(user.email) for user in self.sdk.users.list()}

    def find_project(self, title: str) -> int | None:
        """The project with exactly this title, or None."""
        with self._told():
            return next((one.id for one in self.sdk.projects.list(title=title) if one.title == title), None)

    def create_project(self, title: str, *, xml: str, instruction: str, annotators: int) -> int:
        """Make a project whose tasks come in the order of import, each for so many annotators."""
        with self._told():
            made = self.sdk.projects.create(
                title=title,
                label_config=xml,
                expert_instruction=instruction,
                show_instruction=True,
                maximum_annotations=annotators,
                show_collab_predictions=True,
                enable_empty_annotation=False,
                sampling="Sequential sampling",
            )
        return int(made.id)

    def label_config(self, project: int) -> str:
        """The project's configuration as the server has it."""
        with self._told():
            return str(self.sdk.projects.get(id=project).label_config)

    def count(self, project: int) -> int:
        """How many tasks a project has."""
        with self._told():
            return int(self.sdk.projects.get(id=project).task_number or 0)

    def tasks(self, project: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Give id and data of every task, a page in memory at a time.

        Raises CasewrightError when the server gives fewer than it says it has.
        """
        left, page = self.count(project), 1
        while left > 0:
            with self._told():
                found = self.sdk.tasks.list(
                    project=project, page=page, page_size=PAGE, fields="task_only", include="id,data", resolve_uri=False
                ).items
            if not found:
                raise CasewrightError(f"{self.url} gave {left} tasks too few of project {project}; try again.")
            for task in found:
                yield task.id, task.data
            left, page = left - len(found), page + 1

    def send(self, project: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Import tasks with their suggestions, all or none; raises CasewrightError when the counts differ."""
        with self._told():
            done = self.sdk.projects.import_tasks(id=project, request=tasks)
        suggestions = sum(len(task.get("predictions", ())) for task in tasks)
        if (done.task_count, done.prediction_count) != (len(tasks), suggestions):
            raise CasewrightError(
                f"{self.url} took {done.task_count} of {len(tasks)} tasks and {done.prediction_count} of {suggestions} "
                "suggestions; look at its log, then push again."
            )

    def delete(self, task: int) -> None:
        """Delete a task."""
        with self._told():
            self.sdk.tasks.delete(id=task)

    def export(self, project: int, path: Path) -> Path:
        """Write the server's whole export of a project, tasks without annotations included, as it is."""
        with self._told(), atomic_binary(path) as file:
            for chunk in self.sdk.projects.exports.download_sync(project, export_type="JSON", download_all_tasks=True):
                file.write(chunk)
        return path

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Word what goes wrong between here and the server."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            raise CasewrightError(f"{self.url} refused ({error.status_code}): {_said(error.body)}") from None
        except httpx.HTTPError as error:
            raise CasewrightError(
                f"{self.url} cannot be reached ({type(error).__name__}); `casewright annotate serve` starts one. "
                "The same command again goes on."
            ) from None


def connect(url: str, token: str) -> Client:
    """Speak to a server with a personal access token. Raises CasewrightError where the SDK is not installed."""
    try:
        import label_studio_sdk.client
    except ModuleNotFoundError as error:
        raise CasewrightError(f"Annotation needs label-studio-sdk ({error}); install casewright[annotate].") from error
    sdk: Any = label_studio_sdk.client.LabelStudio
    return Client(url=url, sdk=sdk(base_url=url, api_key=token, timeout=TIMEOUT))


def _said(body: Any) -> str:
    if isinstance(body, dict):
        return str(body.get("validation_errors") or body.get("detail") or sorted(body))[:500]
    return "a page that is no answer of its API" if "<html" in str(body).lower() else str(body)[:500]
