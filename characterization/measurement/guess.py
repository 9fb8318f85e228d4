"""What a file is of, guessed from its name, its folder, or what it says of its sample. Pure.

A code counts as a whole word, in any case and with any separator or none: `gp-ncm_b1_w2.xy` names GP-NCM-B1, and its
sample W2. Between two digits a separator stays: `B1_1` is not B11. What is covered by a longer match does not count,
`GP-NCM` in `GP-NCM-B1`; two matches of which neither covers the other are a question for a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

WORD = re.compile(r"[^\W_]+")
SUFFIX = re.compile(r"\.(?=[^.]*[^\W\d_])[^\W_]{1,8}$")

# Stage of a sample → the letter of its codes, and the words that name it in file names.
STAGES = {
    "mixed": ("m", ("mixed", "mix")),
    "as_sintered": ("as", ("assintered", "sintered")),
    "washed": ("w", ("washed", "wash")),
    "reannealed": ("ra", ("reannealed", "reanneal", "annealed")),
    "final": ("f", ("final",)),
    "sub_lot": ("s", ("sublot",)),
    "retained": ("r", ("retained", "retain")),
}
# Stages that a name says on purpose; "final" is said of the batch itself, too.
SAID_ON_PURPOSE = ("mixed", "as_sintered", "washed", "reannealed", "sub_lot")
MOST_REPEATS = 20
# Fewer letters, without the code of their batch, say nothing: there is a W2 in many a name.
LEAST_OF_A_SAMPLE = 4
CYCLES = re.compile(
    r"(?:(?<!\d)(\d{1,6})(?:st|nd|rd|th)?[ _.-]*)?cyc(?:le[sd]?)?(?:[ _.-]*(\d{1,6})(?!\d))?", re.IGNORECASE
)


@dataclass(frozen=True)
class Known:
    """Something that a name may mean.

    Attributes:
        kind: "batch", "sample" or "cell".
        pk: its id.
        batch: id of the batch that it is of, a batch's own; None of a cell of no batch.
        stage, stage_number: of a sample.
        words: for a person, "GP-NCM-B1-W2, washed 2".
    """

    kind: str
    pk: int
    code: str
    batch: int | None = None
    stage: str = ""
    stage_number: int = 1
    words: str = ""

    def __str__(self) -> str:
        return self.words or self.code


@dataclass(frozen=True)
class Guess:
    """What a name fits, the best first; sure if it is one."""

    fits: tuple[Known, ...] = ()

    @property
    def sure(self) -> Known | None:
        return self.fits[0] if len(self.fits) == 1 else None


@dataclass(frozen=True)
class Code:
    """A text without its separators.

    Attributes:
        letters: letters and digits, in lower case.
        breaks: where a separator was.
    """

    letters: str
    breaks: frozenset[int]

    @staticmethod
    @lru_cache(maxsize=65_536)  # a folder of files is held to the same codes
    def of(text: str) -> Code:
        words = WORD.findall(unicodedata.normalize("NFKC", text).lower())
        ends, at = [], 0
        for word in words[:-1]:
            at += len(word)
            ends.append(at)
        return Code("".join(words), frozenset(ends))

    @property
    def telling(self) -> bool:
        """A single letter, or a short number, is in too many names to mean anything."""
        return len(self.letters) >= 5 or (len(self.letters) >= 2 and not self.letters.isdigit())


class Name:
    """A name in which codes are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = Code.of(text)
        self.edges = [0, *sorted(self.code.breaks), len(self.code.letters)]

    @cached_property
    def runs(self) -> dict[str, list[int]]:
        """Every run of whole words, joined → where it begins."""
        found: dict[str, list[int]] = {}
        for number, start in enumerate(self.edges):
            for end in self.edges[number + 1 :]:
                found.setdefault(self.code.letters[start:end], []).append(start)
        return found

    def covered(self, code: Code) -> frozenset[int]:
        """The places that a code takes in the name; none where it is not in it."""
        places: set[int] = set()
        for start in self.runs.get(code.letters, ()) if code.letters else ():
            end = start + len(code.letters)
            here = {at - start for at in self.code.breaks if start < at < end}
            joined_digits = any(
                code.letters[at - 1].isdigit() and code.letters[at].isdigit() for at in here ^ code.breaks
            )
            if not joined_digits:
                places.update(range(start, end))
        return frozenset(places)

    def stage(self, stage: str, number: int) -> frozenset[int]:
        """The places where the name says a stage: "w2", "washed 2", "2x washed"; of the first "washed" as well."""
        letter, words = STAGES.get(stage, ("", ()))
        places: set[int] = set()
        for word in (letter, *words) if letter else ():
            places |= self.covered(Code(f"{word}{number}", frozenset({len(word)})))
        for word in words:
            for times in (f"{number}x", f"{number}{_ordinal(number)}"):
                places |= self.covered(Code(f"{times}{word}", frozenset({len(times)})))
            if number == 1 and stage != "sub_lot":
                places |= self._bare(word)
        return frozenset(places)

    def _bare(self, word: str) -> frozenset[int]:
        """The places of a word that no number stands beside; a date, or any longer number, is no number of it."""
        places: set[int] = set()
        for start in self.runs.get(word, ()):
            end = start + len(word)
            before = self._word(end=start)
            after = self._word(start=end)
            if not (re.fullmatch(r"\d{1,2}", after) or re.fullmatch(r"\d{1,2}(x|st|nd|rd|th)", before)):
                places.update(range(start, end))
        return frozenset(places)

    def _word(self, *, start: int | None = None, end: int | None = None) -> str:
        """The word that begins, or that ends, at a place."""
        if start is not None:
            ends = [edge for edge in self.edges if edge > start]
            return self.code.letters[start : ends[0]] if ends else ""
        starts = [edge for edge in self.edges if edge < (end or 0)]
        return self.code.letters[starts[-1] : end] if starts else ""


