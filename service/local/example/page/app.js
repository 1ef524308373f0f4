// The page: sign in with supabase-js, work with contacts, connect Google, show events, send a mail, disconnect.
import { agree } from "./agreement.js";
import { call } from "./api.js";
import { followUp, hideContact, showContact } from "./contact.js";
import { addContact, clearContacts, createWorkspace, showContacts, showMoreContacts, showWorkspace } from "./contacts.js";
import { clearEvents, showEvents } from "./events.js";
import { sendMail } from "./mail.js";
import { nameOfScope, wordsFor, wordsForReturn } from "./words.js";

const $ = (id) => document.getElementById(id);
const configuration = await (await fetch("config.json")).json();
// supabase-js keeps its own session in local storage; nothing of Google's goes there.
const supabase = window.supabase.createClient(configuration.supabase_url, configuration.publishable_key);
const service = (method, path, options) => call(supabase, method, path, options);
const returnTo = location.origin + location.pathname;
let isConnected = false;

// One result is shown at a time: of an old success and a new error, nobody could tell which is meant.
function say(text) {
    $("problem").hidden = true;
    $("status").textContent = text;
}

function showProblem(error) {
    const [text, action] = typeof error === "string" ? [error] : wordsFor(error);
    $("problem-text").textContent = text;
    $("problem-action").hidden = !action;
    $("problem-action").textContent = action ?? "";
    $("status").textContent = "";
    $("problem").hidden = false;
}

// Runs one action of the user's: one at a time, errors in words, the focus where the result is.
async function act(button, action, focus) {
    $("problem").hidden = true;
    if (button) button.disabled = true;
    try {
        await action();
        if (focus) $(focus).focus();
    } catch (error) {
        showProblem(error);
    } finally {
        if (button) button.disabled = false;
    }
}

function showConnection(connection) {
    const isActive = isConnected = connection.status === "active";
    $("connection-text").textContent = {
        active: `Connected: ${connection.name ?? ""} ${connection.email ?? ""}`,
        reconnect_required: `The connection of ${connection.email} has ended. Connect again to go on.`,
        not_connected: "Not connected. Connect to see your events and send mail from here.",
    }[connection.status];
    const missing = connection.status === "not_connected" ? [] : connection.missing_scopes;
    $("missing").replaceChildren(...missing.map((scope) => item(`Not allowed: ${nameOfScope(scope)}`)));
    $("missing").hidden = !missing.length;
    $("connect").hidden = isActive && !missing.length;
    $("connect").textContent = isActive ? "Allow the rest" : connection.status === "not_connected" ? "Connect Google" : "Connect again";
    $("disconnect").hidden = connection.status === "not_connected";
    $("connection").hidden = false;
    $("events").hidden = $("mail").hidden = !isActive;
}

function item(text) {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
}

async function connect() {
    const { authorization_url } = await service("POST", "/v1/google/authorizations", { body: { return_to: returnTo } });
    location.assign(authorization_url);
}

// Google's answer comes back in the fragment. It leaves the address at once: it is good for one use only.
async function finishConnecting() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const completion = fragment.get("google_completion");
    const error = fragment.get("google_error");
    if (!completion && !error) return;
    history.replaceState(null, "", location.pathname);
    if (error) throw new Error(wordsForReturn(error));
    await service("POST", "/v1/google/connection", { body: { completion } });
    say("Google is connected.");
    $("connection-title").focus();
}

async function refresh() {
    const connection = await service("GET", "/v1/google/connection");
    showConnection(connection);
    if (connection.status === "active") await showEvents(service, { isFirst: true });
}

const openContact = (contact) => act(null, () => showContact(supabase, contact), "contact-title");

async function disconnect() {
    const receipt = await service("DELETE", "/v1/google/connection");
    clearEvents();
    $("receipt").replaceChildren(
        ...[
            ["Deleted here", receipt.deleted_at ? new Date(receipt.deleted_at).toLocaleString() : "nothing was stored"],
            ["Sealed tokens deleted", String(receipt.secrets_deleted)],
            ["Revoked at Google", receipt.google.is_revoked ? "yes" : `no (${receipt.google.reason})`],
            ["Backups", receipt.backups],
        ].flatMap(([term, text]) => [element("dt", term), element("dd", text)]),
    );
    $("receipt").hidden = false;
    showConnection(await service("GET", "/v1/google/connection"));
    say("Google is disconnected.");
}

function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
}

async function show(session) {
    $("signing-in").hidden = Boolean(session);
    $("who").hidden = !session;
    $("email").textContent = session?.user.email ?? "";
    if (session) {
        await act(null, async () => {
            try {
                await finishConnecting();
            } catch (error) {
                showProblem(error.code ? error : error.message);
            }
            await refresh();
            await showWorkspace(supabase, openContact);
        });
    } else {
        clearEvents();
        clearContacts();
        hideContact();
        for (const id of ["connection", "workspace", "events", "mail", "receipt", "problem"]) $(id).hidden = true;
        $("mail-form").reset();
    }
}

$("sign-in-form").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    const { email, password, agreed } = Object.fromEntries(new FormData(submitted.target));
    const isNew = submitted.submitter?.value === "up";
    act(submitted.submitter, async () => {
        if (isNew && !agreed) return showProblem("A new account needs your answer above: 18 or older, and agreed.");
        const { data, error } = isNew
            ? await supabase.auth.signUp({ email, password })
            : await supabase.auth.signInWithPassword({ email, password });
        if (error) return showProblem("E-mail or password did not fit.");
        if (isNew) await agree(supabase);
        submitted.target.reset();
        say("Signed in.");
        await show(data.session);
        $("connection-title").focus();
    });
});
$("sign-out").addEventListener("click", () =>
    act($("sign-out"), async () => {
        await supabase.auth.signOut();
        await show(null);
        say("Signed out.");
    }, "signing-in-title"));
$("connect").addEventListener("click", () => act($("connect"), connect));
$("problem-action").addEventListener("click", () => act($("problem-action"), connect));
$("disconnect").addEventListener("click", () => act($("disconnect"), disconnect, "connection-title"));
$("more-contacts").addEventListener("click", () => act($("more-contacts"), () => showMoreContacts(supabase, openContact)));
$("more").addEventListener("click", () => act($("more"), () => showEvents(service), "events-title"));
$("mail-form").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    act(submitted.submitter, async () => {
        await sendMail(service, submitted.target);
        say("The mail was sent.");
    }, "mail-title");
});
// One way for all forms of the contacts: do it, show what came of it, say so.
function onSubmit(form, action, said, focus) {
    $(form).addEventListener("submit", (submitted) => {
        submitted.preventDefault();
        act(submitted.submitter, async () => {
            await action(submitted.target);
            if (said) say(said);
        }, focus);
    });
}
onSubmit("workspace-form", async (form) => {
    await createWorkspace(supabase, form);
    await showWorkspace(supabase, openContact);
}, "The workspace is yours.", "workspace-title");
onSubmit("search-form", (form) => showContacts(supabase, openContact, form.elements.words.value), null, "workspace-title");
onSubmit("contact-form", async (form) => {
    await addContact(supabase, form);
    await showContacts(supabase, openContact);
}, "The contact was added.", "workspace-title");
onSubmit("follow-up-form", async (form) => {
    await followUp(supabase, service, form, isConnected);
    if (isConnected) await showEvents(service, { isFirst: true });
}, "The follow-up is planned.", "contact-title");
// A page that the browser keeps for "back" must not keep the calendar.
window.addEventListener("pagehide", clearEvents);

const { data: { session } } = await supabase.auth.getSession();
await show(session);
