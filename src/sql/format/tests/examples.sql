-- What is short stays short.
select 1;
select c.name,sum(o.total) from shop.order o join shop.customer c on c.id=o.customer_id left outer join shop.address a using(id) where o.placed_at>now()-interval '30 days' and (o.status='paid' or o.status='sent') and o.id between 1 and 10 group by 1 having count(*)>1 order by 2 desc nulls last limit 10 offset 5;

-- What is long has lines.
select distinct on (a.first_column_of_all, b.second) a.first_column_of_all, b.second, count(*) filter (where b.third is not null) as counted, row_number() over (partition by a.first_column_of_all order by b.second desc) from a, b where a.id is not distinct from b.id;
with recursive tree(id, parent) as (select id, parent from node where parent is null union all select n.id, n.parent from node n join tree t on t.id = n.parent), counted as materialized (select count(*) n from tree) select * from tree, counted where exists (select 1 from node where node.id = tree.id) for update of node skip locked;
select case when a then 1 else 2 end, case kind when 'first of all kinds' then 'this is the first one' when 'second' then 'this is the second one' else null end as kind from t;
select a[1:2], b[i], array[1,2,3]::int[], x::numeric(10,2), -1, - -1, a-1, a - -1, j->>'k', j #>> '{a,b}', t.*, "Q".x, 'it''s' || E'\n', $1, not b, @ -5, extract(year from d), substring(s from 1 for 2), cast(a as text), d at time zone 'UTC', timestamp with time zone '2020-01-01' from t;
select * from t where id in (1000001, 1000002, 1000003, 1000004, 1000005, 1000006, 1000007, 1000008, 1000009, 1000010, 1000011);
select 'a long text that takes much of the line' || first_name || ' and another one ' || last_name || ' at the end of it' as whole from t;
select jsonb_build_object('id', o.id, 'customer', c.name, 'lines', (select jsonb_agg(l.*) from line l where l.order_id = o.id), 'total', o.total) from orders o;
(select 1 union select 2) except all (select 3) order by 1;
values (1, 'a'), (2, 'b');
table t;

-- Comments keep their places.
select a, -- the first
  b /* inside */ + c -- sums
  , d
  -- before the end
  , e
from t /* where from */ -- and more
where true -- always
  -- of its own
  and a = 1;

-- Rows are changed.
insert into shop.product(name,price) values ('a',1),('b',2) on conflict (name) do update set price=excluded.price, changed=now() where product.price<>excluded.price returning id;
insert into t select * from u;
insert into t default values;
update shop.product p set price=price*1.1,changed=now() from shop.category c where c.id=p.category_id and c.name='tea';
delete from a using b where a.id=b.id returning *;
merge into stock s using delivery d on s.id=d.id when matched and d.n=0 then delete when matched then update set n=s.n+d.n when not matched then insert (id,n) values (d.id,d.n);

-- Definitions.
create table if not exists shop.line(id bigint generated always as identity primary key, name varchar(20) not null default 'x', type text, total numeric(10,2) generated always as (price*n) stored, order_id int references shop.order(id) on delete cascade on update no action, constraint positive check (n>0 and price>=0), unique(name,type)) partition by range (id);
create table copy as select * from t with no data;
create table part partition of whole for values from (1) to (10);
create unique index concurrently if not exists line_name on shop.line using btree(lower(name),type desc) where type is not null;
create or replace view v(a,b) as select a,b from t where a>1 with check option;
create materialized view m as select count(*) from t;
alter table only shop.line add column note text not null default '', drop constraint if exists positive, alter column type type int using type::int, rename to lines;
alter table t add constraint fk foreign key (a,b) references u(a,b) deferrable initially deferred not valid;
create function twice(n int, out doubled int) returns int language sql immutable strict as $$ select  2*n $$;
create or replace function f(a t.x%type) returns table(a int, b text) language sql begin atomic select 1, 'a'; update t set a = 1 where b = 2; end;
create trigger changed before insert or update of a, b on shop.line for each row when (old.* is distinct from new.*) execute function touch();
create policy own on shop.line for select to public using (owner=current_user) with check (true);
create type mood as enum ('sad','glad');
create type pair as (a int,b text);
create extension if not exists pgcrypto with schema public;
drop table if exists a, b cascade;
grant select, insert, update on table shop.line to clerk;
comment on column shop.line.name is 'what it is called';
explain (analyze, buffers) select * from t;
explain update t set a = 1;
prepare p(int) as select * from t where id=$1;
begin isolation level repeatable read read only;
set local search_path to shop, public;
do $$ begin perform 1; end $$;
call p(1, a => 2);
truncate a, b restart identity cascade;
select * from :schema.t where id = :'id' and b = any(array[1,2]) and c in (select id from u) and d @> '{}' and (a, b) = (1, 2);
