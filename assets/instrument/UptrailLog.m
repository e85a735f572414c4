// UptrailLog.m: see UptrailLog.h; where the calls go is listed at the end.
#import "UptrailLog.h"

#import <TargetConditionals.h>
#import <os/log.h>
#if TARGET_OS_IOS || TARGET_OS_TV
#import <UIKit/UIKit.h>
#endif

static NSString *UptrailBundle(void) { return NSBundle.mainBundle.bundleIdentifier ?: @"com.example.app"; }

NSArray<NSString *> *UptrailKinds(void) {
  return @[
    @"app.launch", @"app.foreground", @"app.background", @"app.heartbeat",
    @"session.create", @"session.invalidate", @"session.did-become-invalid", @"session.tasks-requested", @"session.tasks-answered",
    @"session.did-finish-events", @"task.create", @"task.resume", @"task.cancel", @"task.did-complete", @"upload.state",
    @"wake.handle-events", @"wake.handler-called"
  ];
}

void UptrailEvent(NSString *kind, UptrailFields *fields) {
  static os_log_t log;
  static dispatch_once_t once;
  dispatch_once(&once, ^{ log = os_log_create(UptrailBundle().UTF8String, "uptrail"); });
  NSMutableDictionary *line = [NSMutableDictionary dictionaryWithDictionary:fields ?: @{}];
  line[@"uptrail"] = @1;
  line[@"kind"] = kind;
  line[@"bundle"] = UptrailBundle();
  line[@"pid"] = @(NSProcessInfo.processInfo.processIdentifier);
  NSData *data = [NSJSONSerialization dataWithJSONObject:line
                                                 options:NSJSONWritingSortedKeys | NSJSONWritingWithoutEscapingSlashes
                                                   error:nil];
  if (data != nil) {
    os_log(log, "%{public}@", [[NSString alloc] initWithData:data encoding:NSUTF8StringEncoding]);
  }
}

void UptrailStart(void) {
  UptrailEvent(@"capture.begin", @{@"observer": @"app", @"source": @"UptrailLog", @"kinds": UptrailKinds()});
  NSMutableDictionary *launch = [@{@"reason": @"unknown"} mutableCopy];
  launch[@"build"] = NSBundle.mainBundle.infoDictionary[@"CFBundleVersion"];
#if DEBUG
  launch[@"debug"] = @YES;
#endif
#if TARGET_OS_SIMULATOR
  launch[@"simulator"] = @YES;
#endif
  UptrailEvent(@"app.launch", launch);
#if TARGET_OS_IOS || TARGET_OS_TV
  NSArray *names = @[UIApplicationWillEnterForegroundNotification, UIApplicationDidBecomeActiveNotification,
                     UIApplicationDidEnterBackgroundNotification];
  for (NSUInteger i = 0; i < names.count; i++) {
    NSString *kind = i < 2 ? @"app.foreground" : @"app.background";
    [NSNotificationCenter.defaultCenter addObserverForName:names[i] object:nil queue:nil usingBlock:^(NSNotification *note) {
      UptrailEvent(kind, @{@"hook": @"notification"});
    }];
  }
#endif
  [NSRunLoop.mainRunLoop addTimer:[NSTimer timerWithTimeInterval:5 repeats:YES block:^(NSTimer *timer) {
    UptrailEvent(@"app.heartbeat", nil);
  }] forMode:NSRunLoopCommonModes];
}

/// `nil` values are left out by these assignments.
static NSMutableDictionary *UptrailKeys(NSURLSession *session, UptrailFields *more) {
  NSMutableDictionary *fields = [NSMutableDictionary dictionaryWithDictionary:more ?: @{}];
  fields[@"identifier"] = session.configuration.identifier;
  fields[@"object"] = [NSString stringWithFormat:@"%p", (__bridge void *)session];
  return fields;
}

/// The system's own UUID of the task, printed as "BackgroundUploadTask <UUID>.<N>"; nil when this system does not print it.
static NSString *UptrailUUID(NSURLSessionTask *task) {
  NSString *text = task.description;
  NSRange range = [text rangeOfString:@"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}" options:NSRegularExpressionSearch];
  return range.location == NSNotFound ? nil : [text substringWithRange:range];
}

static NSString *UptrailDescription(NSURLSessionTask *task) {
  NSString *text = task.taskDescription;
  return text.length <= 128 ? text : [text substringWithRange:[text rangeOfComposedCharacterSequencesForRange:NSMakeRange(0, 128)]];
}

void UptrailSession(NSString *kind, NSURLSession *session, UptrailFields *more) { UptrailEvent(kind, UptrailKeys(session, more)); }

