#!/usr/bin/env python3
"""Makes the sample captures. SYNTHETIC: no device was involved; the formats are those of the real thing.

One afternoon (18 Nov 2026, 14:00 to 17:45, +01:00) of the made-up app Shoebox, which uploads photos in the background session "photos":
  instrumented/app.ndjson, instrumented/system.log   the app logs its own events; the system's log is complete
  stores/stores.ndjson (written by hand)             what the app's store and nsurlsessiond's believed at 14:50
  plain/system.log                                   the same afternoon without a line from the app, redacted as on a customer's device

usage: make_samples.py [FOLDER]     writes below FOLDER (default: beside this script); the output never changes
"""
import json
import os
import random
import sys
import uuid
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=1))
DAY = datetime(2026, 11, 18, tzinfo=ZONE)
BUNDLE, SESSION, APP = "com.example.shoebox", "photos", "Shoebox"
SESSION_UUID = "5B1E0C7A-3F55-4D0B-9C1E-2A6D1F6B7E10"
# What the in-app logger can see. It cannot see its own suspension or death.
LOGGED = ["app.launch", "app.foreground", "app.background", "app.heartbeat", "session.create", "session.invalidate", "session.did-become-invalid",
          "session.tasks-requested", "session.tasks-answered", "session.did-finish-events", "task.create", "task.create-failed", "task.resume",
          "task.cancel", "task.response", "task.did-complete", "upload.state", "wake.handle-events", "wake.handler-called"]
DAEMON, DAEMON_SUBSYSTEM = "nsurlsessiond[91]", "[com.apple.nsurlsessiond:background]"


def at(clock):
    """'14:41:03.25' as microseconds of the day."""
    h, m, s = clock.split(":")
    return (int(h) * 3600 + int(m) * 60) * 1_000_000 + round(float(s) * 1_000_000)


class Capture:
    """Collects app events and system log lines in any order; writes them sorted."""

    def __init__(self):
        self.app, self.system, self.runs = [], [], []
        self.pid, self.object = 0, ""

    def event(self, us, kind, **fields):
        line = {"uptrail": 1, "kind": kind, "t": (round(DAY.timestamp()) * 1_000_000 + us) * 1000, "bundle": BUNDLE, "process": APP,
                "pid": self.pid}
        line.update(fields)
        self.app.append((us, len(self.app), line))

    def log(self, us, process, text, source=""):
        self.system.append((us, len(self.system), process, source, text))

    def daemon(self, us, text, task=None):
        prefix = f"NDSession <{SESSION_UUID}> " + (f"{task.name} " if task else "")
        self.log(us, DAEMON, prefix + text, DAEMON_SUBSYSTEM)

    def transport(self, us, text, task):
        self.log(us, DAEMON, f"{task.name} {text}", "(CFNetwork) [com.apple.CFNetwork:Default]")

    def runs_from(self, us):
        self.runs.append([us, at("17:45:00"), self.pid])

    def runs_until(self, us):
        self.runs[-1][1] = us

    def cfn(self, us, text):
        self.log(us, f"{APP}[{self.pid}]", text, "(CFNetwork) [com.apple.CFNetwork:Default]")


class Task:
    counter = 0

    def __init__(self, upload, size):
        Task.counter += 1
        self.id, self.upload, self.size = Task.counter, upload, size
        self.uuid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/shoebox/task/{self.id}")).upper()
        self.name = f"Task <{self.uuid}>.<{self.id}>"

    def keys(self):
        return {"identifier": SESSION, "uuid": self.uuid, "id": self.id, "desc": self.upload}


