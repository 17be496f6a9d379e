#!/usr/bin/env python3
"""Writes the three sample mines of Chinese gas classes, each as a site file of its own.

The mines, their people and their dates are invented; layout and codes are such as real mines have.

Usage: Deploy/samples/compose.py [--check]
    --check   only say whether the files are as they would be written
"""
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent


class Mine:
    """A mine while it is put together: the lines of its places and sensors."""

    def __init__(self, gas_class):
        self.gas_class = gas_class
        self.has_much_gas = gas_class != "low"
        self.places, self.sensors, self.gaps = [], [], []
        self.stations = 0

    def place(self, code, name, kind, district=None, ventilates=None, production=()):
        text = f"id: {code}, name: {name}, kind: {kind}"
        text += f", district: {district}" if district else ""
        text += f", ventilates: [{ventilates}]" if ventilates else ""
        text += f", production: [{', '.join(production)}]" if production else ""
        self.places.append(f"  - {{{text}}}")
        self.sensors.append(f"\n  # {name}")
        self.code, self.stations = code, self.stations + 1

    def sensor(self, suffix, text, interval="5s"):
        line = f"id: {self.code}-{suffix}, place: {self.code}, {text}, interval: {interval}"
        self.sensors.append(f"  - {{{line}, gateway: F{self.stations:02}}}")

    def methane(self, suffix, role, extra=""):
        """Catalytic heads suffice in a low-gas mine; where outbursts threaten they would be poisoned."""
        head = {
            "low": "type: catalytic, range: [0, 4]",
            "high": "type: high-low, range: [0, 40]",
            "outburst": "type: laser, range: [0, 100]",
        }[self.gas_class]
        due = 1 + len(self.sensors) % 8
        self.sensor(suffix, f"role: {role}, {head}, resolution: 0.01{extra}, "
                            f"calibration-due: 2026-12-{due:02}", "2s")

    def air(self, *kinds):
        """Carbon monoxide, temperature and air velocity."""
        for kind in kinds:
            self.sensor(kind, {
                "CO": "quantity: carbon-monoxide, type: electrochemical, range: [0, 1000], "
                      "resolution: 1, limits: {alarm: 24}",
                "T": "quantity: temperature, range: [0, 100], resolution: 0.1, limits: {alarm: 30}",
                "V": "quantity: air-velocity, range: [0, 15], resolution: 0.1",
            }[kind])

    def states(self, quantity, *suffixes, extra="type: contact"):
        for suffix in suffixes:
            self.sensor(suffix, f"quantity: {quantity}, {extra}", "2s")

    def text(self, head, districts):
        lines = [head.rstrip(), "", "districts:"]
        lines += [f"  - {{id: {code}, name: {name}}}" for code, name in districts]
        lines += ["", "places:", *self.places, "", "sensors:"]
        lines += "\n".join(self.sensors).strip("\n").split("\n")
        if self.gaps:
            lines += ["", "accepted-gaps:", *self.gaps]
        return "\n".join(lines) + "\n"


def longwall(mine, code, district):
    mine.place(code, f"Longwall {code}", "longwall", district, f"R{district}", [f"{code}-P"])
    mine.methane("T0", "T0")
    mine.methane("T1", "T1")
    mine.methane("T2", "T2")
    mine.methane("M", "machine")
    if mine.has_much_gas:
        mine.methane("TM", "midpoint")
        # The company's own rule, stricter than the table.
        mine.methane("T2B", "T2", ", limits: {alarm: 0.8, cut: 0.8, repower: 0.8}")
    if mine.gas_class == "outburst":
        mine.methane("T3", "T3")
        mine.methane("T3B", "T3")
        mine.states("cut-command", "C2")
        mine.states("door-open", "D1", "D2")
    mine.air("CO", "T", "V")
    mine.states("feed-power", "K1", "K2", "K3")
    mine.states("cut-command", "C1")
    mine.states("production", "P", extra="unit: A, on-at: 35, range: [0, 600]")
    if mine.has_much_gas:
        mine.sensor("DP", "quantity: drainage-pressure, unit: kPa, range: [-100, 0], resolution: 0.1")


