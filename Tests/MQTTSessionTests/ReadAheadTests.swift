import Foundation
import Testing

@testable import MQTTSession

@Suite("Read ahead")
final class ReadAheadTests {
    private let ahead = ReadAhead()
    private let here: Int32
    private let there: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        let code = unsafe socketpair(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends)
        try #require(code == 0)
        (here, there) = (ends[0], ends[1])
        ahead.attach(here)
    }

    deinit {
        close(here)
        close(there)
    }

    private func send(_ bytes: ClosedRange<UInt8>) {
        let bytes = Array(bytes)
        #expect(unsafe write(there, bytes, bytes.count) == bytes.count)
    }

    /// What one call of read(2) brings; `nil` where there is nothing yet.
    private func take(_ count: Int, from descriptor: Int32? = nil) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe read(descriptor ?? here, &bytes, count)
        return got < 0 ? nil : Array(bytes[..<got])
    }

    /// What the kernel still has.
    private var waiting: Int {
        var count: Int32 = 0
        _ = unsafe ioctl(here, UInt(FIONREAD), &count)
        return Int(count)
    }

    @Test("one call takes all from the kernel, and the calls after it get the same bytes in order")
    func served() {
        ahead.begin()
        defer { ahead.end() }
        send(1...10)
        #expect(take(1) == [1])
        // A sanitizer keeps the calls for itself: then nothing is read ahead, and all else holds.
        let isAhead = ahead.isFilled
        if isAhead { #expect(waiting == 0) }
        send(11...12)
        #expect(take(4) == [2, 3, 4, 5])
        if isAhead { #expect(take(100) == [6, 7, 8, 9, 10]) }
        #expect(take(100) == (isAhead ? [11, 12] : [6, 7, 8, 9, 10, 11, 12]))
        #expect(!ahead.isFilled)
        #expect(take(1) == nil)
        #expect(errno == EAGAIN)
    }

    @Test("the end comes behind the last byte")
    func ended() {
        ahead.begin()
        defer { ahead.end() }
        send(1...3)
        #expect(take(1) == [1])
        shutdown(there, Int32(SHUT_WR))
        #expect(take(10) == [2, 3])
        #expect(take(10) == [])
    }

    @Test("what is larger than the buffer comes whole, and behind what was read ahead")
    func large() {
        ahead.begin()
        defer { ahead.end() }
        send(1...3)
        #expect(take(1) == [1])
        #expect(take(ReadAhead.bytes * 2) == [2, 3])
        send(4...9)
        #expect(take(ReadAhead.bytes * 2) == [4, 5, 6, 7, 8, 9])
        #expect(!ahead.isFilled)
    }

    @Test("another socket gets nothing of what was read ahead of the one before")
    func attached() {
        ahead.begin()
        defer { ahead.end() }
        send(1...3)
        #expect(take(1) == [1])
        ahead.attach(here)
        #expect(!ahead.isFilled)
        send(7...8)
        #expect(take(10)?.suffix(2) == [7, 8])
        ahead.attach(-1)
        send(1...3)
        #expect(take(1) == [1])
        #expect(!ahead.isFilled)
        #expect(take(10) == [2, 3])
    }

    @Test("other descriptors are read as ever")
    func others() {
        ahead.begin()
        defer { ahead.end() }
        #expect(unsafe write(here, [UInt8(42), 43], 2) == 2)
        #expect(take(1, from: there) == [42])
        #expect(!ahead.isFilled)
        #expect(take(5, from: there) == [43])
    }

    @Test("so is the same one on other threads")
    func threads() {
        ahead.begin()
        defer { ahead.end() }
        send(1...3)
        let descriptor = here
        let ended = DispatchSemaphore(value: 0)
        Thread {
            var byte: UInt8 = 0
            _ = unsafe read(descriptor, &byte, 1)
            ended.signal()
        }.start()
        ended.wait()
        #expect(!ahead.isFilled)
        #expect(take(10) == [2, 3])
    }
}
