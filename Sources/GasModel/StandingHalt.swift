/// The halt that a mine stands under for what it is, whatever its sensors say: its licensed output
/// is below the least that the policy of its province allows.
package struct StandingHalt: Sendable, Equatable {
    /// Licensed output of the mine, in tonnes a year.
    package var outputTonnes: Double
    /// The least that the policy asks for, in tonnes a year.
    package var outputTonnesMin: Double
    /// `ProvincePolicy.name` of the policy that says so.
    package var policy: String
    /// What that rests on.
    package var basis: LegalBasis

    /// The halt in a sentence, with its figures and how sure its basis is.
    package var text: String {
        let (output, least) = (Int(outputTonnes), Int(outputTonnesMin))
        let mark = basis.verified.mark.isEmpty ? "" : " (\(basis.verified.mark))"
        return "the mine is licensed for \(output) t a year, less than the \(least) that "
            + "\(policy) asks for\(mark): it may not produce, whatever its sensors say"
    }
}

extension Site {
    /// The standing halt of the mine; `nil` when there is none, or when its licensed output is not
    /// stated. An output of exactly the least that is allowed is enough.
    package var standingHalt: StandingHalt? {
        guard let policy, let least = policy.outputTonnesMin, let outputTonnes,
            outputTonnes < least
        else { return nil }
        return StandingHalt(
            outputTonnes: outputTonnes, outputTonnesMin: least, policy: policy.name,
            basis: policy.outputBasis)
    }
}
