import MQTTSession
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test("waits double from the least to the most and start afresh after a reset")
    func doubling() {
        var backoff = Backoff(least: 0.5, most: 15)
        let waits = (0..<8).map { _ in backoff.wait(jitter: 1) }
        #expect(waits == [0.5, 1, 2, 4, 8, 15, 15, 15])
        backoff.reset()
        #expect(backoff.wait(jitter: 1) == 0.5)
    }

    @Test("jitter spreads each wait between three and five quarters of it")
    func jitter() {
        var waits: Set<Double> = []
        for _ in 0..<100 {
            var backoff = Backoff(least: 1, most: 1)
            let wait = backoff.wait()
            #expect((0.75...1.25).contains(wait))
            waits.insert(wait)
        }
        #expect(waits.count > 50)
    }
}
