// UptrailLog.swift: one line of JSON in the system log for each thing that only the app knows about its background uploads.
// Add this file to the app and place the calls listed at the end. iOS 14, macOS 11 or newer; extensions too.
// Not compiled in Uptrail's own CI, which has no Apple SDK. Free to copy, without any condition.
import Foundation
import os
#if canImport(UIKit)
import UIKit
#endif

public enum UptrailLog {
  private static let bundle = Bundle.main.bundleIdentifier ?? "com.example.app"
  private static let logger = Logger(subsystem: bundle, category: "uptrail")

  /// The manifest: what start() declares as always logged. Delete the kinds whose calls you do not place.
  public static let kinds = [
    "app.launch", "app.foreground", "app.background", "app.heartbeat",
    "session.create", "session.invalidate", "session.did-become-invalid", "session.tasks-requested", "session.tasks-answered",
    "session.did-finish-events", "task.create", "task.resume", "task.cancel", "task.did-complete", "upload.state",
    "wake.handle-events", "wake.handler-called",
  ]

  /// One event. A nil value is left out; NSNull() is written as null.
  public static func event(_ kind: String, _ fields: [String: Any?] = [:]) {
    var line = fields.compactMapValues { $0 }
    line["uptrail"] = 1
    line["kind"] = kind
    line["bundle"] = bundle
    line["pid"] = Int(ProcessInfo.processInfo.processIdentifier)
    guard let data = try? JSONSerialization.data(withJSONObject: line, options: [.sortedKeys, .withoutEscapingSlashes]) else { return }
    logger.notice("\(String(decoding: data, as: UTF8.self), privacy: .public)")
  }