def launch(c, clock, pid, reason, object_, listed=None):
    us, c.pid, c.object = at(clock), pid, object_
    c.runs_from(us)
    role = "Background" if reason != "user" else "UserInteractive"
    c.log(us - 320_000, "runningboardd[34]", f"Executing launch request for application<{BUNDLE}> (FBApplicationProcess)",
          "(RunningBoard) [com.apple.runningboard:process]")
    c.log(us - 300_000, "runningboardd[34]", f"Creating and launching job for: application<{BUNDLE}>",
          "(RunningBoard) [com.apple.runningboard:job]")
    c.log(us - 250_000, "runningboardd[34]", f"Calculated state for application<{BUNDLE}>: running-active (role: {role})",
          "(RunningBoard) [com.apple.runningboard:state]")
    c.event(us, "capture.begin", source="UptrailLog in Shoebox (synthetic sample)", kinds=LOGGED)
    c.event(us + 1_000, "app.launch", reason=reason, build="3.2 (118)", **({"identifier": SESSION} if reason != "user" else {}))
    if reason == "user":
        c.event(us + 180_000, "app.foreground", hook="scene")
        state(c, us + 178_000, "Running", "Foreground")
    create_session(c, us + 30_000, object_)
    c.event(us + 60_000, "session.tasks-requested", object=object_, identifier=SESSION, api="all")
    c.event(us + 85_000, "session.tasks-answered", object=object_, identifier=SESSION, api="all", complete=True, tasks=listed or [])
    return us


def create_session(c, us, object_):
    c.event(us, "session.create", identifier=SESSION, object=object_, delegate="UploadCenter", queue="serial", background=True,
            discretionary=False, sendsLaunchEvents=True)
    c.cfn(us + 400, f"BackgroundSession <{SESSION_UUID}> background session setup will wait for reply: session "
                    f"<__NSURLBackgroundSession: {object_}> with identifier {SESSION}")
    c.log(us + 1_900, DAEMON, f"Creating session with identifier: {SESSION} for bundle id: {BUNDLE}", DAEMON_SUBSYSTEM)
    c.daemon(us + 2_300, f"Session <{SESSION_UUID}> is for <{BUNDLE}>.<{SESSION}> using resource timeout: 604800.000000, request timeout: "
                         "60.000000 allowsCellularAccess: 1, allowsExpensiveAccess: 1, allowsConstrainedAccess: 1")
    c.daemon(us + 2_800, f"Using XPC connection <private> for client {BUNDLE} with identifier {SESSION} and PID {c.pid}")


def state(c, us, task_state, visibility):
    c.log(us, "SpringBoard[58]", f"Application process state changed for {BUNDLE}: <SBApplicationProcessState: 0x28{us % 0xFFFFFF:06x}; "
                                 f"pid: {c.pid}; taskState: {task_state}; visibility: {visibility}>", "[com.apple.SpringBoard:Process]")


def enqueue(c, clock, upload, size=2_400_000):
    us, t = at(clock), Task(upload, size)
    c.event(us, "upload.state", uploadId=upload, state="uploading", task=t.uuid, uuid=t.uuid, identifier=SESSION)
    c.event(us + 1_500, "task.create", object=c.object, taskKind="upload-file", method="POST", url="https://upload.example.com/v2/photos",
            file=upload.replace(" ", "_") + ".heic", fileSize=size, **t.keys())
    c.daemon(us + 3_000, "uploadTaskWithRequest: <private> fromFile: <private>", t)
    c.daemon(us + 3_300, f"is for <{BUNDLE}>.<{SESSION}>.<{t.id}>", t)
    c.daemon(us + 4_100, "enqueueing", t)
    c.event(us + 5_000, "task.resume", stateBefore="suspended", object=c.object, **t.keys())
    c.cfn(us + 5_200, f"{t.name} resuming, QOS(0x11)")
    c.daemon(us + 6_000, "resumeTaskWithIdentifier, props <private>", t)
    c.daemon(us + 6_200, "resuming, QOS(0x11)", t)
    c.daemon(us + 6_900, "has not requested a begin delay", t)
    c.daemon(us + 7_400, "will begin", t)
    c.transport(us + 9_000, "setting up Connection 3", t)
    c.transport(us + 140_000, "now using Connection 3", t)
    return t


