// Three people live through accounts, workspaces and consents with supabase-js and the types of supabase/types.ts.
// Prints one JSON line per step, and one per answer of a function; the Python test compares both.
import { createClient, type PostgrestError, type SupabaseClient } from "@supabase/supabase-js";
import type { Answers, Arguments, Database, Tables, TablesUpdate } from "./types";

declare const process: { env: { SUPABASE_URL: string; SUPABASE_PUBLISHABLE_KEY: string; RUN: string } };
type Client = SupabaseClient<Database>;
type Person = { supabase: Client; userId: string; email: string };

const show = (step: string, value: unknown) => console.log(JSON.stringify({ step, value }));
const codeOf = (error: PostgrestError | null) =>
    error?.code === "23514" ? error.message.match(/constraint "(\w+)"/)![1] : (error?.code ?? null);
const failure = ({ error, status }: { error: PostgrestError | null; status: number }) => [status, codeOf(error)];

const told: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const called = String(input).match(/\/rest\/v1\/rpc\/(\w+)/)?.[1];
    if (called && answer.ok) console.log(JSON.stringify({ called, answer: await answer.clone().json() }));
    return answer;
};

async function signUp(name: string): Promise<Person> {
    const supabase: Client = createClient<Database>(process.env.SUPABASE_URL, process.env.SUPABASE_PUBLISHABLE_KEY, {
        auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
        global: { fetch: told },
    });
    const email = `${name}-${process.env.RUN}@example.com`;
    const { data } = await supabase.auth.signUp({ email, password: `password of ${name}` });
    return { supabase, userId: data.user!.id, email };
}

async function newest(supabase: Client, document: Tables<"policy_versions">["document"]) {
    const { data } = await supabase
        .from("policy_versions")
        .select("id, text_sha256")
        .eq("document", document)
        .lte("effective_at", new Date().toISOString())
        .order("effective_at", { ascending: false })
        .limit(1)
        .single()
        .throwOnError();
    return { policy_version_id: data.id, text_sha256: data.text_sha256 };
}

async function missing({ supabase }: Person): Promise<Answers["own_state"]["missing"]> {
    return (await supabase.rpc("own_state").throwOnError()).data.missing;
}

async function become({ supabase }: Person) {
    await supabase.rpc("attest_adult", { is_adult: true }).throwOnError();
    await supabase.rpc("accept_policy", await newest(supabase, "privacy_policy")).throwOnError();
}

async function join(person: Person, owner: Person, workspace_id: string, role: Arguments["invite_member"]["role"]) {
    const { data } = await owner.supabase.rpc("invite_member", { workspace_id, email: person.email, role }).throwOnError();
    return (await person.supabase.rpc("accept_invitation", { token: data.token }).throwOnError()).data;
}

const [ada, grace, linus] = [await signUp("ada"), await signUp("grace"), await signUp("linus")];
const { supabase } = ada;

show("signed up", await missing(ada));
show("too early", failure(await supabase.rpc("create_workspace", { name: "Bakery" })));
await supabase.rpc("attest_adult", { is_adult: true }).throwOnError();
const policy = await newest(supabase, "privacy_policy");
show("another text", failure(await supabase.rpc("accept_policy", { ...policy, text_sha256: "0".repeat(64) })));
show("agreed", (await supabase.rpc("accept_policy", policy)).data?.outcome);
show("nothing is missing", await missing(ada));
for (const each of [grace, linus]) await become(each);

show("no name", failure(await supabase.rpc("create_workspace", { name: " " })));
const made = await supabase.rpc("create_workspace", { name: "Bakery", team_size: "2-10" }).throwOnError();
const workspace_id = made.data.workspace_id;
const facts: TablesUpdate<"workspaces"> = { industry: "baking", revenue_range: "under_100k" };
const change = () => supabase.from("workspaces").update(facts).eq("id", workspace_id).select("industry, team_size");
show("terms are missing", [made.data.are_terms_missing, failure(await change())]);
for (const document of ["service_agreement", "data_processing_terms"] as const) {
    const version = await newest(supabase, document);
    const { data } = await supabase.rpc("accept_workspace_terms", { workspace_id, ...version }).throwOnError();
    show(document, [data.outcome, data.are_terms_missing]);
}
show("changed facts", (await change()).data);
const wrong = { team_size: "many" as never };
show("wrong facts", failure(await supabase.from("workspaces").update(wrong).eq("id", workspace_id)));
show("wrong address", failure(await supabase.rpc("invite_member", { workspace_id, email: "grace", role: "member" })));

show("guessed", (await grace.supabase.rpc("accept_invitation", { token: "guessed" })).data);
const joined = await join(grace, ada, workspace_id, "admin");
show("joined", "workspace_id" in joined && [joined.outcome, joined.workspace_id === workspace_id]);
await join(linus, ada, workspace_id, "member");
await grace.supabase.from("profiles").update({ full_name: "Grace" }).eq("user_id", grace.userId).throwOnError();
const members = await linus.supabase
    .from("workspaces")
    .select("name, workspace_members(user_id, display_name, role)")
    .eq("id", workspace_id)
    .order("role", { referencedTable: "workspace_members" })
    .single()
    .throwOnError();
