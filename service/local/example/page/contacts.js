// The contacts of a workspace, straight from the database under row-level security: newest first, found by words, added.

const $ = (id) => document.getElementById(id);
const COLUMNS = "id, full_name, job_title, lifecycle, companies(name)";
let workspaceId = null;

// supabase-js hands errors back; one kind of error is easier to show.
async function rows(query) {
    const { data, error } = await query;
    if (error) throw error;
    return data;
}

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
    let query = supabase.from("contacts").select(COLUMNS).eq("workspace_id", workspaceId);
    let order = null;
    if (words.trim()) {
        const found = await rows(supabase.rpc("search_records", { workspace_id: workspaceId, query: words, kinds: ["contact"] }));
        order = found.map((each) => each.id);
        query = query.in("id", order);
    } else {
        query = query.is("is_trashed", false).order("created_at", { ascending: false }).limit(20);
    }
    const contacts = await rows(query);
    if (order) contacts.sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
    $("contact-list").replaceChildren(...contacts.map((contact) => line(contact, open)));
    $("no-contacts").hidden = contacts.length > 0;
}

export async function addContact(supabase, form) {
    const { full_name, address } = Object.fromEntries(new FormData(form));
    const id = crypto.randomUUID();
    await rows(supabase.from("contacts").insert({ workspace_id: workspaceId, id, full_name }));
    if (address) {
        await rows(supabase.from("contact_addresses").insert({
            workspace_id: workspaceId, contact_id: id, kind: "email", address: address.toLowerCase(), is_main: true,
        }));
    }
    form.reset();
}

export function currentWorkspace() {
    return workspaceId;
}

export function clearContacts() {
    workspaceId = null;
    $("contact-list").replaceChildren();
    $("search-form").reset();
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