def transfer(c, clock, t, status=200):
    """The daemon's side of the end: the request is sent, the response arrives, the task is finished."""
    us = at(clock)
    c.transport(us - 900_000, "sent request, body S", t)
    c.transport(us - 20_000, f"received response, status {status} content K", t)
    c.daemon(us - 19_000, f"didReceiveResponse: <private>, status code: {status}", t)
    c.daemon(us - 12_000, "became download task", t)
    c.transport(us - 8_000, "response ended", t)
    c.daemon(us - 6_000, "finished downloading to <private>", t)
    c.daemon(us - 2_000, "completed with error (null) [0]", t)
    c.daemon(us, f"for client {BUNDLE} completed successfully", t)
    c.daemon(us + 500, f"logTaskError isDownload = N bytesReceived = 84 bytesSent = {t.size + 640} isRecoverable = N", t)


def deliver(c, us, t, status=200, outcome="succeeded"):
    """The app's side of the end."""
    c.event(us, "task.response", status=status, object=c.object, **t.keys())
    c.event(us + 9_000, "task.did-complete", error=None, status=status, sent=t.size, expected=t.size, object=c.object, **t.keys())
    c.daemon(us + 11_000, "client acknowledged finish", t)
    if outcome:
        c.event(us + 30_000, "upload.state", uploadId=t.upload, state=outcome, task=t.uuid, uuid=t.uuid)


def finish(c, clock, t, status=200, outcome="succeeded"):
    transfer(c, clock, t, status)
    deliver(c, at(clock) + 4_000, t, status, outcome)


def background(c, clock, suspend_after=5.0):
    us = at(clock)
    c.event(us, "app.background", hook="scene")
    state(c, us + 4_000, "Running", "Background")
    end = us + round(suspend_after * 1_000_000)
    suspend(c, end)


def suspend(c, us):
    c.runs_until(us)
    c.log(us, "runningboardd[34]", f"[application<{BUNDLE}>:{c.pid}] Suspending task.", "(RunningBoard) [com.apple.runningboard:process]")
    c.daemon(us + 6_000, f"client {BUNDLE} disconnected, XPC(Y) proxy(Y) for {SESSION}")


def foreground(c, clock):
    us = at(clock)
    c.log(us - 40_000, "runningboardd[34]", f"[application<{BUNDLE}>:{c.pid}] Resuming task.", "(RunningBoard) [com.apple.runningboard:process]")
    c.runs_from(us - 30_000)
    state(c, us - 8_000, "Running", "Foreground")
    c.event(us, "app.foreground", hook="scene")


def jetsam(c, clock):
    us = at(clock)
    c.log(us, "runningboardd[34]", f"[application<{BUNDLE}>:{c.pid}] termination reported by launchd (1, 7, 9)",
          "(RunningBoard) [com.apple.runningboard:process]")
    c.log(us + 900, "runningboardd[34]", f"Removing process: [application<{BUNDLE}>:{c.pid}]", "(RunningBoard) [com.apple.runningboard:process]")


def ask_for_wake(c, us):
    c.log(us, DAEMON, f"Will request wake of app {BUNDLE} for NDSession <{SESSION_UUID}> with identifier {SESSION}", DAEMON_SUBSYSTEM)
    c.daemon(us + 900, f"Waking up the client app: {BUNDLE}")


def wake(c, us, tasks, call_handler):
    """handleEvents, the callbacks, did-finish-events and (or not) the handler. Ends with the suspension."""
    c.event(us, "wake.handle-events", identifier=SESSION, via="uikit", wrapped=True)
    c.daemon(us + 3_000, f"Delivering pending events for client session: <{BUNDLE}>.<{SESSION}>. Signalled already: 1, isHandlingBackgroundSession: 1")
    for i, t in enumerate(tasks):
        deliver(c, us + 20_000 + i * 60_000, t)
    last = us + 60_000 + len(tasks) * 60_000
    c.event(last, "session.did-finish-events", object=c.object, identifier=SESSION)
    if call_handler:
        c.event(last + 40_000, "wake.handler-called", identifier=SESSION, thread="main", via="uikit")
        c.log(last + 44_000, DAEMON, f"releaseAssertionForSession: {SESSION}", DAEMON_SUBSYSTEM)
        suspend(c, last + 1_500_000)
    return last


