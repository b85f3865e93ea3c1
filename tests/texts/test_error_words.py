"""The portal and the widget have words in each language for every code of the API that can reach them."""

import re

from tests.docs.pages import CONTRACT, ROOT, rows, section

WORDED = re.compile(r'^  "(\w+)": say\("page-error-', re.MULTILINE)
OF_CLIENTS = {"unreachable", "no_token", "signed_out", "outcome_unknown", "too_many_files"}
"""Codes of the client library and of the pages themselves."""
GENERAL = {"other", "field"}
TOKENS = (
    "token_missing token_malformed token_too_long token_expired token_not_yet_valid signature_invalid "
    "algorithm_not_allowed issuer_unknown key_unknown keys_unavailable claim_missing claim_invalid "
    "token_lives_too_long service_not_allowed token_ended role_not_allowed session_over"
)
"""The pages get a new token, and say that somebody is not signed in if there is none."""
ACCOUNTS = (
    "login_failed password_weak link_no_good account_only password_wrong staff_signup_refused "
    "account_not_found session_not_found accounts_off guests_off email_taken own_account too_many_tries "
    "phone_missing code_no_good"
)
"""Forms without a script tell these."""
STAFF = (
    "time_not_allowed label_not_allowed staff_only admin_only requester_only not_the_uploader "
    "agent_not_found user_not_found webhook_not_found delivery_not_found too_many_webhooks "
    "webhook_disabled webhooks_listed webhook_url_not_allowed feedback_not_found ticket_claimed "
    "requester_spoke_last canned_not_found canned_exists canned_too_long notification_not_failed "
    "too_many_canned nobody_above nothing_waits erasure_not_found cannot_merge_tickets ticket_snoozed "
    "ticket_not_snoozed close_asked too_much_metadata too_many_links linked_to_itself too_many_labels "
    "search_is_behind agent_has_tickets agent_does_not_see_ticket agent_linked cannot_merge"
)
FAULTS = (
    "query_invalid header_invalid bad_request origin_refused not_found method_not_allowed position_unknown "
    "ticket_changed unsupported_media_type encoding_not_supported range_not_satisfiable expectation_failed "
    "idempotency_key_reused too_many_sockets request_header_fields_too_large sockets_unavailable "
    "not_authorized payload_invalid event_unknown too_many_watched packet_invalid packet_too_large "
    "binary_refused too_fast"
)
"""Only a client with a fault gets these, or one that tries again by itself."""


def test_every_code_that_a_page_can_get_has_words() -> None:
    told = {cells[0].strip("`") for cells in rows(section(CONTRACT, "Codes (Grown)"))}
    never = set(f"{TOKENS} {ACCOUNTS} {STAFF} {FAULTS}".split())
    worded = set(WORDED.findall((ROOT / "pages/templates/errors.html.jinja").read_text("utf-8")))

    assert worded == (told - never) | OF_CLIENTS | GENERAL
    assert never <= told
