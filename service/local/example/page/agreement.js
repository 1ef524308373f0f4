// What a new user answers before new processing opens: to be an adult, and to agree to the policy in effect.

// The hash names the text that was shown; the database refuses another one.
export async function agree(supabase) {
    const answered = await supabase.rpc("attest_adult", { is_adult: true });
    if (answered.error) throw answered.error;
    const { data: [version], error } = await supabase
        .from("policy_versions")
        .select("id, text_sha256")
        .eq("document", "privacy_policy")
        .lte("effective_at", new Date().toISOString())
        .order("effective_at", { ascending: false })
        .limit(1);
    if (error) throw error;
    const agreed = await supabase.rpc("accept_policy", { policy_version_id: version.id, text_sha256: version.text_sha256 });
    if (agreed.error) throw agreed.error;
}
