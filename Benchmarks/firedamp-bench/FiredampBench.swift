import ArgumentParser
import Foundation

/// Hot paths on their own, without socket and broker; `Deploy/bench` runs it and reads its lines.
@main
struct FiredampBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firedamp-bench",
        abstract: "Runs one hot path over and over and prints one line of JSON.",
        subcommands: [
            RingBench.self, DecodeBench.self, IngestBench.self, PipelineBench.self,
            DetectorBench.self, DaemonBench.self,
        ])
}

/// How long a run is.
///
/// Options are read into constants before a loop: each look at one costs a walk through generic
/// metadata.
struct RunLength: ParsableArguments {
    @Option(help: "Records that pass through.")
    var records = 1_000_000

    func validate() throws {
        guard records > 0 else { throw ValidationError("--records takes a number above 0") }
    }
}

/// Runs `body` and prints what it took. What `body` returns is a sum over what it saw: printed, so
/// that no work can be left out, and the same for the same run, so that a wrong run is seen. Ticks
/// have no value; a sum with one in it is printed as -1.
func measure(_ name: String, _ length: RunLength, _ body: () throws -> Double) rethrows {
    let clock = ContinuousClock()
    let start = clock.now
    let sum = try body()
    let nanoseconds = (clock.now - start) / .nanoseconds(1)
    print(
        """
        {"bench":"\(name)","records":\(length.records),"seconds":\(nanoseconds / 1e9),\
        "ns_record":\(nanoseconds / Double(length.records)),"sum":\(sum.isFinite ? sum : -1)}
        """)
}
