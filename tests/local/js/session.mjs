// The real supabase-js signs up, signs in, refreshes, calls an rpc, is refused without a token and signs out.
// Prints one JSON line per step; the Python test compares them. No token is printed.
import { createClient } from "@supabase/supabase-js";

const [url, key] = [process.env.SUPABASE_URL, process.env.SUPABASE_PUBLISHABLE_KEY];
const email = process.env.TEST_EMAIL;
const password = process.env.TEST_PASSWORD;

const open = () =>
  createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } });
const show = (step, value) => console.log(JSON.stringify({ step, ...value }));
const failure = (error) => (error ? { name: error.name, status: error.status, code: error.code } : null);

const nobody = open();
const refused = await nobody.from("probe_notes").select("*");
show("refused without a token", { status: refused.status, code: refused.error?.code });
const anonymous = await nobody.rpc("probe_whoami");
show("rpc as anon", { role: anonymous.data?.role });

const user = open();
const signedUp = await user.auth.signUp({ email, password });
show("sign up", { error: failure(signedUp.error), has_session: Boolean(signedUp.data.session) });
const id = signedUp.data.user?.id;
const asUser = await user.rpc("probe_whoami");
show("rpc as user", { role: asUser.data?.role, is_me: asUser.data?.sub === id });

const inserted = await user.from("probe_notes").insert({ user_id: id, note: "from js" }).select("note").single();
show("insert own row", { note: inserted.data?.note, error: failure(inserted.error) });
const stranger = open();
await stranger.auth.signUp({ email: `stranger-${email}`, password });
const foreign = await stranger.from("probe_notes").select("note").eq("user_id", id);
show("stranger reads", { rows: foreign.data?.length });

const refreshed = await user.auth.refreshSession();
show("refresh", {
  error: failure(refreshed.error),
  is_rotated: refreshed.data.session?.refresh_token !== signedUp.data.session?.refresh_token,
});
const claims = await user.auth.getClaims();
show("claims", { aal: claims.data?.claims.aal, alg: claims.data?.header.alg, error: failure(claims.error) });

const wrong = await open().auth.signInWithPassword({ email, password: "not-the-password" });
show("wrong password", failure(wrong.error));
const again = open();
const signedIn = await again.auth.signInWithPassword({ email, password });
show("sign in", { error: failure(signedIn.error), is_same_user: signedIn.data.user?.id === id });

const accessToken = refreshed.data.session?.access_token;
const signedOut = await user.auth.signOut();
show("sign out", { error: failure(signedOut.error) });
const after = await open().auth.getUser(accessToken);
show("after sign out", { error: failure(after.error) });
