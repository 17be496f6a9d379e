internal import CCurl
internal import Foundation
internal import Synchronization

/// Posts over HTTP and HTTPS with the machine's libcurl, which is loaded with the first client.
///
/// A connection is kept between two posts. Redirects are not followed and proxies not asked: what a
/// halt is told to is what the site file names. **Thread:** one, which `post` blocks; `cancel` from
/// any.
// @unchecked: the handle is the thread's; the flag is atomic. @safe: the handle never leaves.
@safe final class HTTPClient: @unchecked Sendable {
    /// What came back.
    struct Answer {
        var status: Int
        /// How long the other end asks us to wait. Seconds; `nil` when it does not.
        var retrySeconds: Double?
        /// The beginning of the body.
        var text: String
    }

    /// Why there was no answer.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Most bytes of an answer that are kept; the rest is read and dropped.
    private static let answerBytesMax = 400

    /// What libcurl's callbacks are given.
    private final class Context {
        var answer: [UInt8] = []
        /// Whether the last line of the head that came is the empty one that ends it.
        var isHeadWhole = false
        let isCancelled = Atomic<Bool>(false)
    }

    private let library: CurlLibrary
    private let handle: UnsafeMutableRawPointer
    private let context = Context()

    /// A client; throws when the machine has no libcurl.
    init() throws(Failure) {
        library = try CurlLibrary.shared.get()
        guard let handle = unsafe curl_handle(library.easyInit) else {
            throw Failure(description: "libcurl gives no handle")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_do(library.easyCleanup, handle) }

    /// Has a post that is under way, and every later one, end within a second.
    // Relaxed: nothing else is inferred from it.
    func cancel() { context.isCancelled.store(true, ordering: .relaxed) }

    /// Posts `body` and returns what came back. `authorityFile`: who vouches for an https receiver;
    /// `nil`: whom the machine trusts.
    func post(
        _ body: [UInt8], to url: String, headers: [String], authorityFile: String?,
        timeoutSeconds: Double
    ) throws(Failure) -> Answer {
        unsafe curl_do(library.easyReset, handle)
        context.answer = []
        context.isHeadWhole = false
        var list: UnsafeMutableRawPointer?
        for header in headers { unsafe list = curl_append(library.listAppend, list, header) }
        defer { unsafe curl_do(library.listFree, list) }
        set(curl_option_url, url)
        set(curl_option_user_agent, "firedamp")
        set(curl_option_no_proxy, "*")
        if let authorityFile { set(curl_option_ca_file, authorityFile) }
        unsafe set(curl_option_headers, pointer: list)
        set(curl_option_protocols, curl_protocols_http_and_https)
        set(curl_option_no_signal, 1)
        set(curl_option_no_progress, 0)
        set(curl_option_timeout_ms, Int(timeoutSeconds * 1000))
        set(curl_option_connect_timeout_ms, Int(timeoutSeconds * 1000))
        set(curl_option_post, 1)
        set(curl_option_post_bytes, body.count)
        setCalls()
        let code = unsafe body.withUnsafeBytes { bytes in
            unsafe set(curl_option_post_fields, pointer: bytes.baseAddress)
            return unsafe curl_run(library.easyPerform, handle)
        }
        guard code == 0 else {
            let words = unsafe curl_words(library.words, code).map { unsafe String(cString: $0) }
            throw Failure(description: words ?? "libcurl: error \(code)")
        }
        // libcurl takes a head that breaks off for one that has ended.
        guard context.isHeadWhole else { throw Failure(description: "the answer breaks off") }
        return answer()
    }

    private func answer() -> Answer {
        var (status, retry) = (0, Int64(0))
        unsafe _ = curl_get_long(
            library.getInfo, handle, Int32(curl_info_status), &status)
        unsafe _ = curl_get_offset(
            library.getInfo, handle, Int32(curl_info_retry_after), &retry)
        return Answer(
            status: status, retrySeconds: retry > 0 ? Double(retry) : nil,
            text: String(decoding: context.answer, as: UTF8.self))
    }

    private func setCalls() {
        // The context lives as long as this client, and libcurl calls back within `post` alone.
        let context = unsafe Unmanaged.passUnretained(context).toOpaque()
        unsafe set(curl_option_write_data, pointer: context)
        unsafe set(curl_option_progress_data, pointer: context)
        unsafe set(curl_option_head_data, pointer: context)
        let head = Int32(curl_option_head)
        unsafe _ = curl_set_write(library.setOption, handle, head) { line, size, count, context in
            guard let line = unsafe line, let context = unsafe context else { return 0 }
            let kept = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
            kept.isHeadWhole = unsafe size * count > 0 && (line[0] == 13 || line[0] == 10)
            return size * count
        }
        let body = Int32(curl_option_write)
        unsafe _ = curl_set_write(library.setOption, handle, body) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let kept = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
            let room = max(0, HTTPClient.answerBytesMax - kept.answer.count)
            let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: min(size * count, room))
            unsafe kept.answer += piece
            return size * count
        }
        unsafe _ = curl_set_progress(library.setOption, handle) { context, _, _, _, _ in
            guard let context = unsafe context else { return 0 }
            let known = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
            // Relaxed: see `cancel`.
            return known.isCancelled.load(ordering: .relaxed) ? 1 : 0
        }
    }

    private func set(_ option: Int, _ value: Int) {
        unsafe _ = curl_set_long(library.setOption, handle, Int32(option), value)
    }

    /// libcurl copies the text.
    private func set(_ option: Int, _ value: String) {
        unsafe value.withCString { unsafe set(option, pointer: $0) }
    }

    private func set(_ option: Int, pointer: UnsafeRawPointer?) {
        unsafe _ = curl_set_pointer(library.setOption, handle, Int32(option), pointer)
    }
}

