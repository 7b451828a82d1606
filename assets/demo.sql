-- The database of `dbkeep demo`: the five tables of DBKeep, and a shop to browse.
-- Each "-- step:" begins a part that the loader runs at once and names while it does.

-- step: DBKeep's tables
CREATE TABLE "user" (
    id             text PRIMARY KEY,
    name           text NOT NULL,
    email          text NOT NULL UNIQUE,
    email_verified boolean NOT NULL DEFAULT false,
    image          text,
    created_at     timestamp NOT NULL DEFAULT now(),
    updated_at     timestamp NOT NULL DEFAULT now()
);
CREATE TABLE session (
    id         text PRIMARY KEY,
    expires_at timestamp NOT NULL,
    token      text NOT NULL UNIQUE,
    ip_address text,
    user_agent text,
    user_id    text NOT NULL REFERENCES "user" (id)
);
CREATE TABLE account (
    id            text PRIMARY KEY,
    account_id    text NOT NULL,
    provider_id   text NOT NULL,
    user_id       text NOT NULL REFERENCES "user" (id),
    access_token  text,
    refresh_token text,
    id_token      text,
    scope         text,
    password      text,
    created_at    timestamp NOT NULL DEFAULT now(),
    updated_at    timestamp NOT NULL DEFAULT now()
);
CREATE TABLE verification (
    id         text PRIMARY KEY,
    identifier text NOT NULL,
    value      text NOT NULL,
    expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE project (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    engine     text NOT NULL DEFAULT 'postgresql',
    data       jsonb,
    user_id    text NOT NULL REFERENCES "user" (id),
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);
COMMENT ON TABLE project IS 'A schema that somebody designs; the whole of it is in data.';
COMMENT ON COLUMN project.data IS 'Tables, groups, notes and relations of the design.';

INSERT INTO "user" VALUES
    ('abc123', 'John Doe',   'john@example.com',  true,  NULL, '2026-01-03 09:12:44', '2026-03-01 10:00:00'),
    ('def456', 'Jane Smith', 'jane@example.com',  true,  'https://example.com/jane.png', '2026-01-04 16:40:02', '2026-01-04 16:40:02'),
    ('ghi789', 'Ada Núñez',  'ada@example.com',   false, NULL, '2026-02-11 08:05:59', '2026-02-12 11:30:00'),
    ('jkl012', 'Test',       'test@example.com',  false, NULL, '2026-02-12 00:00:00', '2026-02-12 00:00:00'),
    ('mno345', '山田 花子',   'hanako@example.jp', true,  'https://example.jp/hanako.png', '2026-03-20 13:37:00', '2026-04-02 07:15:21');
INSERT INTO session
SELECT 'ses' || lpad(g::text, 3, '0'),
       timestamp '2026-12-01' + g * interval '31 hours',
       md5('token' || g),
       '203.0.113.' || (g * 17) % 250,
       (ARRAY['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
              'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_2) Safari/605.1.15',
              NULL])[1 + g % 3],
       (ARRAY['abc123', 'def456', 'ghi789', 'mno345'])[1 + g % 4]
  FROM generate_series(1, 12) g;
INSERT INTO account (id, account_id, provider_id, user_id, scope) VALUES
    ('acc001', '4711',   'github',     'abc123', 'read:user'),
    ('acc002', '815',    'google',     'def456', 'openid email'),
    ('acc003', 'mno345', 'credential', 'mno345', NULL);

-- step: Eight projects
CREATE FUNCTION pg_temp.stable_uuid(words text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT overlay(overlay(md5(words)::uuid::text PLACING '4' FROM 15) PLACING '8' FROM 20) $$;
CREATE FUNCTION pg_temp.design_column(project text, tab text, def text) RETURNS jsonb LANGUAGE sql IMMUTABLE
    AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'id', pg_temp.stable_uuid(project || tab || split_part(def, ' ', 1)),
        'name', split_part(def, ' ', 1),
        'type', split_part(def, ' ', 2),
        'primaryKey', def LIKE '% pk%', 'nullable', def LIKE '% null%', 'unique', def LIKE '% pk%' OR def LIKE '% unique%',
        'length', CASE WHEN split_part(def, ' ', 2) = 'VARCHAR' THEN 120 END)) $$;
