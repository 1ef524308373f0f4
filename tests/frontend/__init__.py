"""What a frontend does with supabase-js and the checked-in types: type-checked, then run against the platform."""
