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

// Functions, their arguments and answers.
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