void UptrailSessionCreated(NSURLSession *session) {
  NSURLSessionConfiguration *c = session.configuration;
  NSOperationQueue *queue = session.delegateQueue;
  NSMutableDictionary *fields = UptrailKeys(session, nil);
  fields[@"background"] = @(c.identifier != nil);
  fields[@"discretionary"] = @(c.discretionary);
  fields[@"sendsLaunchEvents"] = @(c.sessionSendsLaunchEvents);
  fields[@"sharedContainer"] = c.sharedContainerIdentifier;
  fields[@"delegate"] = session.delegate == nil ? nil : NSStringFromClass([(NSObject *)session.delegate class]);
  fields[@"queue"] = queue == NSOperationQueue.mainQueue ? @"main" : queue.maxConcurrentOperationCount == 1 ? @"serial" : @"concurrent";
  UptrailEvent(@"session.create", fields);
}

void UptrailTask(NSString *kind, NSURLSessionTask *task, NSURLSession *session, UptrailFields *more) {
  NSMutableDictionary *fields = UptrailKeys(session, more);
  fields[@"uuid"] = UptrailUUID(task);
  fields[@"id"] = @(task.taskIdentifier);
  fields[@"desc"] = UptrailDescription(task);
  if ([kind isEqualToString:@"task.create"]) {
    fields[@"method"] = task.originalRequest.HTTPMethod;
    fields[@"taskKind"] = [task isKindOfClass:NSURLSessionUploadTask.class]     ? @"upload-file"
                          : [task isKindOfClass:NSURLSessionDownloadTask.class] ? @"download"
                                                                                : @"data";
  }
  UptrailEvent(kind, fields);
}

void UptrailTaskCompleted(NSURLSessionTask *task, NSURLSession *session, NSError *error) {
  NSMutableDictionary *fields = [NSMutableDictionary dictionary];
  NSMutableDictionary *parts = [NSMutableDictionary dictionary];
  parts[@"domain"] = error.domain;
  parts[@"code"] = @(error.code);
  parts[@"reason"] = error.userInfo[NSURLErrorBackgroundTaskCancelledReasonKey];
  fields[@"error"] = error == nil ? (id)NSNull.null : parts;
  if ([task.response isKindOfClass:NSHTTPURLResponse.class]) {
    fields[@"status"] = @(((NSHTTPURLResponse *)task.response).statusCode);
  }
  fields[@"sent"] = @(task.countOfBytesSent);
  fields[@"expected"] = @(task.countOfBytesExpectedToSend);
  UptrailTask(@"task.did-complete", task, session, fields);
}

void UptrailTasksAnswered(NSURLSession *session, NSArray<NSURLSessionTask *> *tasks) {
  // The system cuts long lines, so a long list is split and then no longer called complete.
  NSArray *states = @[@"running", @"suspended", @"canceling", @"completed"];
  for (NSUInteger first = 0; first == 0 || first < tasks.count; first += 3) {
    NSMutableArray *part = [NSMutableArray array];
    for (NSUInteger i = first; i < MIN(first + 3, tasks.count); i++) {
      NSMutableDictionary *entry = [@{@"id": @(tasks[i].taskIdentifier)} mutableCopy];
      entry[@"uuid"] = UptrailUUID(tasks[i]);
      entry[@"desc"] = UptrailDescription(tasks[i]);
      entry[@"state"] = states[MIN((NSUInteger)tasks[i].state, states.count - 1)];
      [part addObject:entry];
    }
    UptrailSession(@"session.tasks-answered", session, @{@"api": @"all", @"complete": @(tasks.count <= 3), @"tasks": part});
  }
}

void (^UptrailWake(NSString *identifier, void (^handler)(void)))(void) {
  UptrailEvent(@"wake.handle-events", @{@"identifier": identifier, @"via": @"uikit", @"wrapped": @YES});
  return ^{
    UptrailEvent(@"wake.handler-called", @{@"identifier": identifier, @"thread": NSThread.isMainThread ? @"main" : @"other"});
    handler();
  };
}

// Where the calls go (leave out what the app does not have, and delete its kind from UptrailKinds):
//   launch                             UptrailStart();
//   sessionWithConfiguration:…         UptrailSessionCreated(session);
//   invalidateAndCancel                UptrailSession(@"session.invalidate", session, @{@"mode": @"cancel"});    before the call
//   finishTasksAndInvalidate           UptrailSession(@"session.invalidate", session, @{@"mode": @"finish"});    before the call
//   didBecomeInvalidWithError:         UptrailSession(@"session.did-become-invalid", session, nil);
//   getAllTasksWithCompletionHandler:  UptrailSession(@"session.tasks-requested", session, @{@"api": @"all"});   before the call
//                                      UptrailTasksAnswered(session, tasks);                                     first in the block
//   uploadTaskWithRequest:fromFile:    UptrailTask(@"task.create", task, session, nil);                          after taskDescription is set
//   resume, cancel                     UptrailTask(@"task.resume", …), UptrailTask(@"task.cancel", …)            before the call
//   didCompleteWithError:              UptrailTaskCompleted(task, session, error);                               first line
//   handleEventsForBackgroundURLSession:  self.handlers[identifier] = UptrailWake(identifier, completionHandler);
//   URLSessionDidFinishEvents…         UptrailSession(@"session.did-finish-events", session, nil);
//   the app changes an upload's state  UptrailEvent(@"upload.state", @{@"uploadId": upload.identifier, @"state": @"uploading"});
