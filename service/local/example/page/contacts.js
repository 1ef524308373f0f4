// The contacts of a workspace, straight from the database under row-level security: newest first, found by words, added.
import { put, rows } from "./rows.js";

const $ = (id) => document.getElementById(id);
const COLUMNS = "id, full_name, job_title, lifecycle, created_at, companies(name)";
const PAGE_SIZE = 20;
let workspaceId = null;
// What the list shows: the words, and the last row of it, after which the next page begins.
let listed = null;
// The ids of a contact that is being added, from the first press until all of it is there.
let unfinished = null;

export async function showWorkspace(supabase, open) {
    const [workspace] = await rows(supabase.from("workspaces").select("id, name").order("created_at").limit(1));
    workspaceId = workspace?.id ?? null;
    $("workspace-form").hidden = Boolean(workspace);
    $("contact-tools").hidden = !workspace;
    $("workspace-title").textContent = workspace ? `Contacts of ${workspace.name}` : "Contacts";
    $("workspace").hidden = false;
    if (workspace) await showContacts(supabase, open);
}

export async function createWorkspace(supabase, form) {
    await rows(supabase.rpc("create_workspace", { name: form.elements.name.value }));
    form.reset();
}

// Without words the newest; with words what the database finds: beginnings of words and addresses, and what is alike.
export async function showContacts(supabase, open, words = "") {
    listed = { words: words.trim(), last: null };
    await addPage(supabase, open, listed);
}

export async function showMoreContacts(supabase, open) {
    const [first] = await addPage(supabase, open, listed);
    first?.querySelector("button").focus();
}

async function addPage(supabase, open, list) {
    const page = await (list.words ? foundAfter : newestAfter)(supabase, list);
    // Somebody who is faster than the answer has another list before them.
    if (list !== listed) return [];
    // One row more than is shown tells whether there are more.
    const made = page.slice(0, PAGE_SIZE).map((contact) => line(contact, open));
    if (list.last) $("contact-list").append(...made);
    else $("contact-list").replaceChildren(...made);
    list.last = page[PAGE_SIZE - 1];
    $("more-contacts").hidden = page.length <= PAGE_SIZE;
    $("no-contacts").hidden = $("contact-list").children.length > 0;
    return made;
}

async function newestAfter(supabase, { last }) {
    let query = supabase
        .from("contacts")
        .select(COLUMNS)
        .eq("workspace_id", workspaceId)
        .is("is_trashed", false)
        .order("created_at", { ascending: false })
        .order("id", { ascending: false })
        .limit(PAGE_SIZE + 1);
    if (last) query = query.lte("created_at", last.created_at).or(`created_at.lt."${last.created_at}",id.lt.${last.id}`);
    return rows(query);
}

async function foundAfter(supabase, { words, last }) {
    const asked = { workspace_id: workspaceId, query: words, kinds: ["contact"], page_size: PAGE_SIZE + 1 };
    const mark = last && { after_rank: last.rank, after_id: last.id };
    const found = await rows(supabase.rpc("search_records", { ...asked, ...mark }));
    const ids = found.map(({ id }) => id);
    const contacts = await rows(supabase.from("contacts").select(COLUMNS).eq("workspace_id", workspaceId).in("id", ids));
    // In the order of the search, and with its title of one who is gone by now.
    return found.map((each) => ({ full_name: each.title, ...each, ...contacts.find(({ id }) => id === each.id) }));
}

// The contact, then the address, under ids that we choose: a press after an error goes on with what is there already.
export async function addContact(supabase, form) {
    const { full_name, address } = Object.fromEntries(new FormData(form));
    const isAgain = unfinished !== null;
    unfinished ??= { contact: crypto.randomUUID(), address: crypto.randomUUID() };
    const { contact, address: id } = unfinished;
    await put(supabase, "contacts", { key: { workspace_id: workspaceId, id: contact }, values: { full_name }, isAgain });
    if (address) {
        await put(supabase, "contact_addresses", {
            key: { workspace_id: workspaceId, id },
            fixed: { contact_id: contact, kind: "email", is_main: true },
            values: { address: address.toLowerCase() },
            isAgain,
        });
    }
    unfinished = null;
    form.reset();
}

export function currentWorkspace() {
    return workspaceId;
}

export function clearContacts() {
    workspaceId = listed = unfinished = null;
    $("contact-list").replaceChildren();
    $("more-contacts").hidden = true;
    $("search-form").reset();
    $("contact-form").reset();
}

function line(contact, open) {
    const made = document.createElement("li");
    const name = document.createElement("button");
    name.type = "button";
    name.className = "quiet";
    name.textContent = contact.full_name;
    name.addEventListener("click", () => open(contact));
    const facts = document.createElement("span");
    facts.textContent = [contact.job_title, contact.companies?.name, contact.lifecycle].filter(Boolean).join(", ");
    made.append(name, facts);
    return made;
}
