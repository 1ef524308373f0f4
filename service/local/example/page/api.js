// Calls of the service: the user's access token in a header, JSON both ways, one kind of error.

export class ServiceError extends Error {
    constructor(status, body, retryAfter) {
        super(body.message);
        this.status = status;
        this.code = body.error_code;
        this.details = body.details ?? null;
        this.retryAfter = retryAfter;
    }
}

// No answer at all: whether the service acted is not known.
export class NoAnswer extends Error {}

export async function call(supabase, method, path, { body, headers = {} } = {}) {
    // getSession refreshes the access token where it has ended.
    const { data: { session } } = await supabase.auth.getSession();
    let answer;
    try {
        answer = await fetch(path, {
            method,
            headers: {
                Authorization: `Bearer ${session?.access_token}`,
                ...(body ? { "Content-Type": "application/json" } : {}),
                ...headers,
            },
            body: body && JSON.stringify(body),
        });
    } catch {
        throw new NoAnswer("no answer");
    }
    let json;
    try {
        json = await answer.json();
    } catch {
        // A proxy's own page, or half an answer: what the service did is as unknown as without one.
        throw new NoAnswer("no answer of the service");
    }
    if (!answer.ok) throw new ServiceError(answer.status, json, Number(answer.headers.get("Retry-After")) || null);
    return json;
}