CREATE FUNCTION pg_temp.design(project text, tables jsonb, relations text[], note text) RETURNS jsonb LANGUAGE sql IMMUTABLE
    AS $$
    SELECT jsonb_build_object(
        'tables', (SELECT jsonb_agg(jsonb_build_object(
                'id', pg_temp.stable_uuid(project || t.name), 'name', t.name,
                'color', (ARRAY['#3b82f6', '#22c55e', '#f59e0b', '#a855f7', '#ef4444'])[1 + (t.at::int - 1) % 5],
                'columns', (SELECT jsonb_agg(pg_temp.design_column(project, t.name, c.def) ORDER BY c.at)
                              FROM jsonb_array_elements_text(t.columns) WITH ORDINALITY c (def, at)),
                'position', jsonb_build_object('x', 30 + 330 * ((t.at - 1) % 3), 'y', 45 + 300 * ((t.at - 1) / 3))) ORDER BY t.at)
              FROM (SELECT e.value ->> 0 AS name, e.value - 0 AS columns, e.at
                      FROM jsonb_array_elements(tables) WITH ORDINALITY e (value, at)) t),
        'groups', '[]'::jsonb,
        'notes', CASE WHEN note IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
                'id', pg_temp.stable_uuid(project || 'note'), 'name', 'Note', 'content', note,
                'color', '#fef3c7', 'textColor', 'black',
                'position', jsonb_build_object('x', 1050, 'y', 60),
                'style', jsonb_build_object('width', '200px', 'height', '150px'))) END,
        'relations', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'id', pg_temp.stable_uuid(project || r),
                'sourceTableId', pg_temp.stable_uuid(project || split_part(r, ' ', 1)),
                'sourceColumnId', pg_temp.stable_uuid(project || split_part(r, ' ', 1) || split_part(r, ' ', 2)),
                'targetTableId', pg_temp.stable_uuid(project || split_part(r, ' ', 3)),
                'targetColumnId', pg_temp.stable_uuid(project || split_part(r, ' ', 3) || 'id'),
                'type', '1:N', 'onDelete', split_part(r, ' ', 4) , 'onUpdate', 'NO ACTION',
                'sourceHandlePosition', 'right', 'targetHandlePosition', 'left')), '[]'::jsonb)
              FROM unnest(relations) r)) $$;
