"""What a program sends to the API and is answered: bodies that are closed to what they do not declare, and bounded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Reason = Annotated[str, Field(min_length=1, max_length=5_000)]
Name = Annotated[str, Field(max_length=200)]


class Strict(BaseModel):
    """A body that has what is declared and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """Why something was refused."""

    error: str
    message: str = ""


class SignIn(Strict):
    """A name and its password."""

    name: Name
    password: Annotated[str, Field(max_length=1_000)]


class Token(BaseModel):
    """A bearer token."""

    token: str


class Sent(Strict):
    """A document of an application: its text, or the bytes of its file in base64."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = "tekst.txt"
    text: Annotated[str, Field(max_length=1_000_000)] | None = None
    base64: Annotated[str, Field(max_length=40_000_000)] | None = None


class Application(Strict):
    """A new application."""

    workflow: Name
    received: date
    documents: Annotated[list[Sent], Field(min_length=1, max_length=20)]


class Step(Strict):
    """Anything that is done to a case."""

    expected: Annotated[int, Field(ge=1, le=1_000_000)]


class Answer(Strict):
    """What a person says of a fact."""

    choice: Literal["proposal", "value", "not_stated", "unsure"]
    values: Annotated[list[Name], Field(max_length=20)] = []
    quote: Annotated[str, Field(max_length=1_000)] = ""
    reason: Annotated[str, Field(max_length=5_000)] = ""


class Facts(Step):
    """An answer for every fact of the step, by path."""

    facts: Annotated[dict[Name, Answer], Field(max_length=200)]


class Letter(Step):
    """The letter as it was sent; empty for the draft as it stands."""

    letter: Annotated[str, Field(max_length=50_000)] = ""


class Completion(Step):
    """What came in."""

    on: date
    documents: Annotated[list[Sent], Field(min_length=1, max_length=20)]


class Decision(Step):
    """A decision with its reason and an answer to every open norm."""

    option: Name
    reason: Reason
    norms: Annotated[dict[Name, Reason], Field(max_length=50)] = {}


class Signature(Step):
    """A second signature, or its refusal with the reason."""

    agreed: bool
    reason: Annotated[str, Field(max_length=5_000)] = ""


class HandOver(Step):
    """To whom: a person, a role, or without either to oneself."""

    person: Name = ""
    role: Name = ""
    reason: Reason


class Override(Step):
    """The outcome that is to take the place of a table's."""

    table: Name
    outputs: Annotated[dict[Name, Name | Annotated[list[Name], Field(max_length=50)]], Field(max_length=20)]
    reason: Reason


class Why(Strict):
    """A reason, which is noted."""

    reason: Reason


class Settlement(Step):
    """Whether an override is agreed to."""

    agreed: bool
    reason: Reason
