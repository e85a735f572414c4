// Every line form of CFNetwork, nsurlsessiond and the system that is known, in all the ways in which it names its subject, beside
// what it means. A row that stops matching, or tells another event, shows here by its text.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

namespace uptrail {
namespace {

constexpr std::string_view kUuid = "4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071";
constexpr std::string_view kSession = "9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6";
constexpr std::string_view kKnown = "-";  // known, tells no event

struct Row {
  std::string_view line;  // @T a task, @S a session, @A a session in the app, @U a UUID
  std::string_view kind;
};

constexpr Row kApp[] = {
    {"@A background session setup will wait for reply: session <__NSURLBackgroundSession: 0x1> with identifier up",
     "session.setup-waiting"},
    {"@A an error occurred on the xpc connection to setup the background session: Error Domain=NSCocoaErrorDomain Code=4097 "
     "\"x\"",
     "session.setup-failed"},
    {"@A connection to background transfer daemon invalidated", "session.connection-lost"},
    {"@A connection to background transfer daemon interrupted", "session.connection-lost"},
    {"@A Reconnection to existing session and state complete", "session.connection-restored"},
    {"@A no connection to background transfer daemon, and will not try to reconnect", kKnown},
    {"@A An error occurred on the xpc connection requesting pending callbacks for the background session: Error Domain=A Code=1",
     kKnown},
    {"@A no outstanding tasks getting auth headers, finishing wake up for uuid @U for session <s> with identifier up",
     "daemon.app-wake-end"},
    {"@A Ready to wake app for uuid @U for session <s> with identifier up invoked=1", "daemon.app-wake-begin"},
    {"@A backgroundSessionDidFinishAppWake block not invoked for UUID @U", kKnown},
    {"@A failed to retry background data task with identifier 7", kKnown},
    {"@T resuming, QOS(0x9)", "task.resume"},
    {"@T resuming, timeouts(60.0, 604800.0) QOS(0x9) Voucher (null)", "task.resume"},
    {"@T setting up Connection 3", kKnown},
    {"@T waiting for setup of Connection 3", kKnown},
    {"@T now using Connection 3", kKnown},
    {"@T done using Connection 3", kKnown},
    {"@T {strength 1, tls 8, ct 0, sub 0, sig 0, ciphers 1, bundle 0, builtin 0}", kKnown},
    {"@T {strength 1, tls 8, sub 0, sig 0, ciphers 1, bundle 0, builtin 0}", kKnown},
    {"@T sent request, body S", kKnown},
    {"@T sent request, body N 0", kKnown},
    {"@T auth completion disp=1 cred=0x0", kKnown},
    {"@T received response, status 200 content K", "task.response"},
    {"@T response ended", kKnown},
    {"@T summary for task success {transaction_duration_ms=398, response_status=200, connection=4, protocol=\"h2\"}",
     "task.cfn-finished"},
    {"@T summary for task failure {transaction_duration_ms=423, response_status=-1, connection=3, cache_hit=true}",
     "task.cfn-finished"},
    {"@T finished successfully", "task.cfn-finished"},
    {"@T finished with error - code: -999", "task.cfn-finished"},
    {"@T load failed with error Error Domain=NSURLErrorDomain Code=-999 \"cancelled\" UserInfo={\na=b} [-999]",
     "task.cfn-finished"},
    {"@T finished with error [-1001] Error Domain=NSURLErrorDomain Code=-1001 \"late\" UserInfo={\na=b}", "task.cfn-finished"},
    {"@T HTTP load failed (error code: 100 [1:100])", kKnown},
    {"@T HTTP load failed, 0/0 bytes (error code: -1003 [12:8])", kKnown},
    {"@T RELEASING power assertion.", kKnown},
    {"@T TAKING power assertion.", kKnown},
    {"Failed to issue sandbox extension for file file:///a, errno = 1", "file.op"},
    {"Warning: Application delegate received call to -application:handleEventsForBackgroundURLSession:completionHandler: but the "
     "completion handler was never called.",
     "wake.never-called-warning"},
    {"A background URLSession with identifier up already exists!", "session.exists-warning"},
    {"Task created in a session that has been invalidated", "task.create-failed"},
    {"Attempted to create a task in a session that has been invalidated", "task.create-failed"},
    {"Completion handler blocks are not supported in background sessions. Use a delegate instead.", "task.create-failed"},
    {"No protocol has been set on connection <NSXPCConnection: 0x1> connection to service named com.apple.nsurlsessiond", kKnown},
    {"The request of a upload task should not contain a body or a body stream, use another", kKnown},
    {"UIBackgroundTaskIdentifier _UIApplicationBeginBackgroundTaskX(): Will add backgroundTask with taskName: X",
     "app.assertion"},
    {"_UIApplicationEndBackgroundTaskX(): Will invalidate assertion", "app.assertion"},
};

constexpr Row kDaemon[] = {
    // sessions
    {"Creating session with identifier: up for bundle id: com.example.shoebox", "daemon.session-created"},
    {"@S Session @S2 is for <com.example.shoebox>.<up> using resource timeout: 14400.000000, request timeout: 60.000000 "
     "allowsCellularAccess: 1, allowsExpensiveAccess: 1, allowsConstrainedAccess: 1",
     "daemon.session-created"},
    {"@S.<com.example.shoebox>.<up>: created successfully", "daemon.session-created"},
    {"@S.<com.example.shoebox>.<up>: reconnecting existing session", "daemon.session-reconnected"},
    {"@S.<com.example.shoebox>.<up>: already has a connected client, returning nil proxy object to client",
     "daemon.session-refused"},
    {"@S.<com.example.shoebox>.<up>: instructed to send pending callbacks", "daemon.callback-released"},
    {"@S.<com.example.shoebox>.<up>: notified it is OK to send pending callbacks", "daemon.callback-released"},
    {"@S Session: I get tasks for reconnection: {}", kKnown},
    {"@S Using XPC connection <x> for client com.example.shoebox with identifier up and PID 412", "daemon.client-connected"},
    {"@S Invoking client reconnection completion block", kKnown},
    {"@S Waiting for notification to deliver pending events for client session: <com.example.shoebox>.<up>",
     "daemon.callback-held"},
    {"@S Received signal to deliver pending events for client session: <com.example.shoebox>.<up>", "daemon.callback-released"},
    {"@S Delivering pending events for client session: <com.example.shoebox>.<up>. Signalled already: 0, "
     "isHandlingBackgroundSession: 1",
     "daemon.callback-released"},
    {"@S Delivering pending events immediately for client session: <com.example.shoebox>.<up>. Signalled already: 1, "
     "isHandlingBackgroundSession: 0",
     "daemon.callback-released"},
    {"@S client com.example.shoebox connected result (Y), XPC(Y) proxy(Y) for up", "daemon.client-state"},
    {"@S client com.example.shoebox is active result (N), XPC(Y) proxy(Y) for up", "daemon.client-state"},
    {"@S client com.example.shoebox disconnected, XPC(N) proxy(N) for up", "daemon.client-disconnected"},
    {"@S.<com.example.shoebox>.<up> Lost connection to app -- connection invalidated", "daemon.client-disconnected"},
    {"@S notified associated application com.example.shoebox(412) was suspended, XPC(Y)", "app.suspend"},
    {"@S.<com.example.shoebox>.<up>: removing session", "daemon.session-cleaned"},
    {"@S has 3 outstanding tasks", kKnown},
    {"@S Cleaning up", "daemon.session-invalidating"},
    {"@S Cleaning up and invalidating immediately since there are no tasks", "daemon.session-invalidating"},
    {"@S InvalidateWithReply: for session up bundle ID com.example.shoebox", "daemon.session-invalidating"},
    {"@S Obliterating session: <com.example.shoebox>.<up>", "daemon.session-cleaned"},
    {"@S Application com.example.shoebox was reinstalled, adjusting download paths", "app.install"},
    {"@S restoreTasksFromSqliteDB", "daemon.tasks-restored"},
    {"@S Session <x> didBecomeInvalidWithError: (null) [0]", kKnown},
    {"@S Client com.example.shoebox is a SpringBoard application", kKnown},
    {"@S Client com.example.shoebox is a daemon or non-SpringBoard application", kKnown},
    {"@S Client com.example.shoebox is an independent extension", kKnown},
    {"@S Client com.example.shoebox is acting on behalf of com.example.other", kKnown},
    {"Connected client is an extension and did not specify a valid shared container identifier", "daemon.session-refused"},
    {"Too many tasks for app session <com.example.shoebox>.<up> (600 > 512)", "daemon.too-many-tasks"},
    {"Too many total tasks for app <com.example.shoebox>, skipping other sessions", "daemon.too-many-tasks"},
    {"Evaluating new XPC connection <private> with client bundle identifier com.example.shoebox", kKnown},
    {"@S Need file descriptor for file at path <private>", kKnown},
    // start of a task
    {"@T uploadTaskWithRequest: <private> fromFile: <private>", "daemon.task-created"},
    {"@T dataTaskWithRequest: <private>", "daemon.task-created"},
    {"@T downloadTaskWithRequest: <private>", "daemon.task-created"},
    {"@T is for <com.example.shoebox>.<up>.<7>", "daemon.task-mapped"},
    {"@T enqueueing", "daemon.task-enqueued"},
    {"@T resumeTaskWithIdentifier, props <private>", "daemon.task-resumed"},
    {"@T resuming, QOS(0x9)", "daemon.task-resumed"},
    {"@T resuming, QOS(0x9) Voucher <private>", "daemon.task-resumed"},
    {"@T resuming", "daemon.task-resumed"},
    {"@T has not requested a begin delay", kKnown},
    {"@T should not begin before 2026-11-18 14:00:00 +0000", "daemon.task-waiting"},
    {"@T can begin immediately - begin date is in past", kKnown},
    {"@T can now begin - earliest begin date satisfied", kKnown},
    {"@T skipping delayed request callback - delegate not implemented", kKnown},
    {"@T receiving delayed request callback", kKnown},
    {"@T continuing load from delayed request callback", kKnown},
    {"@T will be canceled due to delayed request callback", "daemon.task-cancelled"},
    {"@T will begin", "daemon.task-begin"},
    {"Current discretionary status for <private> is non-discretionary, since the app is being debugged", "app.debugger"},
    {"@T current discretionary status for com.example.shoebox is discretionary (opt-in: 0)", "daemon.discretionary"},
    {"@T current discretionary status for com.example.shoebox is non-discretionary", "daemon.discretionary"},
    {"@T current discretionary status for com.example.shoebox is non-discretionary because the connected client is an extension",
     "daemon.discretionary"},
    {"New task current discretionary status for com.example.shoebox is discretionary (opt-in: 1)", "daemon.discretionary"},
    {"Task <?>.<0> current discretionary status for com.example.shoebox is discretionary (opt-in: 1)", "daemon.discretionary"},
    {"@T for <private> is overriding discretionary status - forcing to Y", "daemon.discretionary"},
    {"@T adding delay of 600.000000", "daemon.delay-set"},
    {"Resetting request delay for com.example.shoebox", "daemon.delay-reset"},
    {"Resetting request delay and clearing pending wake requests for com.example.shoebox since it came into the foreground",
     "daemon.delay-reset"},
    {"@T is duet preauthorized", kKnown},
    {"@T setting priority to 3", kKnown},
    {"@T setting discretionaryOverrride to D, QOS(0x11)", kKnown},
    {"@T setting limit of 65536 bytes per second", kKnown},
    {"@T 0.004211 seconds past start time, new delay: 0.000000, new window: 0.000000", kKnown},
    {"CCDS: requirements <private> DASActivityProperties <private>", kKnown},
    {"activity [0x1] <private> submitted to pool NSURLSessionBackgroundPoolName", kKnown},
    {"SUBMITTING: <private>", kKnown},
    {"Have submitted to daemon 3 activities in group NSURLSessionBackgroundPoolName", kKnown},
    {"TIC [0x1]: DAS scheduler submitted activity 0x2", kKnown},
    {"@T for client com.example.shoebox is waiting for connection - reason: 10000", "daemon.task-waiting"},
    {"@T for client com.example.shoebox conditions changed - satisfied: 0", "daemon.task-waiting"},
    {"@T for client com.example.shoebox conditions changed - satisfied: 1", kKnown},
    {"@T for client com.example.shoebox _willSendRequestForEstablishedConnection", "daemon.task-connection"},
    {"@S Client does not implement _willSendRequestForEstablishedConnection, so using proposed request", kKnown},
    {"@T suspending", "daemon.task-suspended"},
    {"@T needs new body stream", kKnown},
    {"@T applying overrides <private>", kKnown},
    {"Error linking upload file: Error Domain=NSCocoaErrorDomain Code=257 \"no\" UserInfo={a=b}", "file.op"},
    {"Consumed sandbox extension for file /a, extension = 3", kKnown},
    {"Failed to consume sandbox extension for file /a", "file.op"},
    {"Error cloning file: Error Domain=NSPOSIXErrorDomain Code=1", "file.op"},
    {"Error copying file: Error Domain=NSPOSIXErrorDomain Code=1", "file.op"},
    {"File is a symlink", kKnown},
    {"Falling back to copy", kKnown},
    // transfer and end
    {"@T sent request, body S", "daemon.task-sent"},
    {"@T did receive data (629823296 of 1953496076 total bytes)", kKnown},
    {"@T received response, status 200 content K", "daemon.task-response"},
    {"@T didReceiveResponse: <private>, status code: 200", "daemon.task-response"},
    {"@T download for client com.example.shoebox received response, status code: 200", "daemon.task-response"},
    {"@T didReceiveInformationalResponse: <private>, status code: 104", kKnown},
    {"@T willPerformHTTPRedirection, response: <private>, new request: <private>", kKnown},
    {"@T became download task", kKnown},
    {"@T finished downloading to <private>", kKnown},
    {"@T completed with error (null) [0]", "daemon.task-finished"},
    {"@T completed with error (null) [0]. C(N)", "daemon.task-finished"},
    {"@T completed with error Error Domain=NSURLErrorDomain Code=-997 UserInfo={} [-997]. C(U)", "daemon.task-finished"},
    {"@T for client com.example.shoebox completed successfully", "daemon.task-finished"},
    {"@T for client com.example.shoebox was cancelled", "daemon.task-finished"},
    {"@T for client com.example.shoebox completed with error - code: -1001", "daemon.task-finished"},
    {"Task 1 for client <CFString 0x1 [0x2]>{contents = \"com.example.shoebox\"} completed with error - code: -999",
     "daemon.task-finished"},
    {"@T logTaskError isDownload = N bytesReceived = 0 bytesSent = 815395 isRecoverable = N", "daemon.task-totals"},
    {"@T for client com.example.shoebox will be retried after error Error Domain=A Code=6 UserInfo={} - code: 6",
     "daemon.task-retry"},
    {"@T will retry after 4 seconds", "daemon.task-waiting"},
    {"Simulating network change event since 4 seconds have passed", kKnown},
    {"@T failed to retry", kKnown},
    {"@T completed with error Error Domain=NSURLErrorDomain Code=-997 UserInfo={} [-997] (was active before nsurlsessiond exit)",
     "daemon.task-finished"},
    {"@T restored but never started, terminating with timeout", "daemon.task-finished"},
    {"@T not resumed but client disconnected, resuming it implicitly", "daemon.task-implicit-resume"},
    {"Removing client proxy due to task failure caused by app quit", "daemon.force-quit-noticed"},
    {"@T established a connection which requires the client to be running, but it isn't running and doesn't support app wakes. "
     "Canceling the task.",
     "daemon.task-cancelled"},
    {"Perhaps the client com.example.shoebox was uninstalled?", kKnown},
    {"@T received data and there is no connected client. Canceling task.", "daemon.task-cancelled"},
    {"@T is blocked due to tracker policy", kKnown},
    {"Couldn't set data protection class of /a/CFNetworkDownload_x.tmp, error: Error Domain=NSPOSIXErrorDomain Code=1",
     "file.op"},
    {"com.example.shoebox does not have write access to destination directory (null)", kKnown},
    {"@T client acknowledged file download", kKnown},
    {"@T client acknowledged finished", "daemon.callback-acknowledged"},
    {"@T skipping acknowledgement teardown since it's not actually complete", kKnown},
    {"[Telemetry]: Activity <nw_activity 0:0> on @T was not selected for reporting", kKnown},
    // waking the app
    {"@S Waking up the client app: com.example.shoebox", "daemon.wake-requested"},
    {"Will request wake of app com.example.shoebox for @S with identifier up", "daemon.wake-requested"},
    {"Successfully woke application com.example.shoebox and took process assertion", "daemon.wake-launched"},
    {"Failed to open application com.example.shoebox, error: x timeout: YES", "daemon.wake-failed"},
    {"Failed to take process assertion for com.example.shoebox", "daemon.wake-failed"},
    {"@S Failed to wake app: com.example.shoebox", "daemon.wake-failed"},
    {"@S Not waking up client com.example.shoebox since sessionSendsLaunchEvents is NO", "daemon.wake-suppressed"},
    {"@S Not waking up client com.example.shoebox since it's already connected", "daemon.wake-suppressed"},
    {"@S Not waking up client com.example.shoebox since it doesn't support app wakes", "daemon.wake-suppressed"},
    {"@S Not waking up client com.example.shoebox since background updates are not enabled", "daemon.wake-suppressed"},
    {"@S Not waking up client com.example.shoebox since wake request is unnecessary", "daemon.wake-suppressed"},
    {"@S Not waking up client com.example.shoebox since session is obliterated", "daemon.wake-suppressed"},
    {"Task <?>.<0> performing did start app wake callback.", "daemon.app-wake-begin"},
    {"Task <?>.<0> performing did finish app wake callback.", "daemon.app-wake-end"},
    {"releaseAssertionForSession: up", "daemon.assertion-released"},
    {"Invalidating assertion for bundleID: com.example.shoebox. sessionID: up", "daemon.assertion-released"},
    {"@S Application com.example.shoebox is not handling a background URLSession but we still received a signal to deliver "
     "pending "
     "events",
     kKnown},
    {"Signalled that it is okay to send pending callbacks for session up that we have no record of. This shouldn't happen",
     kKnown},
    {"Will wake client com.example.shoebox for session up if we receive a notification that it supports launch-on-demand",
     kKnown},
    {"Attempting to launch client com.example.shoebox for session up", "daemon.wake-requested"},
};

struct SystemRow {
  std::string_view process;
  std::string_view line;
  std::string_view kind;
};
constexpr SystemRow kSystem[] = {
    {"dasd", "Submitted Activity: com.apple.CFNetwork-cc-88-8361-@T.<com.example.shoebox>.<up>.<7>:9F1F4D <private>",
     "daemon.task-mapped"},
    {"dasd", "Start network path monitoring for '<private>'", kKnown},
    {"dasd",
     "'com.apple.CFNetwork-cc-88-8361-@T.<com.example.shoebox>.<up>.<7>:9F1F4D' CurrentScore: 0.9, ThresholdScore: 0.5 "
     "DecisionToRun:1",
     kKnown},
    {"dasd",
     "'com.apple.CFNetwork-cc-88-8361-@T.<com.example.shoebox>.<up>.<7>:9F1F4D' CurrentScore: 0.4, ThresholdScore: 0.5 "
     "DecisionToRun:0",
     "daemon.task-waiting"},
    {"dasd",
     "com.apple.CFNetwork-cc-88-8361-@T.<com.example.shoebox>.<up>.<7>:9F1F4D:[\n\t{name: P, response: {Decision: Absolutely "
     "Must "
     "Not Proceed, Score: 0.00}}]",
     "daemon.task-waiting"},
    {"dasd", "With <private> ...Tasks running in group [com.apple.dasd.defaultNetwork] are 2!", kKnown},
    {"powerd",
     "Process nsurlsessiond.88 Released PreventUserIdleSystemSleep \"NSURLSessionTask @U\" age:00:00:12  id:1 [System: PrevIdle]",
     kKnown},
    {"powerd",
     "Process runningboardd.34 Released SystemIsActive "
     "\"application<com.example.shoebox>;(null):(null);34-63-663:FBApplicationProcess\" "
     "age:00:00:12",
     kKnown},
    {"runningboardd",
     "Acquiring assertion targeting application<com.example.shoebox> from originator [daemon<com.apple.SpringBoard>:59] with "
     "description <RBSAssertionDescriptor| \"FBApplicationProcess\" ID:1 attributes:[\n\ta\n]>",
     kKnown},
    {"runningboardd", "Executing launch request for application<com.example.shoebox> (FBApplicationProcess)", "app.launch"},
    {"runningboardd", "Creating and launching job for: application<com.example.shoebox>", kKnown},
    {"runningboardd", "Calculated state for application<com.example.shoebox>: running-active (role: Background)",
     "app.background"},
    {"runningboardd", "Calculated state for app<application.com.example.shoebox.1.2(501)>: running-active-NotVisible", kKnown},
    {"runningboardd", "[application<com.example.shoebox>:721] Suspending task.", "app.suspend"},
    {"runningboardd", "[application<com.example.shoebox>:721:721] Suspending task.", "app.suspend"},
    {"runningboardd", "[application<com.example.shoebox>:721] Resuming task.", "app.resume"},
    {"runningboardd", "[application<com.example.shoebox>:721] Shutdown sockets (ALL)", kKnown},
    {"runningboardd", "[application<com.example.shoebox>:432] termination reported by launchd (2, 10, 10)", "app.terminate"},
    {"runningboardd", "Removing process: [application<com.example.shoebox>:432]", "app.terminate"},
    {"runningboardd", "Removing assertions for terminated process: [application<com.example.shoebox>:716]", kKnown},
    {"runningboardd", "Removed job for [application<com.example.shoebox>:716]", kKnown},
    {"runningboardd", "Calculated state for application<com.example.shoebox>: none (role: None)", kKnown},
    {"runningboardd",
     "Received termination request from [daemon<a>:1] on <RBSProcessPredicate p> with context <RBSTerminateContext| code:0x1>",
     kKnown},
    {"runningboardd", "Executing termination request for: <RBSProcessPredicate p>", kKnown},
    {"runningboardd", "[application<com.example.shoebox>:1957] Set jetsam priority to 3 [0] flag[1]", kKnown},
    {"runningboardd", "[application<com.example.shoebox>:1957] Set darwin role to: NonUserInteractive", kKnown},
    {"SpringBoard",
     "Application process state changed for com.example.shoebox: <SBApplicationProcessState: 0x1; pid: 897; taskState: Running; "
     "visibility: Background>",
     "app.background"},
    {"SpringBoard", "[com.example.shoebox] com.example.shoebox application state changed to Terminated", "app.terminate"},
    {"SpringBoard", "[com.example.shoebox] Setting deactivation reasons to: 'systemAnimation' for reason: x", kKnown},
    {"SpringBoard", "Layout {\n  reason = App Switcher Visible;\n}", kKnown},
    {"assertiond", "[Shoebox:897] workspaceConnectedWithTaskPortRight: received task port", "app.launch"},
    {"assertiond",
     "<BKProcessAssertion: 0x1> id: 1-A name: n process: <BKNewProcess: 0x2; a; pid: 1> permittedBackgroundDuration: 180.000000 "
     "reason: finishTask owner pid:1",
     kKnown},
    {"launchd", "(com.apple.nsurlsessiond[11982]): Service exited due to signal: Interrupt: 2 sent by kill[1]", "daemon.exit"},
    {"symptomsd", "com.example.shoebox: ForegroundRunning (most elevated: ForegroundRunning)", "app.foreground"},
    {"mediaserverd", "CMSession: Client com.example.shoebox with pid '897' is now Foreground Running. Background entitlement: NO",
     "app.foreground"},
};

// The line with each way of naming its subject.
std::vector<std::string> written_out(std::string_view line, std::string_view app_prefix) {
  const std::string task = "Task <" + std::string(kUuid) + ">.<7>";
  const std::string session = "<" + std::string(kSession) + ">";
  struct Names {
    std::string task, session, app_session;
  };
  std::vector<Names> all = {{task, "NDSession " + session, "BackgroundSession " + session}};
  if (app_prefix.empty()) {
    all.push_back({"NDSession " + session + " " + task, "NDNWSession " + session, ""});
    all.push_back({"NDNWSession " + session + " " + task, "NDSession " + session, ""});
    all.push_back({"NDNWSession " + session + " <7>", "NDSession " + session, ""});
  } else {
    all.push_back({task, "", "ProxySession " + session});
  }
  std::vector<std::string> out;
  for (const Names& n : all) {
    std::string text(line);
    const auto put = [&text](std::string_view mark, std::string_view value) {
      for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
        text.replace(at, mark.size(), value);
      }
    };
    const bool inside = text.find("@T") != std::string::npos && !text.starts_with("@T");
    put("@S2", session);
    put("@T", inside ? task : n.task);
    put("@S", n.session);
    put("@A", n.app_session);
    put("@U", kUuid);
    if (out.empty() || out.back() != text) {
      out.push_back(std::move(text));
    }
  }
  return out;
}

void expect_kind(std::string_view process, const std::string& line, std::string_view kind) {
  static const auto kCatalogue = builtin_catalogue().take();
  Record record;
  record.process = process;
  record.message = line;
  MessageMatch match;
  ASSERT_TRUE(kCatalogue->match(record, line, match)) << process << ": " << line;
  EXPECT_EQ(match.pattern->kind ? kind_name(*match.pattern->kind) : kKnown, kind) << match.pattern->id << ": " << line;
}

TEST(Templates, cfnetwork_in_the_app) {
  for (const Row& row : kApp) {
    for (const std::string& line : written_out(row.line, "app")) {
      expect_kind("Shoebox", line, row.kind);
    }
  }
}

TEST(Templates, nsurlsessiond_with_every_prefix) {
  for (const Row& row : kDaemon) {
    for (const std::string& line : written_out(row.line, "")) {
      expect_kind("nsurlsessiond", line, row.kind);
    }
  }
}

TEST(Templates, scheduler_and_life_cycle) {
  for (const SystemRow& row : kSystem) {
    std::string line(row.line);
    for (const auto& [mark, value] : {std::pair<std::string, std::string>{"@T", "Task <" + std::string(kUuid) + ">"},
                                      std::pair<std::string, std::string>{"@U", std::string(kUuid)}}) {
      if (const std::size_t at = line.find(mark); at != std::string::npos) {
        line.replace(at, mark.size(), value);
      }
    }
    expect_kind(row.process, line, row.kind);
  }
}

}  // namespace
}  // namespace uptrail
