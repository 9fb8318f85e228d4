"""Cycling tests and the cycles that their runs found."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.urls import reverse

from cells.assembly.models import Cell
from cells.cycling.table import CYCLE_KINDS
from labdb.accounts.models import Project, ProjectQuerySet
from labdb.provenance.models import AnalysisRun, Measurement


class CyclingTestQuerySet(ProjectQuerySet):
    def without_protocol(self) -> Self:
        """Those of which labdb could not tell what they were for, and nobody has said it.

        Either some cycles are of no kind that it knows, or 1 C is not known though the mass is; a cell without a mass
        waits for that first.
        """
        cycles = CycleRow.objects.filter(run=models.OuterRef("current_run"))
        untold = cycles.filter(kind="other")
        without_rate = cycles.exclude(kind="rest").filter(charge_c_rate=None, discharge_c_rate=None)
        nobody_said = ~models.Q(parameters__has_any_keys=["cycle_kinds", "step_kinds"])
        return self.filter(
            (models.Q(models.Exists(untold)) & nobody_said)
            | (models.Q(models.Exists(without_rate)) & models.Q(cell__active_mass_mg__isnull=False))
        )


class CyclingTest(Measurement):
    """A cell on a cycler, from one file or from several after restarts."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="cycling_tests")

    objects: ClassVar = CyclingTestQuerySet.as_manager()

    def get_absolute_url(self) -> str:
        return reverse("cycling-test", args=[self.pk])


class CycleRow(models.Model):
    """One cycle of one run: the row of `cells.cycling.table.CYCLES`, with its names and units."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="cycles")
    cycle_count = models.IntegerField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in CYCLE_KINDS])
    ageing_index = models.IntegerField(null=True)
    start_time_second = models.FloatField()
    duration_second = models.FloatField()
    charge_c_rate = models.FloatField(null=True)
    discharge_c_rate = models.FloatField(null=True)
    charge_capacity_mah = models.FloatField(null=True)
    discharge_capacity_mah = models.FloatField(null=True)
    charge_capacity_mah_per_g = models.FloatField(null=True)
    discharge_capacity_mah_per_g = models.FloatField(null=True)
    coulombic_efficiency = models.FloatField(null=True)
    charge_energy_mwh = models.FloatField(null=True)
    discharge_energy_mwh = models.FloatField(null=True)
    specific_energy_wh_per_kg = models.FloatField(null=True)
    energy_efficiency = models.FloatField(null=True)
    mean_charge_voltage_volt = models.FloatField(null=True)
    mean_discharge_voltage_volt = models.FloatField(null=True)
    end_of_charge_voltage_volt = models.FloatField(null=True)
    end_of_discharge_voltage_volt = models.FloatField(null=True)
    capacity_retention = models.FloatField(null=True)
    complete = models.BooleanField()

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["run", "cycle_count"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "cycle_count"], name="cycle_once_a_run")]
        indexes: ClassVar = [models.Index(fields=["project", "id"])]

    def __str__(self) -> str:
        return f"cycle {self.cycle_count} of {self.run}"