/// The calls of libcurl, found when they are first needed.
// @unchecked: addresses of code, never changed. @safe: they are called as curl.h declares them.
@safe private struct CurlLibrary: @unchecked Sendable {
    let easyInit: UnsafeMutableRawPointer
    let easyReset: UnsafeMutableRawPointer
    let easyPerform: UnsafeMutableRawPointer
    let easyCleanup: UnsafeMutableRawPointer
    let setOption: UnsafeMutableRawPointer
    let getInfo: UnsafeMutableRawPointer
    let listAppend: UnsafeMutableRawPointer
    let listFree: UnsafeMutableRawPointer
    let words: UnsafeMutableRawPointer

    /// Debian's two builds of it: with OpenSSL, with GnuTLS.
    private static let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]

    static let shared: Result<CurlLibrary, HTTPClient.Failure> = Result {
        () throws(HTTPClient.Failure) in try CurlLibrary()
    }

    private init() throws(HTTPClient.Failure) {
        var library: UnsafeMutableRawPointer?
        for name in Self.names where unsafe library == nil {
            unsafe library = dlopen(name, RTLD_NOW | RTLD_LOCAL)
        }
        guard let library = unsafe library else {
            throw HTTPClient.Failure(
                description:
                    "a webhook needs libcurl, and this machine has none (Debian: libcurl4)")
        }
        func call(_ name: String) throws(HTTPClient.Failure) -> UnsafeMutableRawPointer {
            if let address = unsafe dlsym(library, name) { return unsafe address }
            throw HTTPClient.Failure(description: "this machine's libcurl lacks \(name)")
        }
        unsafe easyInit = try call("curl_easy_init")
        unsafe easyReset = try call("curl_easy_reset")
        unsafe easyPerform = try call("curl_easy_perform")
        unsafe easyCleanup = try call("curl_easy_cleanup")
        unsafe setOption = try call("curl_easy_setopt")
        unsafe getInfo = try call("curl_easy_getinfo")
        unsafe listAppend = try call("curl_slist_append")
        unsafe listFree = try call("curl_slist_free_all")
        unsafe words = try call("curl_easy_strerror")
        guard unsafe curl_start(try call("curl_global_init"), curl_global_all) == 0
        else { throw HTTPClient.Failure(description: "libcurl does not start") }
    }
}
