import Testing

@Suite("Broken site file")
struct BrokenSiteTests {
    static let keys = [
        BrokenFile(
            "unknown key in a sensor", "role: T1", "role: T1\n    colour: red", at: "9:5",
            "unknown key \"colour\" in sensor \"H101-T1\"",
            "allowed: id, place, role, unit, limits, interval, range"),
        BrokenFile(
            "unknown key that is nearly a known one", "    range:", "    rnage:", at: "12:5",
            "unknown key \"rnage\"", "did you mean \"range\"?"),
        BrokenFile(
            "unknown key in upper case", "    range:", "    RANGE:", at: "12:5",
            "unknown key \"RANGE\"", "did you mean \"range\"?"),
        BrokenFile(
            "unknown key at the top", "places:", "districts: [D1]\nplaces:", at: "2:1",
            "unknown key \"districts\" in the site file", "mine, places, sensors"),
        BrokenFile(
            "unknown key in the limits", "repower: 1.0", "repower: 1.0, warn: 0.8", at: "10:50",
            "unknown key \"warn\" in limits of sensor \"H101-T1\"", "alarm, cut, repower"),
        BrokenFile(
            "decimal comma in a block in braces", "alarm: 1.0", "alarm: 1,0", at: "10:23",
            "unknown key \"0\"", "decimals take a point"),
        BrokenFile(
            "repeated key", "role: T1", "role: T1\n    role: T2", at: "9:5",
            "the key \"role\" is given twice", "first in line 8"),
        BrokenFile(
            "repeated key in braces", "cut: 1.5", "cut: 1.5, \"cut\": 1.2", at: "10:36",
            "the key \"cut\" is given twice", "first in line 10"),
        BrokenFile(
            "repeated quoted key", "cut: 1.5", "'cut': 1.5, cut: 1.2", at: "10:38",
            "the key \"cut\" is given twice"),
        BrokenFile(
            "repeated key at the top", Sample.short + "\nmine: {code: b, name: B}", at: "13:1",
            ["the key \"mine\" is given twice", "first in line 1"]),
        BrokenFile(
            "repeated key that is a list", "role: T1", "[a]: 1\n    [a]: 2\n    role: T1",
            at: "8:5", "is given twice in its block", "no other key is checked"),
        BrokenFile(
            "missing key of a sensor", "    unit: \"%CH4\"\n", "", at: "6:5",
            "sensor \"H101-T1\" lacks the key \"unit\""),
        BrokenFile(
            "missing key of the limits", "cut: 1.5, ", "", at: "10:13",
            "limits of sensor \"H101-T1\" lacks the key \"cut\""),
        BrokenFile(
            "missing key of the mine", "code: demo, ", "", at: "1:7",
            "the mine lacks the key \"code\""),
        BrokenFile(
            "key without a value", "role: T1", "role:", at: "8:5",
            "the key \"role\" of sensor \"H101-T1\" has no value"),
        BrokenFile(
            "key with YAML's null", "role: T1", "role: ~", at: "8:5", "\"role\"", "has no value"),
        BrokenFile(
            "key that is a list", "role: T1", "role: T1\n    [a]: 1", at: "9:5",
            "a key must be text"),
    ]

