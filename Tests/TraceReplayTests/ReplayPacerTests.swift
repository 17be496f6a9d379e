import Testing
import TraceReplay

@Suite("Replay pacer")
struct ReplayPacerTests {
    private func seconds(_ count: Double) -> Duration { .seconds(count) }

    @Test("nothing leaves before it is due, and everything at the instant that it is")
    func due() {
        var pacer = ReplayPacer(window: 2)
        #expect(
            pacer.step(due: seconds(2), now: seconds(1.5), unacknowledged: 0)
                == .wait(seconds(0.5)))
        #expect(pacer.step(due: seconds(2), now: seconds(2), unacknowledged: 0) == .send)
        #expect(pacer.latestBy == .zero)
    }

    @Test("what is overdue leaves at once, and its lateness is kept")
    func overdue() {
        var pacer = ReplayPacer(window: 1)
        #expect(pacer.step(due: seconds(1), now: seconds(4), unacknowledged: 0) == .send)
        #expect(pacer.step(due: seconds(2), now: seconds(4), unacknowledged: 0) == .send)
        #expect(pacer.latestBy == seconds(3))
        #expect(pacer.heldUp == .zero)
    }

    @Test(
        "the window holds as many as it says, no more",
        arguments: [
            (1, 0, true), (1, 1, false), (1000, 999, true), (1000, 1000, false),
            (1000, 1001, false),
        ])
    func window(window: Int, unacknowledged: Int, mayLeave: Bool) {
        var pacer = ReplayPacer(window: window)
        let step = pacer.step(due: .zero, now: .zero, unacknowledged: unacknowledged)
        #expect(step == (mayLeave ? .send : .waitForWindow))
    }

    @Test("only time spent due and without room counts as held up, once for each hold-up")
    func heldUp() {
        var pacer = ReplayPacer(window: 1)
        #expect(
            pacer.step(due: seconds(1), now: seconds(0), unacknowledged: 1) == .wait(seconds(1)))
        #expect(pacer.step(due: seconds(1), now: seconds(1), unacknowledged: 1) == .waitForWindow)
        #expect(pacer.step(due: seconds(1), now: seconds(2), unacknowledged: 1) == .waitForWindow)
        #expect(pacer.step(due: seconds(1), now: seconds(3), unacknowledged: 0) == .send)
        #expect(pacer.heldUp == seconds(2))
        #expect(pacer.step(due: seconds(1), now: seconds(5), unacknowledged: 1) == .waitForWindow)
        #expect(pacer.step(due: seconds(1), now: seconds(6), unacknowledged: 0) == .send)
        #expect(pacer.heldUp == seconds(3))
    }

    @Test("a replay that ends while it is held up counts that too, and only once")
    func ends() {
        var pacer = ReplayPacer(window: 1)
        #expect(pacer.step(due: .zero, now: seconds(1), unacknowledged: 1) == .waitForWindow)
        pacer.end(at: seconds(4))
        pacer.end(at: seconds(9))
        #expect(pacer.heldUp == seconds(3))
    }
}