const named = new Map([ada, grace, linus].map((person) => [person.userId, person.email.split("-")[0]]));
show("members", [
    members.data.name,
    members.data.workspace_members.map(({ user_id, display_name, role }) => [named.get(user_id), display_name, role]),
]);

const { data: texts } = await supabase.from("consent_texts").select().eq("purpose", "marketing").throwOnError();
const { id: consent_text_id, text_sha256, purpose } = texts[0];
show("gave", (await supabase.rpc("give_consent", { purpose, consent_text_id, text_sha256 })).data?.state);
const mine = () => supabase.from("current_consents").select("purpose, state").eq("user_id", ada.userId);
show("in force", (await mine()).data);
show("withdrew", (await supabase.rpc("withdraw_consent", { purpose })).data?.state);
show("no more", (await mine()).data);
const contact = { workspace_id, purpose, address: "Alan@Example.com", source: "form" } as const;
const shown = { ...contact, consent_text_id, text_sha256, proof: "form 7" };
show("contact gave", (await linus.supabase.rpc("record_contact_consent", shown)).data?.state);
show("contact withdrew", (await linus.supabase.rpc("withdraw_contact_consent", contact)).data?.state);
const theirs = supabase.from("current_consents").select("address, state").eq("workspace_id", workspace_id);
show("contact's", (await theirs).data);
show("no purpose", failure(await supabase.rpc("withdraw_consent", { purpose: "planted" })));

{
    const list = { workspace_id, source: "event", lawful_basis: "consent", file_name: "people.csv" } as const;
    const begun = await supabase.rpc("begin_import", list).throwOnError();
    const { import_id } = begun.data;
    const part = { import_id, part_number: 1, content: "name,email\nAlan,alan@example.com\nNobody,nobody\n" };
    show("uploaded", [begun.data.state, (await supabase.rpc("add_import_part", part)).data?.outcome]);
    const { data: report } = await supabase.rpc("check_import", { import_id }).throwOnError();
    show("checked", [report.good_count, report.problems]);
    show("not all of it", failure(await supabase.rpc("commit_import", { import_id })));
    const good = { import_id, only_good_rows: true };
    show("imported", (await supabase.rpc("commit_import", good)).data?.imported_count);
    const another = await supabase.rpc("begin_import", list).throwOnError();
    show("given up", (await supabase.rpc("cancel_import", { import_id: another.data.import_id })).data?.state);
    const row = { workspace_id, full_name: "Alan M." };
    const { data: alan } = await supabase.from("contacts").insert(row).select("id").single().throwOnError();
    const address = { workspace_id, contact_id: alan.id, kind: "email", address: "alan@example.com" } as const;
    await supabase.from("contact_addresses").insert(address).throwOnError();
    const { data: found } = await supabase.rpc("find_duplicates", { workspace_id }).throwOnError();
    const [keep_id, merge_id] = found.duplicates[0].contact_ids;
    show("duplicates", [found.duplicates.length, found.next, merge_id === alan.id]);
    const merged = await supabase.rpc("merge_contacts", { workspace_id, keep_id, merge_id }).throwOnError();
    const undo = { workspace_id, merge_id: merged.data.merge_id };
    show("parted", (await supabase.rpc("unmerge_contacts", undo)).data?.restored_contact_id === alan.id);
    const undone = await supabase.rpc("undo_import", { import_id });
    show("undone", undone.data && [undone.data.state, undone.data.undone_count, undone.data.kept.map((kept) => kept.reason)]);
}

await supabase.rpc("probe_announce" as never).throwOnError();
const notices = await supabase.from("policy_notices").select("id, delivered_at, policy_versions(version)").throwOnError();
show("notice", notices.data.map((notice) => [notice.policy_versions.version, notice.delivered_at]));
await supabase.rpc("mark_policy_notice_delivered", { notice_id: notices.data[0].id }).throwOnError();

const last = await supabase.rpc("leave_workspace", { workspace_id });
show("last owner", failure(last));
const higher = { workspace_id, user_id: linus.userId, role: "owner" } as const;
show("not so high", failure(await grace.supabase.rpc("change_member_role", higher)));
show("higher", (await grace.supabase.rpc("change_member_role", { ...higher, role: "admin" })).data?.role);
const heir = { workspace_id, user_id: grace.userId };
show("transferred", (await supabase.rpc("transfer_ownership", heir)).data?.owner_id === grace.userId);
const gone = { workspace_id, user_id: linus.userId, reassign_to: grace.userId };
show("removed", (await grace.supabase.rpc("remove_member", gone)).data?.removed === linus.userId);
show("left", (await supabase.rpc("leave_workspace", { workspace_id })).data?.reassigned_to);
show("sees nothing", (await supabase.from("workspaces").select()).data);
show("not theirs", failure(await linus.supabase.rpc("leave_workspace", { workspace_id })));
show("google", (await supabase.rpc("disconnect_google")).data?.outcome);
show("a child", (await linus.supabase.rpc("attest_adult", { is_adult: false })).data?.outcome);
