import DaemonRuntime
import GasModel
import HaltAdvisory
import ReadingRecord
import Support
import Testing

@Suite("What is told of the record of readings")
struct RecordNewsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var news: RecordNews
        var english: String
        var chinese: String

        var testDescription: String { english }
    }

    private static let start = Timestamp.at(0)
    private static let flaw = RawFlaw(offset: 64, reason: "no block begins here")
    static let cases: [Case] = [
        Case(
            news: .lost(since: start, reason: "the disk does not keep up"),
            english: "readings are judged and not recorded since \(start.rfc3339()): "
                + "the disk does not keep up",
            chinese: "自\(start.rfc3339())起读数照常判定但未记录：磁盘写入跟不上"),
        Case(
            news: .lost(since: start, reason: "write /s/raw/1: No space left on device"),
            english: "readings are judged and not recorded since \(start.rfc3339()): "
                + "write /s/raw/1: No space left on device",
            chinese: "自\(start.rfc3339())起读数照常判定但未记录：write /s/raw/1: No space left on device"),
        Case(
            news: .mended(from: start, to: .at(9), records: 7),
            english: "readings are recorded again; the record lacks 7 from \(start.rfc3339()) to "
                + "\(Timestamp.at(9).rfc3339())",
            chinese: "读数恢复记录；\(start.rfc3339())至\(Timestamp.at(9).rfc3339())的记录缺少7条"),
        Case(
            news: .dropped(through: start, reason: "the journal's room"),
            english: "raw readings up to \(start.rfc3339()) were given up for the journal's room; "
                + "more may follow, the gap ledger has each",
            chinese: "\(start.rfc3339())之前的原始读数已舍弃，为日志让出空间；以后可能继续，逐次记入缺失台账"),
        Case(
            news: .repaired(path: "/s/raw/1", flaw, cutBytes: 9),
            english: "raw record: /s/raw/1, byte 64: no block begins here; the last 9 bytes were "
                + "cut off",
            chinese: "原始记录：/s/raw/1，字节64：此处没有数据块；末尾9字节已截去"),
        Case(
            news: .repaired(path: "/s/raw/1", flaw, cutBytes: nil),
            english: "raw record: /s/raw/1, byte 64: no block begins here; it is left as it is",
            chinese: "原始记录：/s/raw/1，字节64：此处没有数据块；保持原样"),
    ]

    @Test("is in either language; only the system's own words are as they are", arguments: cases)
    func either(_ test: Case) throws {
        let notice = try #require(test.news.notice)
        #expect(notice.why.said(in: .english) == test.english)
        #expect(notice.why.said(in: .chinese) == test.chinese)
        #expect(notice.action.said(in: .chinese)?.contains { $0.isASCII } != true)
    }

    @Test("that the ledger cannot be written is for the log")
    func ledger() { #expect(RecordNews.ledgerFailed(reason: "disk").notice == nil) }
}