INSERT INTO project (id, name, engine, data, user_id, created_at, updated_at) VALUES
    ('prj001', 'Library', 'PostgreSQL', pg_temp.design('prj001',
        '[["author", "id SERIAL pk", "name VARCHAR", "born DATE null"],
          ["book", "id SERIAL pk", "author_id INTEGER", "title VARCHAR", "isbn VARCHAR unique", "price NUMERIC null"],
          ["member", "id SERIAL pk", "email VARCHAR unique", "joined TIMESTAMPTZ"],
          ["loan", "id SERIAL pk", "book_id INTEGER", "member_id INTEGER", "due DATE", "returned DATE null"]]',
        ARRAY['book author_id author CASCADE', 'loan book_id book RESTRICT', 'loan member_id member CASCADE'],
        'A loan without "returned" is still out.'), 'abc123', '2026-01-05 10:00:00', '2026-05-04 18:22:10'),
    ('prj002', 'Blog', 'PostgreSQL', pg_temp.design('prj002',
        '[["post", "id BIGSERIAL pk", "slug VARCHAR unique", "body TEXT", "published TIMESTAMPTZ null"],
          ["tag", "id SERIAL pk", "name VARCHAR unique"],
          ["post_tag", "id BIGSERIAL pk", "post_id BIGINT", "tag_id INTEGER"]]',
        ARRAY['post_tag post_id post CASCADE', 'post_tag tag_id tag CASCADE'], NULL),
        'abc123', '2026-01-09 14:03:00', '2026-01-10 09:41:55'),
    ('prj003', 'Clinic', 'PostgreSQL', pg_temp.design('prj003',
        '[["patient", "id UUID pk", "name VARCHAR", "born DATE", "notes TEXT null"],
          ["doctor", "id UUID pk", "name VARCHAR", "specialty VARCHAR"],
          ["visit", "id UUID pk", "patient_id UUID", "doctor_id UUID", "at TIMESTAMPTZ", "findings JSONB null"]]',
        ARRAY['visit patient_id patient RESTRICT', 'visit doctor_id doctor RESTRICT'],
        'Findings follow the form of the association.'), 'def456', '2026-01-22 08:15:00', '2026-04-30 12:00:00'),
    ('prj004', 'Sensor network', 'PostgreSQL', pg_temp.design('prj004',
        '[["station", "id SERIAL pk", "place POINT", "name VARCHAR"],
          ["reading", "id BIGSERIAL pk", "station_id INTEGER", "at TIMESTAMPTZ", "value REAL"]]',
        ARRAY['reading station_id station CASCADE'], NULL), 'ghi789', '2026-02-11 09:00:00', '2026-02-11 09:30:00'),
    ('prj005', 'Ticketing', 'MySQL', pg_temp.design('prj005',
        '[["venue", "id INT pk", "name VARCHAR"], ["show", "id INT pk", "venue_id INT", "starts TIMESTAMP"],
          ["seat", "id INT pk", "venue_id INT", "code CHAR"], ["ticket", "id INT pk", "show_id INT", "seat_id INT", "price DECIMAL"]]',
        ARRAY['show venue_id venue CASCADE', 'seat venue_id venue CASCADE', 'ticket show_id show RESTRICT', 'ticket seat_id seat RESTRICT'],
        NULL), 'def456', '2026-02-20 19:45:00', '2026-03-02 20:10:31'),
    ('prj006', 'Recipe box', 'SQLite', pg_temp.design('prj006',
        '[["recipe", "id INTEGER pk", "title TEXT"], ["step", "id INTEGER pk", "recipe_id INTEGER", "text TEXT"]]',
        ARRAY['step recipe_id recipe CASCADE'], 'Amounts are in grams.'), 'mno345', '2026-03-21 07:00:00', '2026-03-28 22:14:09'),
    ('prj007', '図書館 (翻訳)', 'PostgreSQL', pg_temp.design('prj007',
        '[["本", "id SERIAL pk", "題名 VARCHAR"], ["著者", "id SERIAL pk", "名前 VARCHAR"]]', '{}', NULL),
        'mno345', '2026-04-01 11:11:11', '2026-04-01 11:11:11'),
    ('prj008', 'Untitled', 'postgresql', NULL, 'jkl012', '2026-04-15 15:00:00', '2026-04-15 15:00:00');

