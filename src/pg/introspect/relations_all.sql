 -- All of them; without $1 not those of pg_catalog (which is always number 11). The few other kinds are
 -- left out by the reader: planning a list of those that are wanted takes longer.
 WHERE ($1::pg_catalog.bool OR c.relnamespace <> 11)
   AND c.relkind <> 'i' AND c.relkind <> 't'