def afternoon(c):
    """Uploads 11 to 26. Five things go wrong; the rest looks like it and is healthy."""
    launch(c, "14:00:05", 412, "user", "0x104a0c2e0")
    for clock, upload, end in (("14:00:20", "upload 11", "14:00:58.4"), ("14:00:21", "upload 12", "14:01:31.2"), ("14:03:02", "upload 13", "14:03:40")):
        finish(c, end, enqueue(c, clock, upload))
    # The server refuses, the app takes it for success.
    finish(c, "14:08:21", enqueue(c, "14:07:40", "upload 14"), status=500)
    # The user cancels: -999 without a reason, healthy.
    t = enqueue(c, "14:10:02", "upload 15", size=48_000_000)
    c.event(at("14:10:09"), "task.cancel", stateBefore="running", object=c.object, **t.keys())
    c.daemon(at("14:10:09.02"), f"for client {BUNDLE} was cancelled", t)
    c.event(at("14:10:09.05"), "task.did-complete", error={"domain": "NSURLErrorDomain", "code": -999}, object=c.object, **t.keys())
    c.daemon(at("14:10:09.06"), "client acknowledged finish", t)
    c.event(at("14:10:09.08"), "upload.state", uploadId="upload 15", state="cancelled", task=t.uuid, uuid=t.uuid)
    # Suspended, resumed for its events, handler called: healthy.
    sleeping = enqueue(c, "14:12:00", "upload 16", size=31_000_000)
    background(c, "14:12:20")
    transfer(c, "14:19:44", sleeping)
    ask_for_wake(c, at("14:19:44.1"))
    c.log(at("14:19:44.6"), "runningboardd[34]", f"[application<{BUNDLE}>:412] Resuming task.", "(RunningBoard) [com.apple.runningboard:process]")
    c.runs_from(at("14:19:44.7"))
    wake(c, at("14:19:44.8"), [sleeping], True)
    # A minute is missing from the app's log.
    c.event(at("14:28:00"), "capture.gap", **{"source": "UptrailLog in Shoebox (synthetic sample)", "from": "2026-11-18T14:27:00+01:00",
                                                "to": "2026-11-18T14:28:00+01:00", "reason": "dropped"})
    # Upload 17: finished while the app was dead; the app adopts the completed task and waits for ever.
    foreground(c, "14:30:00")
    stuck = enqueue(c, "14:30:12", "upload 17", size=26_000_000)
    background(c, "14:30:30")
    jetsam(c, "14:36:10")
    transfer(c, "14:40:58", stuck)
    us = launch(c, "14:41:02.9", 431, "user", "0x1037c41a0",
                [{"uuid": stuck.uuid, "id": stuck.id, "state": "completed", "desc": stuck.upload}])
    c.event(us + 100_000, "upload.state", uploadId=stuck.upload, state="uploading", task=stuck.uuid, uuid=stuck.uuid)
    finish(c, "14:44:31", enqueue(c, "14:43:55", "upload 18"))
    background(c, "14:50:21", 8)
    # Killed for memory, launched for its events, everything delivered: healthy.
    foreground(c, "14:55:00")
    pair = [enqueue(c, "14:55:10", "upload 19"), enqueue(c, "14:55:11", "upload 20")]
    background(c, "14:55:30")
    jetsam(c, "15:00:12")
    transfer(c, "15:02:40", pair[0])
    transfer(c, "15:03:01", pair[1])
    ask_for_wake(c, at("15:03:01.1"))
    us = launch(c, "15:03:02", 447, "bg-urlsession", "0x1029e0f60",
                [{"uuid": t.uuid, "id": t.id, "state": "completed", "desc": t.upload} for t in pair])
    c.log(us - 200_000, DAEMON, f"Successfully woke application {BUNDLE} and took process assertion", DAEMON_SUBSYSTEM)
    wake(c, us + 120_000, pair, True)
    # Signing out invalidates the session and creates it again at once: the dead object comes back.
    foreground(c, "15:19:00")
    c.event(at("15:20:01.002"), "session.invalidate", object=c.object, identifier=SESSION, mode="cancel")
    c.event(at("15:20:01.009"), "session.create", identifier=SESSION, object=c.object, delegate="UploadCenter", queue="serial", background=True,
            discretionary=False, sendsLaunchEvents=True)
    c.cfn(at("15:20:01.0095"), f"A background URLSession with identifier {SESSION} already exists!")
    c.event(at("15:20:01.4"), "upload.state", uploadId="upload 21", state="uploading")
    c.event(at("15:20:01.41"), "task.create-failed", object=c.object, identifier=SESSION, reason="invalidated", uploadId="upload 21",
            text="Task created in a session that has been invalidated")
    c.event(at("15:20:01.42"), "upload.state", uploadId="upload 21", state="failed")
    c.event(at("15:20:01.63"), "session.did-become-invalid", object=c.object, identifier=SESSION, error=None)
    c.cfn(at("15:20:01.64"), f"BackgroundSession <{SESSION_UUID}> connection to background transfer daemon invalidated")
    # After didBecomeInvalid a new object is legal: healthy.
    c.object = "0x1029e4a80"
    create_session(c, at("15:20:12"), c.object)
    finish(c, "15:21:03", enqueue(c, "15:20:15", "upload 22"))
    # Woken again; everything is delivered, but the handler is never called.
    late = [enqueue(c, "15:39:40", "upload 23"), enqueue(c, "15:39:41", "upload 24", size=64_000_000)]
    background(c, "15:40:00")
    transfer(c, "15:58:20", late[0])
    transfer(c, "16:02:00", late[1])
    ask_for_wake(c, at("16:02:00.1"))
    c.log(at("16:02:00.5"), "runningboardd[34]", f"[application<{BUNDLE}>:447] Resuming task.", "(RunningBoard) [com.apple.runningboard:process]")
    c.runs_from(at("16:02:00.6"))
    wake(c, at("16:02:00.7"), late, False)
    c.log(at("16:02:26.9"), f"{APP}[447]", "Warning: Application delegate received call to -application:handleEventsForBackgroundURLSession:"
          "completionHandler: but the completion handler was never called.", "(UIKitCore) [com.apple.UIKit:BackgroundTask]")
    suspend(c, at("16:02:30"))
    # Swiped away with two uploads under way; the next launch enqueues them anew.
    foreground(c, "16:30:00")
    lost = [enqueue(c, "16:30:20", "upload 25", size=52_000_000), enqueue(c, "16:30:21", "upload 26", size=47_000_000)]
    us = at("16:31:07")
    c.log(us - 60_000, "SpringBoard[58]", "Removing app layout from the switcher", "[com.apple.SpringBoard:AppSwitcher]")
    c.runs_until(us)
    c.log(us + 2_000, "runningboardd[34]", f"[application<{BUNDLE}>:447] termination reported by launchd (15, 0, 9)",
          "(RunningBoard) [com.apple.runningboard:process]")
    c.log(us + 9_000, DAEMON, "Removing client proxy due to task failure caused by app quit", DAEMON_SUBSYSTEM)
    for t in lost:
        c.daemon(us + 10_000 + t.id, f"for client {BUNDLE} was cancelled", t)
    us = launch(c, "17:10:00", 502, "user", "0x1051f8b40")
    for i, t in enumerate(lost):
        c.event(us + 200_000 + i * 20_000, "task.did-complete", error={"domain": "NSURLErrorDomain", "code": -999, "reason": 0}, object=c.object, **t.keys())
        c.daemon(us + 205_000 + i * 20_000, "client acknowledged finish", t)
        c.event(us + 210_000 + i * 20_000, "upload.state", uploadId=t.upload, state="queued")
    again = [enqueue(c, "17:10:01", "upload 25", size=52_000_000), enqueue(c, "17:10:01.1", "upload 26", size=47_000_000)]
    finish(c, "17:12:20", again[0])
    finish(c, "17:12:48", again[1])
    background(c, "17:20:00")
    # Opened again after a long sleep; nothing is pending.
    foreground(c, "17:43:30")


