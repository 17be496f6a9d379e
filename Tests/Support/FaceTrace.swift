internal import Foundation

/// A shift at a working face in values of every `interval` seconds: two methane sensors that share
/// the slow part of the gas with turbulence of their own, work, and air.
package struct FaceTrace {
    /// Seconds between two steps.
    package let interval: Double
    /// Gas at the two heads before their lag, by step.
    package var gas: [[Double]] = [[], []]
    /// Whether there is work, by step.
    package var work: [Bool] = []
    /// How many steps there are.
    package var count: Int { work.count }

    /// `hours` of work with stops (or none at all), from `seed`.
    package init(
        hours: Double, interval: Double = 30, seed: UInt64, isIdle: Bool = false,
        unrest: Double = 0.045
    ) {
        self.interval = interval
        var random = SeededGenerator(seed: seed)
        let keep = exp(-interval / 200)
        var own = [0.0, 0.0]
        var pulse = 0.0
        var target = 0.0
        var works = !isIdle
        var next = 0.0
        for step in 0..<Int(hours * 3600 / interval) {
            let time = Double(step) * interval
            if !isIdle, time >= next {
                works.toggle()
                let mean = works ? 1500.0 : 300
                next = time - mean * log(.random(in: 1e-6...1, using: &random))
            }
            if .random(in: 0..<1, using: &random) < interval / 900 {
                target = works ? .random(in: 0...0.3, using: &random) : 0
            }
            pulse += (target - pulse) * (1 - exp(-interval / 240))
            let sd = works ? unrest : isIdle ? 0.004 : 0.012
            for head in 0..<2 {
                own[head] =
                    own[head] * keep + sd * (1 - keep * keep).squareRoot() * random.normal()
                gas[head].append((0.45 + pulse) * (head == 0 ? 1 : 0.7) + own[head])
            }
            work.append(works)
        }
    }

    /// The time of a step.
    package func time(_ step: Int) -> Double { Double(step) * interval }
    /// The step of a time.
    package func step(_ time: Double) -> Int { Int(time / interval) }

    /// What a meter of `resolution` shows.
    package static func shown(_ value: Double, _ resolution: Double) -> Double {
        (min(max(value, 0), 4) / resolution).rounded() * resolution
    }
}
