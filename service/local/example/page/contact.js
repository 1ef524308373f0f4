// One contact: what happened and is planned, and a follow-up that becomes an event in the person's calendar.
import { currentWorkspace } from "./contacts.js";

const $ = (id) => document.getElementById(id);
const ENTRIES = { activity: "", message: "Mail: ", deal_stage: "Deal: " };
let shown = null;

export async function showContact(supabase, contact) {
    shown = contact;
    const { data, error } = await supabase
        .from("contact_timeline")
        .select("happened_at, entry, kind, title")
        .eq("workspace_id", currentWorkspace())
        .eq("contact_id", contact.id)
        .order("happened_at", { ascending: false })
        .limit(20);
    if (error) throw error;
    $("contact-title").textContent = contact.full_name;
    $("timeline").replaceChildren(...data.map(line));
    $("no-timeline").hidden = data.length > 0;
    $("contact").hidden = false;
}

export function hideContact() {
    shown = null;
    $("contact").hidden = true;
    $("timeline").replaceChildren();
}

// First the activity here, then the event at Google under an id that we choose: asked again, it makes no second event.
export async function followUp(supabase, service, form, isConnected) {
    const { title, start } = Object.fromEntries(new FormData(form));
    const begins = new Date(start);
    const ends = new Date(begins.getTime() + 30 * 60_000);
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const activity = {
        workspace_id: currentWorkspace(), id: crypto.randomUUID(), kind: "follow_up", title, contact_id: shown.id,
        starts_at: begins.toISOString(), ends_at: ends.toISOString(), time_zone,
    };
    const { error } = await supabase.from("activities").insert(activity);
    if (error) throw error;
    if (isConnected) {
        await service("POST", "/v1/calendar/events", {
            body: {
                id: activity.id.replaceAll("-", ""), activity_id: activity.id, title: `${title}: ${shown.full_name}`,
                start: { date_time: activity.starts_at }, end: { date_time: activity.ends_at }, send_updates: "none",
            },
        });
    }
    form.reset();
    await showContact(supabase, shown);
}

function line(entry) {
    const made = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = entry.happened_at;
    time.textContent = new Date(entry.happened_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const text = document.createElement("span");
    text.textContent = `${ENTRIES[entry.entry]}${entry.title ?? ""} (${entry.kind.replace("_", " ")})`.trim();
    made.append(time, text);
    return made;
}