def heartbeats(c):
    """One every 5 s while the process runs, as the logger does."""
    gap = (at("14:27:00"), at("14:28:00"))
    for first, last, c.pid in c.runs:
        for us in range(first + 5_000_000, last, 5_000_000):
            if not gap[0] <= us < gap[1]:
                c.event(us, "app.heartbeat")


NOISE = [
    ("locationd[72]", "[com.apple.locationd.Core:Motion]", "{{\"msg\":\"motion update\", \"seq\":{n}}}"),
    ("symptomsd[120]", "(SymptomEvaluator) [com.apple.symptomsd:flow]", "flow {n} classified as interactive"),
    ("backboardd[66]", "[com.apple.BackBoard:Brightness]", "ambient sample {n} lux"),
    ("mDNSResponder[81]", "[com.apple.mDNSResponder:Default]", "[Q{n}] DNSServiceQueryRecord START qtype: AAAA"),
    ("wifid[45]", "(WiFiPolicy) [com.apple.WiFiPolicy:]", "rssi -5{d} snr 3{d} tx rate {n}"),
    ("dasd[102]", "[com.apple.duetactivityscheduler:scoring]", "'com.apple.cloudkit.sync:{h}' CurrentScore: 0.{n}, ThresholdScore: 0.524994 DecisionToRun:0"),
    ("powerd[40]", "[com.apple.powerd:assertions]", "Process mediaserverd.38 Created SystemIsActive \"audio\" age:00:00:0{d} id:{n}"),
    ("kernel[0]", "(AppleARMPlatform)", "AppleARMPMU: wake reason {n}"),
]


