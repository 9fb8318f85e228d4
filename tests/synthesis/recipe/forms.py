"""What a browser sends for the reference study's recipes."""

from __future__ import annotations

from typing import Any

from synthesis.recipe.editor import Draft

TARGET = "LiNi0.83Co0.11Mn0.06O2"


def form_of(draft: Draft) -> dict[str, str]:
    """The fields of the rows, by name."""
    told: dict[str, str] = {}
    for n, row in enumerate(draft.components):
        told |= {f"component-{n}-{name}": text for name, text in row.values.items()}
    for n, step in enumerate(draft.steps):
        told |= {f"step-{n}-kind": step.kind} | {f"step-{n}-{name}": text for name, text in step.values.items()}
        for m, segment in enumerate(step.segments):
            told |= {f"step-{n}-segment-{m}-{name}": text for name, text in segment.values.items()}
    return told


def typed(project, chemicals, **changes: Any) -> dict[str, Any]:
    """GP-NCM as one enters it from scratch: the chemicals, their ratios and the code; the process is there."""
    told: dict[str, Any] = {
        **form_of(Draft.from_scratch()),
        "project": project.pk,
        "code": "GP-NCM",
        "control_of": "",
        "description": "",
        "composition": TARGET,
        "warn_deviation": "0.5",
        "fail_deviation": "2",
        "expected_yield": "95",
        "note": "",
    }
    for n, (key, ratio) in enumerate((("precursor", "1"), ("lithium", "1.05"), ("flux", "0.1"))):
        told |= {f"component-{n}-chemical": chemicals[key].pk, f"component-{n}-ratio": ratio}
    return told | changes
