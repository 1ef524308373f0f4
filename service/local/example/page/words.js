// What a person reads for each error_code, and what they can do. Codes are stable; messages are not for programs.

const SCOPES = {
    "https://www.googleapis.com/auth/gmail.send": "Send mail for you",
    "https://www.googleapis.com/auth/gmail.modify": "Mark mails as read and move them to the trash",
    "https://www.googleapis.com/auth/calendar.readonly": "Show your events",
    "https://www.googleapis.com/auth/calendar.events": "Create and change events",
};

export const nameOfScope = (scope) => SCOPES[scope] ?? scope;

const WORDS = {
    reconnect_required: () => ["The connection to Google has ended.", "Connect again"],
    not_connected: () => ["No Google account is connected.", "Connect Google"],
    scope_not_granted: (error) => [`Google was not allowed to: ${nameOfScope(error.details.missing_scope)}.`, "Ask again"],
    rate_limited: (error) => [`Too many calls. Try again in ${error.retryAfter ?? "some"} seconds.`],
    google_rate_limited: (error) => [`Google takes no more calls. Try again in ${error.retryAfter ?? "some"} seconds.`],
    outcome_unknown: () => ["Nobody knows whether this mail was sent. Look into your Sent folder before you send it again."],
    send_in_progress: () => ["This mail is being sent. Wait a moment."],
    blocked_by_administrator: () => ["The administrator of your organisation does not allow this."],
    google_account_busy: () => ["This Google account is just being disconnected. Connect again in a moment."],
    unauthenticated: () => ["Your session has ended. Sign in again."],
    completion_expired: () => ["That took too long. Start connecting again.", "Connect Google"],
    activity_not_found: () => ["This activity is not there any more."],
    recipient_refused: (error) => [`These people do not want mail: ${error.details.addresses.join(", ")}.`],
    address_fits_its_kind: () => ["This is no e-mail address."],
    changed_meanwhile: () => ["Somebody changed this meanwhile. Look at it again."],
    too_many_workspaces: () => ["You own as many workspaces as one person may."],
    adult_attestation_missing: () => ["First say that you are 18 or older."],
    agreement_missing: () => ["First agree to the privacy policy in effect."],
    mfa_required: () => ["Sign in with your second factor first."],
    invalid_request: (error) => [`Please check: ${error.details.map((each) => each.field).join(", ")}.`],
    google_timed_out: () => ["Google did not answer in time. Try again."],
    google_unavailable: () => ["Google does not answer as expected. Nothing was changed; try again later."],
};

const RETURNED = {
    access_denied: "You did not allow it at Google; nothing was connected.",
};

// What to say, and the label of a button that starts connecting, if that helps.
export function wordsFor(error) {
    // The database names the constraint that a value broke (docs/errors.md).
    if (error.code === "23514") return wordsFor({ code: error.message.match(/constraint "(\w+)"/)[1] });
    if (!error.code) return ["No answer from the service. Check your connection and try again."];
    return (WORDS[error.code] ?? (() => ["That did not work. Try again later."]))(error);
}

export const wordsForReturn = (code) => RETURNED[code] ?? "Google ended the sign-in; nothing was connected.";
