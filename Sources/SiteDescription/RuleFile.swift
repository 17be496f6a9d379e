package import GasModel

/// Unit tests for a site: what is measured, and what must be told of it. In YAML; every key is
/// described in `Deploy/samples/rules/README.md`.
package struct RuleFile: Sendable, Equatable {
    /// Path of the site file, from the folder of this file.
    package var site: Placed<String>
    /// The tests, in the order of the file; at least one.
    package var tests: [RuleTest]

    /// Words that a file may use and that are defined on a higher floor.
    package struct Vocabulary {
        let severities: [String]
        let transitions: [String]
        let instant: (String) -> Timestamp?

        /// The first and the second words of alert lines, and how an instant is read.
        package init(
            severities: [String], transitions: [String],
            instant: @escaping (String) -> Timestamp?
        ) {
            self.severities = severities
            self.transitions = transitions
            self.instant = instant
        }
    }

    /// Reads a file of tests; `name` is what problems call it. **Errors:** every problem of the
    /// file, in its order.
    package static func read(
        _ bytes: [UInt8], name: String, _ vocabulary: Vocabulary
    ) throws(SiteProblems) -> RuleFile {
        try DataFile.read(bytes, name: name) { root, _, problems in
            RuleFileReader(problems, vocabulary).file(root)
        }
    }
}

/// A value of a file, and where it stands there.
package struct Placed<Value: Sendable & Equatable>: Sendable, Equatable {
    /// The value.
    package var value: Value
    /// Line of the file, from 1.
    package var line: Int
    /// Column of the line, from 1.
    package var column: Int

    /// A value with its place.
    package init(_ value: Value, line: Int, column: Int) {
        self.value = value
        self.line = line
        self.column = column
    }

    init(_ value: Value, _ position: Position) {
        self.init(value, line: position.line, column: position.column)
    }
}

/// One test.
package struct RuleTest: Sendable, Equatable {
    /// What it claims.
    package var name: String
    /// Its time 0.
    package var start: Timestamp
    /// What each sensor sends.
    package var series: [Series]
    /// What else happens, in the order of the file.
    package var events: [Event]
    /// What must have come of it, in the order of time.
    package var checks: [Check]

    /// What one sensor sends.
    package struct Series: Sendable, Equatable {
        /// Its code.
        package var sensor: Placed<String>
        /// The messages, in the order of the text.
        package var messages: [Message]
    }

    /// One message of a sensor.
    package struct Message: Sendable, Equatable {
        /// Seconds after the start at which it was measured.
        package var measuredAt: Double
        /// Seconds after that at which it arrives.
        package var lateBy: Double = 0
        /// The number, as the sensor sends it; `.nan` where it sends none.
        package var value: Double
        /// `.good`, `.nonFinite`, `.null` or `.sentinel`.
        package var quality: Reading.Quality
    }

    /// Something that happens beside the readings.
    package struct Event: Sendable, Equatable {
        /// Seconds after the start.
        package var at: Double
        /// What.
        package var kind: Kind

        /// What can happen.
        package enum Kind: Sendable, Equatable {
            /// A gateway is gone, or back.
            case gateway(Placed<String>, isUp: Bool)
            /// A person calibrates a sensor for so many minutes; 0 ends it.
            case calibration(sensor: Placed<String>, by: Placed<String>, minutes: Double)
            /// The broker is out of reach, or back.
            case link(isUp: Bool)
        }
    }

    /// What must be so at a time.
    package struct Check: Sendable, Equatable {
        /// Seconds after the start; all that arrives up to then, and at it, is judged.
        package var at: Double
        /// Where the check stands.
        package var place: Placed<String>
        /// Lines told since the check before, in this order; others may stand between.
        package var told: [Placed<[String]>]
        /// Beginnings of lines that were not.
        package var notTold: [Placed<[String]>]
        /// Rule and subject of every advisory that is open, if that is checked.
        package var open: Placed<[[String]]>?
        /// Rule, change and subject of findings since the check before.
        package var findings: [Placed<[String]>]
    }
}
