internal import AdvisoryDelivery
internal import GasModel
internal import HaltAdvisory

extension BacktestResult {
    /// The picture of the back-test as SVG: a panel for each place and quantity, with the values
    /// over time, the limits as lines, and below them when which advisory stood.
    package var svg: String { Picture(self).svg }
}

/// Lays out the picture of a back-test.
struct Picture {
    /// Panels shown; those with advisories come first.
    static let panelsMax = 40
    static let width = 1280.0
    static let left = 74.0
    static let right = 200.0
    static let top = 84.0
    static let plotHeight = 200.0
    static let laneHeight = 12.0
    static let sensorColours = [
        "#0072b2", "#009e73", "#cc79a7", "#5d4037", "#56b4e9", "#827717", "#37474f", "#ad1457",
    ]

    /// A severity that has a lane, with its colour.
    static let lanes: [(severity: Severity, colour: String)] = [
        (.halt, "#c62828"), (.alarm, "#ef6c00"), (.warning, "#f9a825"), (.fault, "#6a1b9a"),
    ]

    let result: BacktestResult
    let axis: TimeAxis
    let bars: [AdvisoryBar]
    private let offsetSeconds: Int

    init(_ result: BacktestResult) {
        self.result = result
        offsetSeconds = LocalTime.offsetSeconds(at: result.start)
        axis = TimeAxis(
            from: result.start, to: result.end, left: Self.left,
            width: Self.width - Self.left - Self.right, offsetSeconds: offsetSeconds)
        bars = AdvisoryBar.all(result.told, until: result.end)
    }

    var svg: String {
        let all = Panel.all(result, bars)
        let panels = all.prefix(Self.panelsMax)
        let height = Self.top + panels.reduce(0) { $0 + $1.height } + 24
        var svg = SVGWriter(
            width: Self.width, height: height, title: "Back-test of mine \(result.site.mine)")
        head(&svg)
        var y = Self.top
        for panel in panels {
            panel.draw(&svg, at: y, self)
            y += panel.height
        }
        let rest = all.count - panels.count
        if rest > 0 { svg.word("and \(rest) more panels", Self.left, y + 4, "#607d8b") }
        return svg.finished
    }

    private func head(_ svg: inout SVGWriter) {
        let (from, to) = (result.start, result.end)
        svg.word(
            "Back-test: \(result.site.name) (\(result.site.mine))", Self.left, 28, size: 18,
            isBold: true)
        let zone = from.rfc3339Seconds(offsetSeconds: offsetSeconds).suffix(6)
        svg.word(
            "\(from.rfc3339Seconds(offsetSeconds: offsetSeconds)) to "
                + "\(to.rfc3339Seconds(offsetSeconds: offsetSeconds)), "
                + "\(spoken(seconds: to.seconds(since: from))); \(result.judged) readings; site "
                + "\(result.site.fingerprint.prefix(12)); time of the axis: UTC\(zone)", Self.left,
            48, "#546e7a")
        var x = Self.left
        for (severity, colour) in Self.lanes {
            // One that comes back, or grows graver, is no other one.
            let shown = bars.filter { $0.severity == severity && $0.isActive }
            let count = Set(shown.map(\.id)).count
            svg.box(x, 59, 14, 10, colour, corner: 2)
            svg.word("\(severity.rawValue) \(count)", x + 19, 68)
            x += 112
        }
        svg.box(x, 62.5, 14, 3, "#c62828", opacity: 0.55)
        svg.word("halt latched, its gas gone", x + 19, 68)
        svg.line(x + 200, 64, x + 224, 64, "#c62828", width: 1.3)
        svg.word("cut", x + 229, 68)
        svg.line(x + 262, 64, x + 286, 64, "#ef6c00", width: 1.3, dash: "6 4")
        svg.word("alarm", x + 291, 68)
    }
}

/// A stretch of time in which an advisory stood.
struct AdvisoryBar {
    let id: String
    let severity: Severity
    let place: String?
    let subject: String
    let tip: String
    let start: Timestamp
    var end: Timestamp
    /// Whether its condition still holds; a halt that is only latched does not.
    let isActive: Bool

    /// All of them, in the order of their beginning.
    static func all(_ told: [ToldLine], until end: Timestamp) -> [AdvisoryBar] {
        var bars: [AdvisoryBar] = []
        var open: [String: Int] = [:]
        func bar(_ id: String, _ line: ToldLine, isActive: Bool) -> AdvisoryBar {
            AdvisoryBar(
                id: id, severity: line.severity, place: line.place, subject: line.subject,
                tip: "\(line.severity.rawValue) \(line.rule?.rawValue ?? "") \(line.subject) "
                    + "#\(line.number)" + (isActive ? "" : ", latched"), start: line.at, end: end,
                isActive: isActive)
        }
        for line in told {
            guard let id = line.id else { continue }
            switch line.transition {
            case .raised, .back, .gone, .closed:
                if let known = open.removeValue(forKey: id) { bars[known].end = line.at }
                let isActive = line.transition == .raised || line.transition == .back
                guard isActive || line.severity == .halt && line.transition == .gone else {
                    continue
                }
                open[id] = bars.count
                bars.append(bar(id, line, isActive: isActive))
            case .worse, .escalated:
                // A fault that has become a halt stands as a halt from here on.
                guard let known = open[id], bars[known].isActive,
                    bars[known].severity != line.severity
                else { continue }
                bars[known].end = line.at
                open[id] = bars.count
                bars.append(bar(id, line, isActive: true))
            default: continue
            }
        }
        return bars
    }
}
