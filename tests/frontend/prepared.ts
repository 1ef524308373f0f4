// What a recipe finds: who is signed in, and the people around. Used by the programs that recipes.py makes of documents.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import type { Database, Tables } from "./types";

declare const process: { env: { SUPABASE_URL: string; SUPABASE_PUBLISHABLE_KEY: string; RUN: string } };

type Client = SupabaseClient<Database>;
/** visitor: nobody yet. newcomer: signed up. user: attested and agreed. owner, member: of a workspace whose terms are accepted. */
type Persona = "visitor" | "newcomer" | "user" | "owner" | "member";

export interface Person {
    supabase: Client;
    userId: string;
    email: string;
    password: string;
}

/** Empty strings and nobody signed in, where a persona does not have it. */
export interface Prepared extends Person {
    url: string;
    key: string;
    workspaceId: string;
    owner: Person;
    member: Person;
    newClient(): Client;
    /** Another person who has attested and agreed. */
    newUser(name?: string): Promise<Person>;
    /** Lets the notices of the coming policy be written now, not within the minute. */
    announce(): Promise<void>;
    /** Lets every reminder come now, whenever it is due. */
    remind(): Promise<void>;
    /** A mail that the person sent to a contact. */
    send(contactId: string): Promise<void>;
}

const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key, RUN: run } = process.env;
const refusals: string[] = [];
let people = 0;

const watched: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!answer.ok) {
        const error = await answer.clone().json();
        refusals.push(error.message?.match(/check constraint "(\w+)"/)?.[1] ?? error.error_code ?? error.code);
    }
    return answer;
};
const options = { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch: watched } };
const newClient = (): Client => createClient<Database>(url, key, options);

function nobody(name: string): Person {
    people += 1;
    return { supabase: newClient(), userId: "", email: `${name}-${people}-${run}@example.com`, password: `secret of ${name}` };
}

async function signedUp(name: string): Promise<Person> {
    const person = nobody(name);
    const { data, error } = await person.supabase.auth.signUp({ email: person.email, password: person.password });
    if (error) throw error;
    return { ...person, userId: data.user!.id };
}

async function effective(supabase: Client, document: Tables<"policy_versions">["document"]) {
    const query = supabase.from("policy_versions").select("id, text_sha256").eq("document", document);
    const { data } = await query.lte("effective_at", new Date().toISOString()).single().throwOnError();
    return { policy_version_id: data.id, text_sha256: data.text_sha256 };
}

async function newUser(name = "user"): Promise<Person> {
    const person = await signedUp(name);
    await person.supabase.rpc("attest_adult", { is_adult: true }).throwOnError();
    await person.supabase.rpc("accept_policy", await effective(person.supabase, "privacy_policy")).throwOnError();
    return person;
}

async function workspace(owner: Person, member: Person): Promise<string> {
    const made = await owner.supabase.rpc("create_workspace", { name: "Bakery", team_size: "2-10" }).throwOnError();
    const workspace_id = made.data.workspace_id;
    for (const document of ["service_agreement", "data_processing_terms"] as const) {
        const version = await effective(owner.supabase, document);
        await owner.supabase.rpc("accept_workspace_terms", { workspace_id, ...version }).throwOnError();
    }
    const invitation = { workspace_id, email: member.email, role: "member" } as const;
    const { data } = await owner.supabase.rpc("invite_member", invitation).throwOnError();
    await member.supabase.rpc("accept_invitation", { token: data.token }).throwOnError();
    return workspace_id;
}

async function prepared(persona: Persona): Promise<Prepared> {
    const hasWorkspace = persona === "owner" || persona === "member";
    const [owner, member] = hasWorkspace ? [await newUser("owner"), await newUser("member")] : [nobody("owner"), nobody("member")];
    const workspaceId = hasWorkspace ? await workspace(owner, member) : "";
    const others = { visitor: nobody, newcomer: signedUp, user: newUser };
    const self = hasWorkspace ? { owner, member }[persona] : await others[persona](persona);
    const probe = async (name: string, given = {}) => {
        await self.supabase.rpc(`probe_${name}` as never, given as never).throwOnError();
    };
    const announce = () => probe("announce");
    const remind = () => probe("remind");
    const send = (contact_id: string) => probe("send", { contact_id });
    return { ...self, url, key, workspaceId, owner, member, newClient, newUser, announce, remind, send };
}

/** Run a recipe, and fail unless the database refused exactly what the recipe says that it refuses. */
export async function cook(persona: Persona, refused: string[], recipe: (given: Prepared) => Promise<void>): Promise<void> {
    const given = await prepared(persona);
    assert.deepEqual(refusals, []);
    await recipe(given);
    assert.deepEqual(refusals, refused);
}
