/// What is to be said of the mine in `SiteReportTests`, 90 columns wide.
let threePlaces = """
    MINE test: Test mine
      as of            2026-11-23, a day in UTC
      gas class        outburst
      licensed output  210,000 t/yr
      limit table      small: China, A small table, edition 2025
      policy           province: Rules of the province
      districts        D1 District 1
      escalation       Li Ming (dispatcher, ext. 110), Zhang Wei (gas-inspector), Chen Jun
                       (chief-engineer, login chen)
      may release      Chen Jun
      records          journal kept for 731 days, raw readings for 92
      language         en
      fingerprint      f00d

    STANDING HALT: the licensed output of 210,000 t/yr is below the 300,000 t/yr that province
      asks for. This mine shall not produce, whatever its sensors say. Basis: [1]

    SENSORS by place, and what they are judged by
      SENSOR         ROLE          ALARM     CUT  REPOWER  EVERY        RANGE  BASIS
    P1 longwall number 1 (longwall; district D1; air goes to P2)
      P1-T1          T1           >=1.00  >=1.50    <1.00     1s  0..100 %CH4  [2]
      P1-feed-power  feed-power        -       -        -     1s        state  -
    P2 heading number 2 (heading; district D1; production by P2-header)
      P2-T1          T1          *>=0.80  >=1.50   *<0.80     1s  0..100 %CH4  [2]
      P2-T2          T2           >=1.00  >=1.00    <1.00     1s  0..100 %CH4  [3]
      P2-feed-power  feed-power        -       -        -     1s        state  -
    P3 district-return number 3 (district-return; district D1)
      P3-methane     methane           -       -        -     1s  0..100 %CH4  -

    COVERAGE by small: 3 of 9 sensors that the law asks for are missing, 1 of them accepted
      accepted  P1  return-t2: return of the face (methane T2) [4] secondary copy
                    by Chen Jun until 2026-12-31: on order, and a portable one is carried
                    there in every shift until then
      MISSING   P2  heading-t3: in front of the local fan (methane T3) [5] secondary copy
      EXPIRED   P3  feed: power behind the switch, so that a halt can be seen to have happened
                    (feed-power) [6] secondary copy
                    acceptance by Chen Jun ended on 2026-10-31, so it is missing again: on
                    order
      needless  P2 feed: accepted by Chen Jun, but it is no gap; take it out of the file

    ATTENTION
      - no evidence of whether work goes on: P1

    BASIS
      [1]  Notice of the province, edition 2019-12-18, item 1
      [2]  Coal Mine Safety Regulations, edition 2025, table, face
      [3]  Coal Mine Safety Regulations, edition 2025, table, return
      [4]  Coal Mine Safety Regulations, edition 2025, where sensors stand, return-t2 -- read
           in a secondary copy, not in the instrument
      [5]  Coal Mine Safety Regulations, edition 2025, where sensors stand, heading-t3 -- read
           in a secondary copy, not in the instrument
      [6]  Coal Mine Safety Regulations, edition 2025, where sensors stand, feed -- read in a
           secondary copy, not in the instrument
      *    the site's own limit, stricter than that of the law

    STANDING HALT; 3 places, 6 sensors; 3 of 9 sensors that the law asks for are missing, 1 of
      them accepted; 1 concern needs attention

    """
