"""Documentation that names things of the program names all of them, and no others."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
VARIABLE = re.compile(r"\bLABDB_[A-Z0-9_]+\b")


def variables_read() -> set[str]:
    sources = [ROOT / "labdb" / "settings.py", ROOT / "labdb" / "management" / "commands" / "up.py"]
    quoted = re.compile(r'"(LABDB_[A-Z0-9_]+)"')
    return {name for source in sources for name in quoted.findall(source.read_text(encoding="utf-8"))}


def test_every_environment_variable_is_documented_and_no_other():
    documented = set(VARIABLE.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))

    assert documented - {"LABDB_REAL_DATA"} == variables_read()


def test_every_reader_is_documented_and_no_other():
    from labdb.ingest.installed import techniques

    documented = re.findall(
        r"^\| `([a-z0-9-]+)` \|", (ROOT / "docs" / "formats.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert sorted(documented) == sorted(reader.name for of in techniques() for reader in of.readers)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (document.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_that_documents_name_exist(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|=\S+ )make ([a-z]+)\b", document.read_text(encoding="utf-8"), re.MULTILINE))

    assert {target for target in named if f"\n{target}:" not in makefile} == set()


def test_the_lock_holds_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {"base.txt": project["project"]["dependencies"], "dev.txt": project["dependency-groups"]["dev"]}

    for lock, requirements in wanted.items():
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))
        assert {re.match(r"[A-Za-z0-9-]+", each)[0].lower() for each in requirements} <= locked, f"{lock}: make lock"
