/** A database's schema as its catalogue tells of it: two databases with the same text have the same schema. */
import type { Sql } from 'postgres';

/** One line for each thing, sorted: relations with their options and partitioning, columns, constraints, indexes, views, functions, triggers, types, extensions. */
export async function readCatalogue(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with own as (select oid, nspname from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema')
    select concat_ws(' ', 'relation', nspname, relname, relkind, relpersistence, reloptions::text, pg_get_partkeydef(c.oid), pg_get_expr(relpartbound, c.oid),
      (select string_agg(inhparent::regclass::text, ',' order by inhseqno) from pg_inherits where inhrelid = c.oid),
      (select reloptions::text from pg_class t where t.oid = c.reltoastrelid), 'rls', relrowsecurity, obj_description(c.oid, 'pg_class')) as line
    from pg_class c join own on own.oid = relnamespace
    union all
    select concat_ws(' ', 'column', c.oid::regclass, row_number() over (partition by c.oid order by attnum), attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
      'default', pg_get_expr(adbin, adrelid), attidentity, attgenerated, 'collate', attcollation::regcollation, attstorage, attcompression, attstattarget, attoptions::text, col_description(c.oid, attnum))
    from pg_attribute join pg_class c on c.oid = attrelid join own on own.oid = relnamespace left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'c', 'f')
    union all
    select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(k.oid), condeferrable, condeferred, convalidated) from pg_constraint k join own on own.oid = connamespace
    union all
    select concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisunique, indisprimary, indisvalid, indisreplident) from pg_index join pg_class c on c.oid = indexrelid join own on own.oid = relnamespace
    union all
    select concat_ws(' ', 'view', c.oid::regclass, pg_get_viewdef(c.oid)) from pg_class c join own on own.oid = relnamespace where relkind in ('v', 'm')
    union all
    select concat_ws(' ', 'function', pg_get_functiondef(p.oid)) from pg_proc p join own on own.oid = pronamespace where prokind <> 'a'
    union all
    select concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid)) from pg_trigger t join pg_class c on c.oid = tgrelid join own on own.oid = relnamespace where not tgisinternal
    union all
    select concat_ws(' ', 'enum', enumtypid::regtype, row_number() over (partition by enumtypid order by enumsortorder), enumlabel) from pg_enum
    union all
    select concat_ws(' ', 'domain', t.oid::regtype, format_type(typbasetype, typtypmod), typdefault, typnotnull) from pg_type t join own on own.oid = typnamespace where typtype = 'd'
    union all
    select concat_ws(' ', 'sequence', s.seqrelid::regclass, format_type(seqtypid, null), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) from pg_sequence s
    union all
    select concat_ws(' ', 'extension', extname) from pg_extension`;
  return rows.map(({ line }) => line).sort();
}
