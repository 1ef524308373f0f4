/** What the functions of the database answer, where PostgreSQL knows only that it is JSON. `make types` copies it into types.ts. */
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
};

type MemberRemoved = { removed: string; reassigned_to: string | null };
type ConsentRecorded<State> = { consent_id: number; state: State; recorded_at: string };
