// UptrailLog.h, UptrailLog.m: the Objective-C twin of UptrailLog.swift. It writes the same lines.
// Not compiled in Uptrail's own CI, which has no Apple SDK. Free to copy, without any condition.
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

typedef NSDictionary<NSString *, id> UptrailFields;

/// The manifest: what UptrailStart declares as always logged. Delete in UptrailLog.m the kinds whose calls you do not place.
NSArray<NSString *> *UptrailKinds(void);

/// One event. NSNull is written as null.
void UptrailEvent(NSString *kind, UptrailFields *_Nullable fields);
/// First thing in application:didFinishLaunchingWithOptions:, on the main thread, before any session exists.
void UptrailStart(void);
void UptrailSession(NSString *kind, NSURLSession *session, UptrailFields *_Nullable more);
void UptrailSessionCreated(NSURLSession *session);
void UptrailTask(NSString *kind, NSURLSessionTask *task, NSURLSession *session, UptrailFields *_Nullable more);
/// In URLSession:task:didCompleteWithError:, the line that most questions wait for.
void UptrailTaskCompleted(NSURLSessionTask *task, NSURLSession *session, NSError *_Nullable error);
/// In the completion of getAllTasksWithCompletionHandler:.
void UptrailTasksAnswered(NSURLSession *session, NSArray<NSURLSessionTask *> *tasks);
/// In application:handleEventsForBackgroundURLSession:completionHandler:, keep the handler that this returns.
void (^UptrailWake(NSString *identifier, void (^handler)(void)))(void);

NS_ASSUME_NONNULL_END
