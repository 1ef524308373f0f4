// Rows of the database, through supabase-js.

// supabase-js hands errors back; one kind of error is easier to show.
export async function rows(query) {
    const { data, error } = await query;
    if (error) throw error;
    return data;
}

// Writes a row under an id of ours that an earlier press may have written already. An upsert that changes would write the
// id, too, which nobody may change: so first the row unless it is there, then the values that the form has now.
export async function put(supabase, table, { key, fixed, values, isAgain }) {
    await rows(supabase.from(table).upsert({ ...key, ...fixed, ...values }, { ignoreDuplicates: true }));
    if (isAgain) await rows(supabase.from(table).update(values).match(key));
}
