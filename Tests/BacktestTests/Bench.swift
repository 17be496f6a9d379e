import AdvisoryDelivery
import Backtest
import Foundation
import GasModel
import SiteDescription
import Support
import TraceReplay

/// The folder of the repository.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path(percentEncoded: false)

/// A site with limits of its own for the sensors `A` and `B`, a place each.
func ownSite(alarm: Double = 1, cut: Double = 1, interval: String = "10s") throws -> Site {
    var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\nplaces:\n"
    for place in ["P", "Q"] { text += "  - {id: \(place), name: Place \(place), kind: heading}\n" }
    text += "sensors:\n"
    for (sensor, place) in [("A", "P"), ("B", "Q")] {
        text += "  - {id: \(sensor), place: \(place), role: T1, unit: \"%CH4\", "
        text += "limits: {alarm: \(alarm), cut: \(cut), repower: \(alarm)}, "
        text += "interval: \(interval)}\n"
    }
    return try SiteFile.read(text, name: "site.yaml")
}

/// A trace, written to a file of its own.
final class Trace {
    private let directory: TemporaryDirectory
    let path: String

    init(_ rows: some Sequence<String>, header: String = "ts,sensor,value") throws {
        directory = try TemporaryDirectory()
        path = directory.file("trace.csv")
        let text = ([header] + rows).map { $0 + "\n" }.joined()
        try directory.write(Array(text.utf8), to: "trace.csv")
    }
}

/// What a back-test tells and what came of it.
func judge(
    _ site: Site, _ paths: [String], _ change: (inout Backtest.Options) -> Void = { _ in }
) throws -> (lines: [String], result: BacktestResult) {
    var options = Backtest.Options(paths: paths)
    change(&options)
    var lines: [String] = []
    let result = try Backtest(site: site, options).run(
        line: { lines.append($0.text) }, progress: { _, _ in })
    return (lines, result)
}

/// `HALT RAISED A`, ...
func gist(_ lines: [String]) -> [String] {
    lines.map { line in
        let fields = line.split(separator: " ")
        return "\(fields[0]) \(fields[1]) \(fields[4])"
    }
}
