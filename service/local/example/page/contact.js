// One contact: what happened and is planned, and a follow-up that becomes an event in the person's calendar.
import { currentWorkspace } from "./contacts.js";
import { put, rows } from "./rows.js";

const $ = (id) => document.getElementById(id);
const ENTRIES = { activity: "", message: "Mail", deal_stage: "Deal" };
let shown = null;
// By contact, the activity that a follow-up begins with, from the first press until all of it is done.
const unfinished = new Map();

export async function showContact(supabase, contact) {
    shown = contact;
    const query = supabase
        .from("contact_timeline")
        .select("happened_at, entry, kind, title")
        .eq("workspace_id", currentWorkspace())
        .eq("contact_id", contact.id)
        .order("happened_at", { ascending: false })
        .limit(20);
    const entries = await rows(query);
    $("contact-title").textContent = contact.full_name;
    $("timeline").replaceChildren(...entries.map(line));
    $("no-timeline").hidden = entries.length > 0;
    $("contact").hidden = false;
}

export function hideContact() {
    shown = null;
    unfinished.clear();
    $("contact").hidden = true;
    $("timeline").replaceChildren();
    $("follow-up-form").reset();
}

// First the activity here, then the event at Google, both under one id that we choose: a press after an answer that got
// lost goes on with what is there already, and with what the form says now.
export async function followUp(supabase, service, form, isConnected) {
    const contact = shown;
    const { title, start } = Object.fromEntries(new FormData(form));
    const begins = new Date(start);
    const ends = new Date(begins.getTime() + 30 * 60_000);
    const planned = { title, starts_at: begins.toISOString(), ends_at: ends.toISOString() };
    const isAgain = unfinished.has(contact.id);
    if (!isAgain) unfinished.set(contact.id, crypto.randomUUID());
    const id = unfinished.get(contact.id);
    await put(supabase, "activities", {
        key: { workspace_id: currentWorkspace(), id },
        fixed: { kind: "follow_up", contact_id: contact.id, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
        values: planned,
        isAgain,
    });
    if (isConnected) {
        await makeEvent(service, isAgain, {
            activity_id: id, title: `${title}: ${contact.full_name}`,
            start: { date_time: planned.starts_at }, end: { date_time: planned.ends_at }, send_updates: "none",
        });
    }
    unfinished.delete(contact.id);
    form.reset();
    if (contact === shown) await showContact(supabase, contact);
}

// The same request again answers the event that the first one made. Another title or time is another request, which finds
// the id taken by our own event: that one is changed.
async function makeEvent(service, isAgain, event) {
    const id = event.activity_id.replaceAll("-", "");
    try {
        await service("POST", "/v1/calendar/events", { body: { id, ...event } });
    } catch (error) {
        if (!isAgain || error.code !== "event_id_taken") throw error;
        await service("PATCH", `/v1/calendar/events/${id}`, { body: event });
    }
}

function line(entry) {
    const made = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = entry.happened_at;
    time.textContent = new Date(entry.happened_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const text = document.createElement("span");
    // A mail has no title here: its subject is kept nowhere.
    const what = [ENTRIES[entry.entry], entry.title].filter(Boolean).join(": ");
    text.textContent = `${what} (${entry.kind.replace("_", " ")})`.trim();
    made.append(time, text);
    return made;
}