-- step: The shop's types and tables
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'Believable data to browse; none of it is real.';
CREATE TYPE shop.order_status AS ENUM ('cart', 'placed', 'paid', 'shipped', 'delivered', 'returned');
CREATE TYPE shop.event_kind AS ENUM ('visit', 'search', 'view', 'add', 'remove', 'order');
CREATE DOMAIN shop.email AS text CHECK (VALUE LIKE '%_@_%');
CREATE TABLE shop.customer (
    id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    email      shop.email NOT NULL UNIQUE,
    birthday   date,
    languages  text[] NOT NULL DEFAULT '{en}',
    settings   jsonb NOT NULL DEFAULT '{}',
    last_ip    inet,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN shop.customer.languages IS 'Preferred first, as ISO 639-1 codes.';
CREATE TABLE shop.address (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL REFERENCES shop.customer ON DELETE CASCADE,
    street      text NOT NULL,
    city        text NOT NULL,
    postcode    varchar(10),
    country     char(2) NOT NULL,
    location    point
);
CREATE TABLE shop.category (
    id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id int REFERENCES shop.category,
    name      text NOT NULL UNIQUE
);
CREATE TABLE shop.supplier (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    network cidr,
    rating  real CHECK (rating BETWEEN 0 AND 5)
);
CREATE TABLE shop.product (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku         text NOT NULL UNIQUE,
    name        text NOT NULL,
    category_id int REFERENCES shop.category,
    supplier_id int REFERENCES shop.supplier ON DELETE SET NULL,
    price       numeric(10, 2) NOT NULL CHECK (price >= 0),
    gross_price numeric(10, 2) GENERATED ALWAYS AS (round(price * 1.19, 2)) STORED,
    tags        text[] NOT NULL DEFAULT '{}',
    attributes  jsonb,
    photo       bytea,
    ages        int4range,
    description text
);
CREATE TABLE shop.stock (
    product_id int NOT NULL REFERENCES shop.product,
    warehouse  text NOT NULL,
    pieces     int NOT NULL CHECK (pieces >= 0),
    checked    timestamptz,
    PRIMARY KEY (warehouse, product_id)
);
CREATE TABLE shop."order" (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL REFERENCES shop.customer,
    status      shop.order_status NOT NULL DEFAULT 'cart',
    placed_at   timestamptz,
    total       numeric(12, 2) NOT NULL DEFAULT 0,
    ship_within interval,
    coupon      text,
    note        text
);
CREATE TABLE shop.order_item (
    order_id   int NOT NULL REFERENCES shop."order" ON DELETE CASCADE,
    line       smallint NOT NULL,
    product_id int NOT NULL REFERENCES shop.product,
    pieces     int NOT NULL CHECK (pieces > 0),
    price      numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line)
);
CREATE TABLE shop.payment (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    order_id int NOT NULL REFERENCES shop."order",
    paid_at  timestamptz NOT NULL,
    amount   numeric(12, 2) NOT NULL,
    method   text NOT NULL,
    PRIMARY KEY (id, paid_at)
) PARTITION BY RANGE (paid_at);
CREATE TABLE shop.payment_2025h1 PARTITION OF shop.payment FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE shop.payment_2025h2 PARTITION OF shop.payment FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
CREATE TABLE shop.payment_2026 PARTITION OF shop.payment FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE shop.review (
    id          uuid PRIMARY KEY,
    product_id  int NOT NULL REFERENCES shop.product ON DELETE CASCADE,
    customer_id int REFERENCES shop.customer ON DELETE SET NULL,
    stars       smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    words       text,
    search      tsvector GENERATED ALWAYS AS (to_tsvector('english', COALESCE(words, ''))) STORED,
    hidden      boolean NOT NULL DEFAULT false
);
CREATE TABLE shop.coupon (
    code     text PRIMARY KEY,
    percent  int NOT NULL CHECK (percent BETWEEN 1 AND 90),
    valid    daterange NOT NULL,
    regions  char(2)[]
);
CREATE TABLE shop.event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    kind        shop.event_kind NOT NULL,
    customer_id int,
    product_id  int,
    details     jsonb
);
CREATE TABLE shop.import_log (at timestamptz NOT NULL DEFAULT now(), line text);
COMMENT ON TABLE shop.import_log IS 'It has no key: rows are shown in stored order.';

-- step: Customers and products
INSERT INTO shop.customer (name, email, birthday, languages, settings, last_ip, created_at, updated_at)
SELECT first || ' ' || last,
       lower(translate(first, 'áéíóúñ', 'aeioun') || '.' || translate(last, 'áéíóúñü ', 'aeiounu-') || g || '@example.com'),
       CASE WHEN g % 7 > 0 THEN date '1950-01-01' + (g * 9973) % 20000 END,
       (ARRAY['{en}', '{de,en}', '{fr}', '{es,en,pt}', '{ja}'])[1 + g % 5]::text[],
       jsonb_build_object('newsletter', g % 3 = 0, 'theme', (ARRAY['dark', 'light', 'auto'])[1 + g % 3],
                          'limits', jsonb_build_object('daily', g % 50, 'currency', 'EUR')),
       CASE WHEN g % 4 > 0 THEN ('198.51.' || g % 100 || '.' || g % 250)::inet END,
       timestamptz '2023-01-01 UTC' + g * interval '23 hours',
       timestamptz '2026-01-01 UTC' + g * interval '7 hours'
  FROM generate_series(1, 1000) g,
       LATERAL (SELECT (ARRAY['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'José', 'Mária', 'Søren',
                              'Yuki', 'Chloë', 'Olu', 'Ines', 'Ivan', 'Noor'])[1 + g % 16] AS first,
                       (ARRAY['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Allen', 'Núñez', 'Horváth',
                              'Kierkegaard', 'Tanaka', 'Lefèvre', 'Adeyemi', 'Costa', 'Petrov', 'van der Berg', 'O''Brien'])[1 + (g * 7) % 17] AS last) n;
