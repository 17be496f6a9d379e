package import GasModel

/// What a replay did, for the text at its end and for the exit code.
package struct ReplayReport: Sendable {
    /// The trace, as it was named.
    package var file: String
    /// What of the trace was to be sent.
    package var whole: TraceSummary
    /// Rows of sensors that were left out.
    package var leftOut = 0
    /// The first bad lines.
    package var badLines: [TraceError] = []
    /// How many lines were bad.
    package var badLineCount = 0
    /// Readings sent.
    package var readings = 0
    /// The messages that held them.
    package var messages = 0
    /// Messages that the broker acknowledged; of QoS 0, those that were written.
    package var acknowledged = 0
    /// Messages that are given up.
    package var refused = 0
    /// Why the first of them was.
    package var refusal = ""
    /// Messages of which the broker said that nobody subscribes to their topic.
    package var unheard = 0
    /// 0 or 1.
    package var qos: Int32 = 1
    /// From the first message to the end of the wait for acknowledgements.
    package var duration = Duration.zero
    /// Most messages unacknowledged at a time.
    package var window = 1
    /// How long messages that were due waited for the window.
    package var heldUp = Duration.zero
    /// How far a message left behind its time at most; `nil` where none has a time of its own.
    package var latestBy: Duration?

    /// What the first row was stamped with, where that is an instant of the replay: what a
    /// back-test that is to tell the same takes as its start.
    package var firstStamp: Timestamp?

    /// A replay of `file` that sent nothing yet.
    package init(file: String, whole: TraceSummary) {
        self.file = file
        self.whole = whole
    }

    /// Whether all of the trace was sent and the broker has all of it.
    package var isComplete: Bool { readings == whole.rows && acknowledged == messages }

    /// Some lines, the last without an end.
    package var text: String {
        var lines = [
            Self.line("trace", "\(file): \(whole.text)"),
            Self.line("published", published),
            Self.line(qos == 0 ? "written" : "acknowledged", settled),
            Self.line("pace", pace),
            Self.line("sensors", sensors),
        ]
        if let firstStamp { lines.append(Self.line("started at", firstStamp.rfc3339())) }
        if unheard > 0 {
            let text = "\(Self.grouped(unheard)) messages: is --mine right, does the daemon run?"
            lines.append(Self.line("no subscriber", text))
        }
        if leftOut > 0 {
            lines.append(Self.line("left out", "\(Self.grouped(leftOut)) rows of other sensors"))
        }
        if badLineCount > 0 {
            lines.append(Self.line("bad lines", Self.grouped(badLineCount)))
            lines += badLines.prefix(TraceSummary.namedMax).map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private var published: String {
        let rate = Self.grouped(ReplayProgress.rate(readings, in: duration))
        let seconds = Self.seconds(duration)
        let part = readings == whole.rows ? "" : " of \(Self.grouped(whole.rows))"
        return "\(Self.grouped(readings))\(part) readings in \(Self.grouped(messages)) messages, "
            + "\(seconds) s, \(rate) readings/s"
    }

    private var settled: String {
        var text = "\(Self.grouped(acknowledged)) messages"
        let open = messages - acknowledged - refused
        if open > 0 { text += ", \(Self.grouped(open)) not" }
        if refused > 0 { text += ", \(Self.grouped(refused)) refused: \(refusal)" }
        return text
    }

    private var pace: String {
        let late = latestBy.map { "at most \(Self.seconds($0)) s late; " } ?? ""
        return "\(late)the window of \(Self.grouped(window)) was full for "
            + "\(Self.seconds(heldUp)) s"
    }

    private var sensors: String {
        let names = whole.rowsOfSensor.sorted { $0.key < $1.key }
        return TraceSummary.named(names.map { "\($0.key) \(Self.grouped($0.value))" })
    }

    private static func line(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(1, 15 - label.count)) + text
    }

    private static func grouped(_ count: Int) -> String { TraceSummary.grouped(count) }

    /// To the hundredth.
    private static func seconds(_ duration: Duration) -> String {
        let hundredths = Int((duration / .milliseconds(10)).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return "\(grouped(whole)).\(rest < 10 ? "0" : "")\(rest)"
    }
}
