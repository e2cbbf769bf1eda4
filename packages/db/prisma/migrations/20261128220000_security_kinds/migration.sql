-- Keys and sessions that are refused.
alter table security_log
  drop constraint security_log_kind_check,
  add constraint security_log_kind_check
    check (kind in ('lookup_failed', 'lookup_locked', 'limit_hit', 'link_refused', 'report_limited', 'sign_in_refused', 'sign_in_locked',
                    'key_refused', 'session_refused'));
