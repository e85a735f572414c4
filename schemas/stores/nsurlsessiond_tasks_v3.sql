-- Tables of nsurlsessiond's tasks.sqlite, user_version 3: of simulated stores, and of those in tests.
CREATE TABLE session_tasks (
  identifier int NOT NULL, task_kind int, creation_time real, state int, suspend_count int, task_description text,
  original_request blob, current_request blob, response blob, earliest_begin_date real,
  responded_to_will_begin_delayed_request_callback int, error blob, retry_error blob, file_url text,
  download_file_url text, bundle_id text, session_id text NOT NULL, has_started int, should_cancel_on_disconnect int,
  base_priority int, base_priority_set_explicitly int, discretionary int, discretionary_override int,
  unique_identifier blob NOT NULL, storage_partition_identifier text, count_of_bytes_client_expects_to_send int,
  count_of_bytes_client_expects_to_receive int, count_of_bytes_received int, count_of_bytes_sent int,
  count_of_bytes_expected_to_send int, count_of_bytes_expected_to_receive int, bytes_per_second_limit int,
  persona_unique_string text, expected_progress_target int, may_be_demoted_to_discretionary int,
  tls_minimum_supported_protocol_version int, tls_maximum_supported_protocol_version int, has_sz_extractor int,
  does_sz_extractor_consume_extracted_data int, updated_streaming_zip_modification_date int,
  started_user_initiated int, additional_properties blob, path_to_download_task_file text, retry_count int,
  loading_priority real, qos int, background_trailers blob, task_metrics blob, av_url text, av_destination_url text,
  av_options blob, av_initialized_with_av_asset int, av_temporary_destination_url text, av_asset_title text,
  av_asset_artwork_data blob, av_asset_url text, av_asset_download_token int,
  av_asset_download_child_download_session_identifier text, av_enable_spi_delegate_callbacks int,
  av_download_config blob, av_asset_options_plist blob, resumable_upload_data blob,
  UNIQUE (identifier, session_id));
CREATE TABLE sessions (
  bundle_id text NOT NULL, session_id text NOT NULL, options blob, configuration blob,
  UNIQUE (bundle_id, session_id));
