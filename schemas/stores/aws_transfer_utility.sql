-- Table of the AWS S3 TransferUtility (docs/formats/aws_transfer_utility.md), of simulated stores.
CREATE TABLE awstransfer (
  transfer_id TEXT NOT NULL, ns_url_session_id TEXT NOT NULL, session_task_id INTEGER NOT NULL, transfer_type TEXT NOT NULL,
  bucket_name TEXT NOT NULL, key TEXT NOT NULL, part_number INTEGER, multi_part_id TEXT, etag TEXT, file TEXT NOT NULL,
  temporary_file_created INTEGER, content_length INTEGER, status TEXT NOT NULL, retry_count INTEGER NOT NULL,
  request_headers TEXT, request_parameters TEXT);