def guess(name: str, known: Iterable[Known], folder: str = "") -> Guess:
    """What a file is of.

    Args:
        name: of the file, with or without its extension.
        known: what it may be of.
        folder: in which it lay, "GP-NCM-B1/XRD"; a code that only the folder names counts as well.
    """
    offered = tuple(known)
    bare = SUFFIX.sub("", name)
    whole = fits(f"{folder}/{bare}" if folder else bare, offered)
    if len(whole) > 1 and folder:
        # A folder that compares several holds files of one each; a folder of another batch is a contradiction.
        named, beside = fits(bare, offered), fits(folder, offered)
        if len(named) == 1 and named[0] in beside and named[0] in whole:
            return Guess(named)
    return Guess(whole)


def narrowed(by_name: Guess, by_content: Guess) -> Guess:
    """A guess by the name, and one by what the file says of its sample: the name rules where it is sure."""
    if not by_name.fits:
        return by_content
    both = tuple(one for one in by_name.fits if one in by_content.fits)
    return Guess(both) if by_name.sure is None and both else by_name


def fits(text: str, known: Sequence[Known]) -> tuple[Known, ...]:
    """What a text names, the longest match first; one that another covers is left out."""
    name = Name(text)
    found: list[tuple[frozenset[int], Known]] = []
    batches: dict[int, frozenset[int]] = {}
    for one in known:
        code = Code.of(one.code)
        if one.kind == "batch" and code.telling and (covered := name.covered(code)):
            batches[one.pk] = covered
            found.append((covered, one))
    for one in known:
        if one.kind != "batch":
            of_batch = batches.get(one.batch or 0, frozenset())
            if covered := _covered(name, one, of_batch):
                found.append((covered, one))
    longest = [(places, one) for places, one in found if not any(_in(places, one, *other) for other in found)]
    return tuple(one for _, one in sorted(longest, key=lambda match: (-len(match[0]), match[1].code, match[1].pk)))


def _in(places: frozenset[int], one: Known, longer: frozenset[int], other: Known) -> bool:
    """Whether a match is but a part of another one, by its places or by its code: GP-NCM in GP-NCM-B1."""
    if places < longer:
        return True
    if one.kind == "sample" and one.batch != other.batch:
        return False  # its code alone is not what it was found by
    code, longer_code = Code.of(one.code), Code.of(other.code)
    return len(code.letters) < len(longer_code.letters) and bool(Name(other.code).covered(code))


def _covered(name: Name, one: Known, of_batch: frozenset[int]) -> frozenset[int]:
    """The places that speak for a sample or a cell, those of its batch among them; none where it is not named."""
    code = Code.of(one.code)
    own = name.covered(code)
    if of_batch:
        stage = name.stage(one.stage, one.stage_number) if one.kind == "sample" else frozenset[int]()
        stage = stage if not stage & of_batch else frozenset()
        together = of_batch | own | stage
        return together if together > of_batch else frozenset()
    enough = code.telling and (one.kind != "sample" or len(code.letters) >= LEAST_OF_A_SAMPLE)
    return own if enough else frozenset()


def stage_said(text: str) -> tuple[str, int] | None:
    """The stage that a name says on purpose, and its number: ("washed", 2)."""
    name = Name(SUFFIX.sub("", text))
    for stage in SAID_ON_PURPOSE:
        for number in range(1, MOST_REPEATS + 1):
            if name.stage(stage, number):
                return stage, number
    return None


def cycles_said(text: str, code: str = "") -> int | None:
    """After how many cycles a cell was opened: "after 100 cycles", "cycle 100"; None where a name does not say it, or
    stands it between two numbers, "100 cyc 01".

    Args:
        code: of the cell, whose number is none of cycles.
    """
    bare = re.sub(re.escape(code), " ", text, flags=re.IGNORECASE) if code else text
    said = [(before, after) for before, after in CYCLES.findall(bare) if before or after]
    if len(said) != 1 or all(said[0]):
        return None
    return int(said[0][0] or said[0][1])


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