INSERT INTO shop.address (customer_id, street, city, postcode, country, location)
SELECT 1 + (g * 13) % 1000, (ARRAY['Main Street', 'Rue de Rivoli', 'Lindenallee', 'Calle Mayor', '桜通り'])[1 + g % 5] || ' ' || 1 + g % 180,
       (ARRAY['London', 'Paris', 'Berlin', 'Madrid', '名古屋'])[1 + g % 5], lpad(((g * 37) % 99999)::text, 5, '0'),
       (ARRAY['GB', 'FR', 'DE', 'ES', 'JP'])[1 + g % 5],
       CASE WHEN g % 6 > 0 THEN point(round((g % 180)::numeric / 7, 4)::float8, round((g % 90)::numeric / 3, 4)::float8) END
  FROM generate_series(1, 1400) g;
INSERT INTO shop.category (parent_id, name) VALUES
    (NULL, 'Home'), (NULL, 'Garden'), (NULL, 'Play'), (1, 'Kitchen'), (1, 'Bath'), (1, 'Light'), (2, 'Plants'),
    (2, 'Tools'), (3, 'Puzzles'), (3, 'Board games'), (4, 'Knives'), (4, 'Pans'), (7, 'Seeds'), (7, 'Bulbs');
INSERT INTO shop.supplier (name, network, rating)
SELECT (ARRAY['North', 'South', 'Blue', 'Old', 'Swift', 'Quiet'])[1 + g % 6] || ' ' || (ARRAY['Works', 'Trading', 'Mills', 'Harbour', 'Goods'])[1 + g % 5],
       CASE WHEN g % 3 > 0 THEN ('10.' || g || '.0.0/16')::cidr END, round(((g * 37) % 50) / 10.0, 1)::real
  FROM generate_series(1, 30) g;
INSERT INTO shop.product (sku, name, category_id, supplier_id, price, tags, attributes, photo, ages, description)
SELECT 'SKU-' || lpad(g::text, 5, '0'),
       (ARRAY['Small', 'Large', 'Folding', 'Classic', 'Silent', 'Bright'])[1 + g % 6] || ' ' || (ARRAY['kettle', 'lamp', 'spade', 'puzzle', 'pan', 'towel', 'bulb', 'knife', 'seed box', 'game'])[1 + (g * 7) % 10],
       1 + (g * 5) % 14, CASE WHEN g % 9 > 0 THEN 1 + g % 30 END, round((3 + (g * 7919) % 19000) / 100.0, 2),
       (ARRAY['{new}', '{sale,gift}', '{}', '{eco,"made here"}'])[1 + g % 4]::text[],
       CASE WHEN g % 5 > 0 THEN jsonb_build_object('colour', (ARRAY['red', 'teal', 'oak'])[1 + g % 3], 'weight_g', (g * 31) % 5000,
            'size', jsonb_build_object('w', g % 60, 'h', g % 40, 'd', g % 30), 'parts', jsonb_build_array(g % 3, g % 7)) END,
       CASE WHEN g % 8 = 0 THEN decode('89504e470d0a1a0a', 'hex') || decode(md5(g::text), 'hex') END,
       CASE WHEN g % 10 = 3 THEN int4range(3 + g % 5, CASE WHEN g % 4 > 0 THEN 12 + g % 6 END) END,
       CASE WHEN g % 3 > 0 THEN 'Made to last.' || chr(10) || 'Washable, repairable, and quiet. ' || repeat('It comes in a plain box. ', g % 12) END
  FROM generate_series(1, 500) g;
INSERT INTO shop.stock
SELECT p.id, w, (p.id * 13) % 200, CASE WHEN p.id % 3 > 0 THEN timestamptz '2026-10-01 UTC' + p.id * interval '1 hour' END
  FROM shop.product p, unnest(ARRAY['Lyon', 'Leeds', 'Kyōto']) w;
INSERT INTO shop.coupon
SELECT 'SAVE' || g, 5 + (g * 5) % 60, daterange(date '2026-01-01' + g * 10, CASE WHEN g % 6 > 0 THEN date '2026-01-31' + g * 12 END),
       CASE WHEN g % 2 = 0 THEN '{FR,DE}'::char(2)[] END
  FROM generate_series(1, 24) g;