def heading(mine, code, name, district):
    mine.place(code, name, "heading", district, f"R{district}", [f"{code}-P"])
    mine.methane("T1", "T1")
    mine.methane("T2", "T2")
    if mine.has_much_gas:
        mine.methane("TM", "midpoint")
        mine.methane("M", "machine")
    mine.air("CO", "T", "V")
    # Two fans with a supply each where the law asks for it, otherwise one.
    mine.states("fan-running", *(["J1", "J2"] if mine.has_much_gas else ["J1"]))
    mine.states("duct-flow", "FT")
    mine.states("feed-power", *(["K1", "K2"] if mine.has_much_gas else ["K1"]))
    mine.states("cut-command", "C1")
    mine.states("production", "P", extra="unit: A, on-at: 20, range: [0, 400]")
    if mine.gas_class == "outburst":
        mine.methane("T2B", "T2")
        mine.states("duct-flow", "FT2")
        mine.states("cut-command", "C2")
        mine.states("door-open", "D1", "D2")
        mine.sensor("DP", "quantity: drainage-pressure, unit: kPa, range: [-100, 0], resolution: 0.1")


def returns(mine, districts, wings=()):
    for district, name in districts:
        mine.place(f"R{district}", f"Return of {name}", "district-return", district, "MR")
        mine.methane("M1", "district-return")
        if mine.has_much_gas:
            mine.methane("M2", "district-return")
        mine.air("CO", "T", "V")
        mine.states("feed-power", "K1")
        mine.states("door-open", "D1", "D2")
    for code, name in wings:
        mine.place(code, name, "main-return", None, "MR")
        mine.methane("M1", "main-return")
        mine.methane("M2", "main-return")
        mine.air("CO", "V")
        mine.states("door-open", "D1")
    mine.place("MR", "Main return", "main-return")
    mine.methane("M1", "main-return")
    if mine.gas_class == "outburst":
        mine.methane("M2", "main-return")
    mine.air("CO", "T", "V")
    mine.sensor("B", "quantity: barometric-pressure, unit: kPa, range: [60, 120], resolution: 0.01")
    mine.states("door-open", "D1", "D2")


def chambers(mine, *chambers):
    for code, name, district in chambers:
        mine.place(code, name, "chamber", district)
        mine.methane("M1", "chamber")
        mine.air("T", "CO") if mine.has_much_gas else mine.air("T")
        mine.states("feed-power", "K1")


def bunkers(mine, *bunkers):
    for code, name in bunkers:
        mine.place(code, name, "bunker")
        mine.methane("M1", "bunker")
        mine.air("CO", "T")
        mine.states("feed-power", "K1")


def drainage(mine, pumps):
    mine.place("DS", "Drainage pump station", "drainage-station")
    for number in range(1, pumps + 1):
        mine.methane(f"M{number}", "pump-room")
        mine.states("drainage-pump", f"P{number}", extra="unit: A, on-at: 12, range: [0, 300]")
        mine.sensor(f"DP{number}",
                    "quantity: drainage-pressure, unit: kPa, range: [-100, 0], resolution: 0.1")
    mine.air("T")


def haulage(mine, *roads):
    for code, name, district in roads:
        mine.place(code, name, "haulage", district)
        mine.methane("M1", "machine")
        mine.air("CO", "T", "V")
        mine.states("feed-power", "K1")


def intakes(mine, *intakes):
    for code, name, district, ventilates in intakes:
        mine.place(code, name, "intake", district, ventilates)
        mine.air("V", "T", "CO") if mine.gas_class == "outburst" else mine.air("V", "T")


def head(code, name, gas_class, output, remark):
    # Where much gas is drained: Order 774, Art. 36 (4).
    drainage = "" if gas_class == "low" else ", drainage: required"
    return f"""# {remark}
# Written by compose.py beside this file; each key is described in README.md.
mine: {{code: {code}, name: {name}, gas-class: {gas_class}, licensed-output: {output}{drainage}}}
limit-table: cn-2025
policy: guizhou-2019

people:
  - {{name: Wang Lei, duty: dispatcher, contact: ext. 8110, login: console}}
  - {{name: Zhao Qiang, duty: gas-inspector, contact: ext. 8121, login: console}}
  - {{name: Chen Jun, duty: chief-engineer, contact: ext. 8002, login: chenjun}}
  - {{name: Liu Yang, duty: gas-team, contact: ext. 8130}}
  - {{name: Sun Wei, duty: mine-manager, contact: ext. 8001}}
"""


