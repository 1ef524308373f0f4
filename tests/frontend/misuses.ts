// What the database would refuse, or answer with nothing, does not type-check: lines that end in "refused" are wrong, all
// others are right. Only type-checked, never run.
import { createClient } from "@supabase/supabase-js";
import type { Database, Tables } from "./types";

const supabase = createClient<Database>("https://example.com", "key");
const [workspaces, invitations] = [supabase.from("workspaces"), supabase.from("invitations")];

// Tables and columns.
supabase.from("workspaces");
supabase.from("invitation_attempts"); // refused
workspaces.select("id").eq("industry", "baking");
workspaces.select("id").eq("branch", "baking"); // refused
workspaces.select("id").eq("industry", 7); // refused
workspaces.select("id, name").then(({ data }) => data?.map((row) => row.name.trim()));
workspaces.select("id, title").then(({ data }) => data?.map((row) => row.title.trim())); // refused
workspaces.select("id").then(({ data }) => data?.map((row) => row.name)); // refused
workspaces.select("industry").then(({ data }) => data?.map((row) => row.industry?.trim()));
workspaces.select("industry").then(({ data }) => data?.map((row) => row.industry.trim())); // refused

// Columns that no client may read.
invitations.select("email").then(({ data }) => data?.map((row) => row.email.trim()));
invitations.select("token_hash").then(({ data }) => data?.map((row) => row.token_hash.trim())); // refused
const invitation = {} as Tables<"invitations">;
invitation.expires_at.trim();
invitation.token_hash.trim(); // refused

// Embeds.
workspaces.select("workspace_members(role)").then(({ data }) => data?.map((row) => row.workspace_members[0].role.trim()));
workspaces.select("workspace_members(age)").then(({ data }) => data?.map((row) => row.workspace_members[0].age.trim())); // refused
workspaces.select("security_notices(id)").then(({ data }) => data?.map((row) => row.security_notices[0].id)); // refused

// Writing what no client may write.
workspaces.update({ name: "Bakery", industry: null });
workspaces.update({ name: null }); // refused
workspaces.update({ created_at: "2026-11-24" }); // refused
workspaces.update({ id: "planted" }); // refused
workspaces.insert({ name: "Bakery" }); // refused
workspaces.upsert({ name: "Bakery" }); // refused
invitations.delete().eq("id", "planted");
invitations.update({ role: "admin" }); // refused
supabase.from("workspace_members").insert({ role: "owner" }); // refused
supabase.from("profiles").update({ full_name: "Ada", phone: "+16135550142" });
supabase.from("profiles").update({ adult_attested_at: "2026-11-24" }); // refused
supabase.from("consents").insert({ purpose: "marketing", source: "form", state: "given" }); // refused
supabase.from("current_consents").update({ state: "given" }); // refused

// Words of a closed vocabulary, of tables and of views that show them.
const here = { workspace_id: "planted" };
supabase.from("contacts").insert({ ...here, full_name: "Ada", lifecycle: "customer", source: "referral" });
supabase.from("contacts").insert({ ...here, full_name: "Ada", lifecycle: "costumer" }); // refused
supabase.from("contacts").update({ lifecycle: "costumer" }); // refused
supabase.from("contacts").update({ lifecycle: null }); // refused
supabase.from("contacts").select("id").eq("lifecycle", "costumer"); // refused
supabase.from("activities").insert({ ...here, title: "Tasting", kind: "meeting", call_outcome: null });
supabase.from("activities").insert({ ...here, title: "Tasting", kind: "metting" }); // refused
supabase.from("activities").select("call_outcome").then(({ data }) => data?.map((row) => row.call_outcome?.trim()));
supabase.from("activities").select("call_outcome").then(({ data }) => data?.map((row) => row.call_outcome.trim())); // refused
supabase.from("own_open_activities").select("kind").then(({ data }) => data?.map((row) => row.kind === "meeting"));
supabase.from("own_open_activities").select("kind").then(({ data }) => data?.map((row) => row.kind === "metting")); // refused
workspaces.update({ team_size: "2-10", revenue_range: null });
workspaces.update({ team_size: "3-10" }); // refused

// What a view of several tables never leaves empty.
const timeline = supabase.from("contact_timeline").select("entry, kind, title, record_id, happened_at");
timeline.then(({ data }) => data?.map((row) => row.happened_at.trim() + row.record_id.trim() + row.title?.trim()));
timeline.then(({ data }) => data?.map((row) => row.title.trim())); // refused
timeline.then(({ data }) => data?.map((row) => row.kind.trim())); // refused
timeline.then(({ data }) => data?.map((row) => row.entry === "message"));
timeline.then(({ data }) => data?.map((row) => row.entry === "mail")); // refused
supabase.from("deal_timeline").select("title, deal_id").then(({ data }) => data?.map((row) => row.title + row.deal_id.trim()));
supabase.from("company_timeline").select("company_id").then(({ data }) => data?.map((row) => row.company_id.trim()));
supabase.from("stage_totals").select("deal_count, amount").then(({ data }) => data?.map((row) => row.deal_count.toFixed()));
supabase.from("stage_totals").select("deal_count, amount").then(({ data }) => data?.map((row) => row.amount.toFixed())); // refused

// Functions, their arguments and answers.
supabase.rpc("invite_member", { ...here, email: "ada@example.com", role: "admin" });
supabase.rpc("invite_member", { ...here, email: "ada@example.com", role: "owner" }); // refused
supabase.rpc("change_member_role", { ...here, user_id: "planted", role: "owner" });
supabase.rpc("change_member_role", { ...here, user_id: "planted", role: "boss" }); // refused
supabase.rpc("search_records", { ...here, query: "Ada", kinds: ["contact", "deal"] });
supabase.rpc("search_records", { ...here, query: "Ada", kinds: ["contcat"] }); // refused
supabase.rpc("begin_import", { ...here, source: "event", lawful_basis: "consent", file_name: "a.csv" });
supabase.rpc("begin_import", { ...here, source: "events", lawful_basis: "consent", file_name: "a.csv" }); // refused
supabase.rpc("begin_import", { ...here, source: "event", lawful_basis: "content", file_name: "a.csv" }); // refused
supabase.rpc("create_workspace", { name: "Bakery", team_size: "1", revenue_range: "1m-5m" });
supabase.rpc("create_workspace", { name: "Bakery", team_size: "one" }); // refused
supabase.rpc("withdraw_consent", { purpose: "marketing", source: "email" });
supabase.rpc("withdraw_consent", { purpose: "marketing", source: "operator" }); // refused
supabase.rpc("create_workspace", { name: "Bakery" }).then(({ data }) => data?.workspace_id.trim());
supabase.rpc("create_workspace", { name: "Bakery" }).then(({ data }) => data?.id.trim()); // refused
supabase.rpc("create_workspace", { title: "Bakery" }); // refused
supabase.rpc("create_workspace", {}); // refused
supabase.rpc("create_workspace", { name: 7 }); // refused
supabase.rpc("open_token"); // refused
supabase.rpc("own_state").then(({ data }) => data?.missing.includes("agreement_missing"));
supabase.rpc("own_state").then(({ data }) => data?.missing.includes("agreement")); // refused
supabase.rpc("accept_invitation", { token: "t" }).then(({ data }) => data?.outcome === "joined" && data.workspace_id.trim());
supabase.rpc("accept_invitation", { token: "t" }).then(({ data }) => data?.outcome === "expired"); // refused
supabase.rpc("accept_invitation", { token: "t" }).then(({ data }) => data?.workspace_id.trim()); // refused
