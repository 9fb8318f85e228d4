"""What the real cycling files are expected to be: seen by other readers, and where we differ, why.

`PENDING` holds files whose reader does not exist yet; it must be empty.
"""

from __future__ import annotations

from typing import Any

PENDING: frozenset[str] = frozenset(
    {
        "cycling/arbin/20160805_test001_45_cc_01.res",
        "cycling/arbin/2017-05-09_test-TC-contact_CH33.csv",
        "cycling/arbin/arbin_example.res",
        "cycling/arbin/bs542_Channel_11.xlsx",
        "cycling/arbin/sample_data_arbin.csv",
        "cycling/neware/SINTEF_SLPBA842124HV_rate_Time_Bug.bdf.csv",
        "cycling/neware/interp-test.csv",
        "cycling/neware/neware_uio.csv",
        "cycling/neware/nw_regular_export_ife_example.csv",
        "cycling/other/DLR_LiLNMO_POCV_Basytec.bdf.csv",
        "cycling/other/SINTEF_LiGrR2032_Landt.bdf.csv",
        "cycling/other/custom_data_001.csv",
        "bad/custom_missing_column.csv",
        "bad/custom_nan_inf.csv",
        "bad/nul_padded.csv",
    }
)

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
    "bad/custom_nan_inf.csv": "is inf",
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
    "cycling/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpr": {"current_max": (1.20803, SET_VALUE + ", see navani")},
    "cycling/biologic/gcpl.pr_182.1.mpr": {"current_min": (-0.250054, SET_VALUE + ", see the .mpt")},
    "cycling/biologic/jdb11-1_e1_s3_squidTest_data_C15.mpr": {"current_max": (0.0100186, SET_VALUE + ", see navani")},
}
