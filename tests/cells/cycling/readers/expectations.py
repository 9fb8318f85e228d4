"""What the real cycling files are expected to be: seen by other readers, and where we differ, why."""

from __future__ import annotations

from typing import Any

# Files beside the measurements that are no measurement themselves: recognised by no reader.
COMPANIONS = frozenset({"cycling/arbin/2017-05-09_test-TC-contact_CH33_Metadata.csv"})

# Files of a cycling format that are refused, with what the sentence says after the file's name.
REFUSED: dict[str, str] = {
    "cycling/biologic/250116_kigr_gen6_01_01_GCPL_CD8.mpl": r"log, .* upload 250116_kigr_gen6_01_01_GCPL_CD8\.mpr",
    "cycling/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpl": r"log, .* upload 250116_kigr_gen6_01_02_GCPL_CD8\.mpr",
    "cycling/other/biologic_BCS_MB_CE1_short10k.mpl": r"log, .* upload test_loopsnewoutput_01_MB_CE1\.mpr or its",
    "cycling/biologic/mb.issue_223.mpr": "newer than galvani can read .*export it as .mpt",
    "bad/cv_C_not_cycling.mpt": "this is Cyclic Voltammetry Advanced, not galvanostatic cycling",
    "bad/header_only.mpt": "no data rows below the header",
    "bad/truncated_gcpl.mpr": "damaged, or newer than galvani can read",
    "bad/custom_missing_column.csv": "no column of voltage",
    "bad/custom_nan_inf.csv": "voltage of record 4 .* has no value",
    "bad/empty.ndax": "no records",
    "bad/truncated.nda": "damaged|cut off|incomplete",
    "bad/truncated.ndax": "damaged or cut off",
}

# Files of `bad/` that are read, with what a warning says.
WARNED: dict[str, str] = {
    "bad/truncated_mid_line.mpt": "the last line is cut off",
    "bad/Unit27_Example_Corrupt.ndax": "auxiliary",
    "bad/nul_padded.csv": "NUL",
    "bad/wrong_extension_is_ndax.mpr": "",
}

# Where a file's number is not the one that the independent reader gave: ours, and the reason.
SET_VALUE = "yadg gives the set value of a GCPL .mpr; the current that flowed is dq/dt"
OURS: dict[str, dict[str, tuple[Any, str]]] = {
    "cycling/other/maccor_three.txt": {
        "voltage_min_V": (1.30007, "the column headed Volts holds millivolts"),
        "voltage_max_V": (3.80194, "the column headed Volts holds millivolts"),
    },
    "cycling/other/maccor_two.txt": {"rows": (213, "the last record is cut off before its voltage")},
    "cycling/arbin/2017-05-09_test-TC-contact_CH33.csv": {
        "cycles": (1, "Cycle_Index is blank in the file; one charge is one cycle"),
    },
    "cycling/neware/neware_uio.csv": {
        "first_cycle_discharge_mAh": (
            5.08628,
            "sum of three steps, 4.68031 + 0.28183 + 0.12414; there the largest",
        ),
    },
    "cycling/neware/nw_regular_export_ife_example.csv": {
        "steps": (81, "the Step Number of the last step; the first stands on the line of its cycle"),
    },
    "cycling/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpr": {"current_max": (1.20803, SET_VALUE + ", see navani")},
    "cycling/biologic/gcpl.pr_182.1.mpr": {"current_min": (-0.250054, SET_VALUE + ", see the .mpt")},
    "cycling/biologic/jdb11-1_e1_s3_squidTest_data_C15.mpr": {"current_max": (0.0100186, SET_VALUE + ", see navani")},
}
