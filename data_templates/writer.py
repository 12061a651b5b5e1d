"""The writer: states the facts of a world in sentences and lines of forms, and gives documents and gold.

Layouts tell it what to state where. A fact that no layout states is an error here, not a silent gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from data_templates.pen import Pen
from scaffolds.case import Document
from scaffolds.facts import Evidence, Fact, Facts, Value


class Writer(Pen):
    """A pen that chooses its words. `second` are the contradictions still to be written."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.second = dict(self.world.second)
        self.noise = list(self.bank["ruis"])
        self.rng.shuffle(self.noise)
        self.later = "later" in self.bank and not any(self.kinds[p].many > 1 for p in self.second)

    def only(self, *paths: str) -> None:
        """Leave out every fact but these, as a short text does. Call before anything is written."""
        omitted = self.world.omitted | set(self.kinds).difference(paths)
        self.second = {path: value for path, value in self.second.items() if path not in omitted}
        self.world = replace(self.world, omitted=omitted, second=self.second)
        self.pending -= omitted

    def put_due(self, *templates: str) -> bool:
        """Write one of the templates whose facts are all still due, if there is any."""
        fitting = [t for t in templates if all(self.due(name) for name in self.named(t))]
        if fitting:
            self.put(self.rng.choice(fitting))
        return bool(fitting)

    def section(self, name: str) -> None:
        """Write one line of a section that states no fact."""
        self.put(self.rng.choice(self.bank[name]))

    def fields(self, *paths: str, end: str = "\n") -> None:
        """State facts as lines of a form."""
        for path in paths:
            if self.due(path) and self.say(path, prefix="veld "):
                self.write(end)

    def prose(
        self,
        *paths: str,
        noise: int = 0,
        doubts: bool = False,
        between: str = " ",
        lead: str = "",
        end: str = "\n\n",
    ) -> None:
        """State facts in sentences, in this order, with distractors and contradictions at random places."""
        plan: list[tuple[str, Value | None]] = [(path, None) for path in paths]
        plan = [item for item in plan if self.due(item[0])]
        extra: list[tuple[str, Value | None]] = [("", None)] * noise
        if doubts:
            extra += list(self.second.items())
            self.second = {}
        for item in extra:
            plan.insert(self.rng.randint(0, len(plan)), item)
        start = self.at
        for path, value in plan:
            if path and value is None and not self.due(path):
                continue
            self.write(between if self.at > start else lead)
            if path:
                self.say(path, value=value)
            else:
                self.put(self.distractor())
        if self.at > start:
            self.write(end)

    def say(self, path: str, *, prefix: str = "", value: Value | None = None) -> bool:
        """State a fact in a sentence, or with prefix "veld " on a form; False when no wording fits now."""
        template = self.wording(path, prefix=prefix, value=value)
        if template is None:
            return False
        self.state(path, template, value=value)
        return True

    def state(self, path: str, template: str, *, value: Value | None = None) -> None:
        """State a fact by this template."""
        self.put(template, about=path, value=value)
        if value is None:
            self.pending.discard(path)

    def wording(self, path: str, *, prefix: str = "", value: Value | None = None) -> str | None:
        """Choose a template that states a fact and nothing that is already stated; None when there is none."""
        choice = self.world.values.get(path) if value is None else value
        sections = [f"{prefix}{path}", f"{prefix}{path}={choice}"]
        if value is not None and self.kinds[path].many > 1:
            sections = [f"{path} anders"]
        fitting = [
            t
            for section in sections
            for t in self.bank.get(section, ())
            if (self.named(t) <= {path} if value is not None else all(map(self.due, self.named(t))))
        ]
        return self.rng.choice(fitting) if fitting else None

    def distractor(self) -> str:
        """Give a sentence that states no fact."""
        if self.later and self.rng.random() < 0.15:
            self.later = False
            return self.rng.choice(self.bank["later"])
        return self.noise.pop() if self.noise else self.rng.choice(self.bank["ruis"])

    def documents(self, ids: Iterable[str]) -> tuple[Document, ...]:
        """Give the documents as written; their last line ends without blanks."""
        texts = ["".join(pieces) for pieces in self.texts]
        if self.manner.wrap:
            texts = [self._wrapped(text, number) for number, text in enumerate(texts)]
        if self.manner.lower:
            texts = [text.lower() for text in texts]
        return tuple(
            Document(id=name, text=text.rstrip(), received=self.world.received)
            for name, text in zip(ids, texts, strict=False)
        )

    def _wrapped(self, text: str, document: int) -> str:
        """Break long lines at blanks outside evidence: every character keeps its place."""
        kept = {i for mark in self.marks if mark.document == document for i in range(mark.start, mark.end)}
        letters, line, blank = list(text), 0, -1
        for i, letter in enumerate(letters):
            if letter == "\n":
                line, blank = i + 1, -1
            elif letter == " " and i > line and i not in kept:
                blank = i
            if i - line >= self.manner.wrap and blank >= 0:
                letters[blank] = "\n"
                line, blank = blank + 1, -1
        return "".join(letters)

    def gold(self, facts: type[Facts], documents: tuple[Document, ...]) -> dict[str, Fact]:
        """Give the facts that the documents state, with their evidence; copied values as they are written."""
        return {path: self._gold(path, documents) for path in facts.kinds}

    def _gold(self, path: str, documents: tuple[Document, ...]) -> Fact:
        if path in self.world.omitted:
            return Fact(path=path, state="not_stated")
        if path in self.world.second:
            return Fact(path=path, state="unsure")
        kind = self.kinds[path]
        marks = [mark for mark in self.marks if mark.path == path]
        assert marks, f"{path} should be stated but no layout or sentence stated it"
        marks = marks if kind.many > 1 else marks[:1]
        evidence = []
        for mark in marks:
            quotation = documents[mark.document].text[mark.start : mark.end]
            evidence.append(
                Evidence(
                    document=documents[mark.document].id,
                    start=mark.start,
                    end=mark.end,
                    quotation=quotation,
                    occurrences=sum(d.text.count(quotation) for d in documents),
                )
            )
        values = tuple(e.quotation if kind.copied else m.value for e, m in zip(evidence, marks, strict=True))
        return Fact(path=path, state="stated", values=values, evidence=tuple(evidence))