  /// First thing in application(_:didFinishLaunchingWithOptions:), on the main thread, before any session exists.
  public static func start() {
    event("capture.begin", ["observer": "app", "source": "UptrailLog", "kinds": kinds])
    var launch: [String: Any?] = ["reason": "unknown", "build": Bundle.main.infoDictionary?["CFBundleVersion"] as? String]
    #if DEBUG
    launch["debug"] = true
    #endif
    #if targetEnvironment(simulator)
    launch["simulator"] = true
    #endif
    event("app.launch", launch)
    #if canImport(UIKit)
    for (name, kind) in [(UIApplication.willEnterForegroundNotification, "app.foreground"),
                         (UIApplication.didBecomeActiveNotification, "app.foreground"),
                         (UIApplication.didEnterBackgroundNotification, "app.background")] {
      NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
        UptrailLog.event(kind, ["hook": "notification"])
      }
    }
    #endif
    RunLoop.main.add(Timer(timeInterval: 5, repeats: true) { _ in UptrailLog.event("app.heartbeat") }, forMode: .common)
  }

  public static func session(_ kind: String, _ session: URLSession, _ more: [String: Any?] = [:]) {
    event(kind, more.merging(keys(session)) { mine, _ in mine })
  }

  public static func created(_ session: URLSession) {
    let c = session.configuration
    let queue = session.delegateQueue
    self.session("session.create", session, [
      "background": c.identifier != nil, "discretionary": c.isDiscretionary, "sendsLaunchEvents": c.sessionSendsLaunchEvents,
      "sharedContainer": c.sharedContainerIdentifier, "delegate": session.delegate.map { String(describing: type(of: $0)) },
      "queue": queue == .main ? "main" : queue.maxConcurrentOperationCount == 1 ? "serial" : "concurrent",
    ])
  }

  public static func task(_ kind: String, _ task: URLSessionTask, in session: URLSession, _ more: [String: Any?] = [:]) {
    var fields = more.merging(keys(session)) { mine, _ in mine }
    fields["uuid"] = uuid(task)
    fields["id"] = task.taskIdentifier
    fields["desc"] = task.taskDescription.map { String($0.prefix(128)) }
    if kind == "task.create" {
      fields["method"] = task.originalRequest?.httpMethod
      fields["taskKind"] = task is URLSessionUploadTask ? "upload-file" : task is URLSessionDownloadTask ? "download" : "data"
    }
    event(kind, fields)
  }

  /// In urlSession(_:task:didCompleteWithError:): the line that most questions wait for.
  public static func completed(_ task: URLSessionTask, in session: URLSession, error: Error?) {
    self.task("task.did-complete", task, in: session, [
      "error": describe(error), "status": (task.response as? HTTPURLResponse)?.statusCode, "sent": task.countOfBytesSent,
      "expected": task.countOfBytesExpectedToSend,
    ])
  }

  /// In the completion of getAllTasks. The system cuts long lines, so a long list is split and then no longer called complete.
  public static func answered(_ session: URLSession, _ tasks: [URLSessionTask]) {
    let states = ["running", "suspended", "canceling", "completed"]
    for first in stride(from: 0, to: max(tasks.count, 1), by: 3) {
      let part = tasks[first..<min(first + 3, tasks.count)].map { (task: URLSessionTask) -> [String: Any] in
        let entry: [String: Any?] = ["uuid": uuid(task), "id": task.taskIdentifier, "state": states[min(max(task.state.rawValue, 0), 3)],
                                     "desc": task.taskDescription.map { String($0.prefix(128)) }]
        return entry.compactMapValues { $0 }
      }
      self.session("session.tasks-answered", session, ["api": "all", "complete": tasks.count <= 3, "tasks": part])
    }
  }

  /// In application(_:handleEventsForBackgroundURLSession:completionHandler:): keep the handler that this returns.
  public static func wake(_ identifier: String, _ handler: @escaping () -> Void) -> () -> Void {
    event("wake.handle-events", ["identifier": identifier, "via": "uikit", "wrapped": true])
    return {
      UptrailLog.event("wake.handler-called", ["identifier": identifier, "thread": Thread.isMainThread ? "main" : "other"])
      handler()
    }
  }

  private static func keys(_ session: URLSession) -> [String: Any?] {
    let address = UInt(bitPattern: Unmanaged.passUnretained(session).toOpaque())
    return ["identifier": session.configuration.identifier, "object": "0x" + String(address, radix: 16)]
  }

  private static func describe(_ error: Error?) -> Any {
    guard let e = error as NSError? else { return NSNull() }
    var parts: [String: Any] = ["domain": e.domain, "code": e.code]
    parts["reason"] = e.userInfo[NSURLErrorBackgroundTaskCancelledReasonKey]
    return parts
  }

  /// The system's own UUID of the task, printed as "BackgroundUploadTask <UUID>.<N>"; nil when this system does not print it.
  private static func uuid(_ task: URLSessionTask) -> String? {
    let text = String(describing: task)
    return text.range(of: "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", options: .regularExpression).map { String(text[$0]) }
  }
}

// Where the calls go (leave out what the app does not have, and delete its kind from `kinds`):
//   launch                             UptrailLog.start()
//   URLSession(configuration: …)       UptrailLog.created(session)
//   session.invalidateAndCancel()      UptrailLog.session("session.invalidate", session, ["mode": "cancel"])    before the call
//   session.finishTasksAndInvalidate() UptrailLog.session("session.invalidate", session, ["mode": "finish"])    before the call
//   didBecomeInvalidWithError          UptrailLog.session("session.did-become-invalid", session)
//   session.getAllTasks { tasks in … } UptrailLog.session("session.tasks-requested", session, ["api": "all"])   before the call
//                                      UptrailLog.answered(session, tasks)                                      first in the block
//   session.uploadTask(…)              UptrailLog.task("task.create", task, in: session)                        after taskDescription is set
//   task.resume(), task.cancel()       UptrailLog.task("task.resume", …), UptrailLog.task("task.cancel", …)     before the call
//   didCompleteWithError               UptrailLog.completed(task, in: session, error: error)                    first line
//   handleEventsForBackgroundURLSession   self.handlers[identifier] = UptrailLog.wake(identifier, completionHandler)
//   urlSessionDidFinishEvents          UptrailLog.session("session.did-finish-events", session)
//   the app changes an upload's state  UptrailLog.event("upload.state", ["uploadId": upload.id, "state": "uploading"])