    static let codes = [
        BrokenFile(
            "mine with a slash", "code: demo", "code: a/b", at: "1:14",
            "\"a/b\" holds \"/\", which cannot stand in a topic", "A-Z a-z 0-9 . _ -"),
        BrokenFile(
            "mine with a wildcard of MQTT", "code: demo", "code: a+", at: "1:14", "\"+\""),
        BrokenFile(
            "mine with a letter beyond ASCII", "code: demo", "code: Zofiówka", at: "1:14", "\"ó\""),
        BrokenFile(
            "mine with a line break", "code: demo", "code: \"a\\nb\"", at: "1:14", "\"a\\nb\""),
        BrokenFile(
            "empty code", "code: demo", "code: \"\"", at: "1:14", "\"\" is 0 characters long"),
        BrokenFile(
            "code one too long", "code: demo", "code: " + String(repeating: "x", count: 65),
            at: "1:14", "65 characters", "1 to 64"),
        BrokenFile(
            "code that is a list", "code: demo", "code: [demo]", at: "1:14",
            "expected a code, found a list"),
        BrokenFile(
            "name of two lines", "name: Heading 101", "name: \"Heading\\n101\"", at: "4:11",
            "control character"),
        BrokenFile(
            "name that is too long", "name: Heading 101",
            "name: " + String(repeating: "é", count: 101), at: "4:11", "202 bytes", "200"),
        BrokenFile(
            "repeated place", "    name: Heading 101",
            "    name: Heading 101\n  - {id: H101, name: Other}", at: "5:10",
            "the place \"H101\" is described twice", "first in line 3"),
        BrokenFile(
            "repeated sensor",
            Sample.short + """

                  - id: H101-T1
                    place: H101
                    role: T2
                    unit: "%CH4"
                    limits: {alarm: 1.0, cut: 1.0, repower: 1.0}
                    interval: 1s
                """, at: "13:9",
            ["the sensor \"H101-T1\" is described twice", "first in line 6"]),
        BrokenFile(
            "place without a sensor", "    name: Heading 101",
            "    name: Heading 101\n  - {id: H102, name: Heading 102}", at: "5:10",
            "the place \"H102\" has no sensor"),
        BrokenFile(
            "no places", "places:\n  - id: H101\n    name: Heading 101", "places: []", at: "2:9",
            "the site file has no places"),
    ]

    static let values = [
        BrokenFile(
            "unknown role", "role: T1", "role: T9", at: "8:11", "unknown role \"T9\"",
            "; allowed: T0, T1, T2, T3, T4, machine, district-return, main-return, chamber, "
                + "bunker"),
        BrokenFile(
            "role in lower case", "role: T1", "role: t1", at: "8:11", "unknown role \"t1\"",
            "did you mean \"T1\"?"),
        BrokenFile(
            "unknown unit", "\"%CH4\"", "ppm", at: "9:11", "unknown unit \"ppm\"", "%CH4"),
        BrokenFile(
            "limit that is no number", "alarm: 1.0", "alarm: high", at: "10:21",
            "\"high\" is no number", "as in 1.5"),
        BrokenFile(
            "limit in quotes", "alarm: 1.0", "alarm: \"1.0\"", at: "10:21",
            "\"1.0\" in quotes is text, expected a number", "leave the quotes out"),
        BrokenFile(
            "decimal comma",
            "limits: {alarm: 1.0, cut: 1.5, repower: 1.0}",
            "limits:\n      alarm: 1,0\n      cut: 1.5\n      repower: 1.0", at: "11:14",
            "\"1,0\" is no number", "write the decimal point: 1.0"),
        BrokenFile(
            "limit that is not a number by name", "alarm: 1.0", "alarm: .nan", at: "10:21",
            "\".nan\" is no number", "finite"),
        BrokenFile(
            "limit without end", "cut: 1.5", "cut: .inf", at: "10:31", "\".inf\"", "finite"),
        BrokenFile(
            "limit with an exponent", "alarm: 1.0", "alarm: 1e0", at: "10:21", "\"1e0\""),
        BrokenFile(
            "limit too large for a number", "cut: 1.5",
            "cut: 1" + String(repeating: "0", count: 400), at: "10:31", "is no number", "finite"),
        BrokenFile(
            "limit that is a list", "alarm: 1.0", "alarm: [1.0]", at: "10:21",
            "expected a number, found a list"),
        BrokenFile(
            "limits that are text", "{alarm: 1.0, cut: 1.5, repower: 1.0}", "1.0", at: "10:13",
            "limits of sensor \"H101-T1\": expected a block of keys, found the text \"1.0\""),
        BrokenFile("interval of zero", ": 1s", ": 0s", at: "11:15", "\"0s\"", "above 0"),
        BrokenFile("interval below zero", ": 1s", ": -1s", at: "11:15", "\"-1s\"", "above 0"),
        BrokenFile(
            "interval above an hour", ": 1s", ": 3600.5", at: "11:15", "\"3600.5\"", "60min"),
        BrokenFile(
            "interval in hours", ": 1s", ": 1h", at: "11:15", "\"h\" is no unit of time",
            "500ms, 1s, 2min"),
        BrokenFile("interval without a number", ": 1s", ": s", at: "11:15", "\"s\" is no time"),
        BrokenFile(
            "interval with a decimal comma", ": 1s", ": 0,5s", at: "11:15", "\"0,5s\" is no time",
            "write the decimal point: 0.5"),
        BrokenFile("range of one number", "[0, 4]", "[4]", at: "12:12", "two numbers, found 1"),
        BrokenFile(
            "range with a decimal comma", "[0, 4]", "[0, 4,5]", at: "12:12",
            "two numbers, found 3", "decimals take a point"),
        BrokenFile("range that is a number", "[0, 4]", "4", at: "12:12", "expected a range"),
        BrokenFile("range of a word", "[0, 4]", "[0, all]", at: "12:16", "\"all\" is no number"),
        BrokenFile("range with nothing", "[0, 4]", "[0, ~]", at: "12:16", "found nothing"),
        BrokenFile(
            "range backwards", "[0, 4]", "[4, 0]", at: "12:12", "begins at 4.0", "ends at 0"),
        BrokenFile("range of one point", "[0, 4]", "[4, 4]", at: "12:12", "begins at 4.0"),
        BrokenFile(
            "range beyond the unit", "[0, 4]", "[0, 100.1]", at: "12:12",
            "goes beyond what %CH4 can be", "[0.0, 100.0]"),
        BrokenFile("range below the unit", "[0, 4]", "[-0.1, 4]", at: "12:12", "%CH4"),
    ]