-- step: Orders and payments
INSERT INTO shop."order" (customer_id, status, placed_at, ship_within, coupon, note)
SELECT 1 + (g * 389) % 1000,
       (ARRAY['delivered', 'delivered', 'delivered', 'shipped', 'paid', 'placed', 'returned', 'cart'])[1 + (g * 11) % 8]::shop.order_status,
       CASE WHEN (g * 11) % 8 <> 7 THEN timestamptz '2025-01-01 08:00 UTC' + g * interval '49 minutes' END,
       CASE WHEN g % 4 > 0 THEN (1 + g % 9) * interval '1 day' + (g % 3) * interval '6 hours' END,
       CASE WHEN g % 12 = 0 THEN 'SAVE' || 1 + g % 24 END,
       (ARRAY['Please ring twice.', 'Leave it with the neighbour', NULL, NULL, NULL, 'Gift 🎁', ''])[1 + (g * 3) % 7]
  FROM generate_series(1, 20000) g;
INSERT INTO shop.order_item
SELECT o.id, l, p.id, 1 + (o.id + l) % 4, p.price
  FROM shop."order" o, generate_series(1, 1 + o.id % 5) l
  JOIN shop.product p ON true
 WHERE p.id = 1 + (o.id * 31 + l * 97) % 500;
UPDATE shop."order" o SET total = i.total
  FROM (SELECT order_id, sum(pieces * price) AS total FROM shop.order_item GROUP BY 1) i
 WHERE i.order_id = o.id;
INSERT INTO shop.payment (order_id, paid_at, amount, method)
SELECT id, placed_at + interval '3 hours', total, (ARRAY['card', 'transfer', 'wallet'])[1 + id % 3]
  FROM shop."order" WHERE status NOT IN ('cart', 'placed');
INSERT INTO shop.review (id, product_id, customer_id, stars, words, hidden)
SELECT md5('review' || g)::uuid, 1 + (g * 17) % 500, CASE WHEN g % 10 > 0 THEN 1 + (g * 29) % 1000 END, 1 + (g * 7) % 5,
       (ARRAY['Exactly as described, and it arrived early.', 'Too loud for a small kitchen.', 'My third one; the first two still work.',
              NULL, 'Nice colour. The box was dented.', 'Würde ich wieder kaufen 👍'])[1 + g % 6], g % 50 = 0
  FROM generate_series(1, 3000) g;
INSERT INTO shop.import_log
SELECT timestamptz '2026-06-01 UTC' + g * interval '1 minute', CASE WHEN g % 9 > 0 THEN 'line ' || g || chr(9) || 'ok' END
  FROM generate_series(1, 600) g;

-- step: Events, 1 of 4
INSERT INTO shop.event (at, kind, customer_id, product_id, details)
SELECT timestamptz '2025-01-01 UTC' + g * interval '61 seconds',
       (ARRAY['visit', 'view', 'view', 'search', 'view', 'add', 'visit', 'remove', 'view', 'order'])[1 + (g * 7) % 10]::shop.event_kind,
       CASE WHEN g % 3 > 0 THEN 1 + (g * 389) % 1000 END,
       CASE WHEN g % 10 > 3 THEN 1 + (g * 31) % 500 END,
       CASE WHEN g % 20 = 0 THEN jsonb_build_object('from', (ARRAY['mail', 'search', 'friend'])[1 + g % 3], 'ms', g % 900) END
  FROM generate_series(1, 250000) g;

-- step: Events, 2 of 4
INSERT INTO shop.event (at, kind, customer_id, product_id, details)
SELECT timestamptz '2025-01-01 UTC' + g * interval '61 seconds',
       (ARRAY['visit', 'view', 'view', 'search', 'view', 'add', 'visit', 'remove', 'view', 'order'])[1 + (g * 7) % 10]::shop.event_kind,
       CASE WHEN g % 3 > 0 THEN 1 + (g * 389) % 1000 END,
       CASE WHEN g % 10 > 3 THEN 1 + (g * 31) % 500 END,
       CASE WHEN g % 20 = 0 THEN jsonb_build_object('from', (ARRAY['mail', 'search', 'friend'])[1 + g % 3], 'ms', g % 900) END
  FROM generate_series(250001, 500000) g;

