-- Purpose: the planner takes the index that is in order, whatever a workspace's size.
-- Keeps:   P-8.2
-- Touches: setting random_page_cost of role authenticator
-- Undo:    alter role authenticator reset random_page_cost

-- Behind row policies the planner takes every workspace for a small one: sorting all of it then seems as cheap as reading its newest rows in
-- order, and the default price of a page, that of a turning disk, makes it seem cheaper. On a database of 100,000 contacts the newest of one
-- workspace took 10 ms in place of 0.07. Every connection of PostgREST begins as this role.
alter role authenticator set random_page_cost = 1.1;
