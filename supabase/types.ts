// What supabase-js may do here: createClient<Database>(url, key). One file without imports, to copy into a frontend.
//
// Made by `make types`, never edited by hand: the Supabase CLI (gen types, schema public) reads the database that
// supabase/migrations make; left out are columns and functions to which no client has a right; the words that a column
// may hold come from its check constraint; what functions take and answer comes from supabase/answers.ts. `make check`
// fails if this file is not what they say.

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

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
    public: {
        Tables: {
            activities: {
                Row: {
                    assignee_id: string | null;
                    call_direction: "inbound" | "outbound" | null;
                    call_from: string | null;
                    call_outcome: "answered" | "no_answer" | "busy" | "voicemail" | "failed" | "cancelled" | null;
                    call_provider_id: string | null;
                    call_seconds: number | null;
                    call_to: string | null;
                    company_id: string | null;
                    contact_id: string | null;
                    created_at: string;
                    created_by: string | null;
                    deal_id: string | null;
                    description: string | null;
                    done_at: string | null;
                    due_at: string | null;
                    ends_at: string | null;
                    google_event_id: string | null;
                    id: string;
                    is_done: boolean;
                    is_on_primary_calendar: boolean | null;
                    is_trashed: boolean;
                    kind: "meeting" | "follow_up" | "appointment" | "call" | "note" | "task";
                    location: string | null;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    purge_at: string | null;
                    remind_at: string | null;
                    starts_at: string | null;
                    time_zone: string | null;
                    title: string;
                    trashed_at: string | null;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    assignee_id?: string | null;
                    call_direction?: "inbound" | "outbound" | null;
                    call_from?: string | null;
                    call_outcome?: "answered" | "no_answer" | "busy" | "voicemail" | "failed" | "cancelled" | null;
                    call_seconds?: number | null;
                    call_to?: string | null;
                    company_id?: string | null;
                    contact_id?: string | null;
                    deal_id?: string | null;
                    description?: string | null;
                    done_at?: string | null;
                    due_at?: string | null;
                    ends_at?: string | null;
                    id?: string;
                    kind: "meeting" | "follow_up" | "appointment" | "call" | "note" | "task";
                    location?: string | null;
                    remind_at?: string | null;
                    starts_at?: string | null;
                    time_zone?: string | null;
                    title: string;
                    workspace_id: string;
                };
                Update: {
                    assignee_id?: string | null;
                    call_direction?: "inbound" | "outbound" | null;
                    call_from?: string | null;
                    call_outcome?: "answered" | "no_answer" | "busy" | "voicemail" | "failed" | "cancelled" | null;
                    call_seconds?: number | null;
                    call_to?: string | null;
                    company_id?: string | null;
                    contact_id?: string | null;
                    deal_id?: string | null;
                    description?: string | null;
                    done_at?: string | null;
                    due_at?: string | null;
                    ends_at?: string | null;
                    kind?: "meeting" | "follow_up" | "appointment" | "call" | "note" | "task";
                    location?: string | null;
                    remind_at?: string | null;
                    starts_at?: string | null;
                    time_zone?: string | null;
                    title?: string;
                    trashed_at?: string | null;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "activities_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "activities_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "activities_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "activity_company_is_of_the_workspace";
                        columns: ["workspace_id", "company_id"];
                        isOneToOne: false;
                        referencedRelation: "companies";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "activity_contact_is_of_the_workspace";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "activity_deal_is_of_the_workspace";
                        columns: ["workspace_id", "deal_id"];
                        isOneToOne: false;
                        referencedRelation: "deals";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "assignee_is_a_member";
                        columns: ["workspace_id", "assignee_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    }
                ];
            };
            activity_attendees: {
                Row: {
                    activity_id: string;
                    contact_id: string;
                    created_at: string;
                    created_by: string | null;
                    id: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    activity_id: string;
                    contact_id: string;
                    id?: string;
                    workspace_id: string;
                };
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "activity_attendees_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "activity_attendees_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "activity_attendees_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "attendee_is_a_contact";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "attendee_takes_part_in_an_activity";
                        columns: ["workspace_id", "activity_id"];
                        isOneToOne: false;
                        referencedRelation: "activities";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "attendee_takes_part_in_an_activity";
                        columns: ["workspace_id", "activity_id"];
                        isOneToOne: false;
                        referencedRelation: "own_open_activities";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            activity_reminders: {
                Row: {
                    activity_id: string;
                    due_at: string;
                    id: string;
                    shown_at: string | null;
                    user_id: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: {
                    shown_at?: string | null;
                };
                Relationships: [
                    {
                        foreignKeyName: "reminder_is_for_a_member";
                        columns: ["workspace_id", "user_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    },
                    {
                        foreignKeyName: "reminder_is_of_an_activity";
                        columns: ["workspace_id", "activity_id"];
                        isOneToOne: false;
                        referencedRelation: "activities";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "reminder_is_of_an_activity";
                        columns: ["workspace_id", "activity_id"];
                        isOneToOne: false;
                        referencedRelation: "own_open_activities";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            agreements: {
                Row: {
                    agreed_at: string;
                    id: string;
                    kind: "explicit" | "use";
                    notice_id: string | null;
                    policy_version_id: number;
                    text_sha256: string;
                    user_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "agreements_notice_id_fkey";
                        columns: ["notice_id"];
                        isOneToOne: false;
                        referencedRelation: "policy_notices";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "agreements_policy_version_id_fkey";
                        columns: ["policy_version_id"];
                        isOneToOne: false;
                        referencedRelation: "policy_versions";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "agreements_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    }
                ];
            };
            attribute_definitions: {
                Row: {
                    choices: (string)[] | null;
                    created_at: string;
                    created_by: string | null;
                    id: string;
                    key: string;
                    kind: "text" | "number" | "date" | "choice";
                    label: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    table_name: "contacts" | "companies" | "deals";
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    choices?: (string)[] | null;
                    id?: string;
                    key: string;
                    kind: "text" | "number" | "date" | "choice";
                    label: string;
                    table_name: "contacts" | "companies" | "deals";
                    workspace_id: string;
                };
                Update: {
                    choices?: (string)[] | null;
                    label?: string;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "attribute_definitions_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "attribute_definitions_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "attribute_definitions_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            companies: {
                Row: {
                    attributes: NonNullable<Json>;
                    city: string | null;
                    country: string | null;
                    created_at: string;
                    created_by: string | null;
                    description: string | null;
                    domain: string | null;
                    id: string;
                    import_id: string | null;
                    industry: string | null;
                    is_trashed: boolean;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    name: string;
                    owner_id: string | null;
                    phone: string | null;
                    purge_at: string | null;
                    tags: (string)[];
                    trashed_at: string | null;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    website: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    attributes?: NonNullable<Json>;
                    city?: string | null;
                    country?: string | null;
                    description?: string | null;
                    domain?: string | null;
                    id?: string;
                    industry?: string | null;
                    name: string;
                    owner_id?: string | null;
                    phone?: string | null;
                    tags?: (string)[];
                    website?: string | null;
                    workspace_id: string;
                };
                Update: {
                    attributes?: NonNullable<Json>;
                    city?: string | null;
                    country?: string | null;
                    description?: string | null;
                    domain?: string | null;
                    industry?: string | null;
                    name?: string;
                    owner_id?: string | null;
                    phone?: string | null;
                    tags?: (string)[];
                    trashed_at?: string | null;
                    version?: number;
                    website?: string | null;
                };
                Relationships: [
                    {
                        foreignKeyName: "companies_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "companies_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "companies_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "company_owner_is_a_member";
                        columns: ["workspace_id", "owner_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    }
                ];
            };
            consent_texts: {
                Row: {
                    id: number;
                    language: string;
                    published_at: string;
                    purpose: string;
                    text: string;
                    text_sha256: string;
                    version: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [];
            };
            consents: {
                Row: {
                    address: string | null;
                    consent_text_id: number | null;
                    id: string;
                    proof: string | null;
                    purpose: string;
                    recorded_at: string;
                    recorded_by: string | null;
                    source: "settings" | "sign_up" | "form" | "email" | "call" | "import" | "operator";
                    state: "given" | "withdrawn";
                    user_id: string | null;
                    workspace_id: string | null;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "consents_consent_text_id_fkey";
                        columns: ["consent_text_id"];
                        isOneToOne: false;
                        referencedRelation: "consent_texts";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "consents_recorded_by_fkey";
                        columns: ["recorded_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "consents_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "consents_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            contact_addresses: {
                Row: {
                    address: string;
                    contact_id: string;
                    created_at: string;
                    created_by: string | null;
                    id: string;
                    is_main: boolean;
                    kind: "email" | "phone";
                    label: string | null;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    address: string;
                    contact_id: string;
                    id?: string;
                    is_main?: boolean;
                    kind: "email" | "phone";
                    label?: string | null;
                    workspace_id: string;
                };
                Update: {
                    address?: string;
                    is_main?: boolean;
                    label?: string | null;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "address_belongs_to_a_contact";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "contact_addresses_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_addresses_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_addresses_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            contact_merges: {
                Row: {
                    id: string;
                    kept_contact_id: string;
                    merged_at: string;
                    merged_by: string | null;
                    merged_contact_id: string;
                    merged_name: string | null;
                    undo_until: string;
                    undone_at: string | null;
                    undone_by: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "contact_merges_merged_by_fkey";
                        columns: ["merged_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_merges_undone_by_fkey";
                        columns: ["undone_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_merges_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "merge_kept_a_contact";
                        columns: ["workspace_id", "kept_contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            contact_permissions: {
                Row: {
                    basis: "consent" | "contract" | "legitimate_interest" | "asked_by_contact";
                    calling_from: string | null;
                    calling_until: string | null;
                    channel: "email" | "call" | "sms";
                    contact_id: string;
                    created_at: string;
                    created_by: string | null;
                    ends_at: string | null;
                    id: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    state: "allowed" | "withdrawn";
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    basis: "consent" | "contract" | "legitimate_interest" | "asked_by_contact";
                    calling_from?: string | null;
                    calling_until?: string | null;
                    channel: "email" | "call" | "sms";
                    contact_id: string;
                    ends_at?: string | null;
                    id?: string;
                    state: "allowed" | "withdrawn";
                    workspace_id: string;
                };
                Update: {
                    basis?: "consent" | "contract" | "legitimate_interest" | "asked_by_contact";
                    calling_from?: string | null;
                    calling_until?: string | null;
                    ends_at?: string | null;
                    state?: "allowed" | "withdrawn";
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "contact_permissions_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_permissions_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contact_permissions_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "permission_belongs_to_a_contact";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            contacts: {
                Row: {
                    attributes: NonNullable<Json>;
                    company_id: string | null;
                    converted_at: string | null;
                    created_at: string;
                    created_by: string | null;
                    description: string | null;
                    full_name: string;
                    id: string;
                    import_id: string | null;
                    is_trashed: boolean;
                    job_title: string | null;
                    language: string | null;
                    lawful_basis: "consent" | "contract" | "legitimate_interest" | "legal_obligation";
                    lifecycle: "lead" | "qualified" | "customer" | "former_customer";
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    owner_id: string | null;
                    purge_at: string | null;
                    source: "manual" | "import" | "form" | "referral" | "event" | "partner" | "voice_agent" | "other";
                    source_detail: string | null;
                    tags: (string)[];
                    time_zone: string | null;
                    trashed_at: string | null;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    attributes?: NonNullable<Json>;
                    company_id?: string | null;
                    description?: string | null;
                    full_name: string;
                    id?: string;
                    job_title?: string | null;
                    language?: string | null;
                    lawful_basis?: "consent" | "contract" | "legitimate_interest" | "legal_obligation";
                    lifecycle?: "lead" | "qualified" | "customer" | "former_customer";
                    owner_id?: string | null;
                    source?: "manual" | "import" | "form" | "referral" | "event" | "partner" | "voice_agent" | "other";
                    source_detail?: string | null;
                    tags?: (string)[];
                    time_zone?: string | null;
                    workspace_id: string;
                };
                Update: {
                    attributes?: NonNullable<Json>;
                    company_id?: string | null;
                    description?: string | null;
                    full_name?: string;
                    job_title?: string | null;
                    language?: string | null;
                    lawful_basis?: "consent" | "contract" | "legitimate_interest" | "legal_obligation";
                    lifecycle?: "lead" | "qualified" | "customer" | "former_customer";
                    owner_id?: string | null;
                    source?: "manual" | "import" | "form" | "referral" | "event" | "partner" | "voice_agent" | "other";
                    source_detail?: string | null;
                    tags?: (string)[];
                    time_zone?: string | null;
                    trashed_at?: string | null;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "contact_company_is_of_the_workspace";
                        columns: ["workspace_id", "company_id"];
                        isOneToOne: false;
                        referencedRelation: "companies";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "contact_owner_is_a_member";
                        columns: ["workspace_id", "owner_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    },
                    {
                        foreignKeyName: "contacts_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contacts_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "contacts_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            deal_contacts: {
                Row: {
                    contact_id: string;
                    created_at: string;
                    created_by: string | null;
                    deal_id: string;
                    id: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    role: "decision_maker" | "buyer" | "user" | "influencer" | "participant";
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    contact_id: string;
                    deal_id: string;
                    id?: string;
                    role?: "decision_maker" | "buyer" | "user" | "influencer" | "participant";
                    workspace_id: string;
                };
                Update: {
                    role?: "decision_maker" | "buyer" | "user" | "influencer" | "participant";
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "deal_contacts_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "deal_contacts_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "deal_contacts_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "participant_is_a_contact";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "participant_takes_part_in_a_deal";
                        columns: ["workspace_id", "deal_id"];
                        isOneToOne: false;
                        referencedRelation: "deals";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            deal_stage_changes: {
                Row: {
                    changed_at: string;
                    changed_by: string | null;
                    deal_id: string;
                    from_stage_id: string | null;
                    id: string;
                    to_stage_id: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "deal_stage_changes_changed_by_fkey";
                        columns: ["changed_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "deal_stage_changes_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "reached_stage_is_of_the_workspace";
                        columns: ["workspace_id", "to_stage_id"];
                        isOneToOne: false;
                        referencedRelation: "pipeline_stages";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "stage_before_is_of_the_workspace";
                        columns: ["workspace_id", "from_stage_id"];
                        isOneToOne: false;
                        referencedRelation: "pipeline_stages";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "stage_change_is_of_a_deal";
                        columns: ["workspace_id", "deal_id"];
                        isOneToOne: false;
                        referencedRelation: "deals";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            deals: {
                Row: {
                    amount: number | null;
                    attributes: NonNullable<Json>;
                    closed_at: string | null;
                    company_id: string | null;
                    created_at: string;
                    created_by: string | null;
                    currency: string | null;
                    description: string | null;
                    expected_close_on: string | null;
                    id: string;
                    is_trashed: boolean;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    name: string;
                    owner_id: string | null;
                    pipeline_id: string;
                    purge_at: string | null;
                    stage_id: string;
                    tags: (string)[];
                    trashed_at: string | null;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    amount?: number | null;
                    attributes?: NonNullable<Json>;
                    company_id?: string | null;
                    currency?: string | null;
                    description?: string | null;
                    expected_close_on?: string | null;
                    id?: string;
                    name: string;
                    owner_id?: string | null;
                    pipeline_id: string;
                    stage_id: string;
                    tags?: (string)[];
                    workspace_id: string;
                };
                Update: {
                    amount?: number | null;
                    attributes?: NonNullable<Json>;
                    company_id?: string | null;
                    currency?: string | null;
                    description?: string | null;
                    expected_close_on?: string | null;
                    name?: string;
                    owner_id?: string | null;
                    pipeline_id?: string;
                    stage_id?: string;
                    tags?: (string)[];
                    trashed_at?: string | null;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "deal_company_is_of_the_workspace";
                        columns: ["workspace_id", "company_id"];
                        isOneToOne: false;
                        referencedRelation: "companies";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "deal_owner_is_a_member";
                        columns: ["workspace_id", "owner_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    },
                    {
                        foreignKeyName: "deal_stage_is_of_its_pipeline";
                        columns: ["workspace_id", "pipeline_id", "stage_id"];
                        isOneToOne: false;
                        referencedRelation: "pipeline_stages";
                        referencedColumns: ["workspace_id", "pipeline_id", "id"];
                    },
                    {
                        foreignKeyName: "deals_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "deals_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "deals_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            google_connections: {
                Row: {
                    connected_at: string;
                    email: string;
                    google_sub: string;
                    granted_scopes: (string)[];
                    id: string;
                    name: string | null;
                    picture: string | null;
                    reconnect_reason: "grant_ended" | "reauthentication_required" | null;
                    status: "active" | "reconnect_required";
                    updated_at: string;
                    user_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "google_connections_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: true;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    }
                ];
            };
            import_problems: {
                Row: {
                    code: "attribute_is_not_of_its_kind" | "bad_email" | "bad_encoding" | "bad_phone" | "does_not_show" | "duplicate_in_file" | "duplicate_of_contact" | "name_missing" | "ragged_row" | "too_long" | "too_many_tags" | "unknown_language" | "unknown_lifecycle" | "unknown_time_zone";
                    column_name: string;
                    import_id: string;
                    line_number: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "problem_belongs_to_an_import";
                        columns: ["workspace_id", "import_id"];
                        isOneToOne: false;
                        referencedRelation: "imports";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            import_rows: {
                Row: {
                    attributes: NonNullable<Json>;
                    company: string | null;
                    description: string | null;
                    emails: (string)[];
                    full_name: string | null;
                    import_id: string;
                    job_title: string | null;
                    language: string | null;
                    lifecycle: string | null;
                    line_number: number;
                    phones: (string)[];
                    tags: (string)[];
                    time_zone: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "row_belongs_to_an_import";
                        columns: ["workspace_id", "import_id"];
                        isOneToOne: false;
                        referencedRelation: "imports";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            imports: {
                Row: {
                    bad_count: number;
                    checked_at: string | null;
                    committed_at: string | null;
                    company_count: number;
                    created_at: string;
                    created_by: string | null;
                    failure: string | null;
                    file_name: string;
                    header: NonNullable<Json>;
                    id: string;
                    imported_count: number;
                    is_partial: boolean;
                    lawful_basis: "consent" | "contract" | "legitimate_interest" | "legal_obligation";
                    part_count: number;
                    row_count: number;
                    source: "manual" | "import" | "form" | "referral" | "event" | "partner" | "voice_agent" | "other";
                    source_detail: string | null;
                    state: "staging" | "checked" | "committing" | "committed" | "undoing" | "undone" | "cancelled";
                    undo_until: string | null;
                    undone_at: string | null;
                    undone_count: number;
                    updated_at: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "imports_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "imports_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            invitations: {
                Row: {
                    accepted_at: string | null;
                    created_at: string;
                    email: string;
                    expires_at: string;
                    id: string;
                    invited_by: string | null;
                    role: "admin" | "member";
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "invitations_invited_by_fkey";
                        columns: ["invited_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "invitations_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            list_exports: {
                Row: {
                    contact_count: number;
                    exported_at: string;
                    exported_by: string | null;
                    filter_fields: (string)[];
                    id: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "list_exports_exported_by_fkey";
                        columns: ["exported_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "list_exports_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            pipeline_stages: {
                Row: {
                    created_at: string;
                    created_by: string | null;
                    id: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    name: string;
                    outcome: "open" | "won" | "lost";
                    pipeline_id: string;
                    position: number;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    id?: string;
                    name: string;
                    outcome?: "open" | "won" | "lost";
                    pipeline_id: string;
                    position?: number;
                    workspace_id: string;
                };
                Update: {
                    name?: string;
                    outcome?: "open" | "won" | "lost";
                    position?: number;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "pipeline_stages_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "pipeline_stages_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "pipeline_stages_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "stage_belongs_to_a_pipeline";
                        columns: ["workspace_id", "pipeline_id"];
                        isOneToOne: false;
                        referencedRelation: "pipelines";
                        referencedColumns: ["workspace_id", "id"];
                    }
                ];
            };
            pipelines: {
                Row: {
                    created_at: string;
                    created_by: string | null;
                    id: string;
                    made_by: "user" | "voice_agent" | "automation" | "import" | "form";
                    name: string;
                    position: number;
                    updated_at: string;
                    updated_by: string | null;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: {
                    id?: string;
                    name: string;
                    position?: number;
                    workspace_id: string;
                };
                Update: {
                    name?: string;
                    position?: number;
                    version?: number;
                };
                Relationships: [
                    {
                        foreignKeyName: "pipelines_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "pipelines_updated_by_fkey";
                        columns: ["updated_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "pipelines_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            policy_notices: {
                Row: {
                    channel: "in_app" | "email";
                    created_at: string;
                    delivered_at: string | null;
                    id: string;
                    policy_version_id: number;
                    user_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "policy_notices_policy_version_id_fkey";
                        columns: ["policy_version_id"];
                        isOneToOne: false;
                        referencedRelation: "policy_versions";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "policy_notices_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    }
                ];
            };
            policy_versions: {
                Row: {
                    document: "privacy_policy" | "service_agreement" | "data_processing_terms";
                    effective_at: string;
                    id: number;
                    is_material: boolean;
                    published_at: string;
                    summary: string;
                    text_sha256: string;
                    url: string;
                    version: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [];
            };
            profiles: {
                Row: {
                    account_state: "active" | "closing";
                    adult_attested_at: string | null;
                    company: string | null;
                    created_at: string;
                    full_name: string | null;
                    locale: string | null;
                    phone: string | null;
                    time_zone: string | null;
                    updated_at: string;
                    user_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: {
                    company?: string | null;
                    full_name?: string | null;
                    locale?: string | null;
                    phone?: string | null;
                    time_zone?: string | null;
                };
                Relationships: [];
            };
            record_changes: {
                Row: {
                    changed_at: string;
                    changed_by: string | null;
                    fields: (string)[];
                    id: string;
                    made_by: string;
                    operation: "insert" | "update" | "delete";
                    record_id: string;
                    table_name: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "record_changes_changed_by_fkey";
                        columns: ["changed_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "record_changes_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            security_notices: {
                Row: {
                    created_at: string;
                    id: string;
                    kind: "google_authorization_used_by_another_user" | "google_reconnect_required";
                    user_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "security_notices_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    }
                ];
            };
            sent_messages: {
                Row: {
                    contact_id: string;
                    created_at: string;
                    field: "to" | "cc" | "bcc";
                    finished_at: string | null;
                    id: string;
                    idempotency_key: string;
                    is_shared: boolean;
                    message_id: string | null;
                    sender_id: string;
                    state: "sending" | "sent" | "failed" | "unknown";
                    thread_id: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: {
                    is_shared?: boolean;
                };
                Relationships: [
                    {
                        foreignKeyName: "message_went_to_a_contact";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "sent_messages_sender_id_fkey";
                        columns: ["sender_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "sent_messages_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            workspace_agreements: {
                Row: {
                    accepted_at: string;
                    accepted_by: string | null;
                    id: string;
                    policy_version_id: number;
                    text_sha256: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "workspace_agreements_accepted_by_fkey";
                        columns: ["accepted_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "workspace_agreements_policy_version_id_fkey";
                        columns: ["policy_version_id"];
                        isOneToOne: false;
                        referencedRelation: "policy_versions";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "workspace_agreements_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            workspace_members: {
                Row: {
                    display_name: string | null;
                    joined_at: string;
                    role: "owner" | "admin" | "member";
                    role_changed_at: string;
                    user_id: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "workspace_members_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "workspace_members_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            workspaces: {
                Row: {
                    created_at: string;
                    id: string;
                    industry: string | null;
                    name: string;
                    revenue_range: "under_100k" | "100k-500k" | "500k-1m" | "1m-5m" | "5m-20m" | "over_20m" | null;
                    team_size: "1" | "2-10" | "11-50" | "51-200" | "over_200" | null;
                    updated_at: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: {
                    industry?: string | null;
                    name?: string;
                    revenue_range?: "under_100k" | "100k-500k" | "500k-1m" | "1m-5m" | "5m-20m" | "over_20m" | null;
                    team_size?: "1" | "2-10" | "11-50" | "51-200" | "over_200" | null;
                };
                Relationships: [];
            };
        };
        Views: {
            company_timeline: {
                Row: {
                    company_id: string;
                    entry: "activity" | "deal_stage" | "contact";
                    happened_at: string;
                    kind: string | null;
                    person_id: string | null;
                    record_id: string;
                    title: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Relationships: [];
            };
            contact_timeline: {
                Row: {
                    contact_id: string;
                    entry: "activity" | "message" | "deal_stage";
                    happened_at: string;
                    kind: string | null;
                    person_id: string | null;
                    record_id: string;
                    title: string | null;
                    workspace_id: string;
                };
                ComputedFields: never;
                Relationships: [];
            };
            current_consents: {
                Row: {
                    address: string | null;
                    consent_text_id: number | null;
                    purpose: string;
                    recorded_at: string;
                    source: "settings" | "sign_up" | "form" | "email" | "call" | "import" | "operator";
                    state: "given" | "withdrawn";
                    user_id: string | null;
                    workspace_id: string | null;
                };
                ComputedFields: never;
                Relationships: [
                    {
                        foreignKeyName: "consents_consent_text_id_fkey";
                        columns: ["consent_text_id"];
                        isOneToOne: false;
                        referencedRelation: "consent_texts";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "consents_user_id_fkey";
                        columns: ["user_id"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "consents_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
            deal_timeline: {
                Row: {
                    deal_id: string;
                    entry: "activity" | "deal_stage";
                    happened_at: string;
                    kind: string | null;
                    person_id: string | null;
                    record_id: string;
                    title: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Relationships: [];
            };
            own_open_activities: {
                Row: {
                    assignee_id: string | null;
                    company_id: string | null;
                    contact_id: string | null;
                    created_at: string;
                    created_by: string | null;
                    deal_id: string | null;
                    due_at: string | null;
                    ends_at: string | null;
                    google_event_id: string | null;
                    id: string;
                    is_on_primary_calendar: boolean | null;
                    kind: "meeting" | "follow_up" | "appointment" | "call" | "note" | "task";
                    location: string | null;
                    remind_at: string | null;
                    starts_at: string | null;
                    time_zone: string | null;
                    title: string;
                    version: number;
                    workspace_id: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: never;
                Relationships: [
                    {
                        foreignKeyName: "activities_created_by_fkey";
                        columns: ["created_by"];
                        isOneToOne: false;
                        referencedRelation: "profiles";
                        referencedColumns: ["user_id"];
                    },
                    {
                        foreignKeyName: "activities_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    },
                    {
                        foreignKeyName: "activity_company_is_of_the_workspace";
                        columns: ["workspace_id", "company_id"];
                        isOneToOne: false;
                        referencedRelation: "companies";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "activity_contact_is_of_the_workspace";
                        columns: ["workspace_id", "contact_id"];
                        isOneToOne: false;
                        referencedRelation: "contacts";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "activity_deal_is_of_the_workspace";
                        columns: ["workspace_id", "deal_id"];
                        isOneToOne: false;
                        referencedRelation: "deals";
                        referencedColumns: ["workspace_id", "id"];
                    },
                    {
                        foreignKeyName: "assignee_is_a_member";
                        columns: ["workspace_id", "assignee_id"];
                        isOneToOne: false;
                        referencedRelation: "workspace_members";
                        referencedColumns: ["workspace_id", "user_id"];
                    }
                ];
            };
            stage_totals: {
                Row: {
                    amount: number | null;
                    currency: string | null;
                    deal_count: number;
                    pipeline_id: string;
                    stage_id: string;
                    workspace_id: string;
                };
                ComputedFields: never;
                Relationships: [
                    {
                        foreignKeyName: "deal_stage_is_of_its_pipeline";
                        columns: ["workspace_id", "pipeline_id", "stage_id"];
                        isOneToOne: false;
                        referencedRelation: "pipeline_stages";
                        referencedColumns: ["workspace_id", "pipeline_id", "id"];
                    },
                    {
                        foreignKeyName: "deals_workspace_id_fkey";
                        columns: ["workspace_id"];
                        isOneToOne: false;
                        referencedRelation: "workspaces";
                        referencedColumns: ["id"];
                    }
                ];
            };
        };
        Functions: {
            accept_invitation: {
                Args: {
                    token: string;
                };
                Returns: Answers["accept_invitation"];
            };
            accept_policy: {
                Args: {
                    policy_version_id: number;
                    text_sha256: string;
                };
                Returns: Answers["accept_policy"];
            };
            accept_workspace_terms: {
                Args: {
                    policy_version_id: number;
                    text_sha256: string;
                    workspace_id: string;
                };
                Returns: Answers["accept_workspace_terms"];
            };
            add_import_part: {
                Args: {
                    content: string;
                    import_id: string;
                    part_number: number;
                };
                Returns: Answers["add_import_part"];
            };
            attest_adult: {
                Args: {
                    is_adult: boolean;
                };
                Returns: Answers["attest_adult"];
            };
            begin_import: {
                Args: {
                    file_name: string;
                    lawful_basis: Arguments["begin_import"]["lawful_basis"];
                    mapping?: Json;
                    source: Arguments["begin_import"]["source"];
                    source_detail?: string;
                    workspace_id: string;
                };
                Returns: Answers["begin_import"];
            };
            cancel_import: {
                Args: {
                    import_id: string;
                };
                Returns: Answers["cancel_import"];
            };
            change_member_role: {
                Args: {
                    role: Arguments["change_member_role"]["role"];
                    user_id: string;
                    workspace_id: string;
                };
                Returns: Answers["change_member_role"];
            };
            check_import: {
                Args: {
                    import_id: string;
                };
                Returns: Answers["check_import"];
            };
            commit_import: {
                Args: {
                    import_id: string;
                    only_good_rows?: boolean;
                };
                Returns: Answers["commit_import"];
            };
            create_workspace: {
                Args: {
                    industry?: string;
                    name: string;
                    revenue_range?: Arguments["create_workspace"]["revenue_range"];
                    team_size?: Arguments["create_workspace"]["team_size"];
                };
                Returns: Answers["create_workspace"];
            };
            disconnect_google: {
                Args: Record<PropertyKey, never>;
                Returns: Answers["disconnect_google"];
            };
            export_contacts: {
                Args: {
                    filter?: Json;
                    workspace_id: string;
                };
                Returns: unknown;
            };
            find_duplicates: {
                Args: {
                    after?: string;
                    page_size?: number;
                    workspace_id: string;
                };
                Returns: Answers["find_duplicates"];
            };
            give_consent: {
                Args: {
                    consent_text_id: number;
                    purpose: string;
                    source?: Arguments["give_consent"]["source"];
                    text_sha256: string;
                };
                Returns: Answers["give_consent"];
            };
            invite_member: {
                Args: {
                    email: string;
                    role: Arguments["invite_member"]["role"];
                    workspace_id: string;
                };
                Returns: Answers["invite_member"];
            };
            leave_workspace: {
                Args: {
                    reassign_to?: string;
                    workspace_id: string;
                };
                Returns: Answers["leave_workspace"];
            };
            mark_policy_notice_delivered: {
                Args: {
                    notice_id: string;
                };
                Returns: Answers["mark_policy_notice_delivered"];
            };
            merge_contacts: {
                Args: {
                    keep_id: string;
                    merge_id: string;
                    workspace_id: string;
                };
                Returns: Answers["merge_contacts"];
            };
            own_state: {
                Args: Record<PropertyKey, never>;
                Returns: Answers["own_state"];
            };
            record_contact_consent: {
                Args: {
                    address: string;
                    consent_text_id: number;
                    proof?: string;
                    purpose: string;
                    source: Arguments["record_contact_consent"]["source"];
                    text_sha256: string;
                    workspace_id: string;
                };
                Returns: Answers["record_contact_consent"];
            };
            remove_member: {
                Args: {
                    reassign_to?: string;
                    user_id: string;
                    workspace_id: string;
                };
                Returns: Answers["remove_member"];
            };
            search_records: {
                Args: {
                    after_id?: string;
                    after_rank?: number;
                    kinds?: Arguments["search_records"]["kinds"];
                    page_size?: number;
                    query: string;
                    workspace_id: string;
                };
                Returns: {
                    "id": string;
                    "kind": string;
                    "rank": number;
                    "subtitle": string;
                    "title": string;
                }[];
            };
            transfer_ownership: {
                Args: {
                    user_id: string;
                    workspace_id: string;
                };
                Returns: Answers["transfer_ownership"];
            };
            undo_import: {
                Args: {
                    import_id: string;
                };
                Returns: Answers["undo_import"];
            };
            unmerge_contacts: {
                Args: {
                    merge_id: string;
                    workspace_id: string;
                };
                Returns: Answers["unmerge_contacts"];
            };
            withdraw_consent: {
                Args: {
                    purpose: string;
                    source?: Arguments["withdraw_consent"]["source"];
                };
                Returns: Answers["withdraw_consent"];
            };
            withdraw_contact_consent: {
                Args: {
                    address: string;
                    proof?: string;
                    purpose: string;
                    source: Arguments["withdraw_contact_consent"]["source"];
                    workspace_id: string;
                };
                Returns: Answers["withdraw_contact_consent"];
            };
        };
        Enums: {
            [_ in never]: never;
        };
        CompositeTypes: {
            [_ in never]: never;
        };
    };
};

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
