"""How the domain's needs are met: PostgREST, Google, Supabase Auth, encryption. One module per neighbour."""
