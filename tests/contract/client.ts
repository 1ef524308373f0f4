// A client as a frontend writes it: openapi-fetch with the types made from the service's own document.
// It is type-checked against that document, and never run.
import createClient from "openapi-fetch";
import type { components, paths } from "./service";

const service = createClient<paths>({ baseUrl: "https://google.example.com" });
type Whole = components["schemas"]["WholeEventBody"];

export async function connect(returnTo: string): Promise<string> {
    const { data, error } = await service.POST("/v1/google/authorizations", { body: { return_to: returnTo } });
    if (error) throw new Error(error.error_code);
    return data.authorization_url;
}

export async function finish(completion: string): Promise<string[]> {
    const { data, error } = await service.POST("/v1/google/connection", { body: { completion } });
    if (error) throw new Error(error.error_code);
    return data.missing_scopes;
}

export async function send(key: string, thread?: string): Promise<"sent" | "ask again" | "look" | "no"> {
    const { data, error } = await service.POST("/v1/gmail/messages", {
        params: { header: { "Idempotency-Key": key, Prefer: "wait=10" } },
        body: {
            to: ["grace@example.com", { address: "ada@example.com", name: "Ada" }],
            subject: "Tuesday",
            text: "Shall we say ten?",
            html: '<img src="cid:logo">',
            attachments: [{ filename: "a.pdf", content_type: "application/pdf", content: "SGVsbG8=" }],
            inline_images: [{ content_id: "logo", content_type: "image/png", content: "SGVsbG8=" }],
            thread_id: thread,
        },
    });
    if (data) return data.message_id ? "sent" : "no";
    switch (error?.error_code) {
        case "send_in_progress":
        case "service_unavailable":
            return "ask again";
        case "outcome_unknown":
            return "look";
        default:
            return "no";
    }
}

export async function whatBecameOf(key: string): Promise<"sending" | "sent" | "failed" | "unknown" | undefined> {
    const { data } = await service.GET("/v1/gmail/sends/{key}", { params: { path: { key } } });
    return data?.state;
}

export async function readAndTrash(id: string): Promise<boolean> {
    const { data: thread } = await service.GET("/v1/gmail/threads/{id}", { params: { path: { id } } });
    for (const message of thread?.messages ?? []) {
        await service.PATCH("/v1/gmail/messages/{id}", {
            params: { path: { id: message.id } },
            body: { is_read: true },
        });
    }
    const { data } = await service.PATCH("/v1/gmail/threads/{id}", {
        params: { path: { id } },
        body: { is_trashed: true },
    });
    return data?.messages.every((message) => message.is_trashed) ?? false;
}

export async function* upcoming(): AsyncGenerator<{ id: string; title: string | null }> {
    let page_token: string | undefined;
    do {
        const { data, error } = await service.GET("/v1/calendar/events", {
            params: { query: { max_results: 50, time_zone: "America/Winnipeg", page_token } },
        });
        if (!data) throw new Error(error?.error_code);
        yield* data.events;
        page_token = data.next_page_token ?? undefined;
    } while (page_token);
}

export async function createAndMove(id: string): Promise<Whole | "somebody was faster" | undefined> {
    const { data: calendars } = await service.GET("/v1/calendar/calendars");
    const own = calendars?.calendars.find((each) => each.can_write);
    const { data: event } = await service.POST("/v1/calendar/events", {
        params: { query: { calendar_id: own?.id } },
        body: {
            id,
            title: "Kick-off",
            start: { date_time: "2026-12-01T10:00:00", time_zone: "America/Winnipeg" },
            end: { date_time: "2026-12-01T11:00:00", time_zone: "America/Winnipeg" },
            recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"],
            attendees: [{ email: "grace@example.com", is_optional: true }],
            reminders: [{ method: "popup", minutes: 10 }],
            has_meet_link: true,
            send_updates: "all",
        },
    });
    if (!event) return undefined;
    const { data, error } = await service.PATCH("/v1/calendar/events/{id}", {
        params: { path: { id }, header: { "If-Match": event.etag } },
        body: { title: null, send_updates: "external_only" },
    });
    if (error?.error_code === "event_changed") return "somebody was faster";
    return data;
}

export async function disconnect(): Promise<boolean | undefined> {
    const { data } = await service.DELETE("/v1/google/connection");
    return data?.google.is_revoked;
}
