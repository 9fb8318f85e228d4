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
        "cycling/biologic/00_test_01_OCV_C01.mpr",
        "cycling/biologic/00_test_02_MB_C01.mpr",
        "cycling/biologic/250116_kigr_gen6_01_01_GCPL_CD8.mpr",
        "cycling/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpr",
        "cycling/biologic/Sample_data_biologic_no_header.mpt",
        "cycling/biologic/Sample_data_biologic_timestamped.txt",
        "cycling/biologic/cp.mpr",
        "cycling/biologic/cp.mpt",
        "cycling/biologic/gcpl.issue_149.mpr",
        "cycling/biologic/gcpl.issue_149.mpt",
        "cycling/biologic/gcpl.pr_182.1.mpr",
        "cycling/biologic/gcpl.pr_182.1.mpt",
        "cycling/biologic/jdb11-1_c3_gcpl_5cycles_C09.mpr",
        "cycling/biologic/jdb11-1_e1_s3_squidTest_data_C15.mpr",
        "cycling/biologic/mb.issue_223.mpr",
        "cycling/biologic/mb.issue_223.mpt",
        "cycling/biologic/mb.issue_95.de.mpt",
        "cycling/biologic/mb.issue_95.mpr",
        "cycling/biologic/mb.issue_95.mpt",
        "cycling/biologic/ocv.mpr",
        "cycling/biologic/ocv.mpt",
        "cycling/biologic/ocv.old.mpt",
        "cycling/neware/2-1-6_61_07005012.nda",
        "cycling/neware/SINTEF_SLPBA842124HV_rate_Time_Bug.bdf.csv",
        "cycling/neware/TESTCELL0001-Test_Data_Collection_Ndc17.ndax",
        "cycling/neware/TestFile.nda",
        "cycling/neware/Unit27_Example_Data_File.ndax",
        "cycling/neware/filetype14-0.ndax",
        "cycling/neware/interp-test.csv",
        "cycling/neware/interp-test.ndax",
        "cycling/neware/navani_test.ndax",
        "cycling/neware/nda_v22.nda",
        "cycling/neware/nda_v8.nda",
        "cycling/neware/new_nda_file.nda",
        "cycling/neware/neware_uio.csv",
        "cycling/neware/nw4-120-6-1-36.ndax",
        "cycling/neware/nw_regular_export_ife_example.csv",
        "cycling/neware/scrubbed_ndc2.ndax",
        "cycling/neware/test_2.ndax",
        "cycling/other/DLR_LiLNMO_POCV_Basytec.bdf.csv",
        "cycling/other/PredictionDiagnostics_000151_test.052",
        "cycling/other/SINTEF_LiGrR2032_Landt.bdf.csv",
        "cycling/other/Tesla4680_T-cell_pOCV_data.txt",
        "cycling/other/biologic_BCS_MB_CE1_short10k.csv",
        "cycling/other/custom_data_001.csv",
        "cycling/other/maccor_test_file_4267-66-6519.041",
        "cycling/other/maccor_three.txt",
        "cycling/other/maccor_two.txt",
        "cycling/other/pec_Test25195.csv",
        "cycling/other/pec_Test25205.csv",
        "cycling/other/sample_data_basytec.txt",
        "cycling/other/sample_data_maccor.csv",
        "cycling/other/sample_data_novonix.csv",
        "bad/custom_missing_column.csv",
        "bad/custom_nan_inf.csv",
        "bad/empty.ndax",
        "bad/truncated.nda",
        "bad/truncated.ndax",
        "bad/Unit27_Example_Corrupt.ndax",
        "bad/nul_padded.csv",
        "bad/wrong_extension_is_ndax.mpr",
    }
)

# Files beside the measurements that are no measurement themselves: recognised by no reader.
COMPANIONS = frozenset(
    {
        "cycling/arbin/2017-05-09_test-TC-contact_CH33_Metadata.csv",
        "cycling/biologic/250116_kigr_gen6_01_01_GCPL_CD8.mpl",
        "cycling/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpl",
        "cycling/other/biologic_BCS_MB_CE1_short10k.mpl",
    }
)

# Files of a cycling format that are refused, with what the sentence says after the file's name.
REFUSED: dict[str, str] = {
    "bad/custom_missing_column.csv": "no column of voltage",
    "bad/custom_nan_inf.csv": "is inf",
    "bad/empty.ndax": "no records",
    "bad/truncated.nda": "damaged|cut off|incomplete",
    "bad/truncated.ndax": "damaged|cut off|incomplete",
}

# Files of `bad/` that are read, with what a warning says.
WARNED: dict[str, str] = {
    "bad/Unit27_Example_Corrupt.ndax": "auxiliary",
    "bad/nul_padded.csv": "NUL",
    "bad/wrong_extension_is_ndax.mpr": "",
}

# Where a file's number is not the one that the independent reader gave: ours, and the reason.
OURS: dict[str, dict[str, tuple[Any, str]]] = {}