def low():
    mine = Mine("low")
    districts = [("21", "district 21")]
    intakes(mine, ("MI", "Main intake", None, "2103, 2105H"))
    longwall(mine, "2103", "21")
    heading(mine, "2105H", "Return heading of 2105", "21")
    returns(mine, districts)
    chambers(mine, ("SUB", "Central substation", None))
    bunkers(mine, ("BK", "Main bunker"))
    return mine.text(head("qingshan", "Qingshan mine", "low", 600000,
                          "A low-gas mine: one longwall, one heading."), districts)


def high():
    mine = Mine("high")
    districts = [("15", "district 15"), ("16", "district 16")]
    intakes(mine, ("MI", "Main intake", None, "1502, 1504H, 1601H"))
    longwall(mine, "1502", "15")
    heading(mine, "1504H", "Return heading of 1504", "15")
    heading(mine, "1601H", "Haulage heading of 1601", "16")
    returns(mine, districts)
    chambers(mine, ("SUB", "Central substation", None), ("SUB15", "Substation of district 15", "15"),
             ("PH", "Main pump house", None))
    bunkers(mine, ("BK", "Main bunker"))
    drainage(mine, 2)
    # The heading has only begun: a gap in the coverage, accepted by name and for a time.
    mine.sensors = [line for line in mine.sensors if "1601H-TM" not in line]
    mine.gaps.append("  - requirement: heading-midpoint\n    place: 1601H\n"
                     "    accepted-by: Chen Jun, chief engineer\n"
                     "    reason: the heading is 60 m long; its mid-point is set up at 200 m\n"
                     "    until: 2027-03-31")
    return mine.text(head("longtan", "Longtan mine", "high", 900000,
                          "A high-gas mine: one longwall, two headings, gas drainage."), districts)


def outburst():
    mine = Mine("outburst")
    districts = [("11", "district 11"), ("12", "district 12")]
    intakes(mine, ("MI", "Main intake", None, "MI11, MI12"),
            ("MI11", "Intake of district 11", "11", "11203, 11205Y"),
            ("MI12", "Intake of district 12", "12", "12106, 12108H, 12110S"))
    longwall(mine, "11203", "11")
    longwall(mine, "12106", "12")
    heading(mine, "11205Y", "Haulage heading of 11205", "11")
    heading(mine, "12108H", "Return heading of 12108", "12")
    heading(mine, "12110S", "Cross-cut 12110", "12")
    returns(mine, districts, [("WE", "Return of the east wing"), ("WW", "Return of the west wing")])
    chambers(mine, ("SUB", "Central substation", None), ("SUB11", "Substation of district 11", "11"),
             ("SUB12", "Substation of district 12", "12"), ("PH", "Main pump house", None),
             ("RC11", "Refuge of district 11", "11"), ("RC12", "Refuge of district 12", "12"))
    bunkers(mine, ("BK1", "Bunker of district 11"), ("BK2", "Main bunker"))
    drainage(mine, 3)
    haulage(mine, ("HR11", "Haulage road of district 11", "11"),
            ("HR12", "Haulage road of district 12", "12"), ("HRM", "Main haulage road", None))
    return mine.text(head("wujiang", "Wujiang mine", "outburst", 1200000,
                          "A coal and gas outburst mine with 200 sensors."), districts)


def main():
    mines = {"mine-low.yaml": low(), "mine-high.yaml": high(), "mine-outburst.yaml": outburst()}
    if sys.argv[1:] == ["--check"]:
        old = [name for name, text in mines.items() if (FOLDER / name).read_text() != text]
        sys.exit(f"compose: written anew, these would change: {', '.join(old)}" if old else 0)
    if sys.argv[1:]:
        sys.exit(__doc__)
    for name, text in mines.items():
        (FOLDER / name).write_text(text)
        print(f"{name}: {text.count('gateway:')} sensors")


main()