def noise(c, rng):
    for us in range(at("14:00:00"), at("17:45:00"), 12_000_000):
        process, source, text = rng.choice(NOISE)
        c.log(us + rng.randrange(11_000_000), process, text.format(n=rng.randrange(1000, 9999), d=rng.randrange(10), h=f"{rng.randrange(1 << 24):06X}"), source)


def stamp(us):
    return (DAY + timedelta(microseconds=us)).strftime("%Y-%m-%d %H:%M:%S.%f+0100")


def write_system(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("Timestamp                       (process)[PID]    \n")
        for us, _, process, source, text in lines:
            f.write(f"{stamp(us)}  localhost {process}: {source + ' ' if source else ''}{text}\n")


def redact(text):
    for secret in (f"<{BUNDLE}>.<{SESSION}>", BUNDLE):
        text = text.replace(secret, "<private>" if secret == BUNDLE else "<<private>>.<<private>>")
    for before, after in ((f"identifier: {SESSION}", "identifier: <private>"), (f"identifier {SESSION}", "identifier <private>"), (f" for {SESSION}", " for <private>"),
                          (f"Session: {SESSION}", "Session: <private>")):
        text = text.replace(before, after)
    return text


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for name in ("instrumented", "plain"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    c = Capture()
    afternoon(c)
    heartbeats(c)
    c.event(at("17:45:00"), "capture.end", source="UptrailLog in Shoebox (synthetic sample)", reason="capture stopped")
    noise(c, random.Random(20261118))
    with open(os.path.join(folder, "instrumented/app.ndjson"), "w", encoding="utf-8", newline="\n") as f:
        for _, _, event in sorted(c.app, key=lambda e: e[:2]):
            f.write(json.dumps(event, separators=(",", ":")) + "\n")
    system = sorted(c.system, key=lambda e: e[:2])
    write_system(os.path.join(folder, "instrumented/system.log"), system)
    # Nobody kept UIKit's lines here, and without a logging profile dynamic text is private.
    plain = [(us, n, p, s, redact(t) if p == DAEMON else t) for us, n, p, s, t in system
             if "UIKit" not in s and "already exists" not in t and not p.startswith("SpringBoard")]
    write_system(os.path.join(folder, "plain/system.log"), plain)


if __name__ == "__main__":
    main()
