// `make types` copies what follows from answers.ts into types.ts.

/** What the functions of the database answer, where PostgreSQL knows only that it is JSON. */
export type Answers = {
    own_state: {
        /** What closes new processing, the first thing to do first; empty if nothing does. */
        missing: ("account_closing" | "adult_attestation_missing" | "agreement_missing")[];
        policy_version_needed: number | null;
        workspaces_without_terms: string[];
    };
    attest_adult: { outcome: "attested" | "account_deleted" };
    accept_policy: { outcome: "agreed" | "agreed_before" };
    mark_policy_notice_delivered: { delivered_at: string };

    create_workspace: { workspace_id: string; are_terms_missing: boolean };
    accept_workspace_terms: { outcome: "accepted" | "accepted_before"; are_terms_missing: boolean };
    /** The token is shown this once and rests nowhere. */
    invite_member: { invitation_id: string; token: string; expires_at: string };
    accept_invitation:
        | { outcome: "joined" | "already_a_member"; workspace_id: string }
        | { outcome: "invitation_not_found" | "invitation_used" | "invitation_expired" }
        | { outcome: "too_many_attempts"; /** In seconds. */ retry_after: number };
    change_member_role: { user_id: string; role: "owner" | "admin" | "member" };
    transfer_ownership: { owner_id: string };
    remove_member: MemberRemoved;
    leave_workspace: MemberRemoved;

    give_consent: ConsentRecorded<"given">;
    withdraw_consent: ConsentRecorded<"withdrawn">;
    record_contact_consent: ConsentRecorded<"given">;
    withdraw_contact_consent: ConsentRecorded<"withdrawn">;

    disconnect_google:
        | { outcome: "session_ended" }
        | {
              outcome: "disconnected" | "not_connected";
              deleted_at: string | null;
              secrets_deleted: number;
              attempts_deleted: number;
              calls_in_flight: number;
              /** Google is not told: only the service can do that. */
              google: { is_revoked: false; reason: "service_not_asked"; permissions_url: string };
          };

    begin_import: { import_id: string; state: "staging" };
    add_import_part: { outcome: "taken" | "taken_before"; part_count: number; row_count: number };
    check_import: ImportReport;
    commit_import: ImportReport;
    cancel_import: { import_id: string; state: "cancelled" };
    undo_import: {
        import_id: string;
        /** undoing: the schedule goes on with it; read `imports`. */
        state: "undoing" | "undone";
        undone_count: number;
        kept_count: number | null;
        /** At most 100 of them. */
        kept: { contact_id: string; reason: "changed" | "tied" }[];
    };
    find_duplicates: {
        duplicates: { kind: "email" | "phone"; address: string; contact_ids: string[] }[];
        /** To be passed as `after`; null after the last page. */
        next: string | null;
    };
    merge_contacts: { merge_id: string; kept_contact_id: string; undo_until: string };
    unmerge_contacts: { kept_contact_id: string; restored_contact_id: string; undone_at: string };
};

/** What functions take, where PostgreSQL knows only that it is text: the words of the column in which they write it down. */
export type Arguments = {
    begin_import: {
        source: Tables<"imports">["source"];
        lawful_basis: Tables<"imports">["lawful_basis"];
    };
    change_member_role: { role: Tables<"workspace_members">["role"] };
    create_workspace: {
        team_size: NonNullable<Tables<"workspaces">["team_size"]>;
        revenue_range: NonNullable<Tables<"workspaces">["revenue_range"]>;
    };
    give_consent: { source: ConsentSource };
    invite_member: { role: Tables<"invitations">["role"] };
    record_contact_consent: { source: ConsentSource };
    search_records: { kinds: readonly ("contact" | "company" | "deal")[] };
    withdraw_consent: { source: ConsentSource };
    withdraw_contact_consent: { source: ConsentSource };
};

/** What an operator wrote down is not for others to claim. */
type ConsentSource = Exclude<Tables<"consents">["source"], "operator">;
type ImportReport = {
    import_id: string;
    /** committing: the schedule goes on with it; read `imports`. */
    state: "checked" | "committing" | "committed" | "undoing" | "undone";
    /** How each column of the file was understood; null means ignored. */
    header: { name: string; column: string | null }[];
    row_count: number;
    good_count: number;
    bad_count: number;
    /** By code of import_problems, how many rows have it. */
    problems: Record<string, number>;
    imported_count: number;
    company_count: number;
    undo_until: string | null;
};

type MemberRemoved = { removed: string; reassigned_to: string | null };
type ConsentRecorded<State> = { consent_id: string; state: State; recorded_at: string };
