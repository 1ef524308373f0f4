// Sending: one Idempotency-Key per message. It stays the same while the same message is tried again after no answer,
// so that it goes out at most once; a message that was sent, or that was changed, gets a new one.
import { NoAnswer } from "./api.js";

let key = null;
let keyIsFor = null;

export async function sendMail(service, form) {
    const { to, subject, text } = Object.fromEntries(new FormData(form));
    const body = { to: [to], subject, text };
    const written = JSON.stringify(body);
    if (written !== keyIsFor) [key, keyIsFor] = [crypto.randomUUID(), written];
    try {
        await service("POST", "/v1/gmail/messages", { body, headers: { "Idempotency-Key": key } });
    } catch (error) {
        // While nobody knows yet, the same key asks again. After any other answer a new try is a new message.
        const isOpen = error instanceof NoAnswer || error.status === 500 || error.status === 503 || error.code === "send_in_progress";
        if (!isOpen) keyIsFor = null;
        throw error;
    }
    keyIsFor = null;
    form.reset();
}
