// The real supabase-js imports a list in parts, reads what is wrong page by page, exports it as a file, merges and undoes.
// Prints one JSON line per step; the Python test compares them.
import { createClient } from "@supabase/supabase-js";

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_PUBLISHABLE_KEY, {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
});
const show = (step, value) => console.log(JSON.stringify({ step, ...value }));
await supabase.auth.signInWithPassword({ email: process.env.TEST_EMAIL, password: process.env.TEST_PASSWORD });
const made = await supabase.rpc("create_workspace", { name: "Bakery" });
const workspace_id = made.data.workspace_id;

const bad = Array.from({ length: 5 }, (_, n) => `Nobody ${n},nobody,,\n`).join("");
const file = `\uFEFFname,email,phone,Schuhgr\u00F6\u00DFe\r\n"Lovelace, Ada",ada@example.com,+1 613 555 0142,38\n=Grace,grace@example.com,,\n${bad}`;
const begun = await supabase.rpc("begin_import", {
  workspace_id, source: "event", lawful_basis: "consent", file_name: "people.csv",
});
const import_id = begun.data.import_id;
// A megabyte in bytes; here some letters, to have parts.
const size = 50;
for (let part = 0; part * size < file.length; part++) {
  const content = file.slice(part * size, (part + 1) * size);
  const taken = await supabase.rpc("add_import_part", { import_id, part_number: part + 1, content });
  if (taken.error) throw new Error(taken.error.message);
}
const checked = await supabase.rpc("check_import", { import_id });
show("checked", {
  header: checked.data.header.map((column) => column.column),
  good: checked.data.good_count, bad: checked.data.bad_count, problems: checked.data.problems,
});
const page = (from, to) =>
  supabase.from("import_problems").select("line_number, column_name, code").eq("import_id", import_id)
    .order("line_number").order("column_name").range(from, to);
const [first, second] = [await page(0, 2), await page(3, 5)];
show("report", { first: first.data, second: second.data });
const preview = await supabase.from("import_rows").select("full_name, phones").eq("import_id", import_id)
  .order("line_number").limit(1).single();
show("preview", preview.data);
const refused = await supabase.rpc("commit_import", { import_id });
show("refused", { status: refused.status, code: refused.error?.code, details: refused.error?.details });
const committed = await supabase.rpc("commit_import", { import_id, only_good_rows: true });
show("committed", { state: committed.data.state, imported: committed.data.imported_count });

const exported = await supabase.rpc("export_contacts", { workspace_id, filter: { lifecycle: "lead" } }).csv();
show("exported", { lines: exported.data.split("\r\n").map((line) => line.slice(0, 60)), error: exported.error });
const asJson = await supabase.rpc("export_contacts", { workspace_id });
show("exported without csv()", { is_same: asJson.data === exported.data });
const record = await supabase.from("list_exports").select("filter_fields, contact_count").eq("workspace_id", workspace_id)
  .order("exported_at");
show("on record", { exports: record.data });

const added = await supabase.from("contacts").insert({ workspace_id, full_name: "Countess" }).select("id").single();
await supabase.from("contact_addresses")
  .insert({ workspace_id, contact_id: added.data.id, kind: "email", address: "ada@example.com" });
const found = await supabase.rpc("find_duplicates", { workspace_id });
const { address, contact_ids: [keep_id, merge_id] } = found.data.duplicates[0];
show("duplicates", { address, is_last: merge_id === added.data.id, next: found.data.next });
const merged = await supabase.rpc("merge_contacts", { workspace_id, keep_id, merge_id });
show("merged", { kept: merged.data.kept_contact_id === keep_id });
const parted = await supabase.rpc("unmerge_contacts", { workspace_id, merge_id: merged.data.merge_id });
show("parted", { restored: parted.data.restored_contact_id === merge_id });

await supabase.from("contacts").update({ job_title: "Countess" }).eq("workspace_id", workspace_id).eq("id", keep_id);
const undone = await supabase.rpc("undo_import", { import_id });
show("undone", { undone: undone.data.undone_count, kept: undone.data.kept.map((each) => each.reason) });
