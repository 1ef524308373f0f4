// Upcoming events: on the screen and in this module's memory only, until the session or the page ends.

const list = document.getElementById("event-list");
const more = document.getElementById("more");
const none = document.getElementById("no-events");
let nextPageToken = null;

export function clearEvents() {
    nextPageToken = null;
    list.replaceChildren();
    more.hidden = none.hidden = true;
}

export async function showEvents(service, { isFirst = false } = {}) {
    if (isFirst) clearEvents();
    const query = new URLSearchParams({ max_results: "5", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    if (nextPageToken) query.set("page_token", nextPageToken);
    const page = await service("GET", `/v1/calendar/events?${query}`);
    list.append(...page.events.map(line));
    nextPageToken = page.next_page_token;
    more.hidden = !nextPageToken;
    none.hidden = list.children.length > 0;
}

function line(event) {
    const made = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = event.start.date_time ?? event.start.date;
    time.textContent = event.start.date
        ? new Date(`${event.start.date}T00:00`).toLocaleDateString(undefined, { dateStyle: "medium" })
        : new Date(event.start.date_time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const title = document.createElement("span");
    title.textContent = [event.title ?? "(no title)", event.location].filter(Boolean).join(", ");
    made.append(time, title);
    return made;
}