    static let limits = [
        BrokenFile(
            "alarm above the cut", "alarm: 1.0", "alarm: 1.6", at: "10:21",
            "limits of sensor \"H101-T1\": alarm 1.6 is above cut 1.5"),
        BrokenFile(
            "re-power above the cut", "repower: 1.0", "repower: 1.51", at: "10:45",
            "repower 1.51 is above cut 1.5"),
        BrokenFile("alarm of zero", "alarm: 1.0", "alarm: 0", at: "10:21", "not above zero"),
        BrokenFile("cut below zero", "cut: 1.5", "cut: -1", at: "10:31", "cut -1.0 is not above"),
        BrokenFile(
            "re-power of zero", "repower: 1.0", "repower: 0.0", at: "10:45",
            "repower 0.0 is not above zero"),
        BrokenFile(
            "cut above the range", "cut: 1.5", "cut: 4.01", at: "10:31",
            "cut 4.01 could never be reached", "the range ends at 4.0"),
        BrokenFile(
            "alarm above the range", "alarm: 1.0, cut: 1.5", "alarm: 4.01, cut: none",
            at: "10:21", "alarm 4.01 could never be reached"),
        BrokenFile(
            "alarm below the range",
            "alarm: 1.0, cut: 1.5, repower: 1.0}\n    interval: 1s\n    range: [0",
            "alarm: 0.5, cut: 1.5, repower: 1.0}\n    interval: 1s\n    range: [0.75", at: "10:21",
            "alarm 0.5 lies outside the range", "begins at 0.75"),
        BrokenFile(
            "re-power at the lower end of the range", "[0, 4]", "[1, 4]", at: "10:45",
            "no value could ever be below repower 1.0"),
        BrokenFile(
            "re-power below the range", "repower: 1.0}\n    interval: 1s\n    range: [0",
            "repower: 0.5}\n    interval: 1s\n    range: [0.75", at: "10:45",
            "repower 0.5 lies outside the range", "begins at 0.75"),
    ]

    @Test("says where the key is wrong", arguments: keys)
    func key(_ file: BrokenFile) { file.check() }

    @Test("says where the code, the name or the reference is wrong", arguments: codes)
    func code(_ file: BrokenFile) { file.check() }

    @Test("says where the value is wrong", arguments: values)
    func value(_ file: BrokenFile) { file.check() }

    @Test("says which limits contradict each other or the range", arguments: limits)
    func limit(_ file: BrokenFile) { file.check() }
}
