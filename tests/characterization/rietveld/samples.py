"""Outputs of FullProf and TOPAS in the layouts that their manuals describe, with numbers of a layered oxide.

No output of either program is at hand that may be kept here: these are written by us.
"""

from __future__ import annotations

from pathlib import Path

FULLPROF = """ **********************************************************
 ** PROGRAM FullProf.2k (Version 7.95 - Jan2023-ILL JRC) **
 **********************************************************
            Rietveld, Profile Matching & Integrated Intensity
             Refinement of X-ray and/or Neutron Data

  => PCR file code: ncm
  => DAT file code: ncm.dat            -> Relative contribution: 1.0000
  => Title: NCM83

 ==> CONDITIONS OF THIS RUN FOR PATTERN No.:  1

  => Global Refinement of X-ray powder diffraction data

 ==> RESULTS OF REFINEMENT:

  => No. of fitted parameters:   22

------------------------------------------------------------------------------
  => Phase No.  1 NCM83 layered                                        R -3 m
------------------------------------------------------------------------------

  => No. of reflections for pattern#:  1:    54/2

 ==> ATOM PARAMETERS:

 Name      x     sx       y     sy       z     sz      B   sB   occ. socc.  Mult
  Li1   0.00000(  0)  0.00000(  0)  0.00000(  0)  0.900( 12)   0.082{li}(  7)    3
  Ni1   0.00000(  0)  0.00000(  0)  0.00000(  0)  0.900( 12)   0.001225({sd})    3
  Ni2   0.00000(  0)  0.00000(  0)  0.50000(  0)  0.320( 10)   0.067942(  7)    3
  Co2   0.00000(  0)  0.00000(  0)  0.50000(  0)  0.320( 10)   0.009167(  0)    3
  O1    0.00000(  0)  0.00000(  0)  0.24150( 21)  0.700( 20)   0.166667(  0)    6

 ==> PROFILE PARAMETERS FOR PATTERN#  1

  => Cell parameters      :
                                   2.87321     0.00003
                                   2.87321     0.00003
                                  14.19053     0.00024
                                  90.00000     0.00000
                                  90.00000     0.00000
                                 120.00000     0.00000

  => overall scale factor :        0.001485     0.000004

 ==> RELIABILITY FACTORS WITH ALL NON-EXCLUDED POINTS FOR PATTERN:  1

  => Cycle: 10 => MaxCycle: 10
  => N-P+C:  6071
  => R-factors (not corrected for background) for Pattern:  1
  => Rp: 1.69     Rwp: 2.35     Rexp:    1.62  Chi2:  2.10     L.S. refinement
  => Conventional Rietveld R-factors for Pattern:  1
  => Rp: 8.01     Rwp: 8.78     Rexp:    6.06  Chi2:  2.10

 ==> RELIABILITY FACTORS FOR POINTS WITH BRAGG CONTRIBUTIONS FOR PATTERN:  1

  => N-P+C:  4719
  => R-factors (not corrected for background) for Pattern:  1
  => Rp: 1.71     Rwp: 2.37     Rexp:    1.63  Chi2:  2.11     L.S. refinement

  => Global user-weigthed Chi2 (Bragg contrib.):   2.11

  ----------------------------------------------------
 BRAGG R-Factors and weight fractions for Pattern #  1
  ----------------------------------------------------

  => Phase:  1      NCM83 layered
   => Bragg R-factor:   3.27       Vol:  101.453( 0.002)  Fract(%):  100.00( 0.35)
   => Rf-factor= 2.25              ATZ:          293.044   Brindley:  1.0000
"""

TOPAS = """' SIMULATED refinement, layout of TOPAS
r_exp  1.62 r_exp_dash  6.06 r_wp  2.35 r_wp_dash  8.78 r_p  1.69 r_p_dash  8.01 weighted_Durbin_Watson  0.98 gof  1.451
iters 100000
do_errors
xdd "ncm.xy"
   bkg @  1068.965`_1.027 -158.883`_1.764  61.295`_1.623
   LP_Factor( 26.4)
   Zero_Error(@, 0.0123`_0.0004)
   lam ymin_on_ymax 0.001 la 1 lo 1.5405929 lh 0.5
   str
      phase_name "NCM83"
      r_bragg  3.27
      MVW( 289.123, 101.453`_0.002, 97.250`_0.350)
      space_group "R-3m"
      scale @  0.0012`_1.2e-6
      Trigonal(@  2.873210`_0.000030,@  14.190530`_0.000240)
      /* lithium site, with nickel on it */
      site Li1 num_posns 3 x 0 y 0 z 0 occ Li+1  =1-nil;:0.98530`_0.00080 beq @ 0.9`_0.1
                                       occ Ni+2 nil {tick} beq @ 0.9`_0.1
      site Ni2 num_posns 3 x 0 y 0 z =1/2; occ Ni+3 =0.83-nil;:0.81530`_0.00080 beq bm 0.32`_0.01
                                           occ Co+3 0.11 beq bm 0.32`_0.01 occ Mn+4 0.06 beq bm 0.32`_0.01
      site O1 num_posns 6 x 0 y 0 z @ 0.24150`_0.00021 occ O-2 1 beq @ 0.7`_0.02
   str
      phase_name "Li2CO3"
      r_bragg  6.12
      MVW( 295.56, 233.4`_0.3, 2.750`_0.350)
      space_group C2/c
      a @  8.359`_0.004
      b @  4.973`_0.002
      c @  6.197`_0.003
      be @  114.8`_0.04
      site Li1 x 0.2 y 0.44 z 0.83 occ Li+1 1 beq 1
"""


def fullprof(path: Path, sd: str = "  7") -> Path:
    """`sd`: the uncertainty of nickel on lithium's site; "  0" for one that was not refined."""
    text = FULLPROF.replace("0.082{li}(  7)", "0.082108(  7)" if sd != "  0" else "0.082108(  0)")
    path.write_text(text.replace("({sd})", f"({sd})"), encoding="utf-8")
    return path


def topas(path: Path, nickel: str = "0.01470`_0.00080") -> Path:
    path.write_text(TOPAS.replace("{tick}", nickel), encoding="utf-8")
    return path
