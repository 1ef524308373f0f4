// The real supabase-js disconnects a user's Google account with no other part of ours running, and reads its receipt.
// Prints one JSON line per step; the Python test compares them. No token is printed.
import { createClient } from "@supabase/supabase-js";

const user = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_PUBLISHABLE_KEY, {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
});
const show = (step, value) => console.log(JSON.stringify({ step, ...value }));

const nobody = await user.rpc("disconnect_google");
show("nobody", { status: nobody.status, code: nobody.error?.code });

const signedIn = await user.auth.signInWithPassword({
  email: process.env.TEST_EMAIL,
  password: process.env.TEST_PASSWORD,
});
show("sign in", { error: signedIn.error?.code ?? null });
const before = await user.from("google_connections").select("email").maybeSingle();
show("before", { is_connected: Boolean(before.data) });
const first = await user.rpc("disconnect_google");
show("disconnect", { error: first.error, outcome: first.data?.outcome, google: first.data?.google });
const after = await user.from("google_connections").select("email").maybeSingle();
show("after", { is_connected: Boolean(after.data), error: after.error });
const second = await user.rpc("disconnect_google");
show("again", { outcome: second.data?.outcome });
