// What supabase-js may do here: createClient<Database>(url, key). One file without imports, to copy into a frontend.
//
// Made by `make types`, never edited by hand: the Supabase CLI (gen types, schema public) reads the database that
// supabase/migrations make; left out are columns and functions to which no client has a right; what functions answer
// comes from supabase/answers.ts. `make check` fails if this file is not what they say.

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

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
    public: {
        Tables: {
            agreements: {
                Row: {
                    agreed_at: string;
                    id: number;
                    kind: string;
                    notice_id: number | null;
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
                    id: number;
                    proof: string | null;
                    purpose: string;
                    recorded_at: string;
                    recorded_by: string | null;
                    source: string;
                    state: string;
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
            google_connections: {
                Row: {
                    connected_at: string;
                    email: string;
                    google_sub: string;
                    granted_scopes: (string)[];
                    id: string;
                    name: string | null;
                    picture: string | null;
                    reconnect_reason: string | null;
                    status: string;
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
            invitations: {
                Row: {
                    accepted_at: string | null;
                    created_at: string;
                    email: string;
                    expires_at: string;
                    id: string;
                    invited_by: string | null;
                    role: string;
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
            policy_notices: {
                Row: {
                    channel: string;
                    created_at: string;
                    delivered_at: string | null;
                    id: number;
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
                    document: string;
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
                    account_state: string;
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
            security_notices: {
                Row: {
                    created_at: string;
                    id: number;
                    kind: string;
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
            workspace_agreements: {
                Row: {
                    accepted_at: string;
                    accepted_by: string | null;
                    id: number;
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
                    role: string;
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
                    revenue_range: string | null;
                    team_size: string | null;
                    updated_at: string;
                };
                ComputedFields: never;
                Insert: never;
                Update: {
                    industry?: string | null;
                    name?: string;
                    revenue_range?: string | null;
                    team_size?: string | null;
                };
                Relationships: [];
            };
        };
        Views: {
            current_consents: {
                Row: {
                    address: string | null;
                    consent_text_id: number | null;
                    purpose: string;
                    recorded_at: string;
                    source: string;
                    state: string;
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
            attest_adult: {
                Args: {
                    is_adult: boolean;
                };
                Returns: Answers["attest_adult"];
            };
            change_member_role: {
                Args: {
                    role: string;
                    user_id: string;
                    workspace_id: string;
                };
                Returns: Answers["change_member_role"];
            };
            create_workspace: {
                Args: {
                    industry?: string;
                    name: string;
                    revenue_range?: string;
                    team_size?: string;
                };
                Returns: Answers["create_workspace"];
            };
            disconnect_google: {
                Args: Record<PropertyKey, never>;
                Returns: Answers["disconnect_google"];
            };
            give_consent: {
                Args: {
                    consent_text_id: number;
                    purpose: string;
                    source?: string;
                    text_sha256: string;
                };
                Returns: Answers["give_consent"];
            };
            invite_member: {
                Args: {
                    email: string;
                    role: string;
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
                    notice_id: number;
                };
                Returns: Answers["mark_policy_notice_delivered"];
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
                    source: string;
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
            transfer_ownership: {
                Args: {
                    user_id: string;
                    workspace_id: string;
                };
                Returns: Answers["transfer_ownership"];
            };
            withdraw_consent: {
                Args: {
                    purpose: string;
                    source?: string;
                };
                Returns: Answers["withdraw_consent"];
            };
            withdraw_contact_consent: {
                Args: {
                    address: string;
                    proof?: string;
                    purpose: string;
                    source: string;
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