-- step: Events, 3 of 4
INSERT INTO shop.event (at, kind, customer_id, product_id, details)
SELECT timestamptz '2025-01-01 UTC' + g * interval '61 seconds',
       (ARRAY['visit', 'view', 'view', 'search', 'view', 'add', 'visit', 'remove', 'view', 'order'])[1 + (g * 7) % 10]::shop.event_kind,
       CASE WHEN g % 3 > 0 THEN 1 + (g * 389) % 1000 END,
       CASE WHEN g % 10 > 3 THEN 1 + (g * 31) % 500 END,
       CASE WHEN g % 20 = 0 THEN jsonb_build_object('from', (ARRAY['mail', 'search', 'friend'])[1 + g % 3], 'ms', g % 900) END
  FROM generate_series(500001, 750000) g;

-- step: Events, 4 of 4
INSERT INTO shop.event (at, kind, customer_id, product_id, details)
SELECT timestamptz '2025-01-01 UTC' + g * interval '61 seconds',
       (ARRAY['visit', 'view', 'view', 'search', 'view', 'add', 'visit', 'remove', 'view', 'order'])[1 + (g * 7) % 10]::shop.event_kind,
       CASE WHEN g % 3 > 0 THEN 1 + (g * 389) % 1000 END,
       CASE WHEN g % 10 > 3 THEN 1 + (g * 31) % 500 END,
       CASE WHEN g % 20 = 0 THEN jsonb_build_object('from', (ARRAY['mail', 'search', 'friend'])[1 + g % 3], 'ms', g % 900) END
  FROM generate_series(750001, 1000000) g;

-- step: Indexes, views and rules
CREATE INDEX address_customer ON shop.address (customer_id);
CREATE INDEX product_tags ON shop.product USING gin (tags);
CREATE INDEX product_attributes ON shop.product USING gin (attributes jsonb_path_ops);
CREATE INDEX order_customer ON shop."order" (customer_id, placed_at DESC);
CREATE INDEX order_open ON shop."order" (status) WHERE status IN ('placed', 'paid');
CREATE INDEX order_item_product ON shop.order_item (product_id);
CREATE INDEX review_search ON shop.review USING gin (search);
CREATE INDEX customer_lower_email ON shop.customer (lower(email));
CREATE INDEX event_at ON shop.event USING brin (at);
CREATE VIEW shop.open_order AS
    SELECT o.id, c.name AS customer, o.status, o.placed_at, o.total
      FROM shop."order" o JOIN shop.customer c ON c.id = o.customer_id
     WHERE o.status IN ('placed', 'paid');
CREATE VIEW shop.best_seller AS
    SELECT p.sku, p.name, sum(i.pieces) AS pieces, sum(i.pieces * i.price) AS turnover
      FROM shop.order_item i JOIN shop.product p ON p.id = i.product_id
     GROUP BY p.id ORDER BY turnover DESC;
CREATE MATERIALIZED VIEW shop.revenue_by_month AS
    SELECT date_trunc('month', paid_at)::date AS month, method, count(*) AS payments, sum(amount) AS amount
      FROM shop.payment GROUP BY 1, 2;
CREATE UNIQUE INDEX revenue_by_month_key ON shop.revenue_by_month (month, method);
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE FUNCTION shop.order_total(wanted int) RETURNS numeric LANGUAGE sql STABLE
    AS $$ SELECT sum(pieces * price) FROM shop.order_item WHERE order_id = wanted $$;
CREATE FUNCTION shop.retotal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop."order" SET total = COALESCE(shop.order_total(id), 0)
     WHERE id = COALESCE(NEW.order_id, OLD.order_id);
    RETURN NULL;
END $$;
CREATE TRIGGER item_changed AFTER INSERT OR UPDATE OR DELETE ON shop.order_item
    FOR EACH ROW EXECUTE FUNCTION shop.retotal();
CREATE SEQUENCE shop.invoice_number START 1000;
ALTER TABLE shop.review ENABLE ROW LEVEL SECURITY;
CREATE POLICY shown ON shop.review FOR SELECT USING (NOT hidden);
CREATE POLICY own ON shop.review FOR ALL USING (customer_id = current_setting('shop.customer', true)::int);

-- step: Statistics
VACUUM ANALYZE;
